"""How evenly the training sites come up in what learners are shown."""

import datetime
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from recommender.constraints import evaluate
from recommender.domain import Learner, SiteStatus
from recommender.errors import InvalidRequest
from recommender.listing import Lister
from recommender.pace import rest
from recommender.profiles import learner_request
from recommender.relaxation import tiers
from recommender.resolution import resolve
from recommender.snapshot import Snapshot

K = 10
SAMPLE = 400


@dataclass(frozen=True, slots=True)
class Exposure:
    """Of how many learners the lists were looked at, and in how many of these each active site comes up, by the row of the site."""

    learners: int
    lists: dict[int, int]


def exposure(snapshot: Snapshot, day: datetime.date) -> Exposure:
    """Look at the best `K` courses of at most `SAMPLE` stored learners, evenly spread over their ids, by their own requests.

    A learner whose profile makes no request has no list, yet is one of those looked at.
    """
    network = snapshot.network
    rows = _spread(len(network.learners))
    counts: Counter[int] = Counter()
    for row in rows:
        counts.update(_sites_listed(snapshot, network.learners[row], day))
        rest()
    active = [row for row, site in enumerate(network.sites) if site.status is SiteStatus.ACTIVE]
    return Exposure(len(rows), {row: counts[row] for row in active})


def gini(counts: Sequence[int]) -> float | None:
    """Return the Gini coefficient of `counts`, in [0, 1): 0 when all are the same, near 1 when one has nearly all; None when there is nothing.

    Of x_1 ≤ … ≤ x_n it is the sum of (2 i - n - 1) x_i over n times the sum of x_i: Damgaard and Weiner, "Describing inequality in plant size or
    fecundity", Ecology 81, 2000, without their correction for small samples.
    """
    ordered = np.sort(np.asarray(counts, dtype=np.float64))
    size, total = len(ordered), float(ordered.sum())
    return float((2 * np.arange(1, size + 1) - size - 1) @ ordered / (size * total)) if total else None


def _spread(size: int) -> list[int]:
    """Return at most `SAMPLE` of so many rows, evenly spread."""
    count = min(size, SAMPLE)
    return [number * size // count for number in range(count)]


def _sites_listed(snapshot: Snapshot, learner: Learner, day: datetime.date) -> set[int]:
    """Return the rows of the sites in a learner's list."""
    network = snapshot.network
    try:
        request = resolve(learner_request(learner, k=K), network, snapshot.policy, today=day)
        vector = snapshot.layout.request_vector(request)
    except InvalidRequest:
        return set()
    entries = Lister(snapshot, request, vector).page(tiers(network, request, evaluate(network, request)))
    return {int(network.site_of[entry.row]) for entry in entries}
