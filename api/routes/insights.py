"""Numbers for those who plan: about all learners, never about few of them."""

from functools import partial
from typing import Annotated

import anyio.to_thread
from fastapi import APIRouter, Query, Request

from api.access import ScopedRoute, allow
from api.dependencies import CurrentStandpoint, Json
from api.errors import PROBLEMS
from api.schemas.insights import CoverageAnswer, LearnerCounts
from recommender.access import Scope
from recommender.insights import learner_counts
from recommender.requests import CoverageRequest

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


@router.get(
    "/coverage",
    response_model=CoverageAnswer,
    openapi_extra=allow(Scope.INSIGHT, anonymous=True),
    summary="Where supply is missing",
)
async def coverage(request: Request, wanted: Annotated[CoverageRequest, Query()], at: CurrentStandpoint) -> Json:
    """Return how many learners have a fitting course near by, what is taught around each sub-district, and how evenly sites are recommended."""
    hidden_below = request.app.state.settings.hidden_below
    # one at a time: it may take seconds, and whoever asks the same meanwhile finds it remembered
    find = partial(at.matcher.coverage, wanted, today=at.today, hidden_below=hidden_below)
    return Json(await anyio.to_thread.run_sync(find, limiter=request.app.state.surveys))
