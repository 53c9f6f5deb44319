"""Courses that wait for review, and what reviewers decide."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Path, Query
from pydantic import BaseModel, ConfigDict

from api.access import ScopedRoute, allow
from api.callers import CurrentCaller
from api.dependencies import CurrentRegistry, Json
from api.errors import PROBLEMS, WRITE_PROBLEMS
from api.examples import REVIEW_EXAMPLES
from api.paging import Paged
from api.preconditions import CurrentExpected
from api.schemas import Page
from api.schemas.registry import WaitingCourse
from api.schemas.writing import SCHEMAS
from api.showing import waiting_entry, written_answer
from recommender.access import Scope
from recommender.domain import Goal, Identifier
from recommender.registry import Decision

router = APIRouter(route_class=ScopedRoute, prefix="/v1", tags=["reviews 审核"])

_REVIEWERS = allow(Scope.REVIEWER)


_REASON_UNLESS_APPROVED: list[Any] = [
    {"properties": {"decision": {"const": Decision.APPROVED}}},
    {"required": ["reason"], "properties": {"reason": {"type": "string", "pattern": r"\S"}}},
]


class Review(BaseModel):
    """What a reviewer decides, and why."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"anyOf": _REASON_UNLESS_APPROVED})

    decision: Decision
    reason: Goal | None = None


@router.get(
    "/reviews",
    response_model=Page[WaitingCourse],
    responses=PROBLEMS,
    openapi_extra=_REVIEWERS,
    summary="Courses that wait for review",
)
def reviews(wanted: Annotated[Paged, Query()], registry: CurrentRegistry) -> Json:
    """Return what waits, in the order of ids: new courses, and new texts of approved ones beside the text that is recommended meanwhile."""
    found, total = registry.waiting(limit=wanted.limit, offset=wanted.offset)
    items = [waiting_entry(waiting) for waiting in found]
    return Json({"items": items, "total": total, "limit": wanted.limit, "offset": wanted.offset})


@router.post(
    "/courses/{course_id}/reviews",
    response_model=SCHEMAS["course"].written,
    responses=WRITE_PROBLEMS,
    openapi_extra=_REVIEWERS,
    summary="Approve or reject a course",
)
def review(
    course_id: Annotated[Identifier, Path(examples=["team-leader-training"])],
    decided: Annotated[Review, Body(openapi_examples=REVIEW_EXAMPLES)],
    registry: CurrentRegistry,
    caller: CurrentCaller,
    expected: CurrentExpected,
) -> Json:
    """Decide on the text that waits, else on the course itself. A rejection needs a reason; that of a new text leaves the approved one recommended."""
    written = registry.review(course_id, decided.decision, caller, reason=decided.reason, expected=expected)
    return written_answer(written)
