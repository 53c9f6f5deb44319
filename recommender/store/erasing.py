"""Erases people: their rows, and whatever names them beside these."""

from collections.abc import Collection

from sqlalchemy import Connection, delete, exists, select

from recommender.store.history import Operation
from recommender.store.schema import changes, learners

_PEOPLE = learners.name
_COMING = (Operation.CREATED.value, Operation.RESTORED.value)  # the latter over a tombstone, which learners once left
_AT_ONCE = 500  # ids of one statement


def erase_rows(connection: Connection, learner_ids: Collection[str]) -> tuple[int, int]:
    """Delete learners and what was done to them; return how many rows of each there were."""
    ids, records, entries = sorted(learner_ids), 0, 0
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        records += connection.execute(delete(learners).where(learners.c.learner_id.in_(some))).rowcount
        mine = (changes.c.kind == _PEOPLE, changes.c.record_id.in_(some))
        entries += connection.execute(delete(changes).where(*mine)).rowcount
    return records, entries


def erased_since(connection: Connection, version: int) -> bool:
    """Tell whether a write later than `version` erased somebody."""
    erased = exists().where(
        changes.c.version > version, changes.c.kind == _PEOPLE, changes.c.operation == Operation.ERASED.value
    )
    return bool(connection.scalar(select(erased)))


def standing(connection: Connection, version: int) -> set[str]:
    """Return the ids of the learners who have been there without a break since a catalogue version."""
    come = select(changes.c.record_id).where(
        changes.c.version > version, changes.c.kind == _PEOPLE, changes.c.operation.in_(_COMING)
    )
    there = select(learners.c.learner_id).where(~learners.c.deleted, learners.c.learner_id.not_in(come))
    return set(connection.scalars(there))
