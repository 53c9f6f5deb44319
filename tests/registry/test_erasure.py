"""A learner who is erased is gone: from rows, history, kept answers, kept snapshots, answers and the database's own files."""

import contextlib
import io
import json
import os
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from recommender.encoder import Encoder
from recommender.errors import NotFound, StaleRecord
from recommender.following import Follower
from recommender.language import Language
from recommender.registry import KINDS, Caller, Expected, Repeatable, Status, Synchroniser, SyncMode
from recommender.service import Service
from recommender.store import CatalogueStore, Operation
from tests.live import eventually
from tests.networks import TODAY
from tests.registry import model
from tests.registry.model import Fields
from tests.registry.worlds import (
    PLATFORM,
    StillWorkshop,
    as_json,
    delete,
    ids,
    patch,
    put,
    small_catalogue,
    write_files,
)

ID, GOAL, OTHER = "planted-7f3a", "想离开现在的工厂-planted", "other-9b2c"
BACK = {"learner_id": ID, "goal": "学电工"}


@pytest.fixture
def service(workshop: StillWorkshop, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """A service that two learners are known to, in two kept snapshots; as nobody follows, it is not waited for."""
    monkeypatch.setattr("recommender.service._PATIENCE_SECONDS", 0.0)
    service = Service(workshop)
    put(service.registry, "learner", ID, goal=GOAL, place="东山区")
    put(service.registry, "learner", OTHER, goal="叉车")
    service.catch_up()
    service.save()
    patch(service.registry, "learner", ID, goal=GOAL + "！")
    service.catch_up()
    service.save()
    service.forget()
    yield service
    service.close()


def sync(service: Service, lines: list[Fields], *, key: str | None = None) -> list[dict[str, Any]]:
    """Sync lines, all or nothing; return the answer's."""
    body = b"".join(json.dumps(line, ensure_ascii=False).encode() + b"\n" for line in lines)
    results = io.BytesIO()
    run = Synchroniser(service.registry, PLATFORM, results, language=Language.EN)
    run.run(io.BytesIO(body), SyncMode.ALL_OR_NOTHING, Repeatable(key, str(hash(body))) if key else None)
    return [json.loads(line) for line in results.getvalue().splitlines()]


def files_with(service: Service, *words: str) -> set[str]:
    """Return the files of the state folder, and of a SQLite database, in which a word stands."""
    found = set()
    for folder, _, names in os.walk(service.workshop.settings.state.parent):
        for name in names:
            with contextlib.suppress(FileNotFoundError):  # what is put aside for a moment
                content = (Path(folder) / name).read_bytes()
                found |= {name for word in words if word.encode() in content}
    return found


def kept_learners(service: Service) -> dict[str, list[str]]:
    folder = service.workshop.snapshots
    return {name: [one.learner_id for one in folder.catalogue(name).learners] for name in folder.versions()}


def test_nothing_of_an_erased_learner_is_left_in_any_file(service: Service) -> None:
    assert "catalogue.json" in files_with(service, ID)
    assert files_with(service, GOAL) >= {"catalogue.json"}
    erasure = service.erase(ID, PLATFORM)
    service.catch_up()
    service.save()

    assert files_with(service, ID, GOAL) == set()
    assert "catalogue.json" in files_with(service, OTHER)
    assert erasure.written.outcome.status is Status.DELETED
    assert dict(erasure.written.erased) == {"records": 1, "history_entries": 2, "sync_answers": 0}
    assert erasure.snapshots == 2


def test_kept_snapshots_stay_what_they_were_but_for_the_learner(service: Service, encoder: Encoder) -> None:
    folder, policy = service.workshop.snapshots, service.workshop.policy
    before = {
        name: folder.load(encoder, policy, name)
        for name in folder.versions()
        if folder.manifest(name).counts["learners"]
    }
    service.erase(ID, PLATFORM)

    assert len(before) == 2
    assert kept_learners(service).keys() >= before.keys()
    for name, old in before.items():
        new = folder.load(encoder, policy, name)
        assert [one.learner_id for one in new.network.learners] == [OTHER]
        assert new.instances.vectors.tobytes() == old.instances.vectors.tobytes()
        kept = old.learners.vectors[old.network.learner_row[OTHER]]
        assert new.learners.vectors.tobytes() == kept.tobytes()


def test_the_history_keeps_only_that_somebody_was_erased(service: Service) -> None:
    version = service.erase(ID, PLATFORM).written.catalogue_version
    last = service.store.changes_after(version - 1, limit=9)
    assert [(one.kind, one.record_id, one.operation) for one in last] == [("learners", "", Operation.ERASED)]
    with pytest.raises(NotFound) as refused:
        service.registry.history(KINDS["learner"], ID)
    assert ID not in str(refused.value)


def test_whoever_follows_notices_and_keeps_the_others_as_they_are(service: Service) -> None:
    before = service.store.load()
    service.erase(ID, PLATFORM)
    after = service.store.load_since(before)
    assert after == service.store.load()
    assert after.catalogue.learners == tuple(one for one in before.catalogue.learners if one.learner_id == OTHER)
    assert all(one in before.catalogue.learners for one in after.catalogue.learners)
    assert any(after.catalogue.learners[0] is one for one in before.catalogue.learners)
    assert after.catalogue.courses is before.catalogue.courses


def test_an_erased_learner_cannot_be_patched_and_is_another_when_put_again(service: Service) -> None:
    service.erase(ID, PLATFORM)
    with pytest.raises(NotFound):
        patch(service.registry, "learner", ID, goal="电工")
    with pytest.raises(NotFound):
        service.erase(ID, PLATFORM)
    back = put(service.registry, "learner", ID, goal="电工")
    assert (back.status, back.record.place) == (Status.CREATED, None)
    history = service.registry.history(KINDS["learner"], ID)
    assert [change.operation for change in history] == [Operation.CREATED]


def test_who_comes_back_is_not_put_into_old_snapshots(service: Service) -> None:
    delete(service.registry, "learner", ID)
    put(service.registry, "learner", ID, goal="电工")  # before anybody has looked at the snapshots
    service.catch_up()
    service.save()
    service.workshop.forget(service.store)
    assert files_with(service, GOAL) == set()
    kept = list(kept_learners(service).values())
    assert kept[0] == sorted([OTHER, ID])
    assert all(ID not in learners for learners in kept[1:])


def test_an_erasure_may_be_asked_for_in_a_certain_state_only(service: Service) -> None:
    with pytest.raises(StaleRecord):
        service.erase(ID, PLATFORM, expected=Expected(frozenset({1})))
    assert ids(service.registry, "learners") == {ID, OTHER}
    assert service.erase(ID, PLATFORM, expected=Expected()).snapshots == 2


def test_a_repeated_call_is_known_again_and_brings_nobody_back(service: Service) -> None:
    lines = [{"type": "learner", **BACK}, {"type": "learner", "learner_id": OTHER, "goal": "焊接"}]
    told = sync(service, lines, key="k")
    erasure = service.erase(ID, PLATFORM)
    again = sync(service, lines, key="k")

    assert erasure.written.erased["sync_answers"] == 1
    assert again == [{"line": 1, "type": "learner", "id": None, "status": "erased"}, *told[1:]]
    assert ids(service.registry, "learners") == {OTHER}
    assert files_with(service, ID) == set()


def test_a_sync_erases_as_well_and_its_own_kept_answer_forgets_whom(service: Service) -> None:
    gone = {"type": "learner", "action": "delete", "learner_id": ID}
    lines = [{"type": "learner", **BACK}, gone, {"type": "learner", **BACK}, gone]
    told = sync(service, lines, key="k")
    assert [(line["id"], line["status"]) for line in told[:-1]] == [
        (ID, status) for status in ("updated", "deleted", "created", "deleted")
    ]
    assert service.forget() == 2
    service.catch_up()
    assert files_with(service, ID, GOAL) == set()
    again = sync(service, lines, key="k")
    assert [(line["id"], line["status"]) for line in again[:-1]] == [(None, "erased")] * 4


def test_who_comes_back_within_a_sync_is_told_of(service: Service) -> None:
    lines = [{"type": "learner", "action": "delete", "learner_id": ID}, {"type": "learner", **BACK}]
    sync(service, lines, key="k")
    again = sync(service, lines, key="k")
    assert [(line["id"], line["status"]) for line in again[:-1]] == [(None, "erased"), (ID, "created")]
    assert [change.operation for change in service.registry.history(KINDS["learner"], ID)] == [Operation.CREATED]
    assert service.store.load().catalogue.learners[1].goal == BACK["goal"]


def test_an_import_that_lacks_a_learner_erases_them_too(workshop: StillWorkshop, tmp_path: Path) -> None:
    city = small_catalogue()
    people: Any = {
        (kind, getattr(one, name)): as_json(one)
        for kind, name in model.ID.items()
        for one in getattr(city, model.TABLE[kind])
    }
    people |= {("learner", name): {"learner_id": name, "goal": GOAL} for name in (ID, OTHER)}
    workshop.import_catalogue(write_files(tmp_path / "one.jsonl", people), today=TODAY)
    workshop.build()
    people.pop(("learner", ID))
    (tmp_path / "one.jsonl").unlink()
    people["learner", OTHER]["goal"] = "叉车"
    workshop.import_catalogue(write_files(tmp_path / "two.jsonl", people), today=TODAY, remove_missing=True)
    service = Service(workshop)
    assert files_with(service, ID) == set()
    assert next(iter(kept_learners(service).values())) == [OTHER]
    service.close()


def test_a_pinned_snapshot_is_rewritten_and_served_anew(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recommender.service._PATIENCE_SECONDS", 5.0)
    service.workshop.snapshots.pin(service.matcher.snapshot.version)
    service.catch_up()
    pinned = service.matcher.snapshot.version
    follower = Follower(service, refit_seconds=0)
    follower.start()
    erasure = service.erase(ID, PLATFORM)
    follower.stop()

    assert erasure.in_effect
    assert (service.matcher.snapshot.version, service.pinned) == (pinned, pinned)
    with pytest.raises(NotFound):
        service.matcher.recommend_to_learner(ID, today=TODAY)
    assert service.matcher.recommend_to_learner(OTHER, today=TODAY)["items"]


def test_what_is_not_in_effect_yet_is_said(service: Service) -> None:
    assert not service.erase(ID, PLATFORM).in_effect  # nobody follows


def test_another_machine_forgets_what_it_sees_erased_and_at_its_start(
    service: Service, encoder: Encoder, tmp_path: Path
) -> None:
    """Its state folder is its own; the database is the same."""
    state = tmp_path / "elsewhere"
    shutil.copytree(service.workshop.snapshots.path, state / "snapshots")
    settings = service.workshop.settings.model_copy(update={"state": state})
    elsewhere = Service(StillWorkshop(settings, encoder))
    follower = Follower(elsewhere, refit_seconds=0)
    service.erase(ID, PLATFORM)  # before it follows: it looks at everything first
    follower.start()
    eventually(lambda: files_with(elsewhere, ID) == set())
    service.erase(OTHER, PLATFORM)
    eventually(lambda: files_with(elsewhere, OTHER) == set())
    follower.stop()
    elsewhere.close()
    assert follower.faults == {}


def test_what_is_built_while_somebody_is_erased_is_saved_without_them(service: Service) -> None:
    old = service.matcher.snapshot
    service.workshop.snapshots.path.rename(service.workshop.snapshots.path.with_name("away"))
    shutil.rmtree(service.workshop.snapshots.path.with_name("away"))
    service.erase(ID, PLATFORM)
    service.workshop.save(old, service.store)
    assert kept_learners(service) == {old.version: [OTHER]}


def test_a_reader_keeps_the_log_of_writes_no_longer_than_it_reads(service: Service) -> None:
    """SQLite's own log is emptied as soon as whoever reads lets it be."""
    with service.store.read() as reading:
        assert reading.count("learners") == 2
        service.erase(ID, PLATFORM)
        lingers = "jinxue.db" in files_with(service, ID)
    if service.workshop.settings.store_url.startswith("sqlite"):
        assert lingers
    service.catch_up()
    assert service.forgets != lingers
    service.forget()
    assert service.forgets
    assert files_with(service, ID, GOAL) == set()


def test_a_damaged_snapshot_of_somebody_erased_is_removed(service: Service) -> None:
    newest, older, *_ = service.workshop.snapshots.versions()
    (service.workshop.snapshots.path / older / "instances.faiss").write_bytes(b"IxFI")
    service.erase(ID, PLATFORM)
    assert older not in service.workshop.snapshots.versions()
    assert newest in service.workshop.snapshots.versions()
    assert files_with(service, ID) == set()


def test_learners_of_before_the_first_write_stay_where_the_store_is_empty(service: Service, tmp_path: Path) -> None:
    with CatalogueStore(f"sqlite:///{tmp_path / 'empty.db'}") as empty:
        assert service.workshop.forget(empty).snapshots == 0
    assert any(ID in learners for learners in kept_learners(service).values())


def test_many_are_erased_at_once(service: Service) -> None:
    many = [f"many-{number:04}" for number in range(1_000)]
    sync(service, [{"type": "learner", "learner_id": name, "goal": "叉车"} for name in many], key="k")
    service.catch_up()
    service.save()
    sync(service, [{"type": "learner", "action": "delete", "learner_id": name} for name in many])
    assert service.forget() == 1
    assert files_with(service, "many-") == set()
    assert ids(service.registry, "learners") == {ID, OTHER}


def test_two_erasures_at_once_are_both_done(service: Service) -> None:
    works = [threading.Thread(target=service.erase, args=(name, Caller("k"))) for name in (ID, OTHER)]
    for work in works:
        work.start()
    service_ends = time.monotonic() + 10
    while any(work.is_alive() for work in works) and time.monotonic() < service_ends:
        service.catch_up()
        time.sleep(0.05)
    for work in works:
        work.join()
    assert files_with(service, ID, OTHER) == set()
    assert set(map(tuple, kept_learners(service).values())) == {()}
