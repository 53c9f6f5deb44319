"""What is noted in the audit log: every write that changed something, a sync once, and nothing else."""

import io
import json

import pytest

from recommender.language import Language
from recommender.registry import Action, Caller, Decision, Registry, Synchroniser, SyncMode, SyncRefused
from recommender.registry.export import export
from tests.networks import TODAY
from tests.registry.worlds import PLATFORM, StillWorkshop, delete, patch, put

NOTED = tuple[str, str | None]


def noted(registry: Registry) -> list[NOTED]:
    """Return action and kind of everything that was noted."""
    with registry.store.read() as reading:
        assert reading.audit_broken_at() is None
        return [(one.action, one.kind) for one in reading.audit_entries(limit=1_000_000)]


def sync(registry: Registry, lines: list[dict[str, object]], mode: SyncMode) -> None:
    body = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
    Synchroniser(registry, Caller("k"), io.BytesIO(), language=Language.EN).run(io.BytesIO(body), mode)


def test_every_edit_that_changes_something_is_noted(registry: Registry) -> None:
    put(registry, "site", "new", name="新", kind="hub")
    put(registry, "site", "new", name="新", kind="hub")
    patch(registry, "site", "new", name="又新")
    delete(registry, "site", "new")
    delete(registry, "site", "new")
    assert noted(registry) == [(action.value, "site") for action in Action]


def test_a_review_is_noted_once_it_decides(registry: Registry) -> None:
    for _ in range(2):
        registry.review("c", Decision.APPROVED, Caller("reviewer"), reason=None, expected=None)
    assert noted(registry) == [("review", "course")]


def test_an_erasure_and_an_export_are_noted_of_the_learner(registry: Registry) -> None:
    put(registry, "learner", "x", goal="电工")
    export(registry.store, "x", PLATFORM)
    delete(registry, "learner", "x")
    with registry.store.read() as reading:
        subject = reading.audit_hashes.subject("learner", "x")
        mine = reading.audit_entries(subject=subject, limit=10)
    assert [(one.action, one.key_id) for one in mine] == [
        (action, "platform-key") for action in ("put", "export", "erasure")
    ]
    assert len(noted(registry)) == 3


def test_a_sync_is_noted_once_a_transaction(registry: Registry) -> None:
    lines = [{"type": "learner", "learner_id": f"learner-{number}", "goal": "学"} for number in range(1_200)]
    sync(registry, lines, SyncMode.ALL_OR_NOTHING)
    assert noted(registry) == [("sync", None)]
    sync(registry, [{**line, "goal": "电工"} for line in lines], SyncMode.LINE_BY_LINE)
    assert noted(registry) == [("sync", None)] * 4


def test_a_sync_that_does_nothing_is_not_noted(registry: Registry) -> None:
    line = {"type": "learner", "learner_id": "x", "goal": "学"}
    with pytest.raises(SyncRefused):
        sync(registry, [line, {"type": "learner"}], SyncMode.ALL_OR_NOTHING)
    assert noted(registry) == []
    put(registry, "learner", "x", goal="学")
    sync(registry, [line], SyncMode.LINE_BY_LINE)
    assert noted(registry) == [("put", "learner")]


def test_learners_whom_a_sync_erases_are_noted_one_by_one(registry: Registry) -> None:
    names = [f"learner-{number}" for number in range(20)]
    sync(registry, [{"type": "learner", "learner_id": name, "goal": "学"} for name in names], SyncMode.ALL_OR_NOTHING)
    gone = [{"type": "learner", "action": "delete", "learner_id": name} for name in names]
    sync(registry, gone, SyncMode.ALL_OR_NOTHING)
    assert noted(registry) == [("sync", None), *[("erasure", "learner")] * 20, ("sync", None)]


def test_an_import_is_noted(workshop: StillWorkshop) -> None:
    workshop.import_catalogue(None, today=TODAY, remove_missing=True, dry_run=True)
    workshop.import_catalogue(None, today=TODAY, remove_missing=True)
    with workshop.open_store() as store, store.read() as reading:
        assert [one.action for one in reading.audit_entries(limit=9)] == ["import"]
