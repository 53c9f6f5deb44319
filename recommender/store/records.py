"""Which record each table holds, and the way from one to the other."""

from collections.abc import Sequence
from enum import Enum
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import RowMapping, Table

from recommender import domain
from recommender.store import schema

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


def to_rows(table: Table, records: Sequence[Any]) -> list[dict[str, Any]]:
    """Return records as rows of `table`."""
    columns = [column.name for column in table.columns]
    return [{name: _stored(getattr(record, name)) for name in columns} for record in records]


def _stored(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    return list(value) if isinstance(value, tuple) else value


def to_records(table: Table, rows: Sequence[RowMapping]) -> tuple[Any, ...]:
    """Return rows of `table` as records, ordered by id; ValidationError when one makes no sense.

    The order is by code point, which databases do not agree on.
    """
    keys = [column.name for column in table.primary_key]
    ordered = sorted(rows, key=lambda row: tuple(row[key] for key in keys))
    validator: TypeAdapter[Any] = TypeAdapter(RECORDS[table])
    return tuple(validator.validate_python(dict(row)) for row in ordered)
