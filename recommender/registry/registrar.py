"""Applies edits to the records: every rule about what may be written stands here or below."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from recommender.catalogue.tables import TABLES, Table
from recommender.domain import Course, Learner, Provider
from recommender.errors import InvalidRequest, JinxueError, NotFound, StaleRecord
from recommender.pace import rest
from recommender.registry.drafts import Reviewed, overlaid, settle
from recommender.registry.edits import Action, Caller, Edit, Expected, Outcome, Status
from recommender.registry.erasure import erase
from recommender.registry.fields import FieldReader, new_fields
from recommender.registry.rules import Present, can_be_stored, check_writing, owner_after
from recommender.store import Draft, Operation, Stored, Transaction

_COURSES = TABLES["courses"]
_HIDDEN_BY = {"courses": ("course_instances", "course_id"), "sites": ("course_instances", "site_id")}


class Registrar:
    """Applies edits within one transaction, in order; each sees what those before it did. `flush` writes what they changed.

    `erased` counts what was erased of people, by what it was.
    """

    def __init__(self, transaction: Transaction, reader: FieldReader, caller: Caller) -> None:
        self._transaction = transaction
        self._reader = reader
        self._caller = caller
        self.erased: Counter[str] = Counter()
        self._present = Present(transaction)
        self._stored: dict[tuple[str, str], Stored | None] = {}
        self._drafts: dict[str, Draft] = {}
        self._written: dict[tuple[str, str], Stored] = {}
        self._drafted: dict[str, Draft | None] = {}
        self._gone: set[str] = set()  # ids of learners to be erased
        self._log: list[tuple[str, str, Operation, Mapping[str, Any]]] = []

    def apply(self, edits: Sequence[Edit]) -> list[Outcome | JinxueError]:
        """Return what becomes of each edit, or why it is refused; nothing of a refused one is done."""
        self._look_up(edits)
        outcomes: list[Outcome | JinxueError] = []
        for edit in edits:
            try:
                outcomes.append(self._apply(edit))
            except JinxueError as error:
                outcomes.append(error)
            rest()
        return outcomes

    def flush(self) -> None:
        """Write what was changed since the last time."""
        self._add_providers()
        if self._gone:  # before what was written of another learner of the same id
            self.erased.update(erase(self._transaction, self._gone))
        tables: dict[str, list[Stored]] = defaultdict(list)
        for (name, _), stored in self._written.items():
            tables[name].append(stored)
        for name in (table for table in TABLES if table in tables):
            self._transaction.put(name, tables[name])
        for course_id, draft in self._drafted.items():
            if draft is None:
                self._transaction.drop_draft(course_id)
            else:
                self._transaction.put_draft(draft)
        self._transaction.log_all(self._log)
        self._written, self._drafted, self._gone, self._log = {}, {}, set(), []

    def _look_up(self, edits: Sequence[Edit]) -> None:
        """Read what the edits are about, as few queries as there are tables."""
        wanted: dict[str, set[str]] = defaultdict(set)
        for edit in edits:
            if not can_be_stored(edit.record_id):
                self._stored[edit.key] = None
            elif edit.key not in self._stored:
                wanted[edit.table.name].add(edit.record_id)
        for name, ids in wanted.items():
            found = self._transaction.stored(name, [(one,) for one in ids])
            self._stored |= {(name, one): found.get((one,)) for one in ids}
        if courses := wanted.get("courses"):
            self._drafts |= self._transaction.drafts(courses)
        self._present.look_up(
            (target, value)
            for edit in edits
            for field, target in (("course_id", "courses"), ("site_id", "sites"))
            if isinstance(value := edit.fields.get(field), str) and value
        )

    def _apply(self, edit: Edit) -> Outcome:
        check_writing(self._caller, edit.table, edit.record_id)
        existing = self._stored[edit.key]
        living = existing if existing and not existing.deleted else None
        check_expected(edit.expected, living)
        self._check_speaker(edit.table)
        if edit.action is Action.DELETE:
            return self._delete(edit, existing)
        if edit.action is Action.PATCH and living is None:
            raise NotFound(edit.table.key[0], edit.record_id)
        base = self._submitted(edit, living) if edit.action is Action.PATCH and living else None
        record = self._reader.read(edit.table, edit.record_id, edit.fields, base)
        owner = owner_after(edit.table, record, existing, self._caller)
        # what a patch leaves as it is may have been deleted since
        self._present.check(edit.table, record, edit.fields if base else edit.table.columns)
        if isinstance(record, Course):
            self._present.check_ring(record.course_id, record.prerequisites)
        return self._write(edit, record, existing, owner)

    def _submitted(self, edit: Edit, living: Stored) -> Any:
        """Return the record as it was last submitted: with the text that waits for review."""
        draft = self._drafts.get(edit.record_id) if edit.table is _COURSES else None
        return overlaid(living.record, draft) if draft else living.record

    def _write(self, edit: Edit, record: Any, existing: Stored | None, owner: str | None) -> Outcome:
        living = existing if existing and not existing.deleted else None
        draft = self._drafts.get(edit.record_id) if edit.table is _COURSES and living else None
        reviewed = Reviewed(record, None)
        if isinstance(record, Course):
            reviewed = settle(record, existing, draft)
            record = replace(record, approval=reviewed.record.approval)
        stored = Stored(reviewed.record, self._transaction.version, False, owner)
        same_draft = replace(draft, version=0) if draft else None
        if living and (living.record, living.owner, same_draft) == (stored.record, owner, reviewed.draft):
            return self._outcome(edit, Status.UNCHANGED, living, reviewed.draft)
        fields = new_fields(edit.table, record, living and self._submitted(edit, living))
        submitted = reviewed.draft is not None and reviewed.draft != same_draft
        if submitted:
            operation = Operation.SUBMITTED
        elif living:
            operation = Operation.UPDATED
        else:
            operation = Operation.RESTORED if existing else Operation.CREATED
        self._keep(edit, stored, operation, fields)
        if edit.table is _COURSES and (draft or reviewed.draft):
            self._keep_draft(edit.record_id, reviewed.draft)
        self._present.note(edit.table.name, edit.record_id, present=True, requires=getattr(record, "prerequisites", ()))
        return self._outcome(edit, Status.UPDATED if living else Status.CREATED, stored, reviewed.draft)

    def _delete(self, edit: Edit, existing: Stored | None) -> Outcome:
        if existing is None:
            raise NotFound(edit.table.key[0], edit.record_id)
        if isinstance(existing.record, Learner):
            return self._erase(edit)
        if existing.deleted:
            return self._outcome(edit, Status.UNCHANGED, existing, None)
        owner_after(edit.table, existing.record, existing, self._caller)
        stored = Stored(existing.record, self._transaction.version, True, existing.owner)
        hides = self._hidden_by(edit)
        self._keep(edit, stored, Operation.DELETED, {})
        if edit.record_id in self._drafts and edit.table is _COURSES:
            self._keep_draft(edit.record_id, None)
        self._present.note(edit.table.name, edit.record_id, present=False)
        return replace(self._outcome(edit, Status.DELETED, stored, None), hides=hides)

    def _erase(self, edit: Edit) -> Outcome:
        """Leave nothing of a learner, not even a tombstone; what this transaction did to them is not told of either."""
        self._gone.add(edit.record_id)
        self._stored[edit.key] = None
        self._written.pop(edit.key, None)
        self._log = [entry for entry in self._log if entry[:2] != edit.key]
        self._log.append((edit.table.name, "", Operation.ERASED, {}))
        self._present.note(edit.table.name, edit.record_id, present=False)
        return Outcome(Status.DELETED, self._transaction.version, Learner(learner_id=edit.record_id))

    def _hidden_by(self, edit: Edit) -> dict[str, int]:
        if edit.table.name not in _HIDDEN_BY:
            return {}
        table, column = _HIDDEN_BY[edit.table.name]
        self.flush()  # so that what was written before in this transaction counts
        hidden = self._transaction.count(table, **{column: edit.record_id})
        return {table: hidden} if hidden else {}

    def _check_speaker(self, table: Table) -> None:
        site = self._caller.site_id
        if site is None or table.name == "sites":
            return
        self._present.look_up([("sites", site)])
        if not self._present.holds("sites", site):
            raise InvalidRequest.of(
                "site_id",
                f"没有阵地“{site[:64]}”，或已删除。",
                f"There is no site {site[:64]!r}, or it has been deleted.",
            )

    def _keep(self, edit: Edit, stored: Stored, operation: Operation, fields: Mapping[str, Any]) -> None:
        self._stored[edit.key] = self._written[edit.key] = stored
        self._log.append((edit.table.name, edit.record_id, operation, fields))

    def _keep_draft(self, course_id: str, draft: Draft | None) -> None:
        self._drafted[course_id] = draft
        if draft is None:
            self._drafts.pop(course_id, None)
        else:
            self._drafts[course_id] = draft

    def _outcome(self, edit: Edit, status: Status, stored: Stored, draft: Draft | None) -> Outcome:
        course = stored.record if isinstance(stored.record, Course) else None
        shown = overlaid(course, draft) if course and draft else stored.record
        return Outcome(status, stored.version, shown, course.approval if course else None, draft is not None)

    def _add_providers(self) -> None:
        """A provider that a course names for the first time is known from then on."""
        courses = [stored.record for (table, _), stored in self._written.items() if table == "courses"]
        named = {course.provider: course.illustrative for course in courses if course.provider}
        if not named:
            return
        known = self._transaction.present("providers", [(name,) for name in named])
        added = [Provider(name=name, illustrative=flag) for name, flag in named.items() if name not in known]
        self._transaction.put("providers", [Stored(provider) for provider in added])
        self._log += [("providers", one.name, Operation.CREATED, {}) for one in added]


def check_expected(expected: Expected | None, living: Stored | None) -> None:
    """Refuse to go on (StaleRecord) when a record, None for absent, is not in the state that the caller takes it to be in."""
    if expected is None:
        return
    version = living.version if living else None
    fits = (
        living is None
        if expected.absent
        else living is not None and (expected.versions is None or version in expected.versions)
    )
    if not fits:
        raise StaleRecord(version)
