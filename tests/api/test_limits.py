"""What one request may hold: bytes, levels of brackets, lengths of texts, entries of an answer, lines of a stream."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from api.limits import too_deep, within
from recommender.errors import InvalidRequest
from recommender.requests import EnterpriseRequest, LearnerRequest
from recommender.settings import Settings
from tests.api.answers import fields_of
from tests.api.edge import Edge, edge, request
from tests.api.recording import Records

MOST = 1_000


@pytest.fixture(scope="module")
def small() -> Iterator[Edge]:
    with edge(maximum_body_bytes=MOST, maximum_json_depth=4) as opened:
        yield opened


def chunked(body: bytes, size: int) -> bytes:
    head = b"POST /length HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    parts = (body[start : start + size] for start in range(0, len(body), size))
    return head + b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


@pytest.mark.parametrize("size", [0, 1, MOST])
def test_a_body_as_large_as_may_be_is_taken(small: Edge, size: int) -> None:
    answer = small.ask("POST", "/length", b"x" * size)

    assert (answer.status, answer.body) == (200, str(size).encode())
    with small.call() as caller:
        assert caller.send(chunked(b"x" * size, 100)).answer().body == str(size).encode()


def test_a_larger_body_is_refused_before_it_is_sent(small: Edge) -> None:
    with small.call() as caller:
        caller.send(request("POST", "/length", b"", f"Content-Length: {MOST + 1}"))

        assert caller.answer().fields == ["body"]


@pytest.mark.parametrize("size", [MOST + 1, 10**6])
def test_a_body_that_turns_out_to_be_larger_is_refused(small: Edge, size: int) -> None:
    with small.call() as caller:
        answer = caller.send(chunked(b"x" * size, 300)).answer()

    assert answer.status == 413
    assert answer.fields == ["body"]
    assert "1,000" in answer.problem["detail"]


def test_one_who_goes_on_sending_still_reads_the_refusal(small: Edge) -> None:
    body = b"x" * 5_000_000
    answer = small.ask("POST", "/length", body)

    assert answer.status == 413


def test_the_stream_of_a_sync_has_limits_of_its_own(small: Edge) -> None:
    assert small.ask("POST", "/v1/sync", b"[" * 10_000).body == b"10000"


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        (b"[[[[]]]]", False),
        (b"[[[[[]]]]]", True),
        (b'{"a":[{"b":[]}]}', False),
        (b'{"a":[{"b":[{}]}]}', True),
        (b"[],[],[],[],[],[]", False),
        (b'{"a":"[[[[[[[["}', False),
        (rb'{"a":"\"[[[[[[["}', False),
        (rb'{"a":"\\","b":[[[[]]]]}', True),
        (rb'{"a\\\"[":"[[[[["}', False),
        (b"[" * 900, True),
        (b"]" * 900, False),
        (b'"' + b"[" * 900, False),
    ],
)
def test_levels_of_brackets_are_counted_outside_of_strings(small: Edge, body: bytes, refused: bool) -> None:
    answer = small.ask("POST", "/length", body)

    assert answer.status == (422 if refused else 200)
    if refused:
        assert answer.fields == ["body"]
        assert "4" in answer.problem["detail"]


def levels(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + max(map(levels, value.values()), default=0)
    return 1 + max(map(levels, value), default=0) if isinstance(value, list) else 0


texts = st.text(st.sampled_from("[]{}\"\\'a,:\n焊"), max_size=8)
values = st.recursive(
    texts | st.integers(), lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4)
)


@given(values, st.integers(0, 6), st.booleans())
def test_json_is_too_deep_exactly_when_it_is_deeper(value: Any, most: int, plain: bool) -> None:
    body = json.dumps(value, ensure_ascii=plain).encode()

    assert too_deep(body, most) is (levels(value) > most)


@pytest.mark.parametrize("piece", [b"[],", b'"",', b'"\\"[",', rb'"\\",[],', b"[{", b"\\", b'"'])
def test_a_large_body_is_seen_through(piece: bytes) -> None:
    """Of eight megabytes, which nothing but a linear search comes to the end of."""
    assert too_deep(piece * (2**23 // len(piece)), 16) is (piece == b"[{")


def test_texts_that_are_too_long_are_named_one_and_all() -> None:
    asked = LearnerRequest(
        goal="x" * 11, occupation="y" * 10, location={"place": "z" * 11}, completed_course_ids=("c" * 11,)
    )  # type: ignore[arg-type]
    with pytest.raises(InvalidRequest) as refused:
        within(Settings(maximum_text_length=10), asked)

    assert [problem.field for problem in refused.value.problems] == ["location.place", "goal", "completed_course_ids.0"]


def test_more_entries_than_may_be_are_refused() -> None:
    settings = Settings(maximum_k=7)

    within(settings, EnterpriseRequest(needs="带班", k=7))
    with pytest.raises(InvalidRequest) as refused:
        within(settings, EnterpriseRequest(needs="带班", k=8))
    assert [problem.field for problem in refused.value.problems] == ["k"]


def test_what_is_not_sent_is_not_too_much() -> None:
    within(Settings(maximum_k=5), LearnerRequest(goal="电工"))  # whose k is 10 when it is left out


@pytest.fixture
def strict(app: FastAPI) -> Iterator[None]:
    """The application with limits that are soon reached."""
    usual = app.state.settings
    app.state.settings = usual.model_copy(update={"maximum_k": 3, "maximum_text_length": 30})
    yield
    app.state.settings = usual


@pytest.mark.usefixtures("strict")
@pytest.mark.parametrize(
    ("method", "url", "body", "field"),
    [
        ("POST", "/v1/recommendations", {"goal": "x" * 31}, "goal"),
        ("POST", "/v1/recommendations", {"goal": "x", "k": 4}, "k"),
        ("POST", "/v1/enterprise-recommendations", {"needs": "x" * 31}, "needs"),
        ("POST", "/v1/audiences", {"instance_id": "team-leader-training@hub-pingshan-1", "k": 2}, "instance_id"),
        ("GET", "/v1/learners/learner-0001/recommendations?k=4", None, "k"),
        ("GET", "/v1/enterprises/foxconn/recommendations?k=4", None, "k"),
        ("PUT", "/v1/courses/new", {"title": "x" * 31}, "title"),
        ("PATCH", "/v1/courses/new", {"occupations": ["焊工", "x" * 31]}, "occupations.1"),
    ],
)
def test_every_endpoint_keeps_to_the_settings(
    client: TestClient, method: str, url: str, body: dict[str, Any] | None, field: str
) -> None:
    assert fields_of(client.request(method, url, json=body)) == [field]


@pytest.mark.parametrize("mode", ["all_or_nothing", "line_by_line"])
def test_a_line_with_a_longer_text_than_may_be_is_refused(records: Records, mode: str) -> None:
    usual = records.app.state.settings
    records.app.state.settings = usual.model_copy(update={"maximum_text_length": 12})
    lines = [{"type": "enterprise", "enterprise_id": name, "name": name} for name in ("e-1", "e" * 12, "e" * 13)]
    answer = records.sync(lines, f"mode={mode}")
    records.app.state.settings = usual

    if mode == "all_or_nothing":
        assert answer.status_code == 422
        assert [(error["line"], error["field"]) for error in answer.json()["errors"]] == [
            (3, "enterprise_id"),
            (3, "name"),
        ]
        assert records.version == 1
    else:
        told = [json.loads(line) for line in answer.content.splitlines()]
        assert [line.get("status") for line in told] == ["created", "created", "refused", None]
        assert [error["field"] for error in told[2]["errors"]] == ["enterprise_id", "name"]


def test_a_stream_of_more_lines_than_may_be_changes_nothing(records: Records) -> None:
    usual = records.app.state.settings
    records.app.state.settings = usual.model_copy(update={"maximum_sync_lines": 2})
    lines = [{"type": "enterprise", "enterprise_id": f"e-{number}", "name": "厂"} for number in range(3)]

    assert fields_of(records.sync(lines), 413) == ["body"]
    assert records.version == 1
    assert records.sync(lines[:2]).status_code == 200
