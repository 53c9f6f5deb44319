"""Excel workbooks, one sheet a table."""

import re
import warnings
from pathlib import Path
from typing import Any

import pandas as pd

from recommender.catalogue.grid import from_grid
from recommender.catalogue.raw import Cell, Source, as_cell, problem
from recommender.catalogue.tables import TABLES

# What XML cannot hold or keep, Excel writes as _xHHHH_ (ECMA-376 part 1, section 22.9.2.19, ST_Xstring)
_UNKEPT = re.compile("[\r\ufffe\uffff]")
_ESCAPED = re.compile("_x(000[Dd]|[Ff]{3}[EeFf])_")


def escape(text: str) -> str:
    """Return `text` as a cell of a workbook can keep it."""
    return _UNKEPT.sub(lambda found: f"_x{ord(found[0]):04X}_", text)


def _unescape(text: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


def read_workbook(path: Path, source: Source) -> None:
    """Read the tables' sheets of the workbook at `path` into `source`."""
    try:
        sheets = _sheets(path)
    except OSError:
        raise
    except Exception as error:  # noqa: BLE001 - a damaged workbook fails in the unzipper, the XML parser or openpyxl, each in its own way
        reason = type(error).__name__
        source.problems.append(
            problem(
                path.name,
                f"不是完好的 Excel 工作簿（{reason}）。",
                f"Not an Excel workbook, or a damaged one ({reason}).",
            )
        )
        return
    for name, frame in sheets.items():
        file, table = f"{path.name}[{name}]", TABLES.get(name.strip().lower())
        if table is None:
            source.notices.append(
                problem(file, "不是目录的工作表，已忽略。", "Not one of a catalogue's sheets, ignored.")
            )
        else:
            grid = ([_cell(value) for value in line] for line in frame.itertuples(index=False, name=None))
            source.add(from_grid(table, file, grid, source, exact=False))
    if not source.tables:
        source.problems.append(
            problem(
                path.name,
                "工作簿中没有目录的工作表，如 sites。",
                "The workbook holds none of a catalogue's sheets, such as sites.",
            )
        )


def _sheets(path: Path) -> dict[str, pd.DataFrame]:
    """Return every sheet as it stands, cells as Python values; sheets that are no table come empty."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # openpyxl's remarks on styles and extensions, which hold no data
        with pd.ExcelFile(path, engine="openpyxl") as book:
            return {
                str(name): pd.read_excel(book, sheet_name=name, header=None, dtype=object, na_filter=False)
                if str(name).strip().lower() in TABLES
                else pd.DataFrame()
                for name in book.sheet_names
            }


def _cell(value: Any) -> Cell:
    cell = as_cell(value)
    return _unescape(cell).strip() if isinstance(cell, str) else cell
