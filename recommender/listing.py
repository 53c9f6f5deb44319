"""The whole order of an answer: exact scores, tier by tier, diversified, cut to a page."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.blocks import RequestVector
from recommender.constraints import Mask
from recommender.diversity import diversify, settled
from recommender.ranking import Ranked, best_groups, rounded
from recommender.relaxation import Relaxation, Tier, count_courses
from recommender.resolution import ResolvedRequest
from recommender.snapshot import Snapshot

_SPARE = 24  # courses ranked beyond the page, so that the diversified page is mostly settled at the first attempt


@dataclass(frozen=True, slots=True)
class Entry:
    """One course's place in an answer. `score_rank` counts from 1 in the pure order of the scores; `like` is the row it was held back for."""

    row: int
    score: float
    score_rank: int
    likeness: float
    like: int | None
    relaxation: Relaxation | None


class Lister:
    """Ranks the tiers of one request."""

    def __init__(self, snapshot: Snapshot, request: ResolvedRequest, vector: RequestVector) -> None:
        self.snapshot = snapshot
        self.request = request
        self.vector = vector
        self._query = vector.weighted

    def exact(self, rows: NDArray[np.integer]) -> NDArray[np.float64]:
        """Return the scores of instances, `(r,) float64`, unrounded."""
        return self.snapshot.layout.values(self.snapshot.instances.vectors[rows], self.vector) @ self.vector.weights

    def best(self, mask: Mask, count: int) -> Ranked:
        """Return the exact top `count` courses among the instances in `mask`."""
        group_of = self.snapshot.network.course_of
        return best_groups(self.snapshot.instances, self._query, mask, count=count, group_of=group_of, exact=self.exact)

    def page(self, tiers: Sequence[Tier]) -> list[Entry]:
        """Return the entries from `offset` to `offset + k`. What a relaxation gained stands behind what the request itself admits."""
        wanted = self.request.offset + self.request.k
        entries: list[Entry] = []
        before = 0
        for tier in tiers:
            if len(entries) >= wanted:
                break
            entries += self._tier(tier, wanted - len(entries), before)
            before += count_courses(self.snapshot.network, tier.mask) if tier is not tiers[-1] else 0
        return entries[self.request.offset :]

    def _tier(self, tier: Tier, wanted: int, before: int) -> list[Entry]:
        """Return one tier's first `wanted` entries; `before` courses stand in the tiers ahead of it."""
        if not self.request.diversity:
            ranked = self.best(tier.mask, wanted)
            pairs = zip(ranked.rows.tolist(), ranked.scores.tolist(), strict=True)
            return [
                Entry(row, score, before + rank, 0.0, None, tier.relaxation)
                for rank, (row, score) in enumerate(pairs, 1)
            ]
        count = wanted + _SPARE
        while True:
            ranked = self.best(tier.mask, count)
            vectors = self.snapshot.course_vectors[self.snapshot.network.course_of[ranked.rows]]
            taken = diversify(ranked.scores, vectors, diversity=self.request.diversity, count=wanted)
            if ranked.complete or settled(taken, ranked.scores, self.request.diversity):
                break
            count *= 2
        rows, scores = ranked.rows.tolist(), ranked.scores.tolist()
        return [
            Entry(
                rows[p.position],
                scores[p.position],
                before + p.position + 1,
                round(p.likeness, 6),
                None if p.like is None else rows[p.like],
                tier.relaxation,
            )
            for p in taken
        ]

    def alternatives(self, entry: Entry, mask: Mask, limit: int) -> list[tuple[int, float]]:
        """Return the course's best instance at each other place (site, online, enterprise), with its score, best first."""
        network = self.snapshot.network
        rows = np.array(
            [
                row
                for row in network.rows_of_course(int(network.course_of[entry.row]))
                if mask[row] and row != entry.row
            ],
            dtype=np.intp,
        )
        if not rows.size or not limit:
            return []
        scores = rounded(self.exact(rows))
        seen = {_place(self.snapshot, entry.row)}
        found: list[tuple[int, float]] = []
        for position in np.lexsort((rows, -scores)).tolist():
            row = int(rows[position])
            if _place(self.snapshot, row) not in seen:
                seen.add(_place(self.snapshot, row))
                found.append((row, float(scores[position])))
        return found[:limit]


def _place(snapshot: Snapshot, row: int) -> tuple[int, int]:
    return int(snapshot.network.site_of[row]), int(snapshot.network.mode[row])
