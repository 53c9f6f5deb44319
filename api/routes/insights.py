"""Numbers for those who plan: about all learners, never about few of them."""

from fastapi import APIRouter, Request

from api.access import ScopedRoute, allow
from api.dependencies import CurrentStandpoint, Json
from api.errors import PROBLEMS
from api.schemas.insights import LearnerCounts
from recommender.access import Scope
from recommender.insights import learner_counts

router = APIRouter(route_class=ScopedRoute, prefix="/v1/insights", tags=["insights 统计"], responses=PROBLEMS)


@router.get(
    "/learners",
    response_model=LearnerCounts,
    openapi_extra=allow(Scope.INSIGHT),
    summary="How many learners, by district, industry cluster and skill level",
)
def learners(request: Request, at: CurrentStandpoint) -> Json:
    """Return counts of the stored learners; small groups are counted together, and so many of them that none can be computed."""
    return Json(learner_counts(at.matcher.snapshot, request.app.state.settings.hidden_below))
