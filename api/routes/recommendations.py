"""Courses for learners and enterprises, sent or stored."""

from functools import partial
from typing import Annotated, Any

import anyio.to_thread
from fastapi import APIRouter, Body, Path, Query, Request

from api.access import allow
from api.callers import check_enterprise, sees_unapproved
from api.dependencies import CurrentStandpoint, Json, speak
from api.errors import PROBLEMS
from api.examples import ENTERPRISE_EXAMPLES, EXPLAIN_EXAMPLES, LEARNER_EXAMPLES
from api.limits import within
from api.repeats import RepeatableRoute
from api.schemas import Recommendations, Standing
from recommender.access import Scope
from recommender.requests import EnterpriseRequest, ExplainRequest, LearnerRequest, ListingOptions

router = APIRouter(route_class=RepeatableRoute, prefix="/v1", tags=["recommendations 推荐"], responses=PROBLEMS)


@router.post(
    "/recommendations",
    response_model=Recommendations,
    openapi_extra=allow(Scope.PLATFORM, anonymous=True),
    summary="Courses for a learner's profile",
)
async def recommend(
    request: Request,
    profile: Annotated[LearnerRequest, Body(openapi_examples=LEARNER_EXAMPLES)],
    at: CurrentStandpoint,
) -> Json:
    """Return the best courses for the profile sent, each at its best class, with reasons; nothing of it is stored."""
    speak(request, profile)
    within(request.app.state.settings, profile)
    return Json(at.matcher.recommend(profile, today=at.today))


@router.post(
    "/recommendations/explain",
    response_model=Standing,
    openapi_extra=allow(Scope.PLATFORM, anonymous=True),
    summary="Why not this course?",
)
async def explain(
    request: Request,
    question: Annotated[ExplainRequest, Body(openapi_examples=EXPLAIN_EXAMPLES)],
    at: CurrentStandpoint,
) -> Json:
    """Return where one course stands in the answer to the profile sent, or what excludes it, and which changes would raise it; nothing is stored."""
    speak(request, question)
    within(request.app.state.settings, question)
    # in a thread, as it ranks many times over, and few at once, so that other answers have their turn
    told = partial(at.matcher.explain, question, today=at.today, unapproved=sees_unapproved(request))
    return Json(await anyio.to_thread.run_sync(told, limiter=request.app.state.explanations))


@router.post(
    "/enterprise-recommendations",
    response_model=Recommendations,
    openapi_extra=allow(Scope.PLATFORM, Scope.ENTERPRISE, anonymous=True),
    summary="Courses for an enterprise's need",
)
async def recommend_to_enterprise(
    request: Request,
    need: Annotated[EnterpriseRequest, Body(openapi_examples=ENTERPRISE_EXAMPLES)],
    at: CurrentStandpoint,
) -> Json:
    """Return courses that can be taught at the enterprise, customised for it, or attended near it; nothing is stored."""
    speak(request, need)
    within(request.app.state.settings, need)
    return Json(at.matcher.recommend(need, today=at.today))


@router.get(
    "/learners/{learner_id}/recommendations",
    response_model=Recommendations,
    openapi_extra=allow(Scope.PLATFORM),
    summary="Courses for a stored learner",
)
async def recommend_to_stored_learner(
    request: Request,
    learner_id: Annotated[str, Path(max_length=128, examples=["learner-0001"])],
    listing: Annotated[ListingOptions, Query()],
    at: CurrentStandpoint,
) -> Json:
    """Return the best courses for a learner of the catalogue."""
    return Json(at.matcher.recommend_to_learner(learner_id, today=at.today, **_given(request, listing)))


@router.get(
    "/enterprises/{enterprise_id}/recommendations",
    response_model=Recommendations,
    openapi_extra=allow(own=[Scope.ENTERPRISE]),
    summary="Courses for a stored enterprise",
)
async def recommend_to_stored_enterprise(
    request: Request,
    enterprise_id: Annotated[str, Path(max_length=128, examples=["foxconn"])],
    listing: Annotated[ListingOptions, Query()],
    at: CurrentStandpoint,
) -> Json:
    """Return the best courses for an enterprise of the catalogue; an enterprise's key reaches its own only."""
    check_enterprise(request, enterprise_id)
    return Json(at.matcher.recommend_to_enterprise(enterprise_id, today=at.today, **_given(request, listing)))


def _given(request: Request, listing: ListingOptions) -> dict[str, Any]:
    speak(request, listing)
    within(request.app.state.settings, listing)
    return listing.model_dump(exclude_unset=True)
