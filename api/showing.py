"""What answers tell of the registry's records, outcomes and changes."""

from typing import Any

from api.dependencies import Json
from api.preconditions import etag
from api.schemas.writing import DECIDED
from recommender.catalogue.tables import TABLES
from recommender.registry import Outcome, Status, Waiting, Written
from recommender.store import Change, plain_json


def record_fields(record: Any) -> dict[str, Any]:
    """Return a record's fields as JSON has them, without what review decides."""
    names = (name for name in type(record).__dataclass_fields__ if name != DECIDED)
    return {name: plain_json(getattr(record, name)) for name in names}


def outcome_shown(outcome: Outcome) -> dict[str, Any]:
    """Return a record, its version, and how its review stands if it is reviewed."""
    reviewed = {} if outcome.approval is None else {"approval": outcome.approval, "waiting": outcome.waiting}
    return {"version": outcome.version, "record": record_fields(outcome.record), **reviewed}


def stored_answer(outcome: Outcome) -> Json:
    """Return the answer that shows a record."""
    return Json(outcome_shown(outcome), headers={"ETag": etag(outcome.version)})


def written_answer(written: Written) -> Json:
    """Return the answer that tells of a write: 201 when the record was not there before."""
    outcome = written.outcome
    body = {"status": outcome.status, "catalogue_version": written.catalogue_version, **outcome_shown(outcome)}
    headers = {"ETag": etag(outcome.version), **version_header(written.catalogue_version)}
    return Json(body, headers=headers, status_code=201 if outcome.status is Status.CREATED else 200)


def deleted_answer(written: Written) -> Json:
    """Return the answer that tells of a deletion."""
    outcome, version = written.outcome, written.catalogue_version
    body = {"status": outcome.status, "catalogue_version": version, "hides": outcome.hides}
    return Json(body, headers=version_header(version))


def version_header(catalogue_version: int) -> dict[str, str]:
    """Return the header that says from which catalogue version on a write is seen."""
    return {"Catalogue-Version": str(catalogue_version)}


def history_entry(change: Change) -> dict[str, Any]:
    """Return what is told of a change to a record that is known."""
    return {
        "version": change.version,
        "at": change.written_at,
        "key_id": change.key_id,
        "operation": change.operation,
        "fields": change.fields,
    }


def change_entry(change: Change) -> dict[str, Any]:
    """Return what is told of a change to any record."""
    return {"type": TABLES[change.kind].singular, "id": change.record_id, **history_entry(change)}


def waiting_entry(waiting: Waiting) -> dict[str, Any]:
    """Return what is told of a course that waits for review."""
    submitted = waiting.submitted
    return {
        "course_id": submitted.record.course_id,
        "version": submitted.version,
        "waiting": submitted.waiting,
        "submitted": record_fields(submitted.record),
        "approved": None if waiting.approved is None else record_fields(waiting.approved),
    }
