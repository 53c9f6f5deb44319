"""Bodies for POST /v1/sync: right in themselves, though not always in what they refer to."""

import json
from random import Random
from typing import Any

from api.examples import RECORD_CHANGES, RECORD_IDS, RECORDS
from recommender.registry import KINDS, Action
from tests.contract.town import SPARE

_MOST = 4


def document(seed: int) -> str:
    """Return a few edits, which `seed` determines: existing records are written and changed, new ones written and some of them deleted."""
    rng = Random(seed)
    lines = [line for _ in range(rng.randint(0, _MOST)) for line in _edits(rng)]
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


def _edits(rng: Random) -> list[dict[str, Any]]:
    kind = rng.choice(sorted(KINDS))
    there = {"type": kind, KINDS[kind].key[0]: RECORD_IDS[kind]}
    new = {"type": kind, KINDS[kind].key[0]: rng.choice(SPARE)}
    wholes: list[list[dict[str, Any]]] = [
        [{**there, "action": Action.PATCH, **RECORD_CHANGES[kind]}],
        [{**there, **RECORDS[kind]}, {**there, "action": Action.PATCH, **RECORD_CHANGES[kind]}],
        [{**new, "action": Action.PUT, **RECORDS[kind]}],
        [{**new, **RECORDS[kind]}, {**new, "action": Action.DELETE}],
    ]
    return rng.choice(wholes)
