"""Erases people out of the record of truth: their rows, what was done to them, and their ids in answers that are kept."""

import json
import zlib
from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any

from recommender.store import Reading, Transaction

Erased = Mapping[str, int]
"""How much was erased, by what it was."""

_LEARNER = "learner"


def erase(transaction: Transaction, learner_ids: Collection[str]) -> Erased:
    """Erase these learners, and return how much that was. To be logged, as every change is."""
    records, entries = transaction.erase(learner_ids)
    answers = {
        place: zlib.compress(changed)
        for place, answer in _answers(transaction)
        if (changed := without_learners(answer, learner_ids)) is not None
    }
    transaction.rewrite_answers(answers)
    return Counter(records=records, history_entries=entries, sync_answers=len(answers))


def lines_about(reading: Reading, learner_id: str) -> list[tuple[str, list[dict[str, Any]]]]:
    """Return the keys of the calls whose kept answers name a learner, and the lines that do."""
    found = []
    for (_, key), answer in _answers(reading):
        lines = [told for line in answer.splitlines() if (told := _told(line)) and told["id"] == learner_id]
        if lines:
            found.append((key, lines))
    return found


def without_learners(answer: bytes, learner_ids: Collection[str] = ()) -> bytes | None:
    """Return the answer to a stream of edits without these ids, nor those that it tells of as deleted or refused; None when it names none of them.

    A line keeps its number and type. One behind its learner's deletion is of another learner, of the same id; of who was refused there need be
    nobody who could be erased later.
    """
    gone, kept, changed = set(learner_ids), [], False
    for line in reversed(answer.splitlines(keepends=True)):
        told = _told(line)
        if told and told["status"] == "deleted":
            gone.add(told["id"])
        if told and (told["id"] in gone or told["status"] == "refused"):
            changed = True
            erased = {"line": told["line"], "type": _LEARNER, "id": None, "status": "erased"}
            left = erased if told["id"] in gone else told | {"id": None}
            line = json.dumps(left, ensure_ascii=False).encode() + b"\n"
        kept.append(line)
    return b"".join(reversed(kept)) if changed else None


def _answers(reading: Reading) -> list[tuple[tuple[str, str], bytes]]:
    """Return the kept answers that tell of learners, by the caller's key and the call's."""
    answers = [(place, _unpacked(content)) for *place, content in reading.kept_answers()]
    return [((key_id, key), answer) for (key_id, key), answer in answers if b'"learner"' in answer]


def _unpacked(content: bytes) -> bytes:
    try:
        return zlib.decompress(content)
    except zlib.error:  # damaged: nobody can read there of whom it told
        return b""


def _told(line: bytes) -> dict[str, Any] | None:
    """Return what a line tells of a learner, None when it is about another thing or has lost its id."""
    if b'"learner"' not in line:
        return None
    told: dict[str, Any] = json.loads(line)
    return told if told.get("type") == _LEARNER and told.get("id") is not None else None
