"""What is told of a person who is stored, to that person; and of one who is no longer."""

import datetime
from typing import Any

from pydantic import Field

from api.schemas.records import Answer
from api.schemas.registry import HistoryEntry
from api.schemas.writing import SCHEMAS, Deleted

LearnerRecord = SCHEMAS["learner"].record


class ErasedCounts(Answer):
    """How much was erased, by what it was."""

    records: int
    history_entries: int
    sync_answers: int = Field(description="Answers to repeatable calls of `/v1/sync` that named the learner.")
    snapshots: int | None = Field(description="Kept snapshots that were rewritten; null: not yet, it is tried on.")


class Erased(Deleted):
    """What an erasure did."""

    erased: ErasedCounts
    in_effect: bool = Field(
        description="Whether this process answers without the learner already; all do from `catalogue_version` on."
    )


class VectorBlock(Answer):
    """One block of a request vector."""

    name: str
    values: list[float]


class RequestVector(Answer):
    """What is computed of a learner: the request they would send, as the blocks of a vector, weighted."""

    snapshot: str
    blocks: list[VectorBlock]


class SyncAnswer(Answer):
    """What the kept answer to a repeatable call of `/v1/sync` tells of the learner."""

    idempotency_key: str
    lines: list[dict[str, Any]]


class AuditNote(Answer):
    """Something that was done to the learner's data."""

    position: int
    at: datetime.datetime
    key_id: str | None
    action: str


class LearnerExport(Answer):
    """Everything that is held of a learner."""

    record: LearnerRecord  # type: ignore[valid-type]
    version: int = Field(description="The catalogue version that last changed the record.")
    since: datetime.datetime | None = Field(
        description="The oldest entry of the history; null: there is none any more."
    )
    history: list[HistoryEntry]
    request_vector: RequestVector | None = Field(description="null: the snapshot that answers does not know them yet.")
    snapshots: list[str] = Field(description="Kept snapshots in which they stand, newest first.")
    sync_answers: list[SyncAnswer]
    audit: list[AuditNote] = Field(description="This export is the last of them.")
