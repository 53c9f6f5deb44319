"""JSON Lines: one object a line, whose `type` names its table."""

import json
from pathlib import Path
from typing import Any

from recommender.catalogue.grid import unknown_column
from recommender.catalogue.raw import RawRow, RawTable, Source, as_cell, problem
from recommender.catalogue.tables import TABLES, Table, table_named
from recommender.catalogue.text_file import read_text


def read_json_lines(path: Path, source: Source) -> None:
    """Read the objects of the file at `path` into `source`; rows are numbered as the file's lines."""
    text = read_text(path, path.name, source)
    if text is None:
        return
    rows: dict[str, list[RawRow]] = {}
    noticed: set[tuple[str, str]] = set()
    complete = True
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        found = _object(line, path.name, number, source)
        if found is None:
            complete = False
            continue
        table, values = found
        for name in values:
            if name not in table.columns and (table.name, name) not in noticed:
                noticed.add((table.name, name))
                source.notices.append(unknown_column(path.name, name, row=number))
        cells = {name: as_cell(value) for name, value in values.items() if name in table.columns}
        rows.setdefault(table.name, []).append(RawRow(number, {name: cell for name, cell in cells.items() if cell}))
    for name in TABLES if not complete else rows:
        source.add(RawTable(TABLES[name], path.name, rows.get(name, []), complete))


def load_json(text: str) -> Any:
    """Return what a text of JSON says; ValueError (or RecursionError) when it is none, repeats a name, or holds NaN or infinity."""
    return json.loads(text, object_pairs_hook=_distinct, parse_constant=_no_constant)


def _object(line: str, file: str, number: int, source: Source) -> tuple[Table, dict[str, Any]] | None:
    """Return a line's table and values, or None after reporting what is wrong with it."""
    try:
        values = load_json(line)
    except (ValueError, RecursionError) as error:
        reason = getattr(error, "msg", str(error))
        source.problems.append(problem(file, f"不是有效的 JSON：{reason}。", f"Not valid JSON: {reason}.", row=number))
        return None
    if not isinstance(values, dict):
        source.problems.append(problem(file, "应为 JSON 对象。", "Expected a JSON object.", row=number))
        return None
    kind = values.pop("type", "")
    table = table_named(kind) if isinstance(kind, str) else None
    if table is None:
        expected = ", ".join(table.singular for table in TABLES.values())
        source.problems.append(
            problem(
                file,
                f"应为以下之一：{expected}。",
                f"Expected one of {expected}.",
                row=number,
                column="type",
                value=as_cell(kind),
            )
        )
        return None
    return table, {name.strip().lower(): value for name, value in values.items()}


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        raise ValueError("a name stands twice in one object")
    return values


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")
