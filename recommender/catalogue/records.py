"""From a raw table to records, with everything that is wrong with its rows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from recommender.catalogue.cells import CellReader, CellRefused
from recommender.catalogue.raw import Cell, RawRow, RawTable, personal, problem
from recommender.catalogue.tables import Kind, Table
from recommender.domain import Learner
from recommender.errors import CatalogueProblem
from recommender.language import Bilingual
from recommender.privacy import NOT_OPAQUE, is_opaque
from recommender.validation import explain

Key = tuple[str, ...]
_TEXTS = (Kind.PLAIN, Kind.LIST, Kind.CLUSTERS)


@dataclass(frozen=True, slots=True)
class Records:
    """A table's records, each with its row.

    `row_of` holds every key the table names, those of faulty rows too, so that one fault is not reported again by
    whatever refers to the row. `complete` is False when even keys may be missing, `sound` when anything is wrong.
    """

    table: Table
    file: str
    rows: Sequence[int]
    records: Sequence[Any]
    row_of: Mapping[Key, int]
    complete: bool
    sound: bool

    def __iter__(self) -> Iterator[tuple[int, Any]]:
        return iter(zip(self.rows, self.records, strict=True))


def read_records(raw: RawTable, cells: CellReader, problems: list[CatalogueProblem]) -> Records:
    """Return the records of the rows that hold; what is wrong with the others is added to `problems`."""
    row_of: dict[Key, int] = {}
    rows: list[int] = []
    records: list[Any] = []
    complete, faults = raw.complete, len(problems)
    for row in raw.rows:
        key = _key(raw.table, row)
        complete = complete and (key is not None or not row.broken)
        if key is not None and key in row_of:
            problems.append(_twice(raw, row, row_of[key]))
        elif key is not None:
            row_of[key] = row.number
        if not row.broken:
            record = _record(raw, row, cells, problems)
            if record is not None:
                rows.append(row.number)
                records.append(record)
    sound = complete and len(problems) == faults and not any(row.broken for row in raw.rows)
    return Records(raw.table, raw.file, rows, records, row_of, complete, sound)


def _key(table: Table, row: RawRow) -> Key | None:
    values = [row.cells.get(column) for column in table.key]
    texts = tuple(value for value in values if isinstance(value, str))
    return table.key_of(texts) if len(texts) == len(values) else None


def _twice(raw: RawTable, row: RawRow, first: int) -> CatalogueProblem:
    return _problem(raw, row, raw.table.key[-1], Bilingual(f"与第 {first} 行重复。", f"The same as in row {first}."))


def _record(raw: RawTable, row: RawRow, cells: CellReader, problems: list[CatalogueProblem]) -> Any:
    """Return the row's record, or None after reporting every fault of it."""
    values: dict[str, object] = {}
    refused: dict[str, CatalogueProblem] = {}
    for column, cell in row.cells.items():
        try:
            _check_impersonal(raw.table, column, cell)
            values[column] = cells.read(raw.table.columns[column], cell)
        except CellRefused as error:
            refused[column] = _problem(raw, row, column, error.message)
    problems.extend(refused.values())
    try:
        record = _validator(raw.table).validate_python(values)
    except ValidationError as error:
        found = (details for details in error.errors(include_url=False) if _column(details) not in refused)
        problems.extend(_fault(raw, row, details) for details in found)
        return None
    return None if refused else record


def _check_impersonal(table: Table, column: str, cell: Cell) -> None:
    """Refuse a text that says who somebody is, or how to reach them, and the id of a learner that could."""
    if table.record is Learner and column in table.key and isinstance(cell, str):
        if not is_opaque(cell):
            raise CellRefused(*NOT_OPAQUE)
    elif table.columns[column] in _TEXTS and (kind := personal(cell)):
        raise CellRefused(*kind.message)


@lru_cache(maxsize=32)
def _validator(table: Table) -> TypeAdapter[Any]:
    return TypeAdapter(table.record)


def _column(details: ErrorDetails) -> str | None:
    return str(details["loc"][0]) if details["loc"] else None


def _fault(raw: RawTable, row: RawRow, details: ErrorDetails) -> CatalogueProblem:
    return _problem(raw, row, _column(details), explain(details))


def _problem(raw: RawTable, row: RawRow, column: str | None, message: Bilingual) -> CatalogueProblem:
    cell = None if column is None or column in raw.table.personal else row.cells.get(column)
    return problem(raw.file, *message, row=row.number, column=column, value=cell)
