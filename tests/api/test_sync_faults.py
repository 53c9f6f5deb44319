"""What is wrong in a stream: a clear problem for that line, and never a half of what was to be all or nothing."""

import json
import subprocess
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.types import Message

from recommender.registry import KINDS
from tests.api.answers import fields_of
from tests.api.recording import BARE, WHOLE, Records, line_of, lines_of, summary_of
from tests.api.test_fuzz import junk, texts
from tests.api.test_record_faults import VALUES
from tests.callers import showing
from tests.postgres import PostgresServer

GOOD = {"type": "course_instance", "instance_id": "welding-1", "action": "patch", "enrolled": 3}
LAST = {"type": "course_instance", "instance_id": "welding-2", "action": "patch", "enrolled": 3}
SITE = {"type": "site", "site_id": "new", **BARE["site"]}

WRONG: list[tuple[Any, list[str]]] = [
    (b"{", ["line"]),
    (b'{"type": "site"', ["line"]),
    (b"[]", ["line"]),
    (b'"site"', ["line"]),
    (b"null", ["line"]),
    (b"7", ["line"]),
    (b"\xff\xfe{}", ["line"]),
    (b'{"type": "site", "site_id": "\xff"}', ["line"]),
    (b'{"type": "site", "site_id": "new", "name": "x", "kind": "hub", "name": "y"}', ["line"]),
    (b'{"type": "site", "site_id": "new", "quality": NaN}', ["line"]),
    (b'{"type": "site", "site_id": "new", "quality": 1e400, "name": "x", "kind": "hub"}', ["quality"]),
    (b"[" * 100_000, ["line"]),
    (b'{"type": "site", "site_id": "new", "quality": ' + b"1" * 10_000 + b"}", ["line"]),
    (b"x" * 10_000_000, ["line"]),
    (b'{"type": "site", "site_id": "new", "name": "' + b"x" * 10_000_000 + b'"}', ["line"]),
    ({}, ["type"]),
    ({"type": "castle"}, ["type"]),
    ({"type": "provider", "name": "x"}, ["type"]),
    ({"type": "cluster", "cluster_id": "x", "name": "x"}, ["type"]),
    ({"type": ["site"]}, ["type"]),
    ({"type": None}, ["type"]),
    ({**SITE, "action": "upsert"}, ["action"]),
    ({**SITE, "action": None}, ["action"]),
    ({**SITE, "action": {}}, ["action"]),
    ({"type": "site", **BARE["site"]}, ["site_id"]),
    ({**SITE, "site_id": ""}, ["site_id"]),
    ({**SITE, "site_id": None}, ["site_id"]),
    ({**SITE, "site_id": ["new"]}, ["site_id"]),
    ({**SITE, "site_id": "x" * 129}, ["site_id"]),
    ({**SITE, "site_id": "a\x00b"}, ["site_id"]),
    ({**SITE, "site_id": "\ud800"}, ["site_id"]),
    ({**SITE, "\ud800": 1}, ["?"]),
    ({**SITE, "name": "\x00"}, ["name"]),
    ({"type": "site", "site_id": "\ud800", "action": "delete"}, ["site_id"]),
    ({"type": "site", "site_id": "a\x00b", "action": "patch"}, ["site_id"]),
    ({"type": "site", "site_id": "never", "action": "delete"}, ["site_id"]),
    ({"type": "site", "site_id": "never", "action": "patch"}, ["site_id"]),
    ({"type": "course_instance", "instance_id": "n", "mode": "online", "course_id": "never"}, ["course_id"]),
    ({"type": "course_instance", "instance_id": "n", "mode": "online", "course_id": "a\x00b"}, ["course_id"]),
    ({"type": "course_instance", "instance_id": "n", "mode": "online", "course_id": "\udfff"}, ["course_id"]),
    ({"type": "course", "course_id": "welding", "title": "x", "prerequisites": ["robots"]}, ["prerequisites"]),
    ({"type": "course", "course_id": "new", "title": "x", "approval": "approved"}, ["approval"]),
    ({**SITE, "colour": "red", "kind": "castle"}, ["colour", "kind"]),
]
IDS = [ascii(line)[:70] for line, _ in WRONG]


@pytest.mark.parametrize(("wrong", "fields"), WRONG, ids=IDS)
def test_a_wrong_line_is_named_and_does_not_harm_the_others(
    records_everywhere: Records, wrong: Any, fields: list[str]
) -> None:
    answer = records_everywhere.sync([GOOD, wrong, LAST], "mode=line_by_line")
    first, second, third = lines_of(answer)

    assert (first["status"], second["status"], third["status"]) == ("updated", "refused", "updated")
    assert second["line"] == 2
    assert sorted(error["field"] or "?" for error in second["errors"]) == fields
    assert summary_of(answer)["counts"] == {"refused": 1, "updated": 2}
    assert records_everywhere.seen("course_instances")["welding-2"].enrolled == 3


@pytest.mark.parametrize(("wrong", "fields"), WRONG, ids=IDS)
def test_a_wrong_line_leaves_nothing_done_when_it_was_to_be_all(
    records: Records, wrong: Any, fields: list[str]
) -> None:
    before = records.store.load().catalogue
    answer = records.sync([GOOD, wrong, LAST], accept_language="en")

    assert answer.status_code == 422
    assert sorted(error["field"] for error in answer.json()["errors"]) == fields
    assert {error["line"] for error in answer.json()["errors"]} == {2}
    assert records.version == 1
    assert records.store.load().catalogue == before


def test_the_last_line_may_be_cut_off(records: Records) -> None:
    whole = line_of(GOOD) + line_of(LAST)
    answer = records.sync(whole[:-20], "mode=line_by_line")

    assert [line["status"] for line in lines_of(answer)] == ["updated", "refused"]


def test_a_circle_over_several_lines_is_refused_where_it_closes(records_everywhere: Records) -> None:
    ring = [
        {"type": "course", "course_id": name, "action": action, "title": name, "prerequisites": needs}
        for action, name, needs in (
            ("put", "a", []),
            ("put", "b", ["a"]),
            ("put", "c", ["b"]),
            ("patch", "a", ["c"]),
        )
    ]
    answer = records_everywhere.sync(ring, "mode=line_by_line")

    assert [line["status"] for line in lines_of(answer)] == ["created", "created", "created", "refused"]
    assert records_everywhere.sync(ring).status_code == 422
    assert records_everywhere.record("course", "a").json()["record"]["prerequisites"] == []


def test_what_an_earlier_line_deleted_cannot_be_referred_to(records_everywhere: Records) -> None:
    lines = [
        {"type": "course", "course_id": "welding", "action": "delete"},
        {"type": "course_instance", "instance_id": "new", **BARE["course_instance"]},
        {"type": "course", "course_id": "welding", **BARE["course"]},
        {"type": "course_instance", "instance_id": "new", **BARE["course_instance"]},
    ]
    statuses = [line["status"] for line in lines_of(records_everywhere.sync(lines, "mode=line_by_line"))]

    assert statuses == ["deleted", "refused", "created", "created"]


def test_two_sites_cannot_claim_one_id(records_everywhere: Records) -> None:
    records = records_everywhere
    line = {"type": "course", "course_id": "new", **BARE["course"]}
    records.sync([line], "site_id=at-0")
    whole, single = records.sync([GOOD, line], "site_id=at-5"), records.sync([line], "site_id=at-5&mode=line_by_line")

    assert {(error["line"], error["field"]) for error in whole.json()["errors"]} == {
        (1, "instance_id"),
        (2, "course_id"),
    }
    assert lines_of(single)[0]["errors"][0]["field"] == "course_id"
    assert records.version == 2


def test_a_site_that_is_not_there_brings_nothing(records_everywhere: Records) -> None:
    answer = records_everywhere.sync([GOOD, LAST], "site_id=never")

    assert {(error["line"], error["field"]) for error in answer.json()["errors"]} == {(1, "site_id"), (2, "site_id")}


def test_a_body_that_is_too_large_is_refused(records: Records) -> None:
    body = line_of(GOOD) * 3
    settings = records.app.state.settings
    records.app.state.settings = settings.model_copy(update={"maximum_sync_bytes": len(body) - 1})

    def parts() -> Any:  # no Content-Length tells it beforehand
        yield body[:50]
        yield body[50:]

    assert fields_of(records.sync(body), 413) == ["body"]
    answer = records.client.post("/v1/sync", content=parts(), headers={"content-type": "text/plain"})
    assert fields_of(answer, 413) == ["body"]
    assert records.version == 1
    assert records.sync(body[:-1]).status_code == 200


async def sent_by_hand(records: Records, query: str, received: list[Message], **headers: str) -> list[Message]:
    """Return what the application sends to a caller of which it receives just these messages."""
    named = {"content-type": "application/x-ndjson", **showing(records.key)} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/v1/sync",
        "raw_path": b"/v1/sync",
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in named.items()],
    }
    waiting, sent = iter(received), []

    async def receive() -> Message:
        return next(waiting)

    async def send(message: Message) -> None:
        sent.append(message)

    await records.app(scope, receive, send)
    return sent


@pytest.mark.parametrize("mode", ["all_or_nothing", "line_by_line"])
def test_a_caller_that_goes_away_leaves_nothing(records: Records, mode: str) -> None:
    part = {"type": "http.request", "body": line_of(GOOD) * 1_000, "more_body": True}
    anyio.run(sent_by_hand, records, f"mode={mode}", [part, {"type": "http.disconnect"}])

    assert records.version == 1
    assert records.sync([GOOD]).status_code == 200


def test_a_body_that_is_said_to_be_too_large_is_refused_before_it_is_read(records: Records) -> None:
    announced = partial(sent_by_hand, content_length=str(10**12))
    begun, _ = anyio.run(announced, records, "", [])

    assert begun["status"] == 413


@pytest.mark.parametrize("mode", ["all_or_nothing", "line_by_line"])
def test_a_database_that_is_away_is_said_and_the_stream_can_be_sent_again(postgres: PostgresServer, mode: str) -> None:
    with postgres.database() as url:
        records = Records(url)
        assert records.sync([GOOD]).status_code == 200  # from here on the key is known
    answer = records.sync([GOOD], f"mode={mode}", idempotency_key="x")

    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    records.store.close()


JUNK_LINES = st.one_of(
    st.binary(max_size=40),
    junk.map(lambda value: json.dumps(value).encode()),
    st.builds(
        lambda kind, name, action, fields: json.dumps(
            {"type": kind, **BARE[kind], KINDS[kind].key[0]: name, "action": action, **fields}
        ).encode(),
        st.sampled_from(list(KINDS)),
        st.sampled_from(["new", "at-0", "welding", "welding-1"]) | texts,
        st.sampled_from(["put", "patch", "delete"]),
        st.dictionaries(
            st.sampled_from(sorted({name for kind in WHOLE for name in WHOLE[kind]})) | texts, VALUES, max_size=2
        ),
    ),
)


@settings(
    derandomize=True,
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(lines=st.lists(JUNK_LINES, max_size=5), mode=st.sampled_from(["all_or_nothing", "line_by_line"]))
def test_no_bytes_make_a_stream_fail(records_everywhere: Records, lines: list[bytes], mode: str) -> None:
    before = records_everywhere.version
    answer = records_everywhere.sync(b"\n".join(lines), f"mode={mode}")

    if answer.status_code == 200:
        assert summary_of(answer)["lines"] == len(lines_of(answer))
        assert mode == "line_by_line" or "refused" not in summary_of(answer)["counts"]
    else:
        assert (mode, answer.status_code) == ("all_or_nothing", 422)
        assert records_everywhere.version == before
        assert all(error["line"] and error["field"] for error in answer.json()["errors"])


def test_a_server_without_room_for_it_says_so_and_does_nothing(
    records: Records, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (small := tmp_path / "small").mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", small], check=False).returncode:
        pytest.skip("Only an administrator can mount a small disk.")
    try:
        monkeypatch.setattr(tempfile, "tempdir", str(small))
        answer = records.sync(line_of(GOOD) * 2_000)
        assert answer.status_code == 507
        assert answer.json()["errors"][0]["field"] == "body"
        assert records.version == 1
    finally:
        subprocess.run(["umount", "--lazy", small], check=True)
