"""Everything that the record of truth holds of one person, for that person (个人信息查阅)."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from recommender.errors import NotFound
from recommender.registry.edits import KINDS, Caller
from recommender.registry.erasure import lines_about
from recommender.registry.rules import check_id, check_reading
from recommender.store import BEHIND_ALL, AuditEntry, CatalogueStore, Change, Stored

_LEARNER = KINDS["learner"]


@dataclass(frozen=True, slots=True)
class Held:
    """A learner's record and what stands beside it: `answers` are the lines of kept answers that name them, by the key of the call."""

    stored: Stored
    history: Sequence[Change]
    answers: Mapping[str, Sequence[Mapping[str, object]]]
    audit: Sequence[AuditEntry]

    @property
    def since(self) -> datetime.datetime | None:
        """Since when it is known that they are here."""
        return self.history[0].written_at if self.history else None


def export(store: CatalogueStore, learner_id: str, caller: Caller) -> Held:
    """Return what is held of a learner, and note that it was asked for; NotFound when there is none, Forbidden when it is not the caller's to see."""
    check_id(_LEARNER, learner_id)
    with store.write(key_id=caller.key_id) as transaction:
        stored = transaction.stored(_LEARNER.name, [(learner_id,)]).get((learner_id,))
        check_reading(caller, _LEARNER, learner_id, stored)
        if stored is None or stored.deleted:
            raise NotFound(_LEARNER.key[0], learner_id)
        transaction.audit("export", kind=_LEARNER.singular, subject=learner_id)
        hashed = transaction.audit_hashes.subject(_LEARNER.singular, learner_id)
        return Held(
            stored,
            transaction.history(_LEARNER.name, learner_id),
            dict(lines_about(transaction, learner_id)),
            transaction.audit_entries(subject=hashed, limit=BEHIND_ALL),
        )
