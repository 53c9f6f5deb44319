"""From a grid of cells, the header first, to a raw table."""

from collections.abc import Iterable, Sequence

from recommender.catalogue.raw import Cell, RawRow, RawTable, Source, personal, problem, shown
from recommender.catalogue.tables import Table
from recommender.errors import CatalogueProblem


def from_grid(table: Table, file: str, grid: Iterable[Sequence[Cell]], source: Source, *, exact: bool) -> RawTable:
    """Return `grid` as a table; what is wrong with it goes to `source`.

    Where rows are `exact`, one of another width than the header is a problem: a comma or a quote has torn it.
    Elsewhere, cells without a header are left out with a notice.
    """
    lines = iter(grid)
    header = _names(next(lines, ()))
    understood = _check_header(table, file, header, source)
    known = [(at, name) for at, name in enumerate(header) if name in table.columns]
    rows: list[RawRow] = []
    astray: int | None = None
    for number, line in enumerate(lines, start=2):
        if not any(line):
            continue
        surplus = any(line[len(header) :])
        torn = exact and bool(header) and (surplus or len(line) < len(header))
        if torn:
            source.problems.append(_torn(file, number, len(header), len(line)))
        elif surplus:
            astray = astray or number
        cells = {name: line[at] for at, name in known if at < len(line) and line[at]}
        rows.append(RawRow(number, cells, broken=torn or not understood))
    if astray:
        source.notices.append(
            problem(file, "标题行以外的单元格已忽略。", "Cells without a header are ignored.", row=astray)
        )
    return RawTable(table, file, rows, complete=bool(header))


def _names(cells: Sequence[Cell]) -> list[str]:
    """Return the header's names; empty ones at its end are no columns."""
    names = [cell.strip().lower() if isinstance(cell, str) else shown(cell) for cell in cells]
    while names and not names[-1]:
        names.pop()
    return names


def _torn(file: str, number: int, expected: int, found: int) -> CatalogueProblem:
    return problem(
        file,
        f"应有 {expected} 列，这一行有 {found} 列；含逗号或换行的内容须加双引号。",
        f"Expected {expected} columns, this row has {found}; put text with commas or line breaks into double quotes.",
        row=number,
    )


def _check_header(table: Table, file: str, header: Sequence[str], source: Source) -> bool:
    """Report a header's faults, and tell whether the rows below it can be understood."""
    if not header:
        source.problems.append(
            problem(file, "缺少标题行（第一行应为列名）。", "The header is missing: row 1 should name the columns.")
        )
        return False
    twice = [name for name in dict.fromkeys(header) if name and header.count(name) > 1]
    missing = [name for name in table.required_columns if name not in header]
    for name in twice:
        source.problems.append(
            problem(file, "列名重复。", "This column stands in the header twice.", row=1, column=_shown_name(name))
        )
    for name in missing:
        source.problems.append(problem(file, "缺少这一列。", "This column is missing.", row=1, column=name))
    for name in dict.fromkeys(header):
        if name not in table.columns:
            source.notices.append(unknown_column(file, name, row=1))
    return not twice and not missing


def unknown_column(file: str, name: str, *, row: int) -> CatalogueProblem:
    """Return the notice that a column has no meaning here."""
    return problem(file, "未知的列，已忽略。", "Unknown column, ignored.", row=row, column=_shown_name(name))


def _shown_name(name: str) -> str:
    """Return a column's name fit for a message; in a file without a header it may be about somebody."""
    return "?" if personal(name) else shown(name) or "?"
