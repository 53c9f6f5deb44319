"""Tables as they stand in a file: text with row numbers, nothing understood yet."""

import datetime
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from recommender.catalogue.tables import Table
from recommender.errors import CatalogueProblem
from recommender.language import Bilingual
from recommender.privacy import Kind, found

_SHOWN = 80
_EXACT = 2**53  # every whole number up to here is a float of its own


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A cell that has no text: a formula's error in Excel, an object in JSON."""

    shown: str
    message: Bilingual


Cell = str | tuple["Cell", ...] | Unreadable


@dataclass(frozen=True, slots=True)
class RawRow:
    """One row: its number in the spreadsheet and the cells that are not empty. A broken row has been reported."""

    number: int
    cells: Mapping[str, Cell]
    broken: bool = False


@dataclass(frozen=True, slots=True)
class RawTable:
    """One table. `complete` is False when rows may be missing, so that what refers to them cannot be judged."""

    table: Table
    file: str
    rows: Sequence[RawRow] = ()
    complete: bool = True


@dataclass(slots=True)
class Source:
    """What was found at a path: tables by name, what is wrong, and what was left out."""

    tables: dict[str, RawTable] = field(default_factory=dict)
    problems: list[CatalogueProblem] = field(default_factory=list)
    notices: list[CatalogueProblem] = field(default_factory=list)

    def add(self, table: RawTable) -> None:
        """Take in `table`, or report it when the catalogue holds two of the name."""
        if table.table.name in self.tables:
            first = self.tables[table.table.name].file
            self.problems.append(
                problem(
                    table.file, f"与 {first} 是同一张表，只能给一张。", f"The same table as {first}; give one only."
                )
            )
        else:
            self.tables[table.table.name] = table


def problem(
    file: str, zh: str, en: str, *, row: int | None = None, column: str | None = None, value: Cell | None = None
) -> CatalogueProblem:
    """Return one problem; `value` is the cell as it stands, and is shortened for show, or left out when it is about somebody."""
    told = None if value is None or personal(value) else shown(value)
    return CatalogueProblem(file, Bilingual(zh, en), row, column, told)


def personal(cell: Cell) -> Kind | None:
    """Return what a cell holds that must not be kept about people, None when nothing is seen."""
    if isinstance(cell, tuple):
        return next((kind for item in cell if (kind := personal(item))), None)
    return found(cell.shown if isinstance(cell, Unreadable) else cell)


def shown(cell: Cell) -> str:
    """Return a cell fit for a terminal: at most 80 characters, control characters and lone surrogates escaped."""
    if isinstance(cell, Unreadable):
        return shown(cell.shown)
    text = cell if isinstance(cell, str) else "|".join(map(shown, cell))
    short = text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in short)[:_SHOWN]


def as_cell(value: object) -> Cell:
    """Return a value of Excel or JSON as the text a person sees: 3 for 3.0, 2026-03-01, true, nothing for null."""
    match value:
        case None:
            return ""
        case str():
            return value.strip()
        case bool():
            return "true" if value else "false"
        case float() if math.isnan(value):
            return Unreadable("#N/A", Bilingual("公式出错，没有值。", "The formula has failed and has no value."))
        case float() if value.is_integer() and abs(value) <= _EXACT:
            return str(int(value))
        case int() | float():
            return str(value)
        case datetime.datetime():
            return value.date().isoformat() if value.time() == datetime.time() else value.isoformat(" ")
        case datetime.date() | datetime.time():
            return value.isoformat()
        case list():
            return tuple(_unreadable(item) if isinstance(item, list) else as_cell(item) for item in value)
    return _unreadable(value)


def _unreadable(value: object) -> Unreadable:
    try:
        shown = str(value)
    except RecursionError:  # brackets within brackets within brackets
        shown = "…"
    return Unreadable(shown, Bilingual("应为文字、数字或列表。", "Expected text, a number or a list."))
