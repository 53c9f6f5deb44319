"""Reads what can be seen of the records: all of it, or what has changed since."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, RowMapping, Table, select

from recommender.domain import Catalogue
from recommender.pace import rest
from recommender.store.erasing import erased_since
from recommender.store.history import CatalogueVersion, latest_version, visibility_changed
from recommender.store.records import RECORDS, identity, in_order, to_record
from recommender.store.schema import learners
from recommender.store.visibility import Tombstones

_SHARED = ("clusters", "cluster_relations", "places")  # what everything else is read by


class Loaded(NamedTuple):
    """What can be seen of the records, and the write that it is the state after."""

    catalogue: Catalogue
    version: CatalogueVersion


def load(connection: Connection) -> Loaded | None:
    """Return what can be seen, each table ordered by id; None before the first write."""
    version = latest_version(connection)
    if version is None:
        return None
    tombstones = Tombstones.read(connection)
    tables = {}
    for table in RECORDS:
        rows = connection.execute(select(table).where(~table.c.deleted)).mappings()
        seen = (tombstones.seen(table.name, record) for record in _read(table, rows))
        tables[table.name] = in_order(table, (record for record in seen if record is not None))
    return Loaded(Catalogue(**tables), version)


def load_since(connection: Connection, before: Loaded) -> Loaded | None:
    """Return what `load` would; tables in which nothing has changed since `before` are the very same objects."""
    version = latest_version(connection)
    if version == before.version:
        return before
    since = before.version.version
    if version is None or not _follows(connection, before.version) or visibility_changed(connection, since):
        return load(connection)
    changed = {table: rows for table in RECORDS if (rows := _changed(connection, table, since))}
    if any(table.name in _SHARED for table in changed):
        return load(connection)
    tombstones = Tombstones.read(connection)
    tables = {name: getattr(before.catalogue, name) for name in Catalogue.__dataclass_fields__}
    if erased_since(connection, since):  # rows that are gone have no version to be found by
        there = set(connection.scalars(select(learners.c.learner_id)))
        tables["learners"] = tuple(one for one in tables["learners"] if one.learner_id in there)
    for table, rows in changed.items():
        tables[table.name] = _merged(table, tables[table.name], rows, tombstones)
        rest()
    return Loaded(Catalogue(**tables), version)


def _read(table: Table, rows: Iterable[RowMapping]) -> Iterator[Any]:
    for row in rows:
        yield to_record(table, row)
        rest()


def _follows(connection: Connection, before: CatalogueVersion) -> bool:
    """Tell whether that write is one of this database's: it may have been restored from a copy, or be another one."""
    return latest_version(connection, at_most=before.version) == before


def _changed(connection: Connection, table: Table, since: int) -> list[tuple[Any, bool]]:
    """Return the records written since, and whether they were deleted."""
    rows = connection.execute(select(table).where(table.c.version > since)).mappings()
    return [(to_record(table, row), row["deleted"]) for row in rows]


def _merged(
    table: Table, before: Sequence[Any], changed: Sequence[tuple[Any, bool]], tombstones: Tombstones
) -> tuple[Any, ...]:
    key_of = identity(table)
    records = {key_of(record): record for record in before}
    for record, deleted in changed:
        seen = None if deleted else tombstones.seen(table.name, record)
        if seen is None:
            records.pop(key_of(record), None)
        else:
            records[key_of(record)] = seen
    return in_order(table, records.values())
