"""The whole order of an answer: exact scores, tier by tier, diversified, cut to a page."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.blocks import RequestVector
from recommender.constraints import Mask
from recommender.diversity import diversify, settled
from recommender.ranking import Ranked, best_groups, rounded
from recommender.relaxation import Relaxation, Tier
from recommender.resolution import ResolvedRequest
from recommender.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Entry:
    """One course's place in an answer.

    `score_rank` counts from 1 in the pure order of the scores; `like` is the row of the entry it was held back for.
    """

    row: int
    score: float
    score_rank: int
    likeness: float
    like: int | None
    relaxation: Relaxation | None


class Lister:
    """Ranks the tiers of one request."""

    spare = 16  # courses ranked beyond the page, so that the diversified page is mostly settled at the first attempt

    def __init__(self, snapshot: Snapshot, request: ResolvedRequest, vector: RequestVector) -> None:
        self.snapshot = snapshot
        self.request = request
        self.vector = vector
        self._query = vector.weighted

    def values(self, rows: Sequence[int] | NDArray[np.integer]) -> NDArray[np.float64]:
        """Return the values of every preference for instances, `(r, blocks) float64`, before their weights."""
        return self.snapshot.layout.values(self.snapshot.instances.vectors[rows], self.vector)

    def exact(self, rows: Sequence[int] | NDArray[np.integer]) -> NDArray[np.float64]:
        """Return the scores of instances, `(r,) float64`, unrounded."""
        return self.vector.score(self.values(rows))

    def best(self, mask: Mask, count: int) -> Ranked:
        """Return the exact top `count` courses among the instances in `mask`."""
        group_of = self.snapshot.network.course_of
        return best_groups(self.snapshot.instances, self._query, mask, count=count, group_of=group_of, exact=self.exact)

    def page(self, tiers: Sequence[Tier]) -> list[Entry]:
        """Return the entries from `offset` to `offset + k`: what a relaxation gained stands behind what the request itself admits."""
        return self.first(tiers, self.request.offset + self.request.k)[self.request.offset :]

    def first(self, tiers: Sequence[Tier], wanted: int) -> list[Entry]:
        """Return the first `wanted` entries; how many are wanted changes none of them."""
        entries: list[Entry] = []
        before = 0
        for tier in tiers:
            entries += self._tier(tier, wanted - len(entries), before)
            before += tier.courses
        return entries

    def _tier(self, tier: Tier, wanted: int, before: int) -> list[Entry]:
        """Return one tier's first `wanted` entries; `before` courses stand in the tiers ahead of it."""
        if wanted <= 0 or not tier.courses:
            return []
        if not self.request.diversity:
            ranked = self.best(tier.mask, wanted)
            pairs = zip(ranked.rows.tolist(), ranked.scores.tolist(), strict=True)
            return [
                Entry(row, score, rank, 0.0, None, tier.relaxation)
                for rank, (row, score) in enumerate(pairs, before + 1)
            ]
        return self._diversified(tier, wanted, before)

    def _diversified(self, tier: Tier, wanted: int, before: int) -> list[Entry]:
        """Take greedily from a top that is made longer until nothing below it could have been taken."""
        count = wanted + self.spare
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
                row=rows[placement.position],
                score=scores[placement.position],
                score_rank=before + placement.position + 1,
                likeness=placement.likeness,
                like=None if placement.like is None else rows[placement.like],
                relaxation=tier.relaxation,
            )
            for placement in taken
        ]

    def alternatives(self, entries: Sequence[Entry], mask: Mask, limit: int) -> list[list[tuple[int, float]]]:
        """Return for every entry its course's best instance at each other place, with its score, best first, `limit` at most."""
        network = self.snapshot.network
        others = [
            [row for row in network.rows_of_course(int(network.course_of[entry.row])) if mask[row] and row != entry.row]
            for entry in entries
        ]
        rows = [row for group in others for row in group]
        score_of = dict(zip(rows, rounded(self.exact(rows)).tolist(), strict=True)) if rows else {}
        return [
            self._one_per_place(entry, group, score_of)[:limit] for entry, group in zip(entries, others, strict=True)
        ]

    def _one_per_place(self, entry: Entry, rows: list[int], score_of: dict[int, float]) -> list[tuple[int, float]]:
        places = {self._place(entry.row)}
        found: list[tuple[int, float]] = []
        for row in sorted(rows, key=lambda row: (-score_of[row], row)):
            place = self._place(row)
            if place not in places:
                places.add(place)
                found.append((row, score_of[row]))
        return found

    def _place(self, row: int) -> tuple[int, int]:
        """Return where an instance is taught: online, at an enterprise and at a site are three places."""
        return int(self.snapshot.network.site_of[row]), int(self.snapshot.network.mode[row])
