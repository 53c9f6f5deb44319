"""Writes a catalogue in any of the forms it can be read from."""

import csv
import datetime
import json
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any

from recommender.catalogue.files import JSON_LINES, WORKBOOKS
from recommender.catalogue.tables import TABLES, Table
from recommender.domain import Catalogue
from recommender.errors import JinxueError
from recommender.language import Bilingual

_EXCEL_TEXT = 32_767  # characters in a cell; openpyxl cuts off the rest without a word
_EXCEL_DIGITS = 16  # those of a number that openpyxl writes
_EXCEL_YEAR = 1901  # Excel counts days from 1900, and takes that year for a leap year


def write_catalogue(catalogue: Catalogue, path: Path) -> None:
    """Write `catalogue` so that it reads as an equal one: as `.xlsx`, as `.jsonl`, or else as a folder of CSV files.

    What is there already is replaced. Raises JinxueError when the path cannot be written, or the format cannot
    hold a text.
    """
    try:
        if path.suffix.lower() in WORKBOOKS:
            _write_workbook(catalogue, path)
        elif path.suffix.lower() in JSON_LINES:
            _write_json_lines(catalogue, path)
        else:
            _write_folder(catalogue, path)
    except OSError as error:
        reason = error.strerror or str(error)
        raise JinxueError(Bilingual(f"无法写入 {path}：{reason}。", f"Cannot write {path}: {reason}.")) from error


def _write_folder(catalogue: Catalogue, folder: Path) -> None:
    """Write every table, empty ones too, so that no file of an earlier export stays behind."""
    tables = {
        table: [[_csv_text(value) for value in row] for row in _rows(catalogue, table)] for table in TABLES.values()
    }
    folder.mkdir(parents=True, exist_ok=True)
    for table, rows in tables.items():
        with (folder / f"{table.name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([list(table.columns), *rows])


def _csv_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _write_workbook(catalogue: Catalogue, path: Path) -> None:
    import openpyxl
    from openpyxl.cell import WriteOnlyCell

    tables = {
        table: [[_excel_value(value) for value in row] for row in _rows(catalogue, table)] for table in TABLES.values()
    }
    with path.open("wb") as file:  # whatever can be refused has been: openpyxl leaves half-written sheets open
        book = openpyxl.Workbook(write_only=True)
        for table, rows in tables.items():
            sheet = book.create_sheet(table.name)
            for row in [list(table.columns), *rows]:
                cells = [WriteOnlyCell(sheet, value) for value in row]
                for cell, value in zip(cells, row, strict=True):
                    if isinstance(value, str):
                        cell.data_type = "s"  # else "=1+1" would become a formula, and "#N/A" an error
                sheet.append(cells)
        book.save(file)


def _excel_value(value: Any) -> Any:
    """Return a value as itself where a workbook keeps it exactly, else as text."""
    from recommender.catalogue.workbook import escape

    if isinstance(value, datetime.date) and value.year < _EXCEL_YEAR:
        return value.isoformat()
    if isinstance(value, float) and float(f"{value:.{_EXCEL_DIGITS}g}") != value:
        return repr(value)
    return _fitting(escape(value)) if isinstance(value, str) else value


def _fitting(text: str) -> str:
    if len(text) <= _EXCEL_TEXT:
        return text
    raise JinxueError(
        Bilingual(
            f"文字太长（{len(text)} 个字符），Excel 单元格放不下：{text[:40]}…。请导出为 .jsonl。",
            f"{len(text)} characters do not fit into a cell of Excel: {text[:40]}…. Export to .jsonl instead.",
        )
    )


def _write_json_lines(catalogue: Catalogue, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for table in TABLES.values():
            for record in getattr(catalogue, table.name):
                values = {name: value for name, value in _values(record, table) if value is not None and value != ()}
                file.write(json.dumps({"type": table.singular, **values}, ensure_ascii=False, default=str) + "\n")


def _rows(catalogue: Catalogue, table: Table) -> Iterator[list[Any]]:
    """Yield each record's values in the order of the columns, lists joined."""
    for record in getattr(catalogue, table.name):
        yield [_joined(value) if isinstance(value, tuple) else value for _, value in _values(record, table)]


def _values(record: Any, table: Table) -> Iterator[tuple[str, Any]]:
    for column in table.columns:
        value = getattr(record, column)
        yield column, value.value if isinstance(value, Enum) else value


def _joined(items: tuple[str, ...]) -> str:
    for item in items:
        if "|" in item:
            raise JinxueError(
                Bilingual(
                    f"“{item}”含有 |，而 CSV 和 Excel 用它分隔列表。请导出为 .jsonl。",
                    f"{item!r} contains |, which separates lists in CSV and Excel. Export to .jsonl instead.",
                )
            )
    return "|".join(items)
