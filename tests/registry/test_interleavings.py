"""Random interleavings of writes, reviews, syncs, imports, builds and reads are what a plain model says, on both kinds of database.

`INTERLEAVINGS=500 pytest tests/registry/test_interleavings.py` tries more of them than the suite does.
"""

import contextlib
import copy
import dataclasses
import io
import json
import os
import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from recommender.domain import Catalogue
from recommender.encoder import Encoder
from recommender.errors import CatalogueError, InvalidRequest, JinxueError, StaleRecord
from recommender.language import Language
from recommender.registry import (
    KINDS,
    Action,
    Caller,
    Decision,
    Edit,
    Expected,
    Outcome,
    Repeatable,
    Synchroniser,
    SyncMode,
    SyncRefused,
)
from recommender.requests import EnterpriseRequest, LearnerRequest
from recommender.service import Service
from recommender.settings import Settings
from recommender.snapshot import Snapshot, build_snapshot
from tests import handmade
from tests.agreement import differences, twin_of
from tests.networks import TODAY
from tests.registry.asking import EXPECTATIONS, IDS, random_edit, random_files, random_speaker
from tests.registry.model import ID, TABLE, Asked, Fields, Key, Model, Said, without_erased
from tests.registry.worlds import StillWorkshop, as_json, small_catalogue, write_files

EXAMPLES = int(os.environ.get("INTERLEAVINGS", "12"))
KINDS_OF = {table: kind for kind, table in TABLE.items()}
Visible = dict[str, list[Fields]]
REQUESTS = (
    LearnerRequest(goal="叉车驾驶", k=100),
    LearnerRequest(goal="电工", skill_level="中级工", location={"place": "东山区"}, maximum_distance_km=3, k=2),
    EnterpriseRequest(needs="焊接", industry="robots", headcount=3, k=100),
)
RANDOM = st.integers(0, 2**32 - 1).map(Random)
NewDatabase = Callable[[], AbstractContextManager[str]]


class Interleavings(RuleBasedStateMachine):
    def __init__(self, new_database: NewDatabase, encoder: Encoder) -> None:
        super().__init__()
        self.stack = contextlib.ExitStack()
        self.folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        url = self.stack.enter_context(new_database())
        self.workshop = StillWorkshop(Settings(state=self.folder / "state", database_url=url), encoder)
        self.encoder, self.model = encoder, Model()
        self.store = self.stack.enter_context(self.workshop.open_store())
        self.seen: dict[int, Visible] = {}  # what could be seen, by catalogue version
        self.kept: dict[
            str, tuple[bytes, bytes, int]
        ] = {}  # what was sent under a key, what was answered, how many were erased by then

    @initialize()
    def begin(self) -> None:
        catalogue = small_catalogue()
        records = {
            (kind, getattr(one, name)): as_json(one)
            for kind, name in ID.items()
            for one in getattr(catalogue, TABLE[kind])
        }
        records |= {
            ("learner", "li"): {"learner_id": "li", "goal": "想学叉车"},
            ("enterprise", "works"): {"enterprise_id": "works", "name": "厂"},
        }
        self.take_in(records, remove_missing=False, dry_run=False)
        self.service = Service(self.workshop)
        self.note_fit()

    def teardown(self) -> None:
        if hasattr(self, "service"):
            self.look_everything_up()
            self.service.close()
        self.stack.close()

    # --- writes

    @rule(rng=RANDOM, count=st.integers(10, 40))
    def write(self, rng: Random, count: int) -> None:
        for _ in range(count):
            self.write_one(random_edit(rng), random_speaker(rng), rng.choice(EXPECTATIONS))

    def write_one(self, edit: Asked, speaker: str | None, expects: str | None) -> None:
        kept = self.model.living(edit.kind, edit.id)
        versions = {"present": kept.version if kept else 999, "older": kept.version - 1 if kept else 999}
        wanted = versions.get(expects, expects) if expects else None
        sent = Edit(KINDS[edit.kind], edit.id, edit.action, edit.written, _expected(wanted))
        if self.model.stale(edit, wanted):
            assert isinstance(self.tried(sent, speaker), StaleRecord)
            return
        (said,) = self.model.write([edit], speaker, "key-1", at_once=True)
        done = self.tried(sent, speaker)
        self.note()
        self.check(edit, said, done.outcome if not isinstance(done, JinxueError) else done)
        if not isinstance(done, JinxueError):
            assert done.catalogue_version == self.model.version

    def tried(self, edit: Edit, speaker: str | None) -> Any:
        try:
            return self.service.registry.edit(edit, Caller("key-1", speaker))
        except JinxueError as error:
            return error

    def check(self, edit: Asked, said: Said, done: Outcome | JinxueError) -> None:
        """Compare what became of an edit with what should have."""
        if said.refusals:
            assert type(done) in said.refusals, (edit, done)
            return
        assert isinstance(done, Outcome), (edit, done)
        kept = self.model.records.get((edit.kind, edit.id))
        if kept is None:  # a learner, erased
            assert (done.status, done.hides, done.version) == (said.status, {}, self.model.version)
            return
        assert (done.status, dict(done.hides)) == (said.status, said.hides)
        assert done.version == kept.version
        if not kept.deleted:
            assert _told(edit.kind, done) == (kept.submitted, kept.approval, kept.waiting is not None)

    @rule(rng=RANDOM, count=st.integers(2, 6))
    def review(self, rng: Random, count: int) -> None:
        for _ in range(count):
            reason = rng.choice(("内容不符", "内容不符", None))
            self.review_one(rng.choice(IDS["course"]), rng.choice(tuple(Decision)), reason, mistaken=rng.random() < 0.2)

    def review_one(self, course_id: str, decision: Decision, reason: str | None, *, mistaken: bool) -> None:
        kept = self.model.living("course", course_id)
        reason = reason or ("" if decision is Decision.APPROVED else None)
        expected = Expected(frozenset({0 if mistaken else kept.version})) if kept else None
        caller = Caller("reviewer-key")
        if kept and mistaken and (reason or decision is Decision.APPROVED):
            with pytest.raises(StaleRecord):
                self.service.registry.review(course_id, decision, caller, reason=reason, expected=expected)
            return
        said = self.model.review(course_id, decision.value, reason, "reviewer-key")
        if said.refusals:
            with pytest.raises(tuple(said.refusals)):
                self.service.registry.review(course_id, decision, caller, reason=reason, expected=expected)
        else:
            done = self.service.registry.review(course_id, decision, caller, reason=reason, expected=expected)
            assert (done.outcome.status, done.catalogue_version) == (said.status, self.model.version)
        self.note()

    @rule(rng=RANDOM, count=st.integers(1, 6), mode=st.sampled_from(tuple(SyncMode)))
    def sync(self, rng: Random, count: int, mode: SyncMode) -> None:
        asked, speaker = [random_edit(rng) for _ in range(count)], random_speaker(rng)
        key, nonsense = rng.choice((None, None, "one", "two")), rng.random() < 0.1
        lines = [_line(edit) for edit in asked] + [b'{"type": "course",\n'] * nonsense
        body = b"".join(lines)
        if key in self.kept:
            self.repeat(key, body, mode, speaker)
            return
        results, at_once = io.BytesIO(), mode is SyncMode.ALL_OR_NOTHING
        said = [] if nonsense and at_once else self.model.write(asked, speaker, "sync-key", at_once=at_once)
        wrong = [number for number, each in enumerate(said, 1) if each.refusals]
        if at_once and (wrong or nonsense):
            with pytest.raises(SyncRefused) as refused:
                self.synchronise(body, mode, speaker, key, results)
            assert nonsense or [fault.line for fault in refused.value.faults] == wrong
        else:
            done = self.synchronise(body, mode, speaker, key, results)
            assert done.catalogue_version == self.model.version
            self.compare_results(results, asked, said, nonsense)
            if key:
                self.kept[key] = body, results.getvalue(), len(self.model.erased)
        self.note()

    def repeat(self, key: str, body: bytes, mode: SyncMode, speaker: str | None) -> None:
        """Use a key again, with what was sent under it and with something else: neither does anything."""
        sent, answered, erased = self.kept[key]
        if body != sent:
            with pytest.raises(InvalidRequest, match="Idempotency-Key"):
                self.synchronise(body, mode, speaker, key, io.BytesIO())
        results = io.BytesIO()
        assert self.synchronise(sent, mode, speaker, key, results).replayed
        told = [json.loads(line) for line in results.getvalue().splitlines()]
        assert told == without_erased(answered, self.model.erased[erased:])
        self.note()

    def synchronise(
        self, body: bytes, mode: SyncMode, speaker: str | None, key: str | None, results: io.BytesIO
    ) -> Any:
        run = Synchroniser(self.service.registry, Caller("sync-key", speaker), results, language=Language.EN)
        return run.run(io.BytesIO(body), mode, Repeatable(key, str(hash(body))) if key else None)

    def compare_results(self, results: io.BytesIO, asked: list[Asked], said: list[Said], nonsense: bool) -> None:
        told = [json.loads(line) for line in results.getvalue().splitlines()]
        statuses = ["refused" if each.refusals else each.status for each in said] + ["refused"] * nonsense
        assert [line["status"] for line in told[:-1]] == statuses
        named = [(line.get("type"), line.get("id")) for line in told[: len(asked)]]
        assert named == [(edit.kind, edit.id) for edit in asked]
        assert told[-1]["summary"]["counts"] == Counter(statuses)

    @rule(rng=RANDOM, remove_missing=st.booleans(), dry_run=st.booleans())
    def take_in_files(self, rng: Random, remove_missing: bool, dry_run: bool) -> None:
        self.take_in(random_files(rng), remove_missing=remove_missing, dry_run=dry_run)
        if rng.random() < 0.3:
            self.take_in_another_city(rng)

    def take_in(self, found: dict[Key, Fields], *, remove_missing: bool, dry_run: bool) -> None:
        path = write_files(self.folder / "files.jsonl", found)
        model = copy.deepcopy(self.model)
        counts = model.take_in(found, remove_missing=remove_missing)
        imported = self.workshop.import_catalogue(path, today=TODAY, remove_missing=remove_missing, dry_run=dry_run)
        assert imported.merge is not None
        told = {what: sum(imported.merge.counts[TABLE[kind]].get(what, 0) for kind in ID) for what in counts}
        assert told == counts
        if not dry_run:
            self.model = model
        assert imported.version == self.model.version
        self.note()

    def take_in_another_city(self, rng: Random) -> None:
        places = [
            dataclasses.replace(place, place_id=f"other-{place.place_id}", parent_id=None)
            for place in handmade.PLACES[:1]
        ]
        path = write_files(self.folder / "other.jsonl", random_files(rng), places=places)
        with pytest.raises(CatalogueError) as refused:
            self.workshop.import_catalogue(path, today=TODAY)
        assert "another city" in refused.value.problems[0].message.en
        self.note()

    # --- builds

    @rule()
    def build(self) -> None:
        snapshot = self.workshop.build()
        self.note_fit()
        assert snapshot.catalogue_version == self.model.version
        assert self.workshop.snapshots.current() == snapshot.version

    @rule(refits=st.booleans())
    def keep_up(self, refits: bool) -> None:
        """What a service does now and then by itself."""
        if refits:
            self.service.refit()
            self.note_fit()
        self.service.save()
        assert self.service.saved

    @rule(position=st.integers(0, 4))
    def pin(self, position: int) -> None:
        if versions := self.workshop.snapshots.versions():
            self.workshop.snapshots.pin(versions[position % len(versions)])

    @precondition(lambda self: self.workshop.snapshots.pinned() is not None)
    @rule()
    def release(self) -> None:
        self.workshop.snapshots.release()
        self.catch_up()

    @rule(saved=st.booleans())
    def restart(self, saved: bool) -> None:
        if saved:
            self.service.save()
        self.service.close()
        self.service = Service(self.workshop)
        self.note_fit()
        self.check_present()

    @rule(elsewhere=st.booleans())
    def forget(self, elsewhere: bool) -> None:
        """Nothing is left of whom somebody erased in the kept snapshots, and of everybody else all is."""
        if elsewhere:
            self.workshop.forget(self.store)
        else:
            self.service.forget()
        for name in self.workshop.snapshots.versions():
            version = self.workshop.snapshots.manifest(name).catalogue_version
            stand = self.model.standing(self.seen[version]["learner"], version)
            assert [as_json(one) for one in self.workshop.snapshots.catalogue(name).learners] == stand

    # --- reads

    @rule()
    def catch_up(self) -> None:
        before = self.service.matcher
        assert self.service.catch_up() == (self.service.matcher is not before)
        self.check_present()
        assert not self.service.catch_up()

    @rule(request=st.sampled_from(REQUESTS))
    def ask(self, request: LearnerRequest | EnterpriseRequest) -> None:
        """Whatever has been written since, an answer is that of one version: of the records as they were then."""
        matcher = self.service.matcher
        fresh = self.fresh(matcher.snapshot)
        assert matcher.snapshot.version == fresh.version
        assert differences(matcher, twin_of(fresh), request, today=TODAY) == []
        courses = self.seen[matcher.snapshot.catalogue_version]["course"]
        titles = {one["course_id"]: one["title"] for one in courses if one["approval"] == "approved"}
        shown = {
            i["course"]["course_id"]: i["course"]["title"] for i in matcher.recommend(request, today=TODAY)["items"]
        }
        assert shown.items() <= titles.items()

    @rule()
    def look_everything_up(self) -> None:
        """Records, history, the feed of changes, what waits, and digests."""
        self.look_up_records()
        self.look_up_history()
        registry = self.service.registry
        wait = {
            n: k for n, k in self.model.of_kind("course").items() if k.approval == "pending" or k.waiting is not None
        }
        waiting, total = registry.waiting(limit=100, offset=0)
        assert [(w.submitted.record.course_id, w.approved is not None) for w in waiting] == [
            (name, kept.waiting is not None) for name, kept in sorted(wait.items())
        ]
        assert total == len(wait)
        for site_id in self.model.of_kind("site"):
            digest = registry.digest(site_id)
            assert (digest.content, digest.catalogue_version) == (self.model.digest(site_id), self.model.version)

    def look_up_records(self) -> None:
        for kind, names in IDS.items():
            for name in names:
                kept = self.model.living(kind, name)
                if kept is None:
                    with pytest.raises(JinxueError):
                        self.service.registry.record(KINDS[kind], name)
                else:
                    found = self.service.registry.record(KINDS[kind], name)
                    assert _told(kind, found) == (kept.submitted, kept.approval, kept.waiting is not None)
                    assert found.version == kept.version

    def look_up_history(self) -> None:
        registry, told, since = self.service.registry, [], "0"
        while page := (found := registry.changes(since, limit=9))[0]:
            told += page
            since = found[1]
        assert [(c.version, c.position) for c in told] == sorted({(c.version, c.position) for c in told})
        told = [change for change in told if change.kind in KINDS_OF]
        log = self.model.log
        mine = [(c.version, KINDS_OF[c.kind], c.record_id, c.operation.value, c.key_id) for c in told]
        assert Counter(mine) == Counter((v, kind, name, op, key) for v, kind, name, op, _, key in log)
        one_by_one = [each for each in mine if each[0] not in self.model.imports]  # an import's go by table
        assert one_by_one == [
            (v, kind, name, op, key) for v, kind, name, op, _, key in log if v not in self.model.imports
        ]
        edited = [
            c for c in told if c.version not in self.model.imports and c.operation.value not in ("approved", "rejected")
        ]
        fields = [f for v, _, _, op, f, _ in log if v not in self.model.imports and op not in ("approved", "rejected")]
        assert [_plain(change.fields) for change in edited] == [_plain(each) for each in fields]
        for kind, name in self.model.records:
            assert registry.history(KINDS[kind], name) == [
                c for c in told if (KINDS_OF[c.kind], c.record_id) == (kind, name)
            ]

    def check_present(self) -> None:
        """The snapshot that answers is the pinned one, or that of the records as they are now."""
        snapshot, pinned = self.service.matcher.snapshot, self.workshop.snapshots.pinned()
        if pinned is not None:
            assert snapshot.version == pinned
            return
        assert snapshot.catalogue_version == self.model.version
        fresh = self.fresh(snapshot)
        assert snapshot.version == fresh.version
        assert snapshot.instances.vectors.tobytes() == fresh.instances.vectors.tobytes()
        assert snapshot.learners.vectors.tobytes() == fresh.learners.vectors.tobytes()

    # --- the model's bookkeeping

    def note(self) -> None:
        """Compare the version, and keep what can be seen as of now."""
        version = self.store.version()
        assert (version.version if version else 0) == self.model.version
        self.seen.setdefault(self.model.version, self.model.visible())

    def note_fit(self) -> None:
        """What is learnt from the texts anew raises the version, and changes no record."""
        version = self.store.version()
        assert version is not None
        assert version.version in (self.model.version, self.model.version + 1)
        self.model.version = version.version
        self.note()

    def fresh(self, snapshot: Snapshot) -> Snapshot:
        """Return the snapshot that the model has for that version, made of nothing but its records."""
        version = snapshot.catalogue_version
        tables = {
            TABLE[kind]: tuple(KINDS[kind].record(**one) for one in found) for kind, found in self.seen[version].items()
        }
        shared = {"clusters": handmade.CLUSTERS, "cluster_relations": handmade.RELATIONS, "places": handmade.PLACES}
        return build_snapshot(
            Catalogue(**tables, **shared), version, self.encoder, self.workshop.policy, fit=snapshot.fit
        )


def _expected(wanted: int | str | None) -> Expected | None:
    if wanted is None:
        return None
    return (
        Expected(absent=True)
        if wanted == "absent"
        else Expected()
        if wanted == "any"
        else Expected(frozenset({wanted, -1}))
    )


def _line(edit: Asked) -> bytes:
    fields = {name: value for name, value in edit.written.items() if name != ID[edit.kind]}
    wrong = {"colour": "red"} if edit.wrong else {}
    action = {} if edit.action is Action.PUT else {"action": edit.action.value}
    line = {"type": edit.kind, ID[edit.kind]: edit.id, **action, **fields, **wrong}
    return json.dumps(line, ensure_ascii=False).encode() + b"\n"


def _told(kind: str, outcome: Outcome) -> tuple[Fields, str | None, bool]:
    fields = as_json(outcome.record)
    fields.pop("approval", None)
    return fields, outcome.approval.value if outcome.approval else None, outcome.waiting


def _plain(fields: Any) -> Fields:
    """Without the difference between a list and nothing, which the model does not make."""
    return {name: None if value == [] else value for name, value in fields.items()}


@contextlib.contextmanager
def _sqlite_file() -> Any:
    with tempfile.TemporaryDirectory() as folder:
        yield f"sqlite:///{folder}/jinxue.db"


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_any_interleaving_is_what_the_model_says(engine: str, encoder: Encoder, request: pytest.FixtureRequest) -> None:
    new_database = _sqlite_file if engine == "sqlite" else request.getfixturevalue("postgres").database
    run_state_machine_as_test(
        lambda: Interleavings(new_database, encoder),
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=40,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
