"""Lets go of what has been kept long enough."""

import datetime
import json
from collections import Counter
from collections.abc import Collection, Mapping

from recommender.registry.erasure import erase
from recommender.store import CatalogueStore, Operation, Transaction

Purged = Mapping[str, int]
"""How much was let go, by what it was."""

_AT_ONCE = 5_000  # learners of one transaction, which others wait for


def purge(store: CatalogueStore, before: datetime.datetime, *, dry_run: bool) -> Purged:
    """Let go of what is older than an instant; on a dry run count it only.

    Learners whose record nobody has written since are erased; of all records the history from before goes, and so do answers to repeatable calls
    and keys that do not hold since. Versions stay, and so does the audit log.
    """
    purged: Counter[str] = Counter(learners=0)
    with store.read() as reading:
        idle = reading.learners_unwritten_since(before)
    steps = [] if dry_run else [idle[start : start + _AT_ONCE] for start in range(0, len(idle), _AT_ONCE)]
    for step in steps:
        with store.write() as transaction:
            purged.update(_erase(transaction, set(step) & set(transaction.learners_unwritten_since(before))))
    with store.write(dry_run=dry_run) as transaction:
        purged.update(_erase(transaction, set(transaction.learners_unwritten_since(before))))
        purged.update(transaction.purge(before))
        transaction.audit("purge", content=json.dumps([before.isoformat(), sorted(purged.items())]).encode())
    return purged


def _erase(transaction: Transaction, learner_ids: Collection[str]) -> Purged:
    if not learner_ids:
        return {}
    erased = erase(transaction, learner_ids)
    transaction.log_all([("learners", "", Operation.ERASED, {})] * len(learner_ids))
    return {"learners": erased["records"], "history_entries": erased["history_entries"]}
