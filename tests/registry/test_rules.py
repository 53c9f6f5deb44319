"""What a record may refer to, whose it is, and in which state a caller takes it to be."""

import pytest

from recommender.errors import InvalidRequest, JinxueError, NotFound, RecordConflict, StaleRecord
from recommender.registry import KINDS, Action, Caller, Decision, Edit, Expected, Registry, Status
from tests.registry.worlds import delete, ids, patch, put, seen

HERE, THERE = Caller("key-0", "at-0"), Caller("key-5", "at-5")


def together(registry: Registry, *edits: Edit) -> list[str | type[JinxueError]]:
    """Do edits in one transaction; return the status of each, or why it was refused."""
    with registry.store.write() as transaction:
        registrar = registry.registrar(transaction, Caller())
        outcomes = registrar.apply(edits)
        registrar.flush()
    return [type(one) if isinstance(one, JinxueError) else one.status.value for one in outcomes]


def course(name: str, *prerequisites: str) -> Edit:
    return Edit(KINDS["course"], name, Action.PUT, {"title": name, "prerequisites": list(prerequisites)})


def gone(kind: str, name: str) -> Edit:
    return Edit(KINDS[kind], name, Action.DELETE)


@pytest.mark.parametrize(
    ("kind", "fields", "field"),
    [
        ("course", {"title": "x", "prerequisites": ["a", "never"]}, "prerequisites"),
        ("course_instance", {"course_id": "never", "mode": "online"}, "course_id"),
        ("course_instance", {"course_id": "a", "mode": "at_site", "site_id": "never"}, "site_id"),
        ("learner", {"completed_course_ids": ["never", "a"]}, "completed_course_ids"),
    ],
)
def test_what_is_not_there_cannot_be_referred_to(
    registry: Registry, kind: str, fields: dict[str, object], field: str
) -> None:
    with pytest.raises(InvalidRequest, match="never") as refused:
        put(registry, kind, "x", **fields)
    assert [problem.field for problem in refused.value.problems] == [field]


def test_what_is_deleted_cannot_be_referred_to(registry: Registry) -> None:
    delete(registry, "course", "c")
    delete(registry, "site", "at-5")
    for kind, fields in (
        ("course", {"title": "x", "prerequisites": ["c"]}),
        ("course_instance", {"course_id": "c", "mode": "online"}),
        ("course_instance", {"course_id": "a", "mode": "at_site", "site_id": "at-5"}),
        ("learner", {"completed_course_ids": ["c"]}),
    ):
        with pytest.raises(InvalidRequest, match="deleted"):
            put(registry, kind, "x", **fields)


def test_a_provider_need_not_be_there_before(registry: Registry) -> None:
    put(registry, "course", "x", title="x", provider="新学院")
    put(registry, "course", "y", title="y", provider="新学院")
    assert [provider.name for provider in seen(registry).providers] == ["新学院"]


@pytest.mark.parametrize("prerequisites", [["a"], ["b"], ["c", "b"]])
def test_courses_cannot_require_one_another(registry: Registry, prerequisites: list[str]) -> None:
    put(registry, "course", "c", title="c", description="焊接", prerequisites=["b"])  # c requires b, b requires a
    before = seen(registry)
    with pytest.raises(InvalidRequest, match="circle") as refused:
        patch(registry, "course", "a", prerequisites=prerequisites)
    assert refused.value.problems[0].field == "prerequisites"
    assert seen(registry) == before


def test_a_ring_is_told_as_it_goes_round(registry: Registry) -> None:
    put(registry, "course", "c", title="c", description="焊接", prerequisites=["b"])
    with pytest.raises(InvalidRequest, match="a → c → b → a"):
        patch(registry, "course", "a", prerequisites=["c"])


def test_a_ring_is_seen_across_the_lines_of_one_transaction(registry: Registry) -> None:
    assert together(registry, course("x"), course("y", "x"), course("x", "y")) == ["created", "created", InvalidRequest]


def test_a_ring_that_was_opened_before_in_the_same_transaction_is_none(registry: Registry) -> None:
    assert together(registry, course("b"), course("a", "b")) == ["updated", "updated"]
    assert together(registry, gone("course", "b"), course("c"), course("a", "c")) == ["deleted", "updated", "updated"]


def test_restoring_a_course_cannot_close_a_ring(registry: Registry) -> None:
    delete(registry, "course", "a")
    with pytest.raises(InvalidRequest, match="circle"):
        put(registry, "course", "a", title="a", prerequisites=["b"])


def test_what_was_written_before_in_the_same_transaction_can_be_referred_to(registry: Registry) -> None:
    taught = Edit(KINDS["course_instance"], "x-1", Action.PUT, {"course_id": "x", "mode": "online"})
    assert together(registry, taught, course("x"), taught) == [InvalidRequest, "created", "created"]
    assert together(registry, gone("course", "x"), taught) == ["deleted", InvalidRequest]


def test_the_first_site_that_writes_a_course_owns_it(registry: Registry) -> None:
    put(registry, "course", "x", by=HERE, title="x")
    for refused in (
        lambda: put(registry, "course", "x", by=THERE, title="y"),
        lambda: patch(registry, "course", "x", by=THERE, duration_hours=1),
        lambda: delete(registry, "course", "x", by=THERE),
    ):
        with pytest.raises(RecordConflict, match="at-0") as conflict:
            refused()
        assert conflict.value.field == "course_id"
    assert patch(registry, "course", "x", by=HERE, duration_hours=8).status is Status.UPDATED


def test_the_platform_may_write_everything_and_leaves_it_to_its_owner(registry: Registry) -> None:
    put(registry, "course", "x", by=HERE, title="x")
    patch(registry, "course", "x", duration_hours=8)
    with pytest.raises(RecordConflict):
        patch(registry, "course", "x", by=THERE, duration_hours=9)


def test_a_class_belongs_to_the_site_that_teaches_it(registry: Registry) -> None:
    with pytest.raises(RecordConflict):
        patch(registry, "course_instance", "a-1", by=THERE, enrolled=1)
    with pytest.raises(RecordConflict):
        put(registry, "course_instance", "x", by=THERE, course_id="a", mode="at_site", site_id="at-0")
    with pytest.raises(RecordConflict):  # nor can it be carried off
        patch(registry, "course_instance", "a-1", by=THERE, site_id="at-5")
    assert patch(registry, "course_instance", "a-1", by=HERE, enrolled=1).status is Status.UPDATED


def test_a_site_writes_no_other_site(registry: Registry) -> None:
    for edit in (
        lambda: patch(registry, "site", "at-5", by=HERE, quality=0),
        lambda: delete(registry, "site", "at-5", by=HERE),
    ):
        with pytest.raises(RecordConflict):
            edit()


def test_a_site_that_is_not_there_writes_nothing_but_itself(registry: Registry) -> None:
    newcomer = Caller("key-9", "at-9")
    with pytest.raises(InvalidRequest, match="at-9"):
        put(registry, "course", "x", by=newcomer, title="x")
    put(registry, "site", "at-9", by=newcomer, name="新工场", kind="workshop")
    assert put(registry, "course", "x", by=newcomer, title="x").status is Status.CREATED


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("site", {"name": "x", "kind": "hub"}),
        ("course", {"title": "x"}),
        ("course_instance", {"course_id": "a", "mode": "online"}),
        ("learner", {"goal": "x"}),
        ("enterprise", {"name": "x"}),
    ],
)
@pytest.mark.parametrize("by", [Caller("k"), HERE])
def test_writing_the_same_again_changes_nothing(
    registry: Registry, kind: str, fields: dict[str, object], by: Caller
) -> None:
    name = "at-0" if kind == "site" else "x"
    first = put(registry, kind, name, by=by, **fields)
    version = registry.store.version()
    again = put(registry, kind, name, by=by, **fields)

    assert (again.status, again.version, registry.store.version()) == (Status.UNCHANGED, first.version, version)


def test_versions_rise_only_with_changes(registry: Registry) -> None:
    first = put(registry, "learner", "x", goal="x").version
    other = put(registry, "learner", "y", goal="y").version
    assert (other, registry.record(KINDS["learner"], "x").version) == (first + 1, first)
    assert patch(registry, "learner", "x", goal="z").version == other + 1


def test_an_edit_of_a_record_that_has_changed_is_refused(registry: Registry) -> None:
    saw = registry.record(KINDS["course_instance"], "a-1").version
    now = patch(registry, "course_instance", "a-1", enrolled=1).version
    with pytest.raises(StaleRecord) as stale:
        patch(registry, "course_instance", "a-1", expected=Expected(frozenset({saw})), enrolled=2)
    assert stale.value.version == now
    assert (
        patch(registry, "course_instance", "a-1", expected=Expected(frozenset({saw, now})), enrolled=2).version
        == now + 1
    )


@pytest.mark.parametrize(
    ("absent", "name", "fits"), [(False, "a", True), (False, "x", False), (True, "x", True), (True, "a", False)]
)
def test_any_and_absent_can_be_expected(registry: Registry, absent: bool, name: str, fits: bool) -> None:
    expected = Expected(absent=absent)
    edit = Edit(KINDS["course"], name, Action.PUT, {"title": "x"}, expected)
    if fits:
        registry.edit(edit, Caller())
    else:
        with pytest.raises(StaleRecord):
            registry.edit(edit, Caller())
    assert ids(registry, "courses") == {"a", "b", "c"} | ({name} if fits else set())


def test_a_tombstone_counts_as_absent(registry: Registry) -> None:
    delete(registry, "enterprise", put(registry, "enterprise", "x", name="x").record.enterprise_id)
    with pytest.raises(StaleRecord) as stale:
        registry.edit(Edit(KINDS["enterprise"], "x", Action.PUT, {"name": "x"}, Expected()), Caller())
    assert stale.value.version is None
    with pytest.raises(NotFound):
        registry.record(KINDS["enterprise"], "x")


def test_a_course_that_lost_a_prerequisite_can_still_be_changed(registry: Registry) -> None:
    delete(registry, "course", "a")
    assert patch(registry, "course", "b", duration_hours=8).status is Status.UPDATED


def test_a_learner_whose_course_was_deleted_can_still_be_changed(registry: Registry) -> None:
    put(registry, "learner", "x", goal="x", completed_course_ids=["a"])
    delete(registry, "course", "a")
    assert patch(registry, "learner", "x", goal="y").status is Status.UPDATED


@pytest.mark.parametrize("name", ["\x00", "\ud800"])
def test_nothing_goes_by_a_name_that_no_database_could_hold(registry: Registry, name: str) -> None:
    for look in (
        lambda: registry.record(KINDS["course"], name),
        lambda: registry.history(KINDS["course"], name),
        lambda: registry.digest(name),
        lambda: delete(registry, "course", name),
        lambda: registry.review(name, Decision.APPROVED, Caller(), reason=None, expected=None),
    ):
        with pytest.raises(NotFound):
            look()


@pytest.mark.parametrize("since", ["", "x", "-1", "1:", ":1", "1:2:3", "1.0", "²", "9" * 20, "9" * 30, "1:" + "9" * 12])
def test_since_is_a_version_or_where_an_answer_ended(registry: Registry, since: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        registry.changes(since, limit=1)
    assert refused.value.problems[0].field == "since"
