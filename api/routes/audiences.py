"""Learners for a class."""

from typing import Annotated

from fastapi import APIRouter, Body

from api.dependencies import CurrentStandpoint, Json
from api.errors import PROBLEMS
from api.examples import AUDIENCE_EXAMPLES
from api.repeats import RepeatableRoute
from api.schemas import AudienceAnswer
from recommender.requests import AudienceRequest

router = APIRouter(route_class=RepeatableRoute, prefix="/v1", tags=["audiences 招生"], responses=PROBLEMS)


@router.post("/audiences", response_model=AudienceAnswer, summary="The learners whom a class suits best")
async def find_audience(
    wanted: Annotated[AudienceRequest, Body(openapi_examples=AUDIENCE_EXAMPLES)], at: CurrentStandpoint
) -> Json:
    """Return ids and scores of the stored learners to whom this class would be recommended highest."""
    return Json(at.matcher.find_audience(wanted, today=at.today))
