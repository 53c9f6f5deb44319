"""Learners' own rights: to know what is held of them, and to have it erased."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request

from api.access import ScopedRoute, allow
from api.callers import CurrentCaller
from api.dependencies import CurrentService, Json
from api.errors import PROBLEMS, WRITE_PROBLEMS, problems
from api.examples import RECORD_IDS
from api.preconditions import CurrentExpected
from api.schemas.people import Erased, LearnerExport
from api.showing import history_entry, record_fields, version_header
from recommender.domain import Identifier
from recommender.registry import READERS, WRITERS
from recommender.service import Erasure, Export

router = APIRouter(route_class=ScopedRoute, prefix="/v1/learners", tags=["people 个人信息"])

LearnerId = Annotated[Identifier, Path(examples=[RECORD_IDS["learner"]])]


@router.delete(
    "/{learner_id}",
    response_model=Erased,
    responses=WRITE_PROBLEMS,
    openapi_extra=allow(*WRITERS["learners"]),
    summary="Erase a learner",
)
def erase(
    request: Request, service: CurrentService, caller: CurrentCaller, expected: CurrentExpected, learner_id: LearnerId
) -> Json:
    """Erase record, vector, history and what is kept of them elsewhere, and say how much that was; nothing brings it back."""
    erasure = service.erase(learner_id, caller, expected=expected)
    request.app.state.answers.clear()
    return Json(_erased(erasure), headers=version_header(erasure.written.catalogue_version))


@router.get(
    "/{learner_id}/export",
    response_model=LearnerExport,
    responses=PROBLEMS | problems(503),
    openapi_extra=allow(*READERS["learners"]),
    summary="Everything held of a learner",
)
def export(service: CurrentService, caller: CurrentCaller, learner_id: LearnerId) -> Json:
    """Return the record, what was done to it and by whose key, what is computed of it, and where it is kept; the audit log notes that it was asked for."""
    return Json(_exported(service.export(learner_id, caller)))


def _erased(erasure: Erasure) -> dict[str, Any]:
    written = erasure.written
    return {
        "status": written.outcome.status,
        "catalogue_version": written.catalogue_version,
        "hides": written.outcome.hides,
        "erased": {**written.erased, "snapshots": erasure.snapshots},
        "in_effect": erasure.in_effect,
    }


def _exported(export: Export) -> dict[str, Any]:
    held = export.held
    blocks = [{"name": name, "values": values.tolist()} for name, values in export.vector.items()]
    return {
        "record": record_fields(held.stored.record),
        "version": held.stored.version,
        "since": held.since,
        "history": [history_entry(change) for change in held.history],
        "request_vector": {"snapshot": export.snapshot, "blocks": blocks} if blocks else None,
        "snapshots": export.snapshots,
        "sync_answers": [{"idempotency_key": key, "lines": lines} for key, lines in held.answers.items()],
        "audit": [
            {"position": entry.position, "at": entry.at, "key_id": entry.key_id, "action": entry.action}
            for entry in held.audit
        ],
    }
