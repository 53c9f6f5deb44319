"""Review over HTTP: nothing is recommended before it is approved, and what is approved stays until what is new is, too."""

from typing import Any

import pytest

from api.schemas import Page
from api.schemas.registry import WaitingCourse
from recommender.domain import Approval
from tests.api.answers import fields_of
from tests.api.recording import BARE, WHOLE, Records
from tests.callers import issue_key, showing

TEXTS = {"title": "另一标题", "description": "另一介绍", "occupations": ["车工"], "credential": "另一证书"}
OTHERS = {
    "provider": "另一学校",
    "clusters": ["fashion"],
    "skill_level": "junior",
    "duration_hours": 3.0,
    "customisable": False,
    "prerequisites": [],
    "language": "en",
    "illustrative": False,
}


def review(records: Records, decision: str, name: str = "new", reason: str | None = None, **headers: str) -> Any:
    body = {"decision": decision} | ({"reason": reason} if reason else {})
    return records.ask("POST", f"courses/{name}/reviews", body, **headers)


def waiting(records: Records) -> dict[str, Any]:
    answer = records.ask("GET", "reviews").json()
    Page[WaitingCourse].model_validate(answer)
    return {item["course_id"]: item for item in answer["items"]}


@pytest.fixture
def approved(records: Records) -> Records:
    """With a course "new", approved."""
    records.put("course", "new", WHOLE["course"])
    assert review(records, "approved").status_code == 200
    return records


@pytest.mark.parametrize("speaker", ["", "?site_id=at-0"])
def test_a_new_course_waits_for_review(records_everywhere: Records, speaker: str) -> None:
    records = records_everywhere
    written = records.put("course", "new" + speaker, WHOLE["course"]).json()
    item = waiting(records)["new"]

    assert (written["approval"], written["waiting"]) == ("pending", False)
    assert records.seen("courses")["new"].approval is Approval.PENDING
    assert (item["submitted"], item["approved"], item["waiting"]) == (WHOLE["course"], None, False)
    assert item["version"] == written["version"]


def test_an_approved_course_is_recommended_and_waits_no_more(records_everywhere: Records) -> None:
    records = records_everywhere
    tag = records.put("course", "new", WHOLE["course"]).headers["etag"]
    decided = review(records, "approved", if_match=tag)

    assert decided.status_code == 200
    assert decided.json()["approval"] == "approved"
    assert decided.json()["record"] == WHOLE["course"]
    assert decided.json()["catalogue_version"] == int(decided.headers["catalogue-version"]) == 3
    assert decided.headers["etag"] == records.record("course", "new").headers["etag"] == '"3"'
    assert records.seen("courses")["new"].approval is Approval.APPROVED
    assert "new" not in waiting(records)
    assert review(records, "approved").json()["status"] == "unchanged"


def test_a_rejected_course_is_not_recommended_until_its_text_is_mended_and_approved(records: Records) -> None:
    records.put("course", "new", WHOLE["course"])
    rejected = review(records, "rejected", reason="介绍太短")
    same = records.patch("course", "new", {"duration_hours": 8})
    mended = records.patch("course", "new", {"description": "写得详细"})

    assert [answer.json()["approval"] for answer in (rejected, same, mended)] == ["rejected", "rejected", "pending"]
    assert waiting(records)["new"]["submitted"]["description"] == "写得详细"
    review(records, "approved")
    assert records.seen("courses")["new"].approval is Approval.APPROVED


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
@pytest.mark.parametrize("name", TEXTS)
def test_a_new_text_waits_while_the_approved_one_stays(approved: Records, method: str, name: str) -> None:
    change = {name: TEXTS[name]}
    written = approved.ask(method, "courses/new", WHOLE["course"] | change if method == "PUT" else change).json()
    item, seen = waiting(approved)["new"], approved.seen("courses")["new"]

    assert (written["approval"], written["waiting"]) == ("approved", True)
    assert written["record"] == item["submitted"] == WHOLE["course"] | change
    assert approved.record("course", "new").json()["record"] == written["record"]
    assert item["approved"] == WHOLE["course"]
    assert item["waiting"] is True
    assert seen.approval is Approval.APPROVED
    assert list(getattr(seen, name)) == list(WHOLE["course"][name])


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
@pytest.mark.parametrize("name", OTHERS)
def test_what_is_not_text_takes_effect_at_once(approved: Records, method: str, name: str) -> None:
    change = {name: OTHERS[name]}
    written = approved.ask(method, "courses/new", WHOLE["course"] | change if method == "PUT" else change).json()

    assert (written["approval"], written["waiting"]) == ("approved", False)
    assert "new" not in waiting(approved)
    assert approved.record("course", "new").json()["record"] == WHOLE["course"] | change
    assert approved.history("course", "new")[-1]["fields"] == change


def test_an_approved_new_text_is_recommended(approved: Records) -> None:
    approved.patch("course", "new", {"title": "二", "duration_hours": 5})
    decided = review(approved, "approved").json()

    assert (decided["approval"], decided["waiting"], decided["record"]["title"]) == ("approved", False, "二")
    assert approved.seen("courses")["new"].title == "二"
    assert approved.seen("courses")["new"].duration_hours == 5
    assert "new" not in waiting(approved)


def test_a_rejected_new_text_is_dropped_and_the_approved_one_stays(approved: Records) -> None:
    approved.patch("course", "new", {"title": "二", "duration_hours": 5})
    decided = review(approved, "rejected", reason="标题不妥").json()

    assert (decided["approval"], decided["waiting"]) == ("approved", False)
    assert decided["record"] == WHOLE["course"] | {"duration_hours": 5}
    assert approved.record("course", "new").json()["record"] == decided["record"]
    assert approved.seen("courses")["new"].approval is Approval.APPROVED


def test_a_new_text_taken_back_waits_no_more(approved: Records) -> None:
    approved.patch("course", "new", {"title": "二"})
    back = approved.patch("course", "new", {"title": WHOLE["course"]["title"]}).json()

    assert (back["approval"], back["waiting"], back["record"]) == ("approved", False, WHOLE["course"])
    assert "new" not in waiting(approved)


def test_an_approval_can_be_taken_back(approved: Records) -> None:
    decided = review(approved, "rejected", reason="已停办").json()

    assert decided["approval"] == "rejected"
    assert approved.seen("courses")["new"].approval is Approval.REJECTED
    assert "new" not in waiting(approved)


def test_a_reviewer_decides_on_what_was_read(approved: Records) -> None:
    approved.patch("course", "new", {"title": "二"})
    read = waiting(approved)["new"]["version"]
    approved.patch("course", "new", {"title": "三"})
    late = review(approved, "approved", if_match=f'"{read}"')

    assert late.status_code == 412
    assert late.headers["etag"] == f'"{waiting(approved)["new"]["version"]}"'
    assert approved.seen("courses")["new"].title == WHOLE["course"]["title"]
    assert review(approved, "approved", if_match=late.headers["etag"]).json()["record"]["title"] == "三"


def test_the_history_keeps_who_reviewed_what_and_why(approved: Records) -> None:
    mine, other = approved.key.key.key_id, issue_key(approved.store)
    approved.patch("course", "new", {"title": "二"}, **showing(other))
    review(approved, "rejected", reason="标题\n不妥")
    entries = approved.history("course", "new")

    assert [entry["operation"] for entry in entries] == ["created", "approved", "submitted", "rejected"]
    assert [entry["key_id"] for entry in entries] == [mine, mine, other.key.key_id, mine]
    assert [entry["fields"] for entry in entries[1:]] == [{}, {"title": "二"}, {"reason": "标题\n不妥"}]


def test_a_deleted_course_waits_no_more_and_comes_back_to_be_reviewed_if_it_is_another(approved: Records) -> None:
    approved.patch("course", "new", {"title": "二"})
    approved.delete("course", "new")
    assert "new" not in waiting(approved)
    assert review(approved, "approved").status_code == 404
    back = approved.put("course", "new", WHOLE["course"]).json()
    approved.delete("course", "new")
    other = approved.put("course", "new", BARE["course"]).json()

    assert (back["approval"], back["waiting"]) == ("approved", False)
    assert (other["approval"], other["waiting"]) == ("pending", False)


def test_what_waits_is_told_in_parts_in_the_order_of_ids(records_everywhere: Records) -> None:
    records = records_everywhere
    for name in ("z", "a", "Z"):
        records.put("course", name, BARE["course"])
    pages = [records.ask("GET", f"reviews?limit=2&offset={offset}").json() for offset in (0, 2, 4)]

    assert [[item["course_id"] for item in page["items"]] for page in pages] == [["Z", "a"], ["night", "z"], []]
    assert {(page["total"], page["limit"]) for page in pages} == {(4, 2)}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "decision"),
        ({"decision": "perhaps"}, "decision"),
        ({"decision": "pending"}, "decision"),
        ({"decision": "rejected"}, "reason"),
        ({"decision": "rejected", "reason": " "}, "reason"),
        ({"decision": "approved", "reason": "\x00"}, "reason"),
        ({"decision": "approved", "reason": "\ud800"}, "reason"),
        ({"decision": "approved", "reason": "x" * 2001}, "reason"),
        ({"decision": "approved", "by": "me"}, "by"),
        ([], "body"),
    ],
)
def test_a_review_that_says_nothing_is_refused(records: Records, body: Any, field: str) -> None:
    assert fields_of(records.ask("POST", "courses/night/reviews", body)) == [field]
    assert records.version == 1


def test_a_course_that_is_not_there_is_not_reviewed(records: Records) -> None:
    assert fields_of(review(records, "approved", "never"), 404) == ["course_id"]
    assert review(records, "approved", "never", if_match="*").status_code in (404, 412)


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
@pytest.mark.parametrize("value", ["approved", "pending", None])
def test_nobody_approves_by_writing(records: Records, method: str, value: str | None) -> None:
    body = {"title": "x", "approval": value}

    assert fields_of(records.ask(method, "courses/night", body)) == ["approval"]
    assert records.seen("courses")["night"].approval is Approval.PENDING
