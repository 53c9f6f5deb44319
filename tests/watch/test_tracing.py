"""Every request has an id and leaves a line; an error is told by type and place; of what callers send nothing is said."""

import asyncio
import json
import re
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.datastructures import State

from api.metrics import Metrics
from api.tracing import Tracing
from tests.faults.town import found_town
from tests.live import ServiceProcess
from tests.watch.listening import SECRET, Heard, traced

ID = "0123456789abcdef0123456789abcdef"


def test_every_request_leaves_one_line_with_its_route_and_never_its_path(listen: Callable[..., Heard]) -> None:
    heard, client = listen(), traced()

    answer = client.get(f"/people/{SECRET}?q={SECRET}", headers={"user-agent": SECRET.encode()})

    (line,) = heard.lines
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", line.pop("timestamp"))
    assert 0 < line.pop("milliseconds") < 10_000
    assert line == {
        "level": "info",
        "event": "request",
        "request_id": answer.headers["x-request-id"],
        "key_id": None,
        "route": "/people/{name}",
        "method": "GET",
        "status": 200,
        "bytes": len(answer.content),
    }
    assert answer.headers["x-request-id"] in answer.text
    assert SECRET not in heard.text


def test_what_no_route_is_for_is_an_unknown_route(listen: Callable[..., Heard]) -> None:
    heard, client = listen(), traced()

    client.get(f"/{SECRET}")
    client.post("/healthz")

    assert [(line["route"], line["status"]) for line in heard.lines] == [("unknown", 404)]


@pytest.mark.parametrize("given", [ID, ID.upper(), str(uuid.UUID(ID)), str(uuid.UUID(ID)).upper()])
def test_a_caller_s_own_request_id_is_taken_over(given: str) -> None:
    assert traced().get("/people/x", headers={"X-Request-ID": given}).headers.get_list("x-request-id") == [given]


@pytest.mark.parametrize("given", ["", "1", "13800138000", ID + "0", ID[:-1], "g" * 32, f"{ID} {ID}", "learner-0001"])
def test_what_is_no_request_id_is_replaced_by_one(given: str, listen: Callable[..., Heard]) -> None:
    heard, client = listen(), traced()

    (told,) = client.get("/people/x", headers={"X-Request-ID": given}).headers.get_list("x-request-id")

    assert uuid.UUID(told).version == 4
    assert [line["request_id"] for line in heard.lines] == [told]


def test_two_requests_have_two_ids() -> None:
    client = traced()
    assert len({client.get("/people/x").headers["x-request-id"] for _ in range(5)}) == 5


def test_an_unexpected_error_is_a_problem_for_the_caller_and_a_type_and_place_for_the_log(
    listen: Callable[..., Heard],
) -> None:
    heard, client = listen(), traced()

    answer = client.get(f"/fails/{SECRET}")  # nothing is raised: the server would print it

    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "retry-after" not in answer.headers
    assert SECRET not in answer.text
    unexpected, request = heard.lines
    assert (unexpected["event"], unexpected["level"], unexpected["error"]) == ("unexpected", "error", "ValueError")
    assert unexpected["request_id"] == request["request_id"] == answer.headers["x-request-id"]
    assert (request["status"], request["route"]) == (500, "/fails/{name}")
    assert SECRET not in heard.text
    assert "Traceback" not in heard.text


def test_an_error_behind_the_beginning_of_an_answer_makes_no_second_one(listen: Callable[..., Heard]) -> None:
    heard, state, sent = listen(), State({"service": None}), []
    state.metrics = Metrics(state)

    async def breaks_off(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"half", "more_body": True})
        raise RuntimeError(SECRET)

    async def send(message: Any) -> None:
        sent.append(message["type"])

    scope = {"type": "http", "method": "GET", "path": "/", "headers": []}
    asyncio.run(Tracing(breaks_off, state)(scope, send, send))  # type: ignore[arg-type]

    assert sent == ["http.response.start", "http.response.body"]
    assert [line["event"] for line in heard.lines] == ["unexpected", "request"]
    assert (heard.lines[1]["status"], heard.lines[1]["bytes"]) == (200, 4)
    assert state.metrics.in_flight == 0


def test_who_looks_whether_it_lives_is_told_of_only_when_all_is_asked_for(listen: Callable[..., Heard]) -> None:
    heard = listen("info")
    traced().get("/healthz")
    assert heard.lines == []

    heard = listen("debug")
    traced().get("/healthz")
    assert [(line["level"], line["route"]) for line in heard.lines] == [("debug", "/healthz")]


def test_without_a_set_up_nothing_is_said_of_requests(capfd: pytest.CaptureFixture[str]) -> None:
    assert traced().get("/people/x").status_code == 200
    assert capfd.readouterr() == ("", "")


def test_a_real_process_logs_each_request_as_json_and_nothing_of_anybody(tmp_path: Path) -> None:
    found_town(tmp_path / "state")
    place, learner = "云江市东山区", "planted-learner-7731"
    with ServiceProcess(tmp_path / "state", log_level="debug") as service, service.client() as http:
        asked = {"goal": SECRET, "location": {"place": place, "latitude": 22.4511, "longitude": 114.0133}}
        answers = [
            http.post("/v1/recommendations", json=asked),
            http.post("/v1/recommendations", json={"goal": "planted-goal-5512"}),
            http.get(f"/v1/learners/{learner}/recommendations"),
            http.put(f"/v1/learners/{learner}", json={"goal": "planted-goal-5512", "place": place}),
            http.post("/v1/recommendations", content=b'{"goal": "planted-goal-5512'),
            http.get(f"/{learner}", headers={"authorization": "Bearer planted-key-9917"}),
            http.get("/healthz"),
        ]
        assert service.end() == 0
    lines = [json.loads(line) for line in service.log.splitlines()]
    told = {line["request_id"]: line for line in lines if line["event"] == "request"}
    assert [told[answer.headers["x-request-id"]]["status"] for answer in answers] == [a.status_code for a in answers]
    assert told[answers[2].headers["x-request-id"]]["route"] == "/v1/learners/{learner_id}/recommendations"
    assert told[answers[1].headers["x-request-id"]]["key_id"] == service.key.split("_")[1]
    assert told[answers[5].headers["x-request-id"]]["key_id"] is None
    secret = service.key.split("_", 2)[2]
    assert not re.search(f"planted|{SECRET}|{place}|22\\.45|{re.escape(secret)}", service.log)
