"""Whatever is sent as JSON gets an answer of the documented shape, or a problem."""

import datetime
import json
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from api.schemas import AudienceAnswer, Recommendations, Standing
from recommender.domain import Datum, Mode, Schedule
from recommender.policy import OnlinePolicy, Preference
from recommender.requests import AudienceRequest, EnterpriseRequest, ExplainRequest, LearnerRequest
from tests.api.answers import answer_of, problem_of

texts = st.text(st.characters(exclude_categories=[]), max_size=12)  # lone surrogates and control characters too
numbers = st.one_of(
    st.integers(-3, 12), st.integers(), st.floats(), st.sampled_from([10**30, -(10**400), 1e308, 5e-324, -0.0])
)
junk = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda parts: st.lists(parts, max_size=3) | st.dictionaries(texts, parts, max_size=3),
    max_leaves=6,
)
days = st.dates(datetime.date.min, datetime.date.max).map(str)
names = st.sampled_from(
    ["智能机器人", "机器人", "中级工", "三级", "焊工", "想考电工证", "班组管理", "", " ", "🙂", "x"]
)
locations = st.fixed_dictionaries(
    {},
    optional={
        "latitude": st.floats(22.3, 22.9) | numbers,
        "longitude": st.floats(113.7, 114.7) | numbers,
        "datum": st.sampled_from(list(Datum)),
        "place": st.sampled_from(["坪山区", "坪山区坑梓街道", "龙岗", "火星"]) | texts,
    },
)
PLAUSIBLE: dict[str, st.SearchStrategy[Any]] = {
    "modes": st.lists(st.sampled_from(list(Mode)), max_size=4),
    "schedules": st.lists(st.sampled_from(list(Schedule)), max_size=5),
    "starts_by": days,
    "as_of": days,
    "maximum_distance_km": st.floats(0, 60),
    "half_distance_km": st.floats(0, 60),
    "online_policy": st.sampled_from(list(OnlinePolicy)),
    "diversity": st.floats(0, 1),
    "k": st.integers(0, 101),
    "offset": st.integers(0, 400),
    "language": st.sampled_from(["zh", "en"]),
    "location": locations,
    "weights": st.dictionaries(st.sampled_from(list(Preference)), st.floats(0, 10), max_size=6),
    "headcount": st.integers(0, 500),
    "completed_course_ids": st.lists(st.sampled_from(["big-data-analysis", "business-etiquette", "nope"]), max_size=3),
    "course_id": st.sampled_from(["team-leader-training", "big-data-analysis", "nope", ""]),
    "instance_id": st.sampled_from(["team-leader-training@hub-pingshan-1", "nope", ""]),
}
ENDPOINTS = [
    ("/v1/recommendations", LearnerRequest, Recommendations),
    ("/v1/recommendations/explain", ExplainRequest, Standing),
    ("/v1/enterprise-recommendations", EnterpriseRequest, Recommendations),
    ("/v1/audiences", AudienceRequest, AudienceAnswer),
]


@st.composite
def bodies(draw: st.DrawFn, model: type[BaseModel]) -> Any:
    """A request whose fields are mostly plausible, some of them junk; now and then no object at all."""
    if draw(st.integers(0, 19)) == 0:
        return draw(junk)
    wild = draw(st.integers(0, 3)) == 0
    chosen = draw(st.sets(st.sampled_from(list(model.model_fields)), min_size=1, max_size=6))
    body = {name: draw(junk if wild and draw(st.booleans()) else PLAUSIBLE.get(name, names)) for name in chosen}
    return body | (draw(st.dictionaries(texts, junk, max_size=1)) if wild else {})


@pytest.mark.parametrize(("url", "request_model", "answer_model"), ENDPOINTS, ids=[url for url, *_ in ENDPOINTS])
@settings(
    derandomize=True,
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_no_json_makes_an_endpoint_fail(
    client: TestClient,
    url: str,
    request_model: type[BaseModel],
    answer_model: type[BaseModel],
    data: st.DataObject,
) -> None:
    body = json.dumps(data.draw(bodies(request_model)))
    response = client.post(url, content=body.encode(), headers={"content-type": "application/json"})

    if response.status_code == 200:
        answer_of(response, answer_model)
    else:
        problem_of(response)
