"""Whether a site has drifted: a digest that anybody can compute, and the changes in order."""

import hashlib
import json
from typing import Any

import pytest

from api.schemas.registry import Changes, Digest
from recommender.registry import KINDS
from tests.api.recording import BARE, WHOLE, Records
from tests.callers import issue_key, showing


def digest(records: Records, site: str = "at-0", query: str = "") -> dict[str, Any]:
    answer = records.ask("GET", f"sync/digest?site_id={site}{query}")
    Digest.model_validate_json(answer.content, strict=True)
    return answer.json()


def changes(records: Records, query: str = "") -> dict[str, Any]:
    answer = records.ask("GET", f"sync/changes?{query}")
    Changes.model_validate(answer.json())
    return answer.json()


def computed(records: Records, mine: dict[str, list[str]]) -> tuple[str, list[dict[str, str]]]:
    """Return content and records of a digest, worked out as the documentation says, from what a site has: ids by type."""
    told = []
    for kind in sorted(mine):
        for name in sorted(mine[kind]):
            record = records.record(kind, name).json()["record"]
            whole = {
                field: int(value) if isinstance(value, float) and value == int(value) else value
                for field, value in record.items()
                if value is not None and value != []
            }
            text = json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
            told.append({"type": kind, "id": name, "hash": hashlib.sha256(text.encode()).hexdigest()})
    lines = "".join(f"{one['type']} {one['id']} {one['hash']}\n" for one in told)
    return hashlib.sha256(lines.encode()).hexdigest(), told


def test_a_digest_is_what_a_site_can_work_out_by_itself(records_everywhere: Records) -> None:
    records = records_everywhere
    records.put("site", "new", WHOLE["site"])
    records.put("course", "new?site_id=new", WHOLE["course"])
    records.put(
        "course_instance", "new?site_id=new", {**WHOLE["course_instance"], "site_id": "new", "course_id": "new"}
    )
    records.put("course_instance", "online?site_id=new", BARE["course_instance"])
    records.put("course_instance", "z", {**WHOLE["course_instance"], "instance_id": "z", "site_id": "new"})
    content, told = computed(records, {"site": ["new"], "course": ["new"], "course_instance": ["new", "online", "z"]})

    found = digest(records, "new", "&detail=true")
    assert found["records"] == told
    assert found["content"] == content
    assert found["counts"] == {"sites": 1, "courses": 1, "course_instances": 3}
    assert found["catalogue_version"] == records.version
    assert digest(records, "new") == found | {"records": None}


@pytest.mark.parametrize(
    ("kind", "name", "body"),
    [
        ("site", "at-0", {"quality": 0.5}),
        ("course_instance", "welding-1", {"seats": 21}),
        ("course_instance", "welding-1", {"seats": None}),
        ("course", "mine", {"title": "另一标题"}),
    ],
)
def test_a_digest_changes_with_what_the_site_has_and_comes_back_with_it(
    records: Records, kind: str, name: str, body: dict[str, Any]
) -> None:
    records.put("course", "mine?site_id=at-0", {"title": "标题"})
    records.ask("POST", "courses/mine/reviews", {"decision": "approved"})
    before, whole = digest(records), records.record(kind, name).json()["record"]
    records.patch(kind, name, body)
    changed = digest(records)
    records.put(kind, name, whole)

    assert changed["content"] != before["content"]
    assert changed["counts"] == before["counts"]
    assert digest(records)["content"] == before["content"]


def test_a_deleted_record_is_no_longer_counted(records: Records) -> None:
    before = digest(records)["counts"]
    records.delete("course_instance", "welding-1")

    assert digest(records)["counts"] == before | {"course_instances": before["course_instances"] - 1}


def test_neither_review_nor_another_site_touches_a_site_s_digest(records: Records) -> None:
    records.put("course", "mine?site_id=at-0", {"title": "标题"})
    before = digest(records)
    records.ask("POST", "courses/mine/reviews", {"decision": "approved"})
    records.patch("course_instance", "welding-2", {"seats": 3})
    records.put("course", "other?site_id=at-5", {"title": "别处"})
    after = digest(records)

    assert after == before | {"catalogue_version": before["catalogue_version"] + 3}


def test_changes_tell_everything_that_was_done_in_order(records_everywhere: Records) -> None:
    records = records_everywhere
    mine, other = records.key.key.key_id, issue_key(records.store)
    for kind in KINDS:
        records.put(kind, "new", BARE[kind])
    records.patch("course_instance", "new", {"seats": 30}, **showing(other))
    records.ask("POST", "courses/new/reviews", {"decision": "approved"})
    records.delete("learner", "new")
    told = changes(records)

    assert [(one["type"], one["id"], one["operation"]) for one in told["items"]] == [
        *((kind, "new", "created") for kind in KINDS if kind != "learner"),
        ("course_instance", "new", "updated"),
        ("course", "new", "approved"),
        ("learner", "", "erased"),
    ]
    here = [2 + place for place, kind in enumerate(KINDS) if kind != "learner"]
    assert [one["version"] for one in told["items"]] == [*here, 7, 8, 9]
    assert [one["key_id"] for one in told["items"]] == [mine] * 4 + [other.key.key_id] + [mine] * 2
    assert told["items"][4]["fields"] == {"seats": 30}
    assert told["catalogue_version"] == records.version == 9


def test_a_provider_that_a_course_brings_is_a_change_too(records: Records) -> None:
    records.put("course", "new", {"title": "x", "provider": "某学校"})
    records.put("course", "other", {"title": "x", "provider": "某学校"})

    told = [(one["version"], one["type"], one["id"]) for one in changes(records)["items"]]
    assert sorted(told) == [(2, "course", "new"), (2, "provider", "某学校"), (3, "course", "other")]


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 1_000])
def test_pages_of_changes_continue_each_other(records_everywhere: Records, limit: int) -> None:
    records = records_everywhere
    lines = [{"type": "site", "site_id": f"s{number}", **BARE["site"]} for number in range(5)]
    records.sync(lines)
    records.sync([*lines[:2], {"type": "site", "site_id": "s9", **BARE["site"]}])
    whole = changes(records)["items"]
    found: list[dict[str, Any]] = []
    since = "0"
    while (page := changes(records, f"since={since}&limit={limit}"))["items"]:
        assert len(page["items"]) <= limit
        found += page["items"]
        since = page["next"]

    assert [one["id"] for one in whole] == ["s0", "s1", "s2", "s3", "s4", "s9"]
    assert found == whole
    assert page["next"] == since
    records.put("site", "later", BARE["site"])
    assert [one["id"] for one in changes(records, f"since={since}")["items"]] == ["later"]


def test_changes_since_a_version_are_those_behind_it(records: Records) -> None:
    for number in range(3):
        records.put("site", f"s{number}", BARE["site"])

    assert [one["id"] for one in changes(records, "since=3")["items"]] == ["s2"]
    assert changes(records, "since=4") == {
        "items": [],
        "next": "4",
        "catalogue_version": 4,
        "whole_since": 2,  # the first was put there without a word
    }
    assert changes(records, "since=99")["items"] == []


def test_what_was_refused_or_changed_nothing_is_no_change(records: Records) -> None:
    records.put("site", "new", BARE["site"])
    for _ in range(2):
        records.put("site", "new", BARE["site"])
        records.put("site", "other", {})
        records.sync([{"type": "site", "site_id": "x"}], "mode=line_by_line")

    assert [one["id"] for one in changes(records)["items"]] == ["new"]
    assert records.version == 2
