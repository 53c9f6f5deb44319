"""What is known of demand and supply on a day, before anything is concealed."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.domain import Place, PlaceKind
from recommender.exposure import Exposure, exposure
from recommender.fitting import fitting
from recommender.geography import Gazetteer
from recommender.insights import count_by
from recommender.remembering import remembered
from recommender.snapshot import Snapshot
from recommender.supply import Supply
from recommender.whereabouts import UNKNOWN, degrees_of, whereabouts

UNMET = ("clusters", "skill_levels")
"""The tables, as `insights` calls them, of learners without a fitting course near by."""

_REMEMBERED = 8

Parts = dict[str | None, dict[str | None, int]]


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Learners on one day, by one distance.

    `parts` has by district and sub-district (None: not known, or not counted there) how many there are, `covered` by sub-district how many of them have
    a fitting course near by, `located` and `covered_of_located` the same of all that shares count; `unmet` has a count of those of them without
    one for each table.
    """

    parts: Parts
    covered: Mapping[str, int]
    located: int
    covered_of_located: int
    unmet: Mapping[str, Mapping[str | None, int]]


class Survey:
    """Looks at one snapshot. What was worked out last is remembered; of no learner by themselves is anything kept."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        places = snapshot.network.gazetteer.places
        subdistricts = (place for place in places if place.kind is PlaceKind.SUBDISTRICT)
        self.subdistricts: Sequence[Place] = sorted(subdistricts, key=lambda place: place.place_id)
        self.learners = remembered(self._learners, _REMEMBERED)
        self.supply = remembered(self._supply, _REMEMBERED)
        self.around = remembered(self._around, _REMEMBERED)
        self.exposure = remembered(self._exposure, _REMEMBERED)

    def _learners(self, day: datetime.date, within_km: float) -> Found:
        network = self.snapshot.network
        where = network.remember(whereabouts)
        fit = fitting(self.snapshot, self.supply(day), where.points, within_km=within_km)
        located = fit.asking & ~np.isnan(where.points).any(axis=1)
        counted = np.where(located, where.subdistrict, UNKNOWN)
        places = network.gazetteer.places
        covered = np.bincount(counted[fit.covered & (counted != UNKNOWN)], minlength=len(places)).tolist()
        return Found(
            parts=count_parts(network.gazetteer, where.district, counted),
            covered={place.place_id: count for place, count in zip(places, covered, strict=True)},
            located=int(np.count_nonzero(located)),
            covered_of_located=int(np.count_nonzero(located & fit.covered)),
            unmet={name: count_by(name, network, located & ~fit.covered) for name in UNMET},
        )

    def _supply(self, day: datetime.date) -> Supply:
        return Supply(self.snapshot.network, self.snapshot.policy, day)

    def _around(self, day: datetime.date, within_km: float) -> list[dict[str, Any]]:
        """Return what is taught near the point of each sub-district, in their order."""
        points = degrees_of(self.subdistricts, self.snapshot.network.gazetteer)
        return list(self.supply(day).around(points, within_km))

    def _exposure(self, day: datetime.date) -> Exposure:
        return exposure(self.snapshot, day)


def count_parts(gazetteer: Gazetteer, district: NDArray[np.int64], subdistrict: NDArray[np.int64]) -> Parts:
    """Count learners by the rows of their district and sub-district, with an entry for every group there could be."""
    ids = [*(place.place_id for place in gazetteer.places), None]  # the last one is that of `UNKNOWN`
    parts: Parts = {place.place_id: {None: 0} for place in gazetteer.places if place.kind is PlaceKind.DISTRICT}
    parts[None] = {None: 0}
    for place in gazetteer.places:
        if place.kind is PlaceKind.SUBDISTRICT:
            parts[place.parent_id][place.place_id] = 0
    pairs, counts = np.unique(np.stack([district, subdistrict]), axis=1, return_counts=True)
    for outer, inner, count in zip(*pairs.tolist(), counts.tolist(), strict=True):
        parts[ids[outer]][ids[inner]] += count
    return parts
