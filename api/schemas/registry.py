"""What is told of changes, reviews and synchronisation."""

import datetime
from typing import Any

from pydantic import Field

from api.schemas.records import Answer
from api.schemas.writing import SCHEMAS
from recommender.registry import SyncMode
from recommender.store import Operation

CourseRecord = SCHEMAS["course"].record


class HistoryEntry(Answer):
    """One thing that was done to a record."""

    version: int = Field(description="The catalogue version that it made.")
    at: datetime.datetime
    key_id: str | None = Field(description="By whose key; null: without one.")
    operation: Operation
    fields: dict[str, Any] = Field(
        description="The new values by field, or names alone for learners; a review's reason."
    )


class ChangeEntry(HistoryEntry):
    """One thing that was done to any record."""

    type: str
    id: str


class Changes(Answer):
    """Changes in order. `next` goes on behind them: give it as `since`."""

    items: list[ChangeEntry]
    next: str
    catalogue_version: int
    whole_since: int = Field(description="The version from which on no change is left out: older ones may be gone.")


class WaitingCourse(Answer):
    """A course that waits for review: as submitted, and as recommended meanwhile."""

    course_id: str
    version: int = Field(description="Its ETag, for `If-Match`: so that what is approved is what was read.")
    waiting: bool = Field(description="Whether it is a new text of an approved course.")
    submitted: CourseRecord  # type: ignore[valid-type]
    approved: CourseRecord | None  # type: ignore[valid-type]


class RecordHash(Answer):
    """The hash of one record."""

    type: str
    id: str
    hash: str


class Digest(Answer):
    """What is stored of a site. `content` is the SHA-256 of the lines `type id hash`, ordered by type and id."""

    site_id: str
    catalogue_version: int
    counts: dict[str, int]
    content: str
    records: list[RecordHash] | None = Field(
        description="With `detail=true`: each record's SHA-256, of its fields as JSON by name, no spaces, UTF-8, 40.0 as 40, without `null`, `[]` and approval."
    )


class SyncSummary(Answer):
    """How many lines came to what."""

    mode: SyncMode
    lines: int
    counts: dict[str, int]
    catalogue_version: int


class SyncFault(Answer):
    """Why a line is refused."""

    field: str
    message: str


class SyncResult(Answer):
    """One line of the answer: what became of a line of the request; the last has the `summary` instead."""

    line: int | None = None
    type: str | None = None
    id: str | None = None
    status: str | None = Field(None, description="created, updated, unchanged, deleted or refused")
    version: int | None = None
    approval: str | None = None
    waiting: bool | None = None
    hides: dict[str, int] | None = None
    errors: list[SyncFault] | None = None
    summary: SyncSummary | None = None
