"""Streams of edits over HTTP: a result a line, all of it or line by line, and repeats that do no harm."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from anyio.from_thread import start_blocking_portal
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.examples import SYNC_EXAMPLE
from api.schemas.registry import SyncResult
from recommender.registry import KINDS
from tests.api.answers import fields_of, problem_of
from tests.api.recording import BARE, PLACES, WHOLE, Records, lines_of, summary_of
from tests.callers import issue_key, showing

MODES = ("all_or_nothing", "line_by_line")
both_modes = pytest.mark.parametrize("mode", MODES)

CLASS = {"type": "course_instance", "instance_id": "new", "course_id": "welding", "mode": "online"}


def enrolled(number: int, name: str = "welding-1") -> dict[str, Any]:
    return {"type": "course_instance", "instance_id": name, "action": "patch", "enrolled": number}


@both_modes
def test_every_kind_can_be_brought_and_is_read_back(records_everywhere: Records, mode: str) -> None:
    records = records_everywhere
    answer = records.sync([{"type": kind, **WHOLE[kind]} for kind in KINDS], f"mode={mode}")
    version = int(answer.headers["catalogue-version"])

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/x-ndjson"
    for line in answer.content.splitlines():
        SyncResult.model_validate_json(line)
    assert [(line["line"], line["type"], line["id"], line["status"]) for line in lines_of(answer)] == [
        (number, kind, "new", "created") for number, kind in enumerate(KINDS, 1)
    ]
    assert summary_of(answer) == {"mode": mode, "lines": 5, "counts": {"created": 5}, "catalogue_version": version}
    assert version == records.version == 2
    for kind in KINDS:
        read = records.record(kind, "new").json()
        assert (read["record"], read["version"]) == (WHOLE[kind], version)


def test_all_or_nothing_is_the_mode_unless_said_otherwise(records: Records) -> None:
    assert summary_of(records.sync([enrolled(3)]))["mode"] == "all_or_nothing"


def test_the_example_of_the_documentation_can_be_sent(records: Records) -> None:
    records.put("site", "hub-pingshan", BARE["site"])

    assert summary_of(records.sync(SYNC_EXAMPLE.encode()))["counts"] == {"created": 2, "deleted": 1, "updated": 1}


@both_modes
def test_each_line_sees_what_those_before_it_did(records_everywhere: Records, mode: str) -> None:
    lines = [
        {"type": "course", "course_id": "first", "title": "一"},
        {"type": "course", "course_id": "second", "title": "二", "prerequisites": ["first"]},
        {**CLASS, "course_id": "second"},
        {"type": "course", "course_id": "second", "action": "delete"},
        {"type": "course", "course_id": "second", "action": "delete"},
        {"type": "course", "course_id": "first", "action": "patch", "title": "三"},
    ]
    answer = records_everywhere.sync(lines, f"mode={mode}")

    statuses = [line["status"] for line in lines_of(answer)]
    assert statuses == ["created", "created", "created", "deleted", "unchanged", "updated"]
    assert lines_of(answer)[3]["hides"] == {"course_instances": 1}
    assert lines_of(answer)[0]["approval"] == "pending"
    assert records_everywhere.record("course", "first").json()["record"]["title"] == "三"
    assert "new" not in records_everywhere.seen("course_instances")


@both_modes
def test_to_send_all_of_it_again_changes_nothing(records_everywhere: Records, mode: str) -> None:
    lines = [{"type": kind, **WHOLE[kind]} for kind in KINDS]
    first = records_everywhere.sync(lines, f"mode={mode}")
    again = records_everywhere.sync(lines, f"mode={mode}")

    assert summary_of(again)["counts"] == {"unchanged": 5}
    assert summary_of(again)["catalogue_version"] == summary_of(first)["catalogue_version"] == 2
    assert [line["version"] for line in lines_of(again)] == [line["version"] for line in lines_of(first)]


def test_line_by_line_the_wrong_ones_are_refused_and_the_others_done(records_everywhere: Records) -> None:
    answer = records_everywhere.sync([enrolled(7), enrolled(-1), b"{", enrolled(8, "welding-2")], "mode=line_by_line")
    first, second, third, fourth = lines_of(answer)

    assert answer.status_code == 200
    assert [line["status"] for line in (first, second, third, fourth)] == ["updated", "refused", "refused", "updated"]
    assert [error["field"] for error in second["errors"]] == ["enrolled"]
    assert [error["field"] for error in third["errors"]] == ["line"]
    assert summary_of(answer)["counts"] == {"refused": 2, "updated": 2}
    assert records_everywhere.seen("course_instances")["welding-1"].enrolled == 7
    assert records_everywhere.seen("course_instances")["welding-2"].enrolled == 8


def test_all_or_nothing_one_wrong_line_leaves_everything_as_it_was(records_everywhere: Records) -> None:
    before = records_everywhere.store.load().catalogue
    lines = [{"type": kind, **WHOLE[kind]} for kind in KINDS] + [enrolled(-1), b"{", enrolled(8)]
    answer = records_everywhere.sync(lines, accept_language="en")
    problem = answer.json()

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert [(error["line"], error["field"]) for error in problem["errors"]] == [(6, "enrolled"), (7, "line")]
    assert problem["detail"].startswith("2 line(s) are wrong")
    assert records_everywhere.version == 1
    assert records_everywhere.store.load().catalogue == before
    assert records_everywhere.ask("GET", "sync/changes").json()["items"] == []


def test_of_very_many_wrong_lines_a_thousand_are_told(records: Records) -> None:
    problem = records.sync([b"{"] * 1_500).json()

    assert [error["line"] for error in problem["errors"]] == list(range(1, 1_001))
    assert "1500" in problem["detail"]


@both_modes
def test_lines_are_counted_as_an_editor_counts_them(records: Records, mode: str) -> None:
    one = json.dumps(enrolled(1)).encode()
    body = b"\xef\xbb\xbf" + one + b"\r\n\n   \n" + one.replace(b"1}", b"2}") + b"\n\n" + one.replace(b"1}", b"3}")

    answer = records.sync(body, f"mode={mode}")
    assert [line["line"] for line in lines_of(answer)] == [1, 4, 6]
    assert summary_of(answer)["lines"] == 3


@both_modes
@pytest.mark.parametrize("body", [b"", b"\n", b" \n\r\n"])
def test_nothing_sent_is_nothing_done(records: Records, mode: str, body: bytes) -> None:
    answer = records.sync(body, f"mode={mode}")

    assert answer.status_code == 200
    assert summary_of(answer) == {"mode": mode, "lines": 0, "counts": {}, "catalogue_version": 1}


@pytest.mark.parametrize(
    "form", ["application/x-ndjson; charset=utf-8", "application/jsonl", "text/plain", "APPLICATION/NDJSON"]
)
def test_every_name_of_json_lines_is_understood(records: Records, form: str) -> None:
    assert records.sync([enrolled(3)], content_type=form).status_code == 200


def test_the_site_that_speaks_owns_what_it_brings(records_everywhere: Records) -> None:
    records_everywhere.sync([{"type": "course", "course_id": "new", "title": "一"}], "site_id=at-0")
    answer = records_everywhere.sync(
        [{"type": "course", "course_id": "new", "title": "二"}], "site_id=at-5&mode=line_by_line"
    )

    assert lines_of(answer)[0]["errors"][0]["field"] == "course_id"
    assert "at-0" in lines_of(answer)[0]["errors"][0]["message"]


def test_the_history_names_the_key_of_a_stream(records: Records) -> None:
    records.sync([CLASS])

    assert [entry["key_id"] for entry in records.history("course_instance", "new")] == [records.key.key.key_id]


@both_modes
def test_a_repeated_call_does_nothing_and_has_the_same_answer(records_everywhere: Records, mode: str) -> None:
    records = records_everywhere
    first = records.sync([CLASS, enrolled(3)], f"mode={mode}", idempotency_key="monday")
    records.patch("course_instance", "new", {"enrolled": 9})
    again = records.sync([CLASS, enrolled(3)], f"mode={mode}", idempotency_key="monday")

    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert again.content == first.content
    assert again.headers["catalogue-version"] == first.headers["catalogue-version"]
    assert records.record("course_instance", "new").json()["record"]["enrolled"] == 9


def test_a_key_is_one_for_one_content_mode_and_site(records_everywhere: Records) -> None:
    records = records_everywhere
    records.sync([enrolled(3)], idempotency_key="monday")
    for lines, query in (([enrolled(4)], ""), ([enrolled(3)], "mode=line_by_line"), ([enrolled(3)], "site_id=at-0")):
        assert fields_of(records.sync(lines, query, idempotency_key="monday")) == ["Idempotency-Key"]
    other = records.sync([enrolled(4)], idempotency_key="monday", **showing(issue_key(records.store)))

    assert "idempotency-replayed" not in other.headers
    assert records.seen("course_instances")["welding-1"].enrolled == 4


def test_what_was_refused_is_not_kept(records: Records) -> None:
    first = records.sync([enrolled(3, "later")], idempotency_key="monday")
    records.put("course_instance", "later", BARE["course_instance"])
    second = records.sync([enrolled(3, "later")], idempotency_key="monday")

    assert (first.status_code, second.status_code) == (422, 200)
    assert records.seen("course_instances")["later"].enrolled == 3


@both_modes
def test_of_twins_sent_at_once_one_is_done(records_everywhere: Records, mode: str) -> None:
    records = records_everywhere
    lines = [{**CLASS, "instance_id": f"new-{number}"} for number in range(50)]
    with start_blocking_portal() as one_loop, ThreadPoolExecutor(4) as pool:
        records.client.portal = one_loop  # as a server has; the client would take another for each
        sent = [pool.submit(records.sync, lines, f"mode={mode}", idempotency_key="x") for _ in range(4)]
        answers = [one.result() for one in sent]
        records.client.portal = None

    assert [answer.status_code for answer in answers] == [200] * 4
    assert records.version == 2
    assert len(records.ask("GET", "sync/changes?limit=1000").json()["items"]) == 50
    if mode == "all_or_nothing":
        assert len({answer.content for answer in answers}) == 1


@pytest.mark.parametrize("key", ["", "x" * 256, "a\tb", "ü"])
def test_a_key_that_is_none_is_refused(records: Records, key: str) -> None:
    answer = records.sync([enrolled(3)], idempotency_key=key.encode("latin-1"))  # type: ignore[arg-type]

    assert fields_of(answer) == ["Idempotency-Key"]
    assert records.version == 1


@pytest.mark.parametrize("form", ["application/json", "application/x-www-form-urlencoded", "", "gibberish"])
def test_another_media_type_is_refused(records: Records, form: str) -> None:
    problem = problem_of(records.sync([enrolled(3)], content_type=form), 415)

    assert problem["errors"][0]["field"] == "Content-Type"
    assert records.version == 1


@pytest.mark.parametrize(("query", "field"), [("mode=perhaps", "mode"), ("mode=", "mode"), ("site_id=", "site_id")])
def test_a_wrong_parameter_is_named(records: Records, query: str, field: str) -> None:
    assert fields_of(records.sync([enrolled(3)], query)) == [field]


IDS = st.sampled_from(["甲", "乙", "welding-1"])
COURSES = st.sampled_from(["welding", "robots", "never"])
EDITS = st.lists(
    st.one_of(
        st.builds(lambda name, course: {**CLASS, "instance_id": name, "course_id": course}, IDS, COURSES),
        st.builds(lambda name, number: enrolled(number, name), IDS, st.integers(-1, 2)),
        st.builds(lambda name: {"type": "course_instance", "instance_id": name, "action": "delete"}, IDS),
        st.builds(lambda name: {"type": "course", "course_id": name, "action": "delete"}, COURSES),
        st.builds(
            lambda name, text: {"type": "course", "course_id": name, "title": text}, COURSES, st.sampled_from("一二")
        ),
    ),
    max_size=10,
)


def one_by_one(records: Records, lines: list[dict[str, Any]]) -> list[str]:
    """Return what becomes of the same edits sent as single requests."""
    statuses = []
    for line in lines:
        body = {name: value for name, value in line.items() if name not in ("type", "action")}
        name = body[KINDS[line["type"]].key[0]]
        method = {"patch": "PATCH", "delete": "DELETE"}.get(line.get("action", "put"), "PUT")
        answer = records.ask(method, f"{PLACES[line['type']]}/{name}", body)
        statuses.append("refused" if answer.is_error else answer.json()["status"])
    return statuses


@settings(derandomize=True, max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=EDITS)
def test_a_stream_does_what_single_requests_do(records: Records, lines: list[dict[str, Any]]) -> None:
    """Single requests are the oracle, on a database of the same content."""
    start = [{"type": "course", "course_id": name, "title": name} for name in ("welding", "robots")]
    start += [{**CLASS, "instance_id": name} for name in ("welding-1", "乙")]
    start += [{"type": "course_instance", "instance_id": "甲", "course_id": "welding", "mode": "online"}]
    start += [{"type": "course_instance", "instance_id": name, "action": "delete"} for name in ("甲", "乙")]
    start += [
        {"type": "course", "course_id": "never", "title": "x"},
        {"type": "course", "course_id": "never", "action": "delete"},
    ]

    def outcome(statuses: list[str]) -> Any:
        loaded = records.store.load().catalogue
        return statuses, loaded.courses, loaded.course_instances

    assert records.sync(start).status_code == 200
    single = outcome(one_by_one(records, lines))
    assert records.sync(start).status_code == 200
    before = outcome([])
    whole = records.sync(lines)
    assert (whole.status_code == 422) == ("refused" in single[0])
    if whole.status_code == 200:
        assert outcome([line["status"] for line in lines_of(whole)]) == single
    else:
        assert outcome([]) == before
    assert records.sync(start).status_code == 200
    stream = records.sync(lines, "mode=line_by_line")
    assert outcome([line["status"] for line in lines_of(stream)]) == single
