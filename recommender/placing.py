"""Where one course stands among the others: by score alone at any depth, and in the list as it is shown."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from recommender.blocks import RequestVector
from recommender.constraints import Mask
from recommender.listing import Lister
from recommender.network import Network
from recommender.policy import MAXIMUM_K
from recommender.ranking import Ranked, rounded
from recommender.relaxation import Tier
from recommender.resolution import ResolvedRequest
from recommender.snapshot import Snapshot

_AT_ONCE = 4_096  # 22 MB of products
_SPARE, _SPARE_FOR_DIVERSITY = 100, 1_000


class Valued:
    """What every class is worth to each preference of a request: `values` is `(n, blocks) float64`."""

    def __init__(self, lister: Lister) -> None:
        self._layout, self._network, self._vector = lister.snapshot.layout, lister.snapshot.network, lister.vector
        rows = np.arange(len(self._network.instances))
        starts = range(0, max(len(rows), 1), _AT_ONCE)
        self.values = np.concatenate([lister.values(rows[start : start + _AT_ONCE]) for start in starts])

    def under(self, vector: RequestVector) -> NDArray[np.float64]:
        """Return the values for a request that says the same texts: only those are computed that differ."""
        values = self.values
        for block, preference in enumerate(self._layout.preferences):
            columns = self._layout.columns_of(preference)
            if not np.array_equal(vector.unweighted[columns], self._vector.unweighted[columns]):
                values = values.copy() if values is self.values else values
                values[:, block] = self._layout.value(preference, self._network, vector)
        return values


class ThoroughLister(Lister):
    """Lists from the exact scores of all classes, `scores`, `(n,)`, rounded: the same lists, and sooner where one request is changed again and again."""

    def __init__(self, snapshot: Snapshot, request: ResolvedRequest, vector: RequestVector, valued: Valued) -> None:
        super().__init__(snapshot, request, vector)
        self._valued = valued
        self.spare = _SPARE + round(_SPARE_FOR_DIVERSITY * request.diversity)
        self.scores = rounded(vector.score(valued.under(vector)))

    @classmethod
    def of(cls, lister: Lister) -> Self:
        """Return a lister of the same request."""
        return cls(lister.snapshot, lister.request, lister.vector, Valued(lister))

    def changed(self, fields: Mapping[str, Any]) -> "ThoroughLister":
        """Return a lister of the same request but for some of its fields, none of them a text."""
        request = replace(self.request, **fields)
        vector = self.snapshot.layout.varied(self.vector, request)
        return ThoroughLister(self.snapshot, request, vector, self._valued)

    def best(self, mask: Mask, count: int) -> Ranked:
        """Return the exact top `count` courses among the instances in `mask`."""
        rows = np.flatnonzero(mask)
        rows = rows[np.lexsort((rows, -self.scores[rows]))]
        _, first = np.unique(self.snapshot.network.course_of[rows], return_index=True)
        rows = rows[np.sort(first)]
        return Ranked(rows[:count], self.scores[rows[:count]], complete=len(rows) <= count)

    def rank(self, tiers: Sequence[Tier], course_row: int) -> int | None:
        """Return a course's rank in the list, from 1; None when it is not among the first `MAXIMUM_K`."""
        network = self.snapshot.network
        if tier_with(network, tiers, course_row) is None:
            return None
        listed = [int(network.course_of[entry.row]) for entry in self.first(tiers, MAXIMUM_K)]
        return listed.index(course_row) + 1 if course_row in listed else None

    def score_rank(self, mask: Mask, course_row: int) -> int:
        """Return the rank by score alone, from 1, of a course of which `mask` admits a class; ties go to the lower row."""
        rows = np.flatnonzero(mask)
        courses = self.snapshot.network.course_of[rows]
        starts = np.flatnonzero(np.diff(courses, prepend=-1))
        best = np.maximum.reduceat(self.scores[rows], starts)
        own = int(np.searchsorted(courses[starts], course_row))
        return 1 + int(np.count_nonzero(best > best[own]) + np.count_nonzero(best[:own] == best[own]))


def tier_with(network: Network, tiers: Sequence[Tier], course_row: int) -> int | None:
    """Return which of the tiers holds the course in `course_row`, counted from 0; None when none does."""
    own = network.rows_of_course(course_row)
    return next((number for number, tier in enumerate(tiers) if tier.mask[own.start : own.stop].any()), None)
