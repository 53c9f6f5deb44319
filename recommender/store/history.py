"""How the records came to be as they are: what each write changed, by whom, when."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, exists, literal, or_, select, true, tuple_

from recommender.store.schema import catalogue_versions, changes, course_instances, courses

BEHIND_ALL = 2**31 - 1
"""A position behind every change of a version."""


class Operation(StrEnum):
    """What was done to a record."""

    CREATED = "created"
    UPDATED = "updated"
    DELETED = "deleted"
    RESTORED = "restored"  # written again over its tombstone
    SUBMITTED = "submitted"  # the new text of an approved course, to be reviewed
    APPROVED = "approved"
    REJECTED = "rejected"
    ERASED = "erased"  # a person, of whom nothing is left, not even the id


@dataclass(frozen=True, slots=True)
class CatalogueVersion:
    """One write: its number (from 1, rising), instant (UTC), and by whose key.

    An import has its files' fingerprint as `source`, and as `day` the one that its dates count from.
    """

    version: int
    written_at: datetime.datetime
    key_id: str | None = None
    source: str | None = None
    day: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What one write did to one record. `kind` is the table's name; `fields` the new values, names without values for learners."""

    version: int
    position: int
    kind: str
    record_id: str
    operation: Operation
    fields: Mapping[str, Any]
    written_at: datetime.datetime
    key_id: str | None


def latest_version(
    connection: Connection, *, imports_only: bool = False, at_most: int | None = None
) -> CatalogueVersion | None:
    """Return the latest write (the latest import, the latest up to a number), None before the first."""
    query = select(catalogue_versions).order_by(catalogue_versions.c.version.desc()).limit(1)
    if imports_only:
        query = query.where(catalogue_versions.c.source.is_not(None))
    if at_most is not None:
        query = query.where(catalogue_versions.c.version <= at_most)
    row = connection.execute(query).first()
    if row is None:
        return None
    return CatalogueVersion(row.version, utc(row.written_at), row.key_id, row.source, row.day)


@dataclass(frozen=True, slots=True)
class Among:
    """Which changes are looked at: all, those of one kind of record, or those of some sites and of what these publish or teach."""

    kind: str | None = None
    site_ids: frozenset[str] | None = None

    @property
    def condition(self) -> ColumnElement[bool]:
        """It as a condition on a change."""
        if self.site_ids is None:
            return true() if self.kind is None else changes.c.kind == self.kind
        mine = course_instances.c.owner.in_(self.site_ids) | course_instances.c.site_id.in_(self.site_ids)
        records: dict[str, Any] = {
            "sites": self.site_ids,
            "courses": select(courses.c.course_id).where(courses.c.owner.in_(self.site_ids)),
            "course_instances": select(course_instances.c.instance_id).where(mine),
        }
        return or_(*((changes.c.kind == kind) & changes.c.record_id.in_(ids) for kind, ids in records.items()))


ALL = Among()
"""All changes."""


def changes_after(
    connection: Connection, version: int, position: int, *, limit: int, among: Among = ALL
) -> list[Change]:
    """Return at most `limit` of the changes behind that one, in order."""
    behind = tuple_(changes.c.version, changes.c.position) > tuple_(literal(version), literal(position))
    query = _all_changes().where(behind, among.condition).limit(limit)
    return [_change(row) for row in connection.execute(query)]


def history_of(connection: Connection, kind: str, record_id: str) -> list[Change]:
    """Return everything that was done to one record, oldest first."""
    query = _all_changes().where(changes.c.kind == kind, changes.c.record_id == record_id)
    return [_change(row) for row in connection.execute(query)]


def visibility_changed(connection: Connection, version: int) -> bool:
    """Tell whether a write later than `version` deleted or restored what other records depend on."""
    condition = exists().where(
        changes.c.version > version,
        changes.c.kind.in_(("sites", "courses")),
        changes.c.operation.in_((Operation.DELETED, Operation.RESTORED)),
    )
    return bool(connection.scalar(select(condition)))


def _all_changes() -> Select[Any]:
    return (
        select(changes, catalogue_versions.c.written_at, catalogue_versions.c.key_id)
        .join(catalogue_versions, changes.c.version == catalogue_versions.c.version)
        .order_by(changes.c.version, changes.c.position)
    )


def _change(row: Row[Any]) -> Change:
    return Change(
        row.version,
        row.position,
        row.kind,
        row.record_id,
        Operation(row.operation),
        row.fields,
        utc(row.written_at),
        row.key_id,
    )


def utc(instant: datetime.datetime) -> datetime.datetime:
    """Return an instant as databases give it, with the zone it is in."""
    return instant.replace(tzinfo=datetime.UTC)
