"""Purging: what is old enough goes, everything younger stays, and the history says from where on it is whole."""

import datetime

import pytest

from recommender.access import Scope
from recommender.domain import Learner
from recommender.keyring import Bounds, KeyOffice
from recommender.registry import Caller, Registry
from recommender.registry.retention import purge
from recommender.store import CatalogueStore, KeptAnswer, Operation, Stored
from tests.registry.worlds import StillWorkshop, ids, patch, put

NOW = datetime.datetime.now(datetime.UTC)
LONG_AGO, LATELY = NOW - datetime.timedelta(days=800), NOW - datetime.timedelta(days=10)
BEFORE = NOW - datetime.timedelta(days=730)


def write(store: CatalogueStore, learner_id: str, at: datetime.datetime, goal: str = "学") -> int:
    """Write a learner at an instant; return the catalogue version."""
    with store.write(now=at) as transaction:
        transaction.put("learners", [Stored(Learner(learner_id=learner_id, goal=goal))])
        transaction.log("learners", learner_id, Operation.CREATED, {"goal": None})
        return transaction.version


def keep_answer(store: CatalogueStore, key: str, at: datetime.datetime) -> None:
    with store.write(now=at) as transaction:
        transaction.keep_answer(key, KeptAnswer("digest", 200, b"no answer as it would be packed"))


@pytest.fixture
def aged(registry: Registry) -> Registry:
    """A registry with learners, answers and keys from long ago and from lately."""
    store = registry.store
    write(store, "old", LONG_AGO)
    write(store, "young", LATELY)
    write(store, "kept-up", LONG_AGO)
    write(store, "kept-up", LATELY, "电工")
    for key, at in (("old", LONG_AGO), ("young", LATELY)):
        keep_answer(store, key, at)
    return registry


def kept_answers(store: CatalogueStore) -> set[str]:
    with store.read() as reading:
        return {key for key in ("old", "young") if reading.kept_answer(key, key_id=None)}


def test_learners_whom_nobody_has_written_since_are_erased(aged: Registry) -> None:
    purged = purge(aged.store, BEFORE, dry_run=False)
    assert purged["learners"] == 1
    assert ids(aged, "learners") == {"young", "kept-up"}
    assert aged.store.history("learners", "old") == []
    with aged.store.read() as reading:
        subject = reading.audit_hashes.subject("learner", "old")
        assert [one.action for one in reading.audit_entries(subject=subject, limit=9)] == ["erasure"]


def test_answers_kept_since_long_ago_go(aged: Registry) -> None:
    assert purge(aged.store, BEFORE, dry_run=False)["sync_answers"] == 1
    assert kept_answers(aged.store) == {"young"}


def test_a_dry_run_counts_the_same_and_changes_nothing(aged: Registry) -> None:
    version, before = aged.store.version(), aged.store.load()
    foreseen = purge(aged.store, BEFORE, dry_run=True)
    assert (aged.store.version(), aged.store.load()) == (version, before)
    assert kept_answers(aged.store) == {"old", "young"}
    assert purge(aged.store, BEFORE, dry_run=False) == foreseen
    assert not any(count for name, count in purge(aged.store, BEFORE, dry_run=False).items())


def test_history_goes_up_to_the_first_write_that_is_young_enough(registry: Registry) -> None:
    store = registry.store
    with store.read() as reading:
        assert reading.whole_since() == 1
    far = NOW + datetime.timedelta(days=2_000)  # when everything there is will be old
    version = store.version()
    assert version is not None
    write(store, "x", far)
    purged = purge(store, far - datetime.timedelta(days=1), dry_run=False)
    with store.read() as reading:
        assert reading.whole_since() == version.version + 1
        assert reading.latest == version.version + 1
    assert purged["history_entries"] > 5
    assert [change.record_id for change in store.changes_after(0, limit=9)] == ["x"]
    patch(registry, "course", "a", duration_hours=3)
    assert len(store.history("courses", "a")) == 1


def test_what_is_loaded_since_stays_right_over_a_purge(aged: Registry) -> None:
    before = aged.store.load()
    purge(aged.store, BEFORE, dry_run=False)
    put(aged, "learner", "old", goal="又来了")
    assert aged.store.load_since(before) == aged.store.load()


def test_keys_that_did_not_hold_any_more_go_and_their_ring_notices(registry: Registry) -> None:
    store = registry.store
    offices = [KeyOffice(store, lambda at=at: at) for at in (LONG_AGO, LATELY)]
    day = datetime.timedelta(days=1)
    expired = offices[0].create("expired", Bounds([Scope.ADMIN]), lifetime=day).key.key_id
    revoked = offices[0].create("revoked", Bounds([Scope.ADMIN]), lifetime=None).key.key_id
    holds = offices[0].create("holds", Bounds([Scope.ADMIN]), lifetime=None).key.key_id
    lately = offices[1].create("lately", Bounds([Scope.ADMIN]), lifetime=day).key.key_id
    offices[0].revoke(revoked)
    with store.read() as reading:
        before = reading.keys_state()
    assert purge(store, BEFORE, dry_run=False)["keys"] == 2
    with store.read() as reading:
        assert {key.key_id for key in reading.api_keys()} == {holds, lately}
        assert reading.keys_state() != before
        assert reading.audit_broken_at() is None
    assert expired


def test_the_kept_snapshots_forget_whom_a_purge_erased(workshop: StillWorkshop) -> None:
    with workshop.open_store() as store:
        write(store, "old", LONG_AGO)
        write(store, "young", LATELY)
    name = workshop.build().version
    workshop.purge(BEFORE, dry_run=True)
    assert len(workshop.snapshots.catalogue(name).learners) == 2
    assert workshop.purge(BEFORE)["learners"] == 1
    assert [one.learner_id for one in workshop.snapshots.catalogue(name).learners] == ["young"]


def test_a_purge_is_noted(registry: Registry) -> None:
    purge(registry.store, BEFORE, dry_run=False)
    put(registry, "learner", "x", by=Caller("k"), goal="学")
    with registry.store.read() as reading:
        assert [one.action for one in reading.audit_entries(limit=9)] == ["purge", "put"]
