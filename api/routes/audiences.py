"""Learners for a class."""

from functools import partial
from typing import Annotated

import anyio.to_thread
from fastapi import APIRouter, Body, Request
from starlette.concurrency import run_in_threadpool

from api.access import allow
from api.callers import CurrentCaller
from api.dependencies import CurrentRegistry, CurrentStandpoint, Json
from api.errors import PROBLEMS
from api.examples import AUDIENCE_EXAMPLES
from api.limits import within
from api.repeats import RepeatableRoute
from api.schemas import AudienceAnswer
from recommender.access import Scope
from recommender.catalogue.tables import TABLES
from recommender.insights import hide_small
from recommender.requests import AudienceRequest

router = APIRouter(route_class=RepeatableRoute, prefix="/v1", tags=["audiences 招生"], responses=PROBLEMS)


@router.post(
    "/audiences",
    response_model=AudienceAnswer,
    openapi_extra=allow(Scope.PLATFORM, own=[Scope.SITE]),
    summary="The learners whom a class suits best",
)
async def find_audience(
    request: Request,
    wanted: Annotated[AudienceRequest, Body(openapi_examples=AUDIENCE_EXAMPLES)],
    at: CurrentStandpoint,
    registry: CurrentRegistry,
    caller: CurrentCaller,
) -> Json:
    """Return ids and scores of the stored learners to whom this class would be recommended highest; a site's key reaches its own classes only."""
    within(request.app.state.settings, wanted)
    own = Scope.PLATFORM not in caller.scopes and not caller.is_admin
    if own:
        await run_in_threadpool(registry.record, TABLES["course_instances"], wanted.instance_id, caller)
    # in a thread, as it may take many times as long as other answers, and few at once, so that these have their turn
    find = partial(at.matcher.find_audience, wanted, today=at.today)
    answer = await anyio.to_thread.run_sync(find, limiter=request.app.state.audiences)
    return Json(hide_small(answer, request.app.state.settings.hidden_below) if own else answer)
