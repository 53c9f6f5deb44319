"""Records over HTTP: what is written is read back, to do it twice does nothing more, and no change is lost."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.examples import RECORD_CHANGES, RECORDS
from api.schemas import Page
from api.schemas.people import Erased
from api.schemas.registry import HistoryEntry
from api.schemas.writing import SCHEMAS, Deleted
from recommender.registry import KINDS
from tests.api.answers import fields_of
from tests.api.recording import BARE, PLACES, WHOLE, Records
from tests.callers import issue_key, showing

every_kind = pytest.mark.parametrize("kind", list(KINDS))


def known(kind: str, answer: dict[str, Any]) -> None:
    SCHEMAS[kind].written.model_validate(answer)


@every_kind
def test_what_is_put_is_read_back_as_it_was_put(records_everywhere: Records, kind: str) -> None:
    records = records_everywhere
    written = records.put(kind, "new", WHOLE[kind])
    read = records.record(kind, "new")

    assert written.status_code == 201
    assert written.json()["record"] == read.json()["record"] == WHOLE[kind]
    assert written.json()["status"] == "created"
    version = written.json()["catalogue_version"]
    assert version == records.version == read.json()["version"] == 2
    assert written.headers["catalogue-version"] == str(version)
    assert written.headers["etag"] == read.headers["etag"] == f'"{version}"'
    SCHEMAS[kind].written.model_validate_json(written.content, strict=True)
    SCHEMAS[kind].stored.model_validate_json(read.content, strict=True)


@every_kind
def test_an_empty_field_is_null_or_an_empty_list(records: Records, kind: str) -> None:
    records.put(kind, "new", BARE[kind])
    record = records.record(kind, "new").json()["record"]

    assert set(record) == set(WHOLE[kind])
    empty = {name for name, value in record.items() if value in (None, [], "")}
    assert empty >= set(record) - set(BARE[kind]) - {
        *KINDS[kind].key, "datum", "status", "enrolled", "customisable", "illustrative"
    }  # fmt: skip
    assert all(record[name] == value for name, value in BARE[kind].items())


@every_kind
def test_what_was_read_can_be_put_back_and_changes_nothing(records_everywhere: Records, kind: str) -> None:
    records = records_everywhere
    first = records.put(kind, "new", WHOLE[kind])
    read = records.record(kind, "new").json()["record"]
    again = records.put(kind, "new", read, if_match=first.headers["etag"])

    assert again.status_code == 200
    assert again.json() == first.json() | {"status": "unchanged"}
    assert again.headers["etag"] == first.headers["etag"]
    assert len(records.history(kind, "new")) == 1


@every_kind
def test_a_put_empties_what_it_leaves_out(records: Records, kind: str) -> None:
    records.put(kind, "new", WHOLE[kind])
    bare = records.put(kind, "other", BARE[kind]).json()["record"]
    after = records.put(kind, "new", BARE[kind]).json()

    assert after["status"] == "updated"
    assert after["record"] == bare | {KINDS[kind].key[0]: "new"}


@every_kind
@pytest.mark.parametrize("form", ["application/json", "application/merge-patch+json"])
def test_a_patch_changes_only_what_it_names(records: Records, kind: str, form: str) -> None:
    records.put(kind, "new", WHOLE[kind])
    changed = records.patch(kind, "new", RECORD_CHANGES[kind], content_type=form)

    assert changed.status_code == 200
    assert changed.json()["record"] == WHOLE[kind] | RECORD_CHANGES[kind]
    assert records.record(kind, "new").headers["etag"] == changed.headers["etag"] == '"3"'


@pytest.mark.parametrize("name", ["description", "clusters", "skill_level", "prerequisites", "customisable"])
def test_null_empties_a_field(records: Records, name: str) -> None:
    records.put("course", "new", WHOLE["course"])
    bare = records.put("course", "other", BARE["course"]).json()["record"]

    assert records.patch("course", "new", {name: None}).json()["record"] == WHOLE["course"] | {name: bare[name]}


@every_kind
def test_a_patch_that_says_what_is_so_changes_nothing(records: Records, kind: str) -> None:
    first = records.put(kind, "new", WHOLE[kind]).json()
    again = records.patch(kind, "new", {**WHOLE[kind]}).json()

    assert again == first | {"status": "unchanged"}


@every_kind
def test_the_site_that_published_a_record_may_say_it_again(records_everywhere: Records, kind: str) -> None:
    records = records_everywhere
    name, body = ("at-5", BARE[kind]) if kind == "site" else ("new", WHOLE[kind])
    body = {field: value for field, value in body.items() if field not in KINDS[kind].key}
    first = records.put(kind, f"{name}?site_id=at-5", body)
    again = records.put(kind, f"{name}?site_id=at-5", body)

    assert first.status_code in (200, 201)
    assert again.json() == first.json() | {"status": "unchanged"}


def test_words_mean_what_they_mean_in_a_file(records: Records) -> None:
    body = {
        "title": " 新课 ",
        "skill_level": "三级/高级工",
        "clusters": "robots|software",
        "customisable": "是",
        "duration_hours": "12",
    }
    course = records.put("course", "new", body).json()["record"]
    taught = {"course_id": "new", "mode": "ONLINE", "start_date": "2027年1月2日", "seats": 10.0}
    instance = records.put("course_instance", "new", taught).json()["record"]

    assert [course[name] for name in body] == ["新课", "senior", ["robots", "software"], True, 12.0]
    assert [instance[name] for name in taught] == ["new", "online", "2027-01-02", 10]


@pytest.mark.parametrize("tag", ['"2"', '"1", "2"', '"x","2" , W/"3"', "*", " * "])
def test_a_change_of_what_was_seen_is_made(records: Records, tag: str) -> None:
    records.put("site", "new", WHOLE["site"])

    assert records.patch("site", "new", {"name": "改名"}, if_match=tag).json()["status"] == "updated"


@pytest.mark.parametrize("tag", ['"1"', '"3"', '"02"', '"2 "', 'W/"2"', '""', '"x"', f'"{"9" * 400}"', '"²"'])
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_a_change_of_what_has_changed_since_is_refused(records: Records, method: str, tag: str) -> None:
    records.put("site", "new", WHOLE["site"])
    refused = records.client.request(
        method, "/v1/sites/new", json={"name": "改名", "kind": "hub"}, headers={"if-match": tag.encode()}
    )

    assert refused.status_code == 412
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.headers["etag"] == '"2"'
    assert [error["field"] for error in refused.json()["errors"]] == ["If-Match"]
    assert records.record("site", "new").json()["record"] == WHOLE["site"]


def test_two_headers_are_one_list(records: Records) -> None:
    records.put("site", "new", WHOLE["site"])
    headers = [("if-match", '"7"'), ("if-match", '"2"')]

    assert records.client.patch("/v1/sites/new", json={"name": "改名"}, headers=headers).status_code == 200


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_what_is_not_there_matches_nothing(records: Records, method: str) -> None:
    for tag in ("*", '"1"'):
        refused = records.ask(method, "sites/new", WHOLE["site"], if_match=tag)
        assert refused.status_code == 412
        assert "etag" not in refused.headers
    assert records.record("site", "new").status_code == 404


def test_a_record_can_be_written_only_if_it_is_not_there(records: Records) -> None:
    first = records.put("site", "new", WHOLE["site"], if_none_match="*")
    second = records.put("site", "new", BARE["site"], if_none_match="*")

    assert (first.status_code, second.status_code) == (201, 412)
    assert second.headers["etag"] == first.headers["etag"]
    assert second.json()["errors"][0]["field"] == "If-None-Match"
    assert records.record("site", "new").json()["record"] == WHOLE["site"]


def test_of_two_who_read_the_same_only_one_changes_it(records_everywhere: Records) -> None:
    tag = records_everywhere.record("course_instance", "welding-1").headers["etag"]
    answers = [
        records_everywhere.patch("course_instance", "welding-1", {"enrolled": number}, if_match=tag)
        for number in (1, 2)
    ]

    assert [answer.status_code for answer in answers] == [200, 412]
    assert records_everywhere.record("course_instance", "welding-1").json()["record"]["enrolled"] == 1


@every_kind
def test_a_deleted_record_is_gone_and_to_delete_it_again_does_nothing(records_everywhere: Records, kind: str) -> None:
    records = records_everywhere
    records.put(kind, "new", WHOLE[kind])
    first, second = records.delete(kind, "new", if_match='"2"'), records.delete(kind, "new")
    told = first.json()

    assert (first.status_code, first.headers["catalogue-version"]) == (200, "3")
    assert (told["status"], told["catalogue_version"], told["hides"]) == ("deleted", 3, {})
    if kind == "learner":  # of whom nobody can tell that they ever were
        Erased.model_validate_json(first.content, strict=True)
        assert second.status_code == 404
    else:
        Deleted.model_validate_json(first.content, strict=True)
        assert second.json() == told | {"status": "unchanged"}
    assert records.record(kind, "new").status_code == 404
    assert records.patch(kind, "new", {}).status_code == 404
    assert records.delete(kind, "new", if_match="*").status_code == 412


@every_kind
def test_what_never_was_cannot_be_deleted(records: Records, kind: str) -> None:
    assert records.delete(kind, "never").status_code == 404
    assert records.ask("GET", f"{PLACES[kind]}/never/history").status_code == 404
    assert records.version == 1


@pytest.mark.parametrize(
    ("kind", "name", "hidden"),
    [("course", "welding", ["welding-1", "welding-2"]), ("site", "at-0", ["robots-1", "welding-1"])],
)
def test_a_deletion_says_what_it_hides_and_a_put_brings_all_of_it_back(
    records_everywhere: Records, kind: str, name: str, hidden: list[str]
) -> None:
    records = records_everywhere
    before, whole = records.seen("course_instances"), records.record(kind, name).json()["record"]
    deleted = records.delete(kind, name)
    meanwhile = records.seen("course_instances")
    back = records.put(kind, name, whole)

    assert deleted.json()["hides"] == {"course_instances": len(hidden)}
    assert sorted(before.keys() - meanwhile.keys()) == hidden
    assert (back.status_code, back.json()["status"]) == (201, "created")
    assert records.seen("course_instances") == before
    assert [entry["operation"] for entry in records.history(kind, name)] == ["deleted", "restored"]
    assert records.record("course_instance", "welding-1").json()["version"] == 1  # nothing was done to it


def test_a_deleted_course_is_no_longer_required_by_others(records: Records) -> None:
    records.delete("course", "welding")

    assert records.seen("courses")["robots"].prerequisites == ()
    assert records.record("course", "robots").json()["record"]["prerequisites"] == ["welding"]


def test_the_history_says_who_did_what_and_when(records: Records) -> None:
    second, third = issue_key(records.store), issue_key(records.store)
    records.put("course_instance", "new", BARE["course_instance"])
    records.patch("course_instance", "new", {"seats": 30, "enrolled": 4}, **showing(second))
    records.delete("course_instance", "new", **showing(third))
    answer = records.ask("GET", "course-instances/new/history")
    entries = answer.json()["items"]

    Page[HistoryEntry].model_validate(answer.json())
    assert [entry["operation"] for entry in entries] == ["created", "updated", "deleted"]
    assert [entry["version"] for entry in entries] == [2, 3, 4]
    assert [entry["key_id"] for entry in entries] == [one.key.key_id for one in (records.key, second, third)]
    assert entries[1]["fields"] == {"seats": 30, "enrolled": 4}
    assert all(entry["at"].endswith("+00:00") for entry in entries)
    assert entries[0]["at"] <= entries[1]["at"] <= entries[2]["at"]


@pytest.mark.parametrize("shown", ["", "Bearer", "Bearer another", "Basic another"])
def test_a_caller_without_a_key_that_holds_neither_writes_nor_reads(records: Records, shown: str) -> None:
    for method, address in (("PUT", "sites/new"), ("PATCH", "sites/at-0"), ("DELETE", "sites/at-0")):
        refused = records.ask(method, address, BARE["site"], authorization=shown)
        assert fields_of(refused, 401) == ["Authorization"]
        assert refused.headers["www-authenticate"] == "Bearer"
    assert fields_of(records.ask("GET", "sites/at-0/record", authorization=shown), 401) == ["Authorization"]
    assert records.version == 1


def test_the_history_is_told_in_parts(records: Records) -> None:
    records.put("site", "new", BARE["site"])
    for number in range(3):
        records.patch("site", "new", {"operator": f"单位{number}"})
    whole = records.ask("GET", "sites/new/history").json()
    part = records.ask("GET", "sites/new/history?limit=2&offset=1").json()

    assert part == {"items": whole["items"][1:3], "total": 4, "limit": 2, "offset": 1}


def test_nothing_personal_stays_in_a_learner_s_history(records: Records) -> None:
    records.put("learner", "new", WHOLE["learner"])
    records.patch("learner", "new", {"goal": "另一个目标"})
    entries = records.history("learner", "new")

    assert [set(entry["fields"].values()) for entry in entries] == [{None}, {None}]
    assert list(entries[1]["fields"]) == ["goal"]
    records.delete("learner", "new")
    assert records.ask("GET", "learners/new/history").status_code == 404


def test_a_key_is_never_stored_and_nor_is_what_a_deleted_learner_said(records: Records, tmp_path: Path) -> None:
    records.put("learner", "new", WHOLE["learner"])
    records.delete("learner", "new")
    with sqlite3.connect(tmp_path / "records.db") as database:
        kept = "\n".join(database.iterdump())
    database.close()

    assert records.key.key.key_id in kept
    assert records.key.presented.removeprefix(f"jinxue_{records.key.key.key_id}_") not in kept
    assert "机器人" not in kept


def test_a_record_belongs_to_the_site_that_published_it(records_everywhere: Records) -> None:
    records = records_everywhere
    records.put("course", "new?site_id=at-0", BARE["course"])
    for answer in (
        records.put("course", "new?site_id=at-5", WHOLE["course"]),
        records.patch("course", "new?site_id=at-5", {"title": "抢来"}),
        records.delete("course", "new?site_id=at-5"),
        records.patch("course_instance", "welding-1?site_id=at-5", {"seats": 0}),
        records.put("course_instance", "other?site_id=at-5", {**BARE["course_instance"], "site_id": "at-0"}),
        records.patch("site", "at-0?site_id=at-5", {"name": "抢来"}),
    ):
        assert answer.status_code == 409
        assert answer.json()["errors"][0]["field"] in ("course_id", "instance_id", "site_id")
        assert "at-0" in answer.json()["detail"]
    assert records.version == 2
    assert records.patch("course", "new?site_id=at-0", {"title": "自己"}).status_code == 200
    assert records.patch("course", "new", {"title": "平台"}).status_code == 200
    assert records.patch("course", "new?site_id=at-5", {"title": "抢来"}).status_code == 409


def test_the_examples_of_the_documentation_can_be_sent(records: Records) -> None:
    records.put("site", "hub-pingshan", BARE["site"])
    records.put("course", "team-leader-training", BARE["course"])
    known = {"clusters": [], "district": None, "place": None}  # this network is another city
    for kind, body in RECORDS.items():
        fitting = {name: known.get(name, value) for name, value in body.items()}
        assert records.put(kind, "new", fitting).status_code == 201, kind
        assert records.patch(kind, "new", RECORD_CHANGES[kind]).status_code == 200, kind


NAMES = st.sampled_from(["甲", "乙", None])
STEPS = st.lists(
    st.tuples(st.sampled_from(["PUT", "PATCH", "DELETE"]), NAMES, st.sampled_from([None, "now", "before", "*"])),
    max_size=12,
)


@settings(derandomize=True, max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_is_done_the_tag_changes_exactly_when_the_record_does(records: Records, steps: list[Any]) -> None:
    """A dictionary is the oracle: what the record should be, and every tag it has had."""
    records.put("site", "new", BARE["site"])
    records.delete("site", "new")
    record: dict[str, Any] | None = None
    tags = ['"0"', '"0"']
    for method, operator, match in steps:
        sent = {"now": tags[-1], "before": tags[-2], "*": "*"}.get(match or "")
        held = sent is None or (record is not None and sent in ("*", tags[-1]))
        body = {"name": "x", "kind": "hub", "operator": operator}
        answer = records.ask(method, "sites/new", body, **({"if_match": sent} if sent else {}))
        if not held:
            assert answer.status_code == 412
        elif record is None and method == "PATCH":
            assert answer.status_code == 404
        else:
            assert answer.status_code == (201 if record is None and method == "PUT" else 200)
            assert (answer.json()["status"] == "unchanged") == (record == (None if method == "DELETE" else body))
            record = None if method == "DELETE" else body
        read = records.record("site", "new")
        assert read.status_code == (200 if record else 404)
        if record:
            assert {name: read.json()["record"][name] for name in record} == record
            same = answer.is_error or answer.json()["status"] == "unchanged"
            assert (read.headers["etag"] == tags[-1]) == same
            assert same or read.headers["etag"] not in tags
            tags += [] if same else [read.headers["etag"]]
