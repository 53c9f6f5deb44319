"""What is counted of requests and answers, who may read it, and that nothing a caller sends is in it."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx import Response

from recommender.access import Scope
from recommender.constraints import Constraint
from recommender.domain import Mode
from tests.callers import issue_key, showing
from tests.faults.town import QUESTION
from tests.watch.counting import Numbers, number, numbers, rise

URL = "/v1/recommendations"


def ask(client: TestClient, **fields: Any) -> dict[str, Any]:
    return dict(client.post(URL, json=fields).raise_for_status().json())


@pytest.mark.parametrize("scope", [Scope.PLATFORM, Scope.REVIEWER])
def test_metrics_are_for_who_looks_at_the_whole_and_nobody_else(client: TestClient, app: FastAPI, scope: Scope) -> None:
    store = app.state.service.store
    stranger = TestClient(app)

    assert stranger.get("/metrics", headers=showing(issue_key(store, Scope.INSIGHT))).status_code == 200
    assert stranger.get("/metrics", headers=showing(issue_key(store, scope))).status_code == 403
    assert stranger.get("/metrics").status_code == 401


def test_openmetrics_is_had_by_asking_for_it(client: TestClient) -> None:
    answer = client.get("/metrics", headers={"accept": "application/openmetrics-text; version=1.0.0"})

    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    assert answer.text.endswith("# EOF\n")


def test_a_request_counts_under_its_route_s_template_with_its_method_and_status(client: TestClient) -> None:
    route = "/v1/courses/{course_id}"

    def look() -> None:
        assert client.get("/v1/courses/twin-a").status_code == 200
        assert client.get("/v1/courses/nobody-knows-it").status_code == 404

    labels = {"route": route, "method": "GET"}
    assert rise(client, look, "jinxue_http_requests_total", **labels, status="200") == 1
    assert rise(client, look, "jinxue_http_requests_total", **labels, status="404") == 1
    assert rise(client, look, "jinxue_http_request_duration_seconds_count", **labels) == 2
    assert rise(client, look, "jinxue_http_request_duration_seconds_bucket", **labels, le="30.0") == 2
    assert 0 < rise(client, look, "jinxue_http_request_duration_seconds_sum", **labels) < 10


def test_who_asks_for_metrics_is_in_flight(client: TestClient) -> None:
    assert number(numbers(client), "jinxue_http_requests_in_flight") == 1


def test_no_caller_can_make_a_label(client: TestClient) -> None:
    def try_all() -> None:
        for name in ("planted-1", "planted-2"):
            client.get(f"/{name}")
            client.get(f"/page/{name}")
            client.get(f"/v1/learners/{name}/recommendations")
            client.request("PLANTED", f"/{name}")
            client.request(name.upper(), "/healthz")
            client.post(URL, json={"goal": name, "location": {"place": name}})
            client.get("/healthz", headers={"x-request-id": name, "user-agent": name})

    try_all()
    first = numbers(client)
    try_all()
    assert numbers(client).keys() == first.keys()
    assert "planted" not in str(first).lower()
    assert number(first, "jinxue_http_requests_total", route="unknown", method="other", status="404") == 2


@pytest.mark.parametrize(
    ("reason", "refused"),
    [
        ("unauthorised", lambda app: TestClient(app).get("/v1/courses")),
        ("forbidden", lambda app: forbidden(app)),
        ("size", lambda app: TestClient(app, headers=admin(app)).post(URL, content=b" " * 2**21)),
    ],
)
def test_refusals_count_by_their_reason(
    client: TestClient, app: FastAPI, reason: str, refused: Callable[[FastAPI], Response]
) -> None:
    def be_refused() -> None:
        assert refused(app).status_code in (401, 403, 413)

    assert rise(client, be_refused, "jinxue_http_refusals_total", reason=reason) == 1


def admin(app: FastAPI) -> dict[str, str]:
    return showing(issue_key(app.state.service.store))


def forbidden(app: FastAPI) -> Response:
    key = issue_key(app.state.service.store, Scope.INSIGHT)
    return TestClient(app, headers=showing(key)).post(URL, json=QUESTION)


def test_every_reason_of_a_status_is_there_before_it_happens(app: FastAPI, client: TestClient) -> None:
    metrics, told = app.state.metrics, ("rate", "capacity", "time", "unavailable")
    for status, reason, counted in (
        (429, None, "rate"),
        (503, None, "unavailable"),
        (503, "capacity", "capacity"),
        (503, "time", "time"),
        (408, None, "time"),
        (431, None, "size"),
        (422, None, None),
    ):
        before = numbers(client)
        metrics.handled("unknown", "GET", status, 0.001, reason=reason)
        after = numbers(client)
        risen = {name for name in (*told, "size") if refusals(after, name) > refusals(before, name)}
        assert risen == ({counted} if counted else set())


def refusals(found: Numbers, reason: str) -> float:
    return found["jinxue_http_refusals_total", frozenset({("reason", reason)})]


def test_an_answer_counts_as_composed_first_and_as_kept_then(client: TestClient) -> None:
    asked = {"goal": "只问两次", "k": 3}
    labels = {"route": URL, "source": "composed"}
    assert rise(client, lambda: ask(client, **asked), "jinxue_answers_total", **labels) == 1
    assert rise(client, lambda: ask(client, **asked), "jinxue_answers_total", **labels) == 0
    assert rise(client, lambda: ask(client, **asked), "jinxue_answers_total", route=URL, source="kept") == 1


def test_what_was_eligible_excluded_and_loosened_counts_as_the_answers_say(client: TestClient) -> None:
    near = {"location": {"place": "东山区"}, "maximum_distance_km": 1, "modes": ["at_site"], "k": 100}
    asked: list[dict[str, Any]] = [{"goal": "焊工", "skill_level": "初级工"}, {"goal": "电工", **near}]
    before = numbers(client)
    answers = [ask(client, **one) for one in asked]
    after = numbers(client)

    def risen(name: str, **labels: str) -> float:
        return number(after, name, **labels) - number(before, name, **labels)

    assert risen("jinxue_eligible_courses_count", route=URL) == len(answers)
    assert risen("jinxue_eligible_courses_sum", route=URL) == sum(answer["eligible_courses"] for answer in answers) > 0
    for constraint in Constraint:
        removed = sum(answer["excluded"].get(constraint, 0) for answer in answers)
        assert risen("jinxue_excluded_classes_total", reason=constraint) == removed
        loosened = sum(one["constraint"] == constraint for answer in answers for one in answer["relaxations"])
        assert risen("jinxue_relaxations_total", constraint=constraint) == loosened
    assert any(answer["relaxations"] for answer in answers)


def test_an_answer_is_empty_when_nothing_is_eligible_not_when_a_page_is_behind_the_last(
    client: TestClient, app: FastAPI
) -> None:
    far = {"goal": "空", "offset": 10_000}
    assert rise(client, lambda: ask(client, **far), "jinxue_answers_empty_total", route=URL) == 0

    every = [course.course_id for course in app.state.service.matcher.snapshot.network.courses]
    nothing = {"goal": "空", "completed_course_ids": every}
    assert rise(client, lambda: ask(client, **nothing), "jinxue_answers_empty_total", route=URL) == 1


def test_an_audience_counts_as_an_answer_and_tells_nothing_of_how_many_people_it_is(
    client: TestClient, app: FastAPI
) -> None:
    classes = app.state.service.matcher.snapshot.network.instances
    wanted = {"instance_id": next(one.instance_id for one in classes if one.mode is Mode.ONLINE), "k": 3}
    before = numbers(client)
    client.post("/v1/audiences", json=wanted).raise_for_status()
    after = numbers(client)

    risen = {key: after[key] - before.get(key, 0) for key in after if after[key] != before.get(key, 0)}
    assert risen["jinxue_answers_total", frozenset({("route", "/v1/audiences"), ("source", "composed")})] == 1
    assert not [key for key in risen if key[0].startswith(("jinxue_eligible", "jinxue_excluded"))]
