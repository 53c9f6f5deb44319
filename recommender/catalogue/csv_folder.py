"""Folders of CSV files.

Rows are split by the standard library's strict reader: pandas fills short rows up, and behind a quote that is never
closed reads on to the end of the file, both without a word.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from recommender.catalogue.grid import from_grid
from recommender.catalogue.raw import Cell, RawTable, Source, problem
from recommender.catalogue.tables import TABLES, Table, table_named
from recommender.catalogue.text_file import read_text


def csv_files(folder: Path) -> list[tuple[Table, Path]]:
    """Return the tables' files in `folder`, ordered by name."""
    named = (
        (TABLES.get(path.stem.lower()), path) for path in sorted(folder.iterdir()) if path.suffix.lower() == ".csv"
    )
    return [(table, path) for table, path in named if table is not None]


def read_folder(folder: Path, source: Source) -> None:
    """Read the tables' CSV files in `folder` into `source`."""
    files = csv_files(folder)
    if not files:
        source.problems.append(
            problem(
                folder.name,
                "文件夹中没有目录文件，如 sites.csv。",
                "The folder holds none of a catalogue's files, such as sites.csv.",
            )
        )
    for table, path in files:
        source.add(_read_file(table, path, source))
    taken = {path for _, path in files}
    for path in sorted(folder.iterdir()):
        if path not in taken and (path.suffix.lower() == ".csv" or table_named(path.stem)):
            source.notices.append(
                problem(path.name, "不是目录文件，已忽略。", "Not one of a catalogue's files, ignored.")
            )


def _read_file(table: Table, path: Path, source: Source) -> RawTable:
    text = read_text(path, path.name, source)
    if text is None:
        return RawTable(table, path.name, complete=False)
    lines = _Lines(text)
    raw = from_grid(table, path.name, lines, source, exact=True)
    if lines.failure is None:
        return raw
    source.problems.append(
        problem(
            path.name,
            f"引号有误，从这里起无法读取（{lines.failure}）。",
            f"The quotes are wrong; the file cannot be read from here on ({lines.failure}).",
            row=lines.number,
        )
    )
    return RawTable(table, path.name, raw.rows, complete=False)


class _Lines:
    """The rows of a CSV text, up to the first that cannot be split; then `failure` says why and `number` which."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.number = 1
        self.failure: str | None = None

    def __iter__(self) -> Iterator[Sequence[Cell]]:
        try:
            for line in csv.reader(io.StringIO(self._text, newline=""), strict=True):
                yield [cell.strip() for cell in line]
                self.number += 1
        except csv.Error as error:
            self.failure = str(error)
