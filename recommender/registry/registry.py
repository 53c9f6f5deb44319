"""The record of truth as its users write and read it: sites, the platform, reviewers."""

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from recommender.catalogue.tables import TABLES, Table
from recommender.errors import InvalidRequest, JinxueError, NotFound
from recommender.registry.digest import SiteDigest, canonical, digest_of
from recommender.registry.drafts import overlaid
from recommender.registry.edits import Action, Caller, Edit, Expected, Outcome, Status
from recommender.registry.erasure import Erased
from recommender.registry.fields import FieldReader, Vocabulary
from recommender.registry.registrar import Registrar
from recommender.registry.review import Decision, decide
from recommender.registry.rules import changes_seen_by, check_id, check_reading
from recommender.store import BEHIND_ALL, CatalogueStore, Change, Reading, Stored, Transaction

WITHIN = Caller()
"""What asks from within: the administrator."""


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a record, and the catalogue version from which everybody sees it. `erased` counts what was erased of a person."""

    outcome: Outcome
    catalogue_version: int
    erased: Erased = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A course that waits for review: as it was submitted, and as it is recommended meanwhile (None: not at all)."""

    submitted: Outcome
    approved: object | None


class Registry:
    """Writes and reads records in `store`; `today` gives the day that relative dates count from. May be used from several threads."""

    def __init__(self, store: CatalogueStore, today: Callable[[], datetime.date]) -> None:
        self.store = store
        self._today = today
        self._vocabulary: Vocabulary | None = None

    def registrar(self, transaction: Transaction, caller: Caller) -> Registrar:
        """Return what applies `caller`'s edits within a transaction."""
        self._vocabulary = Vocabulary.read(transaction, self._vocabulary)
        return Registrar(transaction, FieldReader(self._vocabulary, self._today()), caller)

    def edit(self, edit: Edit, caller: Caller) -> Written:
        """Do one edit.

        InvalidRequest, NotFound, RecordConflict and StaleRecord say why it is refused; StoreError that it could not be kept.
        """
        with self.store.write(key_id=caller.key_id) as transaction:
            registrar = self.registrar(transaction, caller)
            (outcome,) = registrar.apply([edit])
            if isinstance(outcome, JinxueError):
                raise outcome
            registrar.flush()
            if transaction.changed and not registrar.erased:
                content = None if edit.action is Action.DELETE else canonical(outcome.record)
                transaction.audit(edit.action.value, kind=edit.table.singular, subject=edit.record_id, content=content)
            return Written(outcome, transaction.latest, registrar.erased)

    def review(
        self, course_id: str, decision: Decision, caller: Caller, *, reason: str | None, expected: Expected | None
    ) -> Written:
        """Approve or reject what waits of a course, or take an approval back; errors as for `edit`."""
        check_id(TABLES["courses"], course_id)
        with self.store.write(key_id=caller.key_id) as transaction:
            outcome = decide(transaction, course_id, decision, reason=reason, expected=expected)
            if transaction.changed:
                transaction.audit("review", kind="course", subject=course_id, content=canonical(outcome.record))
            return Written(outcome, transaction.latest)

    def record(self, table: Table, record_id: str, caller: Caller = WITHIN) -> Outcome:
        """Return a record as it was last submitted; NotFound when it is not there, or deleted, Forbidden when it is not the caller's to see."""
        check_id(table, record_id)
        with self.store.read() as reading:
            stored = reading.stored(table.name, [(record_id,)]).get((record_id,))
            check_reading(caller, table, record_id, stored)
            if stored is None or stored.deleted:
                raise NotFound(table.key[0], record_id)
            return _submitted(reading, [stored])[0]

    def waiting(self, *, limit: int, offset: int) -> tuple[list[Waiting], int]:
        """Return a part of the courses that wait for review, by id; and how many there are."""
        with self.store.read() as reading:
            found, total = reading.waiting(limit=limit, offset=offset)
            outcomes = _submitted(reading, found)
        pairs = zip(outcomes, found, strict=True)
        return [Waiting(outcome, stored.record if outcome.waiting else None) for outcome, stored in pairs], total

    def digest(self, site_id: str, caller: Caller = WITHIN) -> SiteDigest:
        """Return what is stored of a site, counted and hashed; NotFound when there is no such site, Forbidden when it is not the caller's."""
        check_id(TABLES["sites"], site_id)
        check_reading(caller, TABLES["sites"], site_id, None)
        with self.store.read() as reading:
            site = reading.stored("sites", [(site_id,)]).get((site_id,))
            if site is None or site.deleted:
                raise NotFound("site_id", site_id)
            courses = [one.record for one in _submitted(reading, reading.of_site("courses", site_id))]
            classes = [stored.record for stored in reading.of_site("course_instances", site_id)]
            version = reading.latest
        return digest_of(site_id, version, {"sites": [site.record], "courses": courses, "course_instances": classes})

    def history(self, table: Table, record_id: str, caller: Caller = WITHIN) -> list[Change]:
        """Return everything that was done to a record, oldest first; NotFound when it never was there, Forbidden when it is not the caller's to see."""
        check_id(table, record_id)
        with self.store.read() as reading:
            check_reading(caller, table, record_id, reading.stored(table.name, [(record_id,)]).get((record_id,)))
        found = self.store.history(table.name, record_id)
        if not found:
            raise NotFound(table.key[0], record_id)
        return found

    def changes(self, since: str, *, limit: int, caller: Caller = WITHIN) -> tuple[list[Change], str]:
        """Return changes behind `since` (a catalogue version, or where an earlier answer ended), in order, that are the caller's to see; and where they end."""
        place = _PLACE.fullmatch(since)
        if place is None:
            raise InvalidRequest.of(
                "since",
                "应为目录版本号，或上次回答中的 next。",
                "Expected a catalogue version, or `next` of an earlier answer.",
            )
        found = self.store.changes_after(
            int(place[1]), int(place[2] or BEHIND_ALL), limit=limit, among=changes_seen_by(caller)
        )
        return found, f"{found[-1].version}:{found[-1].position}" if found else since

    def whole_since(self) -> int:
        """Return the catalogue version from which on `changes` and `history` are whole: what is older may have been let go."""
        with self.store.read() as reading:
            return reading.whole_since()


_PLACE = re.compile(r"(\d{1,9})(?::(\d{1,9}))?", re.ASCII)


def _submitted(reading: Reading, found: list[Stored]) -> list[Outcome]:
    """Return records as they were last submitted, with the texts that wait."""
    ids = [stored.record.course_id for stored in found if hasattr(stored.record, "approval")]
    drafts = reading.drafts(ids) if ids else {}
    outcomes = []
    for stored in found:
        draft = drafts.get(getattr(stored.record, "course_id", "")) if ids else None
        record = overlaid(stored.record, draft) if draft else stored.record
        approval = getattr(stored.record, "approval", None)
        outcomes.append(Outcome(Status.UNCHANGED, stored.version, record, approval, draft is not None))
    return outcomes
