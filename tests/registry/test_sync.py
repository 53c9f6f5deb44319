"""A stream of edits: all of it or nothing, or line by line; and to send it again does no harm."""

import io
import json
import threading
from typing import Any

import pytest

from recommender.errors import InvalidRequest
from recommender.language import Language
from recommender.registry import Caller, Registry, Repeatable, Synced, Synchroniser, SyncMode, SyncRefused
from recommender.registry.sync import CHUNK
from tests.registry.worlds import delete, ids, patch, put, seen

AT_ONCE, BY_LINE = SyncMode.ALL_OR_NOTHING, SyncMode.LINE_BY_LINE
MODES = pytest.mark.parametrize("mode", list(SyncMode))
Told = list[dict[str, Any]]


def body(*lines: dict[str, Any] | bytes) -> bytes:
    return b"".join(
        (one if isinstance(one, bytes) else json.dumps(one, ensure_ascii=False).encode()) + b"\n" for one in lines
    )


def learner(name: str, **fields: Any) -> dict[str, Any]:
    return {"type": "learner", "learner_id": name, **fields}


def sync(
    registry: Registry,
    content: bytes,
    mode: SyncMode,
    *,
    caller: Caller | None = None,
    key: str | None = None,
    language: Language = Language.EN,
) -> tuple[Synced, Told]:
    results = io.BytesIO()
    run = Synchroniser(registry, caller or Caller("sync-key"), results, language=language)
    done = run.run(io.BytesIO(content), mode, Repeatable(key, str(hash(content))) if key else None)
    return done, [json.loads(line) for line in results.getvalue().splitlines()]


@MODES
def test_every_line_has_a_result_and_the_end_a_summary(registry: Registry, mode: SyncMode) -> None:
    version = registry.store.load().version.version
    done, told = sync(
        registry,
        body(
            learner("x", goal="电工"),
            {"type": "course_instance", "action": "patch", "instance_id": "a-1", "enrolled": 4},
            {
                "type": "course",
                "action": "put",
                "course_id": "a",
                "title": "叉车进阶",
                "description": "叉车的驾驶和保养",
            },
            {"type": "course", "action": "delete", "course_id": "b"},
            {"type": "enterprise", "action": "delete", "enterprise_id": "x"} if mode is BY_LINE else learner("y"),
            learner("x", goal="电工"),
        ),
        mode,
    )
    last, new = told[4], {"version": version + 1}
    course = {"type": "course", "approval": "approved", **new}
    assert told[:4] == [
        {"line": 1, "type": "learner", "id": "x", "status": "created", **new},
        {"line": 2, "type": "course_instance", "id": "a-1", "status": "updated", **new},
        {"line": 3, **course, "id": "a", "status": "updated", "waiting": True},
        {"line": 4, **course, "id": "b", "status": "deleted", "waiting": False, "hides": {"course_instances": 1}},
    ]
    assert last["status"] == ("refused" if mode is BY_LINE else "created")
    assert told[5]["status"] == "unchanged"
    assert told[6] == {
        "summary": {"mode": mode.value, "lines": 6, "counts": dict(done.counts), "catalogue_version": version + 1}
    }
    assert sum(done.counts.values()) == 6
    assert registry.store.load().version.version == done.catalogue_version == version + 1


def test_one_wrong_line_is_the_end_of_all(registry: Registry) -> None:
    before = registry.store.load()
    good = [learner(f"x{number}", goal="电工") for number in range(CHUNK + 5)]
    content = body(
        *good,
        b'{"type": ',
        learner("y", place="月球", colour="red"),
        {"type": "course", "action": "delete", "course_id": "a"},
    )
    with pytest.raises(SyncRefused) as refused:
        sync(registry, content, AT_ONCE)

    faults = refused.value.faults
    assert [(fault.line, [problem.field for problem in fault.problems]) for fault in faults] == [
        (CHUNK + 6, ["line"]),
        (CHUNK + 7, ["colour", "place"]),
    ]
    assert refused.value.refused == 2
    assert registry.store.load() == before
    assert registry.store.changes_after(before.version.version, 2**31 - 1, limit=1) == []


def test_line_by_line_the_right_ones_are_done(registry: Registry) -> None:
    done, told = sync(registry, body(learner("x"), b"nonsense", learner("y", colour=1), learner("z")), BY_LINE)

    assert ids(registry, "learners") == {"x", "z"}
    assert done.counts == {"created": 2, "refused": 2}
    assert told[1]["line"] == 2
    assert "type" not in told[1]
    assert told[1]["errors"][0]["field"] == "line"
    assert told[2]["errors"] == [{"field": "colour", "message": "There is no such field; check its spelling."}]


def test_errors_are_in_the_language_asked_for(registry: Registry) -> None:
    _, told = sync(registry, body(learner("x", colour=1)), BY_LINE, language=Language.ZH)
    assert told[0]["errors"][0]["message"] == "没有这个字段，请检查拼写。"


@MODES
def test_lines_may_refer_to_lines_before_them(registry: Registry, mode: SyncMode) -> None:
    course, taught = (
        {"type": "course", "course_id": "x", "title": "x"},
        {"type": "course_instance", "instance_id": "x-1", "course_id": "x", "mode": "online"},
    )
    fill = [
        learner(f"fill-{number}") for number in range(CHUNK - 1)
    ]  # the class stands in another chunk than its course
    done, _ = sync(registry, body(course, *fill, taught, {**course, "action": "delete"}), mode)
    assert done.counts == {"created": CHUNK + 1, "deleted": 1}
    assert "x-1" not in ids(registry, "course_instances")


def test_a_line_before_what_it_refers_to_is_refused(registry: Registry) -> None:
    taught = {"type": "course_instance", "instance_id": "x-1", "course_id": "x", "mode": "online"}
    done, _ = sync(registry, body(taught, {"type": "course", "course_id": "x", "title": "x"}, taught), BY_LINE)
    assert done.counts == {"created": 2, "refused": 1}


def test_a_site_may_write_only_what_is_its_own(registry: Registry) -> None:
    _, told = sync(
        registry,
        body(
            {"type": "course_instance", "action": "patch", "instance_id": "b-1", "enrolled": 1},
            {"type": "course_instance", "action": "patch", "instance_id": "a-1", "enrolled": 1},
            {"type": "site", "action": "delete", "site_id": "at-5"},
        ),
        BY_LINE,
        caller=Caller("k", "at-0"),
    )
    assert [line["status"] for line in told[:-1]] == ["refused", "updated", "refused"]
    assert told[0]["errors"][0]["field"] == "instance_id"


def test_nothing_at_all_is_an_answer(registry: Registry) -> None:
    version = registry.store.load().version.version
    for mode in SyncMode:
        done, told = sync(registry, b"\n \n", mode)
        assert (done.counts, done.catalogue_version, len(told)) == ({}, version, 1)


@MODES
def test_the_version_does_not_rise_without_a_change(registry: Registry, mode: SyncMode) -> None:
    content = body(learner("x", goal="电工"))
    first, again = sync(registry, content, mode)[0], sync(registry, content, mode)[0]
    assert (again.catalogue_version, again.counts) == (first.catalogue_version, {"unchanged": 1})


@pytest.mark.parametrize(
    "line",
    [
        learner("\x00"),
        {"type": "course_instance", "instance_id": "x", "course_id": "\x00", "mode": "online"},
        b'{"type": "learner", "learner_id": "\\ud800"}',
        b'{"type": "course_instance", "instance_id": "x", "course_id": "\\udfff", "mode": "online"}',
        b'{"type": "learner", "learner_id": "x", "\\ud800": 1}',
        {"type": "learner", "action": "delete", "learner_id": "\x00"},
        {"type": "course", "action": "patch", "course_id": "\x00", "title": "x"},
        *(
            b'{"type": "course", "course_id": "x", "%s": %s}' % (field, start * depth + b"1" + end * depth)
            for depth in (400, 600, 800)
            for field, start, end in ((b"title", b'{"a":', b"}"), (b"occupations", b"[", b"]"), (b"colour", b"[", b"]"))
        ),
        b'{"type": "site", "site_id": "x", "name": "x", "kind": "hub", "latitude": 1e999, "longitude": 1}',
    ],
)
def test_no_line_keeps_others_from_being_done(registry: Registry, line: dict[str, Any] | bytes) -> None:
    _, told = sync(registry, body(learner("one"), line, learner("two")), BY_LINE)
    assert [one["status"] for one in told[:-1]] == ["created", "refused", "created"]
    assert {"one", "two"} <= ids(registry, "learners")


@MODES
def test_a_repeated_call_does_nothing_and_is_answered_as_before(registry: Registry, mode: SyncMode) -> None:
    content = body(
        learner("x", goal="电工"), {"type": "course_instance", "action": "patch", "instance_id": "a-1", "enrolled": 4}
    )
    first, told = sync(registry, content, mode, key="k")
    patch(registry, "course_instance", "a-1", enrolled=9)
    delete(registry, "learner", "x")
    before = registry.store.load()
    again, told_again = sync(registry, content, mode, key="k")

    assert (first.replayed, again.replayed) == (False, True)
    erased = {"line": 1, "type": "learner", "id": None, "status": "erased"}
    assert told_again == [erased, *told[1:]]  # the rest word by word; of whom was erased meanwhile nothing
    assert (again.counts, again.catalogue_version) == (first.counts, first.catalogue_version)
    assert registry.store.load() == before


@MODES
def test_a_key_cannot_be_used_for_something_else(registry: Registry, mode: SyncMode) -> None:
    sync(registry, body(learner("x")), mode, key="k")
    with pytest.raises(InvalidRequest) as refused:
        sync(registry, body(learner("y")), mode, key="k")
    assert refused.value.problems[0].field == "Idempotency-Key"
    assert ids(registry, "learners") == {"x"}


def test_a_key_is_its_callers_own(registry: Registry) -> None:
    sync(registry, body(learner("x")), AT_ONCE, key="k", caller=Caller("one"))
    done, _ = sync(registry, body(learner("y")), AT_ONCE, key="k", caller=Caller("two"))
    assert (done.replayed, ids(registry, "learners")) == (False, {"x", "y"})


def test_a_refused_call_may_be_mended_and_sent_under_the_same_key(registry: Registry) -> None:
    with pytest.raises(SyncRefused):
        sync(registry, body(learner("x"), b"nonsense"), AT_ONCE, key="k")
    assert sync(registry, body(learner("x")), AT_ONCE, key="k")[0].counts == {"created": 1}


@MODES
def test_two_calls_at_once_under_one_key_are_one(registry: Registry, mode: SyncMode) -> None:
    put(registry, "learner", "before", goal="电工")
    version = registry.store.load().version.version
    content = body(*(learner(f"x{number}", goal="电工") for number in range(3)))
    ready, answers = threading.Barrier(4), []

    def call() -> None:
        ready.wait()
        answers.append(sync(registry, content, mode, key="k"))

    threads = [threading.Thread(target=call) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 4
    assert {done.catalogue_version for done, _ in answers} == {version + 1}
    assert registry.store.load().version.version == version + 1
    if mode is AT_ONCE:
        assert [done.replayed for done, _ in answers].count(False) == 1
        assert all(told == answers[0][1] for _, told in answers)


def test_edits_at_once_by_several_callers_are_all_there(registry: Registry) -> None:
    def write(name: str) -> None:
        for number in range(5):
            sync(registry, body(learner(f"{name}-{number}")), BY_LINE)

    threads = [threading.Thread(target=write, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ids(registry, "learners")) == 15
    versions = [change.version for change in registry.store.changes_after(1, 2**31 - 1, limit=100)]
    assert versions == sorted(set(versions))
    assert len(seen(registry).learners) == 15
