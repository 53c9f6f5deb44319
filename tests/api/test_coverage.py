"""`GET /v1/insights/coverage`: where supply is missing, for those who plan, and told of many only."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api import create_app
from api.schemas.insights import CoverageAnswer
from recommender.access import Scope
from recommender.domain import Enterprise
from recommender.encoder import Encoder
from recommender.service import Service
from recommender.settings import Settings
from tests.api.answers import answer_of, chinese, fields_of, problem_of
from tests.callers import issue_key, showing
from tests.handmade import catalogue
from tests.networks import TODAY
from tests.registry.worlds import StillWorkshop
from tests.scarce_city import CLASSES, COURSES, PLACES, crowd
from tests.serving import import_records

URL = "/v1/insights/coverage"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Iterator[Service]:
    """A city with four learners in one of its sub-districts."""
    workshop = StillWorkshop(Settings(state=tmp_path_factory.mktemp("coverage"), refit_seconds=0), encoder)
    firm = Enterprise(enterprise_id="firm", name="某厂")
    import_records(
        workshop, catalogue(COURSES, CLASSES, places=PLACES, learners=tuple(crowd(4)), enterprises=(firm,)), day=TODAY
    )
    service = Service(workshop)
    yield service
    service.close()


@pytest.fixture(scope="module")
def http(service: Service) -> Iterator[TestClient]:
    """Those who plan."""
    with TestClient(
        create_app(service.workshop.settings, service), headers=showing(issue_key(service.store, Scope.INSIGHT))
    ) as client:
        yield client


def ask(http: TestClient, **query: Any) -> dict[str, Any]:
    return answer_of(http.get(URL, params=query), CoverageAnswer)


def test_the_answer_has_the_promised_shape(http: TestClient) -> None:
    told = ask(http)
    assert (told["within_km"], told["hidden_below"], told["learners"]) == (5, 5, 43)
    assert [one["place_id"] for one in told["subdistricts"]] == ["e1", "e2", "w1"]
    assert {one["site_id"] for one in told["exposure"]["sites"]} == {"at-0", "at-5", "at-20", "lost"}
    assert told["supply"]


def test_a_sub_district_of_four_learners_is_not_told_of_at_any_distance(http: TestClient) -> None:
    for within_km in (0.1, 5, 22, 50):
        told = ask(http, within_km=within_km)
        hidden = told["subdistricts"][2]
        assert (hidden["learners"], hidden["covered_share"], told["unlocated"]) == (None, None, None)
        assert [one["learners"] for one in told["subdistricts"][:2]] == [20, 12]


def test_the_distance_and_the_day_may_be_given(http: TestClient) -> None:
    near, far = ask(http, within_km=1), ask(http, within_km=25)
    assert near["covered_share"] < far["covered_share"]
    assert near["subdistricts"][0]["courses"] < far["subdistricts"][0]["courses"]
    assert ask(http, as_of="2026-12-24")["as_of"] == "2026-12-24"


@pytest.mark.parametrize("wrong", [0, -1, 50.1, "nan", "inf", "far", ""])
def test_a_wrong_distance_is_named(http: TestClient, wrong: object) -> None:
    answer = http.get(URL, params={"within_km": wrong})
    assert fields_of(answer) == ["within_km"]
    assert chinese(problem_of(answer)["errors"][0]["message"])


@pytest.mark.parametrize(
    "query", [{"as_of": "tomorrow"}, {"as_of": "20260301"}, {"language": "fr"}, {"radius": 3}], ids=str
)
def test_what_else_is_wrong_is_named(http: TestClient, query: dict[str, Any]) -> None:
    assert fields_of(http.get(URL, params=query)) == list(query)


def test_names_are_told_in_the_language_asked_for(http: TestClient, service: Service) -> None:
    hidden_below = service.workshop.settings.model_copy(update={"hidden_below": 1})
    headers = showing(issue_key(service.store, Scope.INSIGHT))
    client = TestClient(create_app(hidden_below, service), headers=headers)
    client.app.state.keys = http.app.state.keys  # type: ignore[attr-defined]
    named = {
        language: [one["name"] for one in ask(client, language=language)["unmet"]["skill_levels"]["groups"]]
        for language in ("zh", "en")
    }
    assert named == {"zh": [None, "高级工"], "en": [None, "senior worker"]}


def test_only_those_who_plan_may_ask(http: TestClient, service: Service) -> None:
    bounds: dict[Scope, dict[str, Any]] = {
        Scope.SITE: {"site_ids": ["at-0"]},
        Scope.ENTERPRISE: {"enterprise_id": "firm"},
    }
    for scope in Scope:
        key = showing(issue_key(service.store, scope, **bounds.get(scope, {})))
        expected = 200 if scope in (Scope.INSIGHT, Scope.ADMIN) else 403
        assert http.get(URL, headers=key).status_code == expected
    assert http.get(URL, headers={"authorization": ""}).status_code == 401


def test_a_demo_shows_it_to_everybody(service: Service) -> None:
    settings = service.workshop.settings.model_copy(update={"demo": True})
    shown = TestClient(create_app(settings, service))
    shown.app.state.keys = None  # type: ignore[attr-defined]
    assert ask(shown)["learners"] == 43


def test_nothing_of_anybody_is_in_the_answer(http: TestClient, service: Service) -> None:
    text = http.get(URL).text
    learners = service.matcher.snapshot.network.learners
    assert learners
    assert not [one.learner_id for one in learners if one.learner_id in text]
    assert "叉车" not in text
