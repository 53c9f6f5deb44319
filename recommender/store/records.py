"""Which record each table holds, and the way from one to the other."""

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from operator import attrgetter
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import RowMapping, Table

from recommender import domain
from recommender.store import schema

Key = tuple[str, ...]

RECORDS: dict[Table, type[Any]] = {
    schema.clusters: domain.IndustryCluster,
    schema.cluster_relations: domain.ClusterRelation,
    schema.places: domain.Place,
    schema.sites: domain.TrainingSite,
    schema.providers: domain.Provider,
    schema.courses: domain.Course,
    schema.course_instances: domain.CourseInstance,
    schema.learners: domain.Learner,
    schema.enterprises: domain.Enterprise,
}
TABLES: Mapping[str, Table] = {table.name: table for table in RECORDS}


@dataclass(frozen=True, slots=True)
class Stored:
    """A record as the store keeps it.

    `version` is the catalogue version that last changed it; `deleted` says that only its tombstone is left; `owner` is the site that published it,
    None for what belongs to the platform.
    """

    record: Any
    version: int = 0
    deleted: bool = False
    owner: str | None = None


def key_of(table: Table, record: Any) -> Key:
    """Return what identifies `record` in `table`."""
    key = identity(table)(record)
    return key if isinstance(key, tuple) else (key,)


@lru_cache(maxsize=64)
def identity(table: Table) -> Callable[[Any], Any]:
    """Return what gives a record's identity in `table`: its id, or a tuple where it takes several fields."""
    return attrgetter(*(column.name for column in table.primary_key))


def to_row(table: Table, stored: Stored) -> dict[str, Any]:
    """Return what is kept of a record as a row of `table`."""
    row = {name: plain(getattr(stored.record, name)) for name in _fields(table)}
    row |= {"version": stored.version, "deleted": stored.deleted}
    return {**row, "owner": stored.owner} if "owner" in table.columns else row


def plain(value: Any) -> Any:
    """Return a field's value as a column keeps it."""
    if isinstance(value, Enum):
        return value.value
    return list(value) if isinstance(value, tuple) else value


def plain_json(value: Any) -> Any:
    """Return a field's value as JSON keeps it."""
    return value.isoformat() if isinstance(value, datetime.date) else plain(value)


def to_stored(table: Table, row: RowMapping) -> Stored:
    """Return a row of `table` with its record; ValidationError when it makes no sense."""
    return Stored(to_record(table, row), row["version"], row["deleted"], row.get("owner"))


def to_record(table: Table, row: RowMapping) -> Any:
    """Return the record of a row of `table`; ValidationError when it makes no sense."""
    return _validator(table).validate_python({name: row[name] for name in _fields(table)})


def in_order(table: Table, records: Iterable[Any]) -> tuple[Any, ...]:
    """Return records ordered by id: by code point, which databases do not agree on."""
    return tuple(sorted(records, key=identity(table)))


@lru_cache(maxsize=64)
def _fields(table: Table) -> Sequence[str]:
    return tuple(RECORDS[table].__dataclass_fields__)


@lru_cache(maxsize=64)
def _validator(table: Table) -> TypeAdapter[Any]:
    return TypeAdapter(RECORDS[table])
