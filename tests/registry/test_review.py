"""Review (审核): a text is recommended only as approved, whatever is submitted meanwhile; and all of it is kept."""

import pytest

from recommender.domain import Approval
from recommender.errors import InvalidRequest, NotFound, StaleRecord
from recommender.registry import KINDS, Caller, Decision, Expected, Outcome, Registry, Status
from recommender.store import Operation
from tests.registry.worlds import delete, patch, put, seen

REVIEWER = Caller("reviewer")


def review(
    registry: Registry, course_id: str, decision: Decision, reason: str | None = None, expected: Expected | None = None
) -> Outcome:
    return registry.review(course_id, decision, REVIEWER, reason=reason, expected=expected).outcome


def approve(registry: Registry, course_id: str) -> Outcome:
    return review(registry, course_id, Decision.APPROVED)


def shown(registry: Registry, course_id: str) -> tuple[str, Approval]:
    """Return what is recommended of a course: its title, and whether it may be."""
    course = next(course for course in seen(registry).courses if course.course_id == course_id)
    return course.title, course.approval


def test_a_new_course_waits_whoever_publishes_it(registry: Registry) -> None:
    for name, caller in (("x", Caller("k", "at-0")), ("y", Caller("k"))):
        assert put(registry, "course", name, by=caller, title="新课").approval is Approval.PENDING
        assert shown(registry, name) == ("新课", Approval.PENDING)


def test_an_approved_text_stays_while_another_waits(registry: Registry) -> None:
    edited = patch(registry, "course", "a", title="叉车进阶")

    assert (edited.record.title, edited.approval, edited.waiting) == ("叉车进阶", Approval.APPROVED, True)
    assert registry.record(KINDS["course"], "a").record.title == "叉车进阶"
    assert shown(registry, "a") == ("a", Approval.APPROVED)


@pytest.mark.parametrize("field", ["title", "description", "occupations", "credential"])
def test_every_part_of_the_text_is_reviewed(registry: Registry, field: str) -> None:
    assert patch(registry, "course", "a", **{field: "另一种说法"}).waiting


@pytest.mark.parametrize(
    ("field", "value"), [("skill_level", "技师"), ("duration_hours", 8), ("clusters", "robots"), ("provider", "学院")]
)
def test_what_is_no_text_changes_at_once(registry: Registry, field: str, value: object) -> None:
    patch(registry, "course", "a", title="叉车进阶")
    edited = patch(registry, "course", "a", **{field: value})

    assert edited.waiting
    assert shown(registry, "a") == ("a", Approval.APPROVED)
    assert getattr(next(c for c in seen(registry).courses if c.course_id == "a"), field) == getattr(
        edited.record, field
    )


def test_approving_shows_the_new_text(registry: Registry) -> None:
    patch(registry, "course", "a", title="叉车进阶")
    approved = approve(registry, "a")

    assert (approved.status, approved.waiting) == (Status.UPDATED, False)
    assert shown(registry, "a") == ("叉车进阶", Approval.APPROVED)


def test_rejecting_a_new_text_leaves_the_approved_one(registry: Registry) -> None:
    patch(registry, "course", "a", title="叉车进阶")
    rejected = review(registry, "a", Decision.REJECTED, "与内容不符")

    assert (rejected.record.title, rejected.approval, rejected.waiting) == ("a", Approval.APPROVED, False)
    assert shown(registry, "a") == ("a", Approval.APPROVED)


def test_an_approval_can_be_taken_back(registry: Registry) -> None:
    review(registry, "a", Decision.REJECTED, "投诉")
    assert shown(registry, "a") == ("a", Approval.REJECTED)


def test_going_back_to_the_approved_text_needs_no_review(registry: Registry) -> None:
    patch(registry, "course", "a", title="叉车进阶")
    assert not patch(registry, "course", "a", title="a").waiting
    assert registry.waiting(limit=10, offset=0)[1] == 1  # the small city's own


def test_a_rejected_course_waits_again_with_another_text_only(registry: Registry) -> None:
    review(registry, "c", Decision.REJECTED, "太短")
    assert patch(registry, "course", "c", duration_hours=8).approval is Approval.REJECTED
    assert patch(registry, "course", "c", description="焊接，四十学时").approval is Approval.PENDING


@pytest.mark.parametrize("reason", [None, "", " \n"])
def test_a_rejection_needs_a_reason(registry: Registry, reason: str | None) -> None:
    with pytest.raises(InvalidRequest) as refused:
        review(registry, "a", Decision.REJECTED, reason)
    assert refused.value.problems[0].field == "reason"
    assert shown(registry, "a") == ("a", Approval.APPROVED)


def test_deciding_the_same_again_changes_nothing(registry: Registry) -> None:
    before = registry.store.version()
    assert approve(registry, "a").status is Status.UNCHANGED
    assert registry.store.version() == before


def test_a_text_that_changed_since_the_reviewer_saw_it_is_not_approved(registry: Registry) -> None:
    saw = patch(registry, "course", "a", title="叉车进阶").version
    patch(registry, "course", "a", title="买彩票")
    with pytest.raises(StaleRecord):
        review(registry, "a", Decision.APPROVED, expected=Expected(frozenset({saw})))
    assert shown(registry, "a") == ("a", Approval.APPROVED)


def test_what_is_not_there_cannot_be_reviewed(registry: Registry) -> None:
    delete(registry, "course", "a")
    for name in ("a", "never"):
        with pytest.raises(NotFound):
            approve(registry, name)


def test_what_waits_is_listed_page_by_page(registry: Registry) -> None:
    patch(registry, "course", "b", title="电工进阶")
    put(registry, "course", "a-new", title="新课")
    delete(registry, "course", "c")
    put(registry, "course", "c", title="又来", description="焊接")
    pages = [registry.waiting(limit=2, offset=offset) for offset in (0, 2, 4)]
    found = [one for page, _ in pages for one in page]

    assert [one.submitted.record.course_id for one in found] == ["a-new", "b", "c"]
    assert [getattr(one.approved, "title", None) for one in found] == [None, "b", None]
    assert found[1].submitted.record.title == "电工进阶"
    assert {total for _, total in pages} == {3}


def test_deleting_a_course_ends_what_waited(registry: Registry) -> None:
    patch(registry, "course", "a", title="叉车进阶")
    delete(registry, "course", "a")
    restored = put(registry, "course", "a", title="a", description="叉车的驾驶和保养")

    assert (restored.approval, restored.waiting) == (Approval.APPROVED, False)
    assert not registry.record(KINDS["course"], "a").waiting
    assert registry.record(KINDS["course"], "a").record.title == "a"
    assert shown(registry, "a") == ("a", Approval.APPROVED)


def test_a_course_restored_with_another_text_waits(registry: Registry) -> None:
    delete(registry, "course", "a")
    put(registry, "course", "a", title="买彩票")
    assert shown(registry, "a") == ("买彩票", Approval.PENDING)


def test_the_whole_history_is_kept(registry: Registry) -> None:
    patch(registry, "course", "c", by=Caller("editor"), description="焊接入门")
    approve(registry, "c")
    patch(registry, "course", "c", by=Caller("editor"), title="焊工", duration_hours=8)
    review(registry, "c", Decision.REJECTED, "题目太短")
    put(registry, "course", "c", by=Caller("editor"), title="焊工上岗", description="焊接入门", duration_hours=8)
    approve(registry, "c")
    history = registry.history(KINDS["course"], "c")

    assert [(one.operation, one.key_id, dict(one.fields)) for one in history[1:]] == [
        (Operation.UPDATED, "editor", {"description": "焊接入门"}),
        (Operation.APPROVED, "reviewer", {}),
        (Operation.SUBMITTED, "editor", {"title": "焊工", "duration_hours": 8}),
        (Operation.REJECTED, "reviewer", {"reason": "题目太短"}),
        (Operation.SUBMITTED, "editor", {"title": "焊工上岗"}),
        (
            Operation.APPROVED,
            "reviewer",
            {"title": "焊工上岗", "description": "焊接入门", "occupations": [], "credential": None},
        ),
    ]
    assert [one.version for one in history] == sorted({one.version for one in history})
    assert all(one.written_at.tzinfo for one in history)
