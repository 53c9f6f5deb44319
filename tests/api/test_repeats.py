"""Kept answers: the same bytes as computed ones, gone with their snapshot and their day."""

import datetime
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api import create_app
from api.repeats import AnswerCache
from recommender.access import Scope
from recommender.bootstrap import Workshop
from recommender.domain import Catalogue
from recommender.encoder import Encoder
from recommender.keyring import KeyRing
from recommender.matcher import Matcher
from recommender.policy import Policy
from recommender.settings import Settings
from recommender.snapshot import build_snapshot
from tests.api.conftest import StillService
from tests.callers import issue_key, showing
from tests.networks import Shape, random_catalogue

URL = "/v1/recommendations"
ASKED = [{"goal": goal, "k": 3} for goal in ("焊工", "电工", "养老护理", "数控编程")]


def fresh_app(state: Path, today: datetime.date, kept: int) -> FastAPI:
    settings = Settings(state=state, kept_answers=kept)
    service = StillService(Workshop(settings), today)
    return create_app(settings, service, KeyRing(service.store))


@pytest.fixture
def kept(state: Path, today: datetime.date) -> FastAPI:
    return fresh_app(state, today, kept=1_000)


@pytest.fixture(scope="module")
def admin(state: Path) -> dict[str, str]:
    """The headers of a caller who may ask for everything."""
    with Workshop(Settings(state=state)).open_store() as store:
        return showing(issue_key(store))


Ask = Callable[..., Any]


@pytest.fixture
def ask(admin: dict[str, str]) -> Ask:
    """Ask an application for recommendations."""

    def send(app: FastAPI, body: dict[str, Any], headers: dict[str, str] | None = None) -> Any:
        content = json.dumps(body).encode()
        named = {"content-type": "application/json", **admin} | (headers or {})
        return TestClient(app).post(URL, content=content, headers=named)

    return send


def count(app: FastAPI) -> int:
    return len(app.state.answers._answers)


def test_a_kept_answer_equals_a_computed_one(kept: FastAPI, state: Path, today: datetime.date, ask: Ask) -> None:
    computing = fresh_app(state, today, kept=0)
    for body in ASKED:
        first, second, computed = (ask(app, body, {"x-request-id": "0" * 32}) for app in (kept, kept, computing))
        assert first.content == second.content == computed.content
        assert first.headers == second.headers == computed.headers
    assert (count(kept), count(computing)) == (len(ASKED), 0)


def test_a_repeated_request_is_answered_from_what_was_kept(kept: FastAPI, ask: Ask) -> None:
    asked = ask(kept, ASKED[0])
    key = next(iter(kept.state.answers._answers))
    kept.state.answers.keep(key, b'{"kept": true}')

    assert ask(kept, ASKED[0]).json() == {"kept": True}
    assert ask(kept, ASKED[1]).json() != {"kept": True}
    assert asked.json()["items"]


def test_stored_profiles_and_audiences_are_kept_as_well(
    kept: FastAPI, admin: dict[str, str], catalogue: Catalogue
) -> None:
    client = TestClient(kept, headers=admin)
    url = f"/v1/learners/{catalogue.learners[0].learner_id}/recommendations"
    audience = {"instance_id": catalogue.course_instances[0].instance_id}
    for _ in range(2):
        assert client.get(url).status_code == client.post("/v1/audiences", json=audience).status_code == 200

    assert count(kept) == 2
    assert client.get(url + "?k=1").json() != client.get(url).json()
    assert client.get(url + "?k=1").json() == client.get(url + "?k=1").json()


def test_the_same_body_at_another_address_is_another_request(kept: FastAPI, admin: dict[str, str]) -> None:
    client, body = TestClient(kept, headers=admin), {"industry": "智能机器人"}

    assert client.post(URL, json=body).json() != client.post("/v1/enterprise-recommendations", json=body).json()


def test_what_is_kept_for_one_key_is_not_told_to_another(kept: FastAPI, ask: Ask) -> None:
    store = kept.state.service.store
    platform, insight = (issue_key(store, scope) for scope in (Scope.PLATFORM, Scope.INSIGHT))
    first = ask(kept, ASKED[0])
    kept.state.answers.keep(next(iter(kept.state.answers._answers)), b'{"kept": true}')

    assert ask(kept, ASKED[0]).json() == {"kept": True}
    assert ask(kept, ASKED[0], showing(platform)).json() == first.json()
    assert ask(kept, ASKED[0], showing(insight)).status_code == 403
    assert ask(kept, ASKED[0], {"authorization": ""}).status_code == 401
    assert count(kept) == 2


def test_a_new_day_has_new_answers(kept: FastAPI, today: datetime.date, ask: Ask) -> None:
    before = ask(kept, ASKED[0]).json()
    kept.state.service.day = today + datetime.timedelta(days=1)
    after = ask(kept, ASKED[0]).json()
    kept.state.service.day = today

    assert [before["as_of"], after["as_of"]] == [str(today), str(today + datetime.timedelta(days=1))]
    assert ask(kept, ASKED[0]).json() == before


def test_a_new_snapshot_empties_it(kept: FastAPI, encoder: Encoder, policy: Policy, ask: Ask) -> None:
    before = [ask(kept, body).json() for body in ASKED]
    other = build_snapshot(random_catalogue(3, Shape(instances=60)), 9, encoder, policy)
    kept.state.service.matcher = Matcher(other)
    after = ask(kept, ASKED[0]).json()

    assert {answer["snapshot"] for answer in before} != {after["snapshot"]} == {other.version}
    assert count(kept) == 1


@pytest.mark.parametrize(
    ("body", "status"), [({"goal": "x", "k": 0}, 422), ({}, 422), ({"goal": "x", "location": {"place": "火星"}}, 422)]
)
def test_errors_are_not_kept(kept: FastAPI, body: dict[str, Any], status: int, ask: Ask) -> None:
    chinese, english = ask(kept, body), ask(kept, body, {"accept-language": "en"})

    assert chinese.status_code == english.status_code == status
    assert chinese.json()["title"] != english.json()["title"]
    assert count(kept) == 0


def test_a_body_not_said_to_be_json_is_refused_though_the_answer_is_kept(kept: FastAPI, ask: Ask) -> None:
    assert ask(kept, ASKED[0]).status_code == 200
    assert ask(kept, ASKED[0], {"content-type": "text/plain"}).status_code == 422
    assert ask(kept, ASKED[0]).status_code == 200


def test_a_cache_of_size_zero_keeps_none() -> None:
    cache = AnswerCache(0)
    key = cache.key("1-a", b"request")
    cache.keep(key, b"answer")

    assert cache.get(key) is None


def test_the_answer_longest_not_asked_for_goes_first() -> None:
    cache = AnswerCache(2)
    keys = [cache.key("1-a", name) for name in (b"one", b"two", b"three")]
    cache.keep(keys[0], b"1")
    cache.keep(keys[1], b"2")
    assert cache.get(keys[0]) == b"1"
    cache.keep(keys[2], b"3")

    assert [cache.get(key) for key in keys] == [b"1", None, b"3"]


def test_parts_of_a_key_are_not_run_together() -> None:
    cache = AnswerCache(2)

    assert cache.key("1-a", b"ab", b"c") != cache.key("1-a", b"a", b"bc")
    assert cache.key("1-a", b"ab") != cache.key("1-b", b"ab")
