"""`POST /v1/recommendations/explain`: why not this course?"""

import datetime
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api import create_app
from api.examples import EXPLAIN_EXAMPLES
from api.schemas import Recommendations, Standing
from recommender.access import Scope
from recommender.bootstrap import Workshop
from recommender.domain import Approval, Catalogue
from recommender.matcher import Matcher
from recommender.settings import Settings
from tests.api.answers import answer_of, chinese, fields_of, problem_of
from tests.api.conftest import StillService
from tests.callers import issue_key, showing
from tests.live import PATIENCE_SECONDS

URL = "/v1/recommendations/explain"
ASKED: dict[str, Any] = {"goal": "想学工业机器人的操作和维修", "location": {"place": "坪山区坑梓街道"}}
COURSE = "team-leader-training"


def explain(client: TestClient, course_id: str = COURSE, **fields: Any) -> dict[str, Any]:
    return answer_of(client.post(URL, json={**ASKED, "course_id": course_id, **fields}), Standing)


@pytest.fixture(scope="module")
def demo(state: Path, today: datetime.date) -> Iterator[TestClient]:
    settings = Settings(state=state, demo=True, rate_per_address="100000/second")
    with TestClient(create_app(settings, StillService(Workshop(settings), today))) as opened:
        yield opened


@pytest.fixture(scope="module")
def pending(catalogue: Catalogue) -> str:
    """A course that waits for review."""
    return next(one.course_id for one in catalogue.courses if one.approval is Approval.PENDING)


@pytest.mark.parametrize("example", EXPLAIN_EXAMPLES.values(), ids=EXPLAIN_EXAMPLES)
def test_an_example_of_the_documentation_is_answered(client: TestClient, example: dict[str, Any]) -> None:
    answer = explain(client, **example["value"])

    assert answer["course"]["course_id"] == example["value"]["course_id"]
    assert answer["classes_total"] == len(answer["classes"]) > 0


def test_a_listed_course_is_shown_as_in_the_list(client: TestClient) -> None:
    listed = answer_of(client.post("/v1/recommendations", json=ASKED), Recommendations)["items"]
    answer = explain(client, listed[4]["course"]["course_id"])

    assert answer["item"] == listed[4]
    assert answer["rank"] == 5
    assert answer["leader"]["contributions"] == listed[0]["contributions"]
    assert explain(client, listed[0]["course"]["course_id"])["changes"] == []


def test_a_change_is_ready_to_be_merged_into_the_request(client: TestClient) -> None:
    listed = answer_of(client.post("/v1/recommendations", json={**ASKED, "k": 40}), Recommendations)["items"]
    course_id = listed[-1]["course"]["course_id"]
    changes = explain(client, course_id)["changes"]

    assert changes
    for change in changes:
        body = {**ASKED, **change["set"], "k": 100}
        items = answer_of(client.post("/v1/recommendations", json=body), Recommendations)["items"]
        assert items[change["rank"] - 1]["course"]["course_id"] == course_id


def test_a_course_that_does_not_exist_is_a_problem_of_its_field(client: TestClient) -> None:
    problem = problem_of(client.post(URL, json={**ASKED, "course_id": "nope"}), 404)

    assert [error["field"] for error in problem["errors"]] == ["course_id"]
    assert chinese(problem["detail"])
    english = problem_of(client.post(URL, json={**ASKED, "course_id": "nope", "language": "en"}), 404)
    assert not chinese(english["detail"])


def test_what_waits_for_review_is_nobody_s_to_ask_about_but_a_reviewer_s(
    client: TestClient, app: FastAPI, demo: TestClient, pending: str
) -> None:
    body = {**ASKED, "course_id": pending}
    platform = showing(issue_key(app.state.service.store, Scope.PLATFORM))
    both = showing(issue_key(app.state.service.store, Scope.PLATFORM, Scope.REVIEWER))

    assert problem_of(demo.post(URL, json=body), 404)["errors"][0]["field"] == "course_id"
    assert problem_of(client.post(URL, json=body, headers=platform), 404)["errors"][0]["field"] == "course_id"
    for headers in (both, {}):
        answer = answer_of(client.post(URL, json=body, headers=headers), Standing)
        assert answer["excluded"]["not_approved"] == answer["classes_total"]
        assert answer["changes"] == []


def test_a_course_that_is_shown_is_anybody_s_to_ask_about_in_a_demo(demo: TestClient) -> None:
    assert explain(demo)["course"]["course_id"] == COURSE


def test_english_is_answered_in_english(client: TestClient) -> None:
    answer = explain(client, language="en", maximum_distance_km=1, k=1)
    sentences = [one["meaning"] for each in answer["classes"] for one in each["excluded"]]
    sentences += [one["meaning"] for one in answer["changes"]]

    assert sentences
    assert all(sentence[0].isascii() for sentence in sentences)


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"colour": "red"}, "colour"),
        ({"course_id": None}, "course_id"),
        ({"course_id": "x" * 200}, "course_id"),
        ({"goal": "x" * 2_001}, "goal"),
        ({"k": 101}, "k"),
        ({"skill_level": "大师"}, "skill_level"),
        ({"completed_course_ids": ["nope"]}, "completed_course_ids"),
    ],
)
def test_a_wrong_field_is_named(client: TestClient, fields: dict[str, Any], named: str) -> None:
    assert fields_of(client.post(URL, json={**ASKED, "course_id": COURSE, **fields})) == [named]


def test_a_course_has_to_be_named(client: TestClient) -> None:
    assert fields_of(client.post(URL, json=ASKED)) == ["course_id"]


@pytest.mark.parametrize("field", ["goal", "occupation", "course_id"])
def test_personal_data_is_refused_and_never_repeated(client: TestClient, field: str) -> None:
    answer = client.post(URL, json={**ASKED, "course_id": COURSE, field: "13812345678"})

    assert fields_of(answer) == [field]
    assert "13812345678" not in answer.text


def test_it_counts_as_no_recommendation(client: TestClient, app: FastAPI) -> None:
    def excluded() -> list[str]:
        lines = app.state.metrics.exposition("")[0].decode().splitlines()
        return [line for line in lines if line.startswith(("jinxue_excluded_classes", "jinxue_relaxations"))]

    before = excluded()
    explain(client, goal="没有别人问过的目标")
    assert excluded() == before


def test_others_are_answered_while_a_few_explanations_are_made(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two at once, in threads of their own; those behind them wait without holding anybody up."""
    tell, begun, go_on = Matcher.explain, threading.Semaphore(0), threading.Event()

    def note(*arguments: Any, **options: Any) -> dict[str, Any]:
        begun.release()
        assert go_on.wait(PATIENCE_SECONDS)
        return tell(*arguments, **options)

    monkeypatch.setattr(Matcher, "explain", note)
    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(explain, client, k=k) for k in range(41, 45)]
        try:
            assert all(begun.acquire(timeout=PATIENCE_SECONDS) for _ in range(2))
            answer_of(client.post("/v1/recommendations", json={**ASKED, "k": 45}), Recommendations)
            assert not begun.acquire(blocking=False)
        finally:
            go_on.set()
    assert len({one.result()["rank"] for one in asked}) == 1
