"""Wrong requests about records: a problem that names what is wrong, and nothing is changed."""

import json
import math
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.schemas.writing import SCHEMAS
from recommender.registry import KINDS
from tests.api.answers import chinese, fields_of, problem_of
from tests.api.recording import BARE, PLACES, WHOLE, Records
from tests.api.test_fuzz import junk, texts
from tests.callers import showing
from tests.postgres import PostgresServer

every_kind = pytest.mark.parametrize("kind", list(KINDS))

WRONG: list[tuple[str, dict[str, Any], list[str]]] = [
    ("site", {"name": "x"}, ["kind"]),
    ("site", {"kind": "hub"}, ["name"]),
    ("site", {"kind": "castle", "name": "x"}, ["kind"]),
    ("site", {"kind": "hub", "name": ""}, ["name"]),
    ("site", {"kind": "hub", "name": "x" * 201}, ["name"]),
    ("site", {"kind": "hub", "name": "a\x00b"}, ["name"]),
    ("site", {"kind": "hub", "name": "\ud800"}, ["name"]),
    ("site", {"kind": "hub", "name": {"zh": "x"}}, ["name"]),
    ("site", {"kind": "hub", "name": ["x"]}, ["name"]),
    ("site", {"kind": "hub", "name": "x", "quality": 2}, ["quality"]),
    ("site", {"kind": "hub", "name": "x", "quality": math.nan}, ["quality"]),
    ("site", {"kind": "hub", "name": "x", "quality": 10**400}, ["quality"]),
    ("site", {"kind": "hub", "name": "x", "latitude": 22.5}, ["site"]),
    ("site", {"kind": "hub", "name": "x", "latitude": 114, "longitude": 22.5}, ["latitude"]),
    ("site", {"kind": "hub", "name": "x", "latitude": 39.9, "longitude": 116.4}, ["latitude"]),
    ("site", {"kind": "hub", "name": "x", "district": "火星区"}, ["district"]),
    ("site", {"kind": "hub", "name": "x", "clusters": ["火星"]}, ["clusters"]),
    ("site", {"kind": "hub", "name": "x", "colour": "red"}, ["colour"]),
    ("site", {"kind": "hub", "name": "x", "": 1}, ["body"]),
    ("site", {"kind": "hub", "name": "x", "\ud800": 1}, ["?"]),
    ("site", {"kind": "hub", "name": "x", "site_id": "other"}, ["site_id"]),
    ("site", {"kind": "hub", "name": "x", "site_id": None}, ["site_id"]),
    ("site", {"kind": "hub", "name": "x", "version": 3}, ["version"]),
    ("site", {"kind": "castle", "name": "", "colour": "red"}, ["colour", "kind", "name"]),
    ("course", {}, ["title"]),
    ("course", {"title": "x", "approval": "approved"}, ["approval"]),
    ("course", {"title": "x", "skill_level": "大师"}, ["skill_level"]),
    ("course", {"title": "x", "duration_hours": 0}, ["duration_hours"]),
    ("course", {"title": "x", "description": "x" * 4_001}, ["description"]),
    ("course", {"title": "x", "customisable": "maybe"}, ["customisable"]),
    ("course", {"title": "x", "prerequisites": ["never"]}, ["prerequisites"]),
    ("course", {"title": "x", "prerequisites": ["new"]}, ["prerequisites"]),
    ("course_instance", {"mode": "online"}, ["course_id"]),
    ("course_instance", {"mode": "online", "course_id": "never"}, ["course_id"]),
    ("course_instance", {"mode": "online", "course_id": ["welding"]}, ["course_id"]),
    ("course_instance", {"mode": "at_site", "course_id": "welding"}, ["course_instance"]),
    ("course_instance", {"mode": "at_site", "course_id": "welding", "site_id": "never"}, ["site_id"]),
    ("course_instance", {"mode": "at_site", "course_id": "never", "site_id": "never"}, ["course_id", "site_id"]),
    ("course_instance", {"mode": "online", "course_id": "welding", "seats": -1}, ["seats"]),
    ("course_instance", {"mode": "online", "course_id": "welding", "seats": 1.5}, ["seats"]),
    ("course_instance", {"mode": "online", "course_id": "welding", "enrolled": 10**400}, ["enrolled"]),
    ("course_instance", {"mode": "online", "course_id": "welding", "start_date": "2027-02-30"}, ["start_date"]),
    ("course_instance", {"mode": "online", "course_id": "welding", "start_date": 20270301}, ["start_date"]),
    (
        "course_instance",
        {"mode": "online", "course_id": "welding", "start_date": "2027-02-02", "end_date": "2027-02-01"},
        ["course_instance"],
    ),
    ("learner", {"goal": "x" * 2_001}, ["goal"]),
    ("learner", {"completed_course_ids": ["never"]}, ["completed_course_ids"]),
    ("learner", {"completed_course_ids": {"welding": True}}, ["completed_course_ids"]),
    ("learner", {"place": "火星"}, ["place"]),
    ("enterprise", {"headcount": 3}, ["name"]),
    ("enterprise", {"name": "x", "headcount": -3}, ["headcount"]),
]


@pytest.mark.parametrize(
    ("kind", "body", "fields"), WRONG, ids=lambda value: str(value)[:60].encode("unicode_escape").decode()
)
def test_a_wrong_field_is_named_and_nothing_is_written(
    records: Records, kind: str, body: dict[str, Any], fields: list[str]
) -> None:
    chinese_problem = problem_of(records.put(kind, "new", body), 422)
    english_problem = problem_of(records.put(kind, "new", body, accept_language="en"), 422)

    for problem in (chinese_problem, english_problem):
        assert sorted(error["field"] for error in problem["errors"]) == fields
    for one, other in zip(chinese_problem["errors"], english_problem["errors"], strict=True):
        assert chinese(one["message"])
        assert one["message"] != other["message"]
    assert records.version == 1


UNSPEAKABLE = ["a\x00b", "\ud800", "\x00"]


@pytest.mark.parametrize("text", UNSPEAKABLE, ids=ascii)
@pytest.mark.parametrize(
    ("kind", "field"),
    [
        ("course", "title"),
        ("course", "provider"),
        ("course", "prerequisites"),
        ("course_instance", "course_id"),
        ("course_instance", "site_id"),
        ("learner", "completed_course_ids"),
        ("learner", "goal"),
        ("enterprise", "needs"),
    ],
)
def test_text_that_no_database_can_hold_is_refused_like_any_other(
    records_everywhere: Records, kind: str, field: str, text: str
) -> None:
    assert field in fields_of(records_everywhere.put(kind, "new", BARE[kind] | {field: text}))
    assert records_everywhere.version == 1


@every_kind
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
@pytest.mark.parametrize(
    ("content", "form", "status"),
    [
        (b"", "application/json", 422),
        (b"{", "application/json", 400),
        (b"\xff\xfe{}", "application/json", 400),
        (b"[" * 100_000, "application/json", 422),
        (b"[]", "application/json", 422),
        (b'"x"', "application/json", 422),
        (b"null", "application/json", 422),
        (b"{}", "text/plain", 422),
        (b"{}", "application/x-www-form-urlencoded", 422),
    ],
    ids=str,
)
def test_what_is_no_json_object_is_refused(
    records: Records, kind: str, method: str, content: bytes, form: str, status: int
) -> None:
    answer = records.ask(method, f"{PLACES[kind]}/new", content[:100_000], content_type=form)

    assert fields_of(answer, status) == ["body"]
    assert records.version == 1


@every_kind
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "GET"])
def test_an_id_that_can_be_none_is_refused(records_everywhere: Records, kind: str, method: str) -> None:
    for name in ("%00", "a%07b", "%20", "x" * 129, "%ed%a0%80%00"):
        address = f"{PLACES[kind]}/{name}" + ("/record" if method == "GET" else "")
        answer = records_everywhere.ask(method, address, None if method in ("GET", "DELETE") else BARE[kind])

        assert fields_of(answer) == [KINDS[kind].key[0]], name
    assert records_everywhere.version == 1


@every_kind
def test_blanks_around_an_id_make_no_other_record(records: Records, kind: str) -> None:
    records.put(kind, "new", WHOLE[kind])
    again = records.put(kind, "%20new%20", WHOLE[kind], if_match='"2"')

    assert again.json()["status"] == "unchanged"
    assert records.delete(kind, "%20new").json()["status"] == "deleted"


@pytest.mark.parametrize("value", ["7", '"7', "'7'", "", ",", '"7",', '"7" "8"', "*, *", 'w/"7"', '"7"; x'])
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_a_tag_that_makes_no_sense_is_refused(records: Records, method: str, value: str) -> None:
    answer = records.ask(method, "sites/at-0", {"name": "x", "kind": "hub"}, if_match=value)

    assert fields_of(answer) == ["If-Match"]
    assert records.version == 1


@pytest.mark.parametrize("tag", ['"1"', "x"])
def test_what_is_not_to_match_can_only_be_anything(records: Records, tag: str) -> None:
    assert fields_of(records.put("site", "new", BARE["site"], if_none_match=tag)) == ["If-None-Match"]
    assert records.version == 1


@pytest.mark.parametrize("name", ["new", "at-0"])
@pytest.mark.parametrize("tag", ["*", '"1"'])
def test_no_record_is_both_there_and_not(records: Records, name: str, tag: str) -> None:
    problem_of(records.put("site", name, BARE["site"], if_none_match="*", if_match=tag), 412)
    assert records.version == 1


@pytest.mark.parametrize("speaker", ["never", "%00", "x" * 200, "", "gone"])
def test_a_site_that_is_not_there_says_nothing(records_everywhere: Records, speaker: str) -> None:
    records_everywhere.put("site", "gone", BARE["site"])
    records_everywhere.delete("site", "gone")
    answer = records_everywhere.put("course", f"new?site_id={speaker}", BARE["course"])

    assert fields_of(answer) == ["site_id"]
    assert records_everywhere.version == 3


@pytest.mark.parametrize(
    ("kind", "target", "body", "field"),
    [
        ("course_instance", ("course", "welding"), BARE["course_instance"], "course_id"),
        ("course_instance", ("site", "at-5"), WHOLE["course_instance"], "site_id"),
        ("course", ("course", "robots"), WHOLE["course"], "prerequisites"),
        ("learner", ("course", "welding"), WHOLE["learner"], "completed_course_ids"),
    ],
)
def test_what_has_been_deleted_cannot_be_referred_to(
    records: Records, kind: str, target: tuple[str, str], body: dict[str, Any], field: str
) -> None:
    records.delete(*target)

    assert fields_of(records.put(kind, "new", body)) == [field]


def test_courses_cannot_require_each_other_in_a_circle(records_everywhere: Records) -> None:
    records = records_everywhere
    records.put("course", "third", {"title": "三", "prerequisites": ["robots"]})
    answers = [records.patch("course", "welding", {"prerequisites": [name]}) for name in ("third", "robots", "welding")]

    for answer in answers:
        assert fields_of(answer) == ["prerequisites"]
    assert "welding → third → robots → welding" in answers[0].json()["errors"][0]["message"]
    assert records.record("course", "welding").json()["record"]["prerequisites"] == []


def test_a_circle_through_a_deleted_course_is_none_until_it_comes_back(records: Records) -> None:
    whole = records.record("course", "robots").json()["record"]
    records.delete("course", "robots")
    records.put("course", "third", {"title": "三"})
    records.patch("course", "welding", {"prerequisites": ["third"]})
    records.patch("course", "third", {"prerequisites": []})
    back = records.put("course", "robots", whole | {"prerequisites": ["welding"]})
    closing = records.patch("course", "third", {"prerequisites": ["robots"]})

    assert back.status_code == 201
    assert fields_of(closing) == ["prerequisites"]


@pytest.mark.parametrize(
    ("address", "field"),
    [
        ("sync/digest", "site_id"),
        ("sync/digest?site_id=never", "site_id"),
        ("sync/digest?site_id=%00", "site_id"),
        ("sync/digest?site_id=at-0&detail=maybe", "detail"),
        ("sync/changes?since=x", "since"),
        ("sync/changes?since=-1", "since"),
        ("sync/changes?since=", "since"),
        ("sync/changes?since=1:2:3", "since"),
        ("sync/changes?since=" + "9" * 19, "since"),
        ("sync/changes?since=" + "9" * 400, "since"),
        ("sync/changes?since=²", "since"),
        ("sync/changes?limit=0", "limit"),
        ("sync/changes?limit=1001", "limit"),
        ("reviews?limit=101", "limit"),
        ("reviews?offset=-1", "offset"),
        ("reviews?order=title", "order"),
        ("sites/at-0/history?limit=0", "limit"),
        ("sites/never/record", "site_id"),
    ],
    ids=lambda value: value[:40],
)
def test_a_wrong_parameter_is_named(records_everywhere: Records, address: str, field: str) -> None:
    answer = records_everywhere.ask("GET", address)

    assert [error["field"] for error in problem_of(answer)["errors"]] == [field]


@every_kind
def test_other_methods_are_refused_and_the_right_ones_named(records: Records, kind: str) -> None:
    reads = "GET, " if kind in ("site", "course") else ""
    for part, methods, allowed in (
        ("/record", ("PUT", "POST", "DELETE", "PATCH"), "GET"),
        ("/history", ("PUT", "POST", "DELETE", "PATCH"), "GET"),
        ("", ("POST", "OPTIONS"), f"{reads}PUT, PATCH, DELETE"),
    ):
        for method in methods:
            answer = records.ask(method, f"{PLACES[kind]}/new{part}")
            problem_of(answer, 405)
            assert answer.headers["allow"] == allowed


def test_a_database_that_is_away_is_a_problem_that_says_when_to_come_back(postgres: PostgresServer) -> None:
    with postgres.database() as url:
        records = Records(url)
        assert records.put("site", "new", BARE["site"]).status_code == 201
    for answer in (
        records.put("site", "new", WHOLE["site"]),
        records.delete("site", "new"),
        records.record("site", "new"),
        records.ask("GET", "reviews"),
        records.ask("GET", "sync/changes"),
        records.sync([{"type": "site", "site_id": "x", **BARE["site"]}]),
    ):
        assert answer.status_code == 503
        assert answer.headers["content-type"] == "application/problem+json"
        assert int(answer.headers["retry-after"]) > 0
        assert chinese(answer.json()["title"])
    records.store.close()


VALUES = st.one_of(
    junk,
    st.sampled_from(["welding", "at-0", "online", "hub", "2027-01-01", "中级工", ["robots"], "东山区", 7, True, None]),
)


@st.composite
def bodies(draw: st.DrawFn, kind: str) -> Any:
    """Some fields of a record as they should be, others anything at all; now and then no object."""
    if draw(st.integers(0, 19)) == 0:
        return draw(junk)
    names = draw(st.sets(st.sampled_from(list(KINDS[kind].columns)), max_size=4))
    return BARE[kind] | {name: draw(VALUES) for name in names} | draw(st.dictionaries(texts, junk, max_size=1))


@every_kind
@settings(
    derandomize=True,
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_no_json_makes_a_write_fail(records_everywhere: Records, kind: str, data: st.DataObject) -> None:
    method = data.draw(st.sampled_from(["PUT", "PATCH"]))
    body = json.dumps(data.draw(bodies(kind))).encode()
    name = data.draw(st.sampled_from(["new", "at-0", "welding", "welding-1"]))
    before = records_everywhere.version
    answer = records_everywhere.ask(method, f"{PLACES[kind]}/{name}", body)

    if answer.is_success:
        SCHEMAS[kind].written.model_validate_json(answer.content)
        assert answer.json()["record"] == records_everywhere.record(kind, name).json()["record"]
    else:
        problem_of(answer)
        assert records_everywhere.version == before


def test_a_failure_inside_tells_nothing(records: Records) -> None:
    del records.registry
    client = TestClient(records.app, headers=showing(records.key), raise_server_exceptions=False)
    answer = client.put("/v1/sites/new", json=BARE["site"])

    assert answer.status_code == 500
    assert answer.json()["errors"] == []
