"""Where supply is missing: who has no fitting course near by, in numbers from which nothing can be told of few learners.

`fitting` says what fits and who is covered, `whereabouts` in which sub-district a learner is. Those whose point is not known, or whose profile asks for
nothing, are `unlocated`: no share counts them. Those of whom only the district is known count in the city's share alone.
"""

import datetime
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from recommender.exposure import Exposure, K, gini
from recommender.insights import conceal_all, conceal_places, table_of, told_counts, told_share
from recommender.pace import unhurried
from recommender.requests import CoverageRequest
from recommender.snapshot import Snapshot
from recommender.survey import UNMET, Found, Survey

_PATIENCE_SECONDS = 2.0

Json = dict[str, Any]
Shown = Mapping[str | None, int] | None
"""The sub-districts that may be told of; None where nothing about learners may be."""


class Coverage:
    """Answers from one snapshot."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.survey = Survey(snapshot)

    def tell(self, request: CoverageRequest, *, today: datetime.date, hidden_below: int) -> Json:
        """Return the answer in the shape of `GET /v1/insights/coverage`; groups of fewer than `hidden_below` learners are not told of."""
        day, survey = request.as_of or today, self.survey
        with unhurried(_PATIENCE_SECONDS):
            found, exposure = survey.learners(day, request.within_km), survey.exposure(day)
        shown = self._shown(found, hidden_below)
        around = survey.around(day, request.within_km)
        return {
            "snapshot": self.snapshot.version,
            "as_of": day.isoformat(),
            "within_km": request.within_km,
            "hidden_below": hidden_below,
            "illustrative": self._illustrative,
            **self._city(found, shown, hidden_below),
            "subdistricts": list(self._subdistricts(found, shown or {}, around=around, hidden_below=hidden_below)),
            "unmet": self._unmet(found, shown, request=request, hidden_below=hidden_below),
            **survey.supply(day).in_all(),
            "supply": survey.supply(day).by_cluster_and_level(),
            "exposure": self._exposure(exposure, shown, hidden_below),
        }

    @cached_property
    def _illustrative(self) -> bool:
        return any(learner.illustrative for learner in self.snapshot.network.learners)

    def _shown(self, found: Found, hidden_below: int) -> Shown:
        """Return what may be told of places: nothing where `GET /v1/insights/learners` does not tell how many learners there are."""
        counts = told_counts(self.snapshot.network, hidden_below)
        if any(table.hidden is None for table in counts.values()):
            return None
        return conceal_places(found.parts, hidden_below)

    def _city(self, found: Found, shown: Shown, hidden_below: int) -> Json:
        if shown is None:
            return {"learners": None, "unlocated": None, "covered_share": None}
        learners = len(self.snapshot.network.learners)
        unlocated, others = learners - found.located, found.located - sum(shown.values())
        few = 0 < unlocated < hidden_below or 0 < others < hidden_below
        return {
            "learners": learners,
            "unlocated": None if few else unlocated,
            "covered_share": told_share(found.covered_of_located, found.located, hidden_below),
        }

    def _subdistricts(
        self, found: Found, shown: Mapping[str | None, int], *, around: list[Json], hidden_below: int
    ) -> Iterator[Json]:
        gazetteer = self.snapshot.network.gazetteer
        for place, taught in zip(self.survey.subdistricts, around, strict=True):
            learners, district = shown.get(place.place_id), gazetteer.district_of(place)
            covered = found.covered[place.place_id]
            yield {
                "place_id": place.place_id,
                "name": place.name,
                "full_name": gazetteer.full_name(place),
                "district": district and district.name,
                "learners": learners,
                "covered_share": None if learners is None else told_share(covered, learners, hidden_below),
                **taught,
            }

    def _unmet(self, found: Found, shown: Shown, *, request: CoverageRequest, hidden_below: int) -> Json:
        few = 0 < found.covered_of_located < hidden_below  # who is not in any of the tables
        counts = {name: {} if shown is None or few else found.unmet[name] for name in UNMET}
        network, language = self.snapshot.network, request.language
        told = conceal_all(counts, hidden_below)
        return {name: table_of(name, table, network, language) for name, table in told.items()}

    def _exposure(self, exposure: Exposure, shown: Shown, hidden_below: int) -> Json:
        """Tell in how many lists each site comes up; fewer than `hidden_below`, but not none, are not told."""
        sites, nothing, lists = self.snapshot.network.sites, shown is None, list(exposure.lists.values())
        inequality = None if nothing else gini(lists)
        told = {row: None if nothing or 0 < count < hidden_below else count for row, count in exposure.lists.items()}
        return {
            "learners": None if nothing else exposure.learners,
            "k": K,
            "sites": [
                {
                    "site_id": sites[row].site_id,
                    "name": sites[row].name,
                    "kind": sites[row].kind,
                    "lists": count,
                    "share": None if count is None else round(count / exposure.learners, 3),
                }
                for row, count in told.items()
            ],
            "unlisted_sites": None if nothing else lists.count(0),
            "gini": None if inequality is None else round(inequality, 2),
        }
