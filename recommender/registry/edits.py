"""What is asked of the registry, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from recommender.access import Scope
from recommender.catalogue.tables import TABLES, Table
from recommender.domain import Approval

KINDS: Mapping[str, Table] = {
    table.singular: table
    for table in (TABLES[name] for name in ("sites", "courses", "course_instances", "learners", "enterprises"))
}
"""The kinds of record that sites and the platform write, by their `type`."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: the id of a key, the site that speaks (None for the platform itself), and how far the key reaches.

    What asks from within, as the command line does, is the administrator.
    """

    key_id: str | None = None
    site_id: str | None = None
    scopes: frozenset[Scope] = frozenset({Scope.ADMIN})
    site_ids: frozenset[str] = frozenset()
    enterprise_id: str | None = None

    @property
    def is_admin(self) -> bool:
        """Tell whether everything is open to the caller."""
        return Scope.ADMIN in self.scopes


class Action(StrEnum):
    """What is to be done with a record."""

    PUT = "put"  # it is to be exactly this
    PATCH = "patch"  # only these fields change; null empties one (RFC 7396)
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Expected:
    """The state that a caller takes a record to be in (`If-Match`, `If-None-Match`): one of these versions, or any, or absent."""

    versions: frozenset[int] | None = None  # None: any
    absent: bool = False


@dataclass(frozen=True, slots=True)
class Edit:
    """One thing asked for. `fields` are JSON values by name; those of a DELETE do not matter."""

    table: Table
    record_id: str
    action: Action
    fields: Mapping[str, Any] = field(default_factory=dict)
    expected: Expected | None = None

    @property
    def key(self) -> tuple[str, str]:
        """What tells records of all kinds apart."""
        return self.table.name, self.record_id


class Status(StrEnum):
    """What became of a record."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one edit.

    `version` is the catalogue version that last changed the record. `approval` is a course's, `waiting` tells whether a text of it waits for review,
    and `hides` counts what a deletion hides by kind.
    """

    status: Status
    version: int
    record: Any
    approval: Approval | None = None
    waiting: bool = False
    hides: Mapping[str, int] = field(default_factory=dict)
