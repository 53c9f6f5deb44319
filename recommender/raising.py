"""Which changes of a request would raise one course, or have it listed, and where it would stand: each really ranked, none guessed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from recommender.changes import (
    Change,
    Missed,
    admitting,
    of_diversity,
    of_half_distance,
    of_online_policy,
    of_schedules,
    of_weight,
)
from recommender.columns import NO_SITE
from recommender.constraints import Constraint, Held, Mask, eligible, evaluate
from recommender.pace import rest
from recommender.placing import ThoroughLister, tier_with
from recommender.policy import Preference
from recommender.relaxation import Tier, tiers

_LISTED = 8


@dataclass(frozen=True, slots=True)
class Raise:
    """A change, and the course's rank in the list after it (None: behind the first 100), and by score alone."""

    change: Change
    rank: int | None
    score_rank: int


class Raiser:
    """Tries changes of one request for the course in `course_row`.

    Of the changes of one field the gentlest that gives the best rank by score is kept, and then ranked as the list would be.
    """

    def __init__(
        self, lister: ThoroughLister, course_row: int, *, held: Mapping[Constraint, Held], tiers: Sequence[Tier]
    ) -> None:
        self._lister = lister
        self._course_row = course_row
        self._held = held
        self._network = lister.snapshot.network
        self._rows = self._network.rows_of_course(course_row)
        number = tier_with(self._network, tiers, course_row)
        self._mask = None if number is None else tiers[number].mask

    def raises(self, rank: int | None) -> list[Raise]:
        """Return what gives the course a better rank than `rank` (None: it is not among the first), best first, else in the order of the fields.

        What has a course listed that is not is told although it would stand behind the first.
        """
        if rank == 1:
            return []
        preferred = [one for one in map(self._raised, self._preferred()) if one.rank is not None]
        found = [*preferred, *map(self._raised, self._admitted())]
        better = [one for one in found if rank is None or (one.rank is not None and one.rank < rank)]
        return sorted(better, key=lambda one: (one.rank is None, one.rank or one.score_rank))[:_LISTED]

    def _raised(self, change: Change) -> Raise:
        """Rank the changed request as its list would be."""
        rest()
        lister = self._lister.changed(change.fields)
        found = tiers(self._network, lister.request, evaluate(self._network, lister.request))
        number = tier_with(self._network, found, self._course_row)
        assert number is not None
        before = sum(tier.courses for tier in found[:number])
        score_rank = before + lister.score_rank(found[number].mask, self._course_row)
        return Raise(change, lister.rank(found, self._course_row), score_rank)

    def _preferred(self) -> Iterator[Change]:
        """Yield what raises a listed course among those that it is listed with."""
        mask = self._mask
        if mask is None:
            return
        now = self._lister.score_rank(mask, self._course_row)
        for changes in self._preferences(mask):
            rest()
            ranks = [self._lister.changed(one.fields).score_rank(mask, self._course_row) for one in changes]
            if min(ranks, default=now) < now:
                yield changes[ranks.index(min(ranks))]
        yield from of_diversity(self._lister.request)

    def _preferences(self, mask: Mask) -> Iterator[list[Change]]:
        lister, request = self._lister, self._lister.request
        preferences = lister.snapshot.layout.preferences
        yield from of_weight(request, lister.vector, preferences)
        if lister.vector.weights[preferences.index(Preference.PLACE)]:
            yield of_half_distance(request)
            yield of_online_policy(request)
        schedules = (self._network.instances[row].schedule for row in self._rows if mask[row])
        yield of_schedules(request, filter(None, schedules))

    def _admitted(self) -> Iterator[Change]:
        """Yield what admits a course that the request itself does not."""
        missed = [self._missed(row) for row in self._rows]
        if not all(one.failed for one in missed):
            return
        for changes in admitting(self._lister.request, missed):
            yield min(changes, key=self._score_rank_admitted) if len(changes) > 1 else changes[0]

    def _missed(self, row: int) -> Missed:
        site_row = int(self._network.site_of[row])
        distances_km = self._lister.request.site_distances_km
        return Missed(
            self._network.instances[row],
            np.nan if site_row == NO_SITE else distances_km.item(site_row),
            frozenset(constraint for constraint, held in self._held.items() if not held.mask[row]),
        )

    def _score_rank_admitted(self, change: Change) -> int:
        rest()
        lister = self._lister.changed(change.fields)
        return lister.score_rank(eligible(evaluate(self._network, lister.request)), self._course_row)
