"""Which changes of a request would raise one course, or have it listed, and where it would stand: each really ranked, none guessed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from recommender.blocks import RequestVector
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
from recommender.listing import Lister
from recommender.pace import rest
from recommender.placing import list_rank, score_rank, tier_with
from recommender.policy import Preference
from recommender.ranking import rounded
from recommender.relaxation import Tier, tiers

_LISTED = 8


@dataclass(frozen=True, slots=True)
class Raise:
    """A change, and the course's rank in the list after it."""

    change: Change
    rank: int


class Raiser:
    """Tries changes of one request for the course in `course_row`.

    Of the changes of one field, the gentlest that gives the best rank by score is kept, and then ranked as the list would be.
    """

    def __init__(self, lister: Lister, held: Mapping[Constraint, Held], found: Sequence[Tier], course_row: int) -> None:
        self._lister = lister
        self._held = held
        self._tiers = found
        self._course_row = course_row
        self._network = lister.snapshot.network

    def raises(self, rank: int | None) -> list[Raise]:
        """Return what gives the course a better rank than `rank` (None: it is not among the first), best first, then in the order of the fields."""
        kept = (*self._preferred(), *self._admitted()) if rank != 1 else ()
        found = [Raise(change, after) for change in kept if (after := self._rank_after(change)) is not None]
        better = [one for one in found if rank is None or one.rank < rank]
        return sorted(better, key=lambda one: one.rank)[:_LISTED]

    def _changed(self, change: Change) -> Lister:
        lister = self._lister
        request = replace(lister.request, **change.fields)
        return Lister(lister.snapshot, request, lister.snapshot.layout.varied(lister.vector, request))

    def _rank_after(self, change: Change) -> int | None:
        """Return the course's rank in the list that the changed request has."""
        rest()
        lister = self._changed(change)
        held = evaluate(self._network, lister.request)
        return list_rank(lister, tiers(self._network, lister.request, held), self._course_row)

    def _preferred(self) -> Iterator[Change]:
        """Yield what raises a listed course among those that it is listed with."""
        number = tier_with(self._network, self._tiers, self._course_row)
        if number is None:
            return
        mask, request = self._tiers[number].mask, self._lister.request
        contest = _Contest(self._lister, mask, self._course_row)
        now = contest.rank(self._lister.vector)
        for changes in self._preferences(mask):
            ranks = [contest.rank(self._changed(change).vector) for change in changes]
            if min(ranks, default=now) < now:
                yield changes[ranks.index(min(ranks))]
            rest()
        yield from of_diversity(request)

    def _preferences(self, mask: Mask) -> Iterator[list[Change]]:
        request, vector, preferences = (
            self._lister.request,
            self._lister.vector,
            self._lister.snapshot.layout.preferences,
        )
        yield from of_weight(request, vector, preferences)
        if vector.weights[preferences.index(Preference.PLACE)]:
            yield of_half_distance(request)
            yield of_online_policy(request)
        rows = self._network.rows_of_course(self._course_row)
        schedules = (self._network.instances[row].schedule for row in rows if mask[row])
        yield of_schedules(request, filter(None, schedules))

    def _admitted(self) -> Iterator[Change]:
        """Yield what admits a course that the request itself does not."""
        missed = [self._missed(row) for row in self._network.rows_of_course(self._course_row)]
        if not all(one.failed for one in missed):
            return
        for changes in admitting(self._lister.request, missed):
            ranks = [self._rank_once_admitted(change) for change in changes] if len(changes) > 1 else [1]
            yield changes[ranks.index(min(ranks))]

    def _missed(self, row: int) -> Missed:
        site_row = int(self._network.site_of[row])
        distances = self._lister.request.site_distances_km
        return Missed(
            self._network.instances[row],
            np.nan if site_row == NO_SITE else distances.item(site_row),
            frozenset(constraint for constraint, held in self._held.items() if not held.mask[row]),
        )

    def _rank_once_admitted(self, change: Change) -> int:
        lister = self._changed(change)
        mask = eligible(evaluate(self._network, lister.request))
        return _Contest(lister, mask, self._course_row).rank(lister.vector)


class _Contest:
    """A course among the classes in `mask`, by score alone, under one vector after another of requests that say the same texts."""

    def __init__(self, lister: Lister, mask: Mask, course_row: int) -> None:
        self._layout, self._vectors = lister.snapshot.layout, lister.snapshot.instances.vectors
        self._rows = np.flatnonzero(mask)
        self._courses = lister.snapshot.network.course_of[self._rows]
        self._course_row = course_row
        self._vector, self._values = lister.vector, lister.values(self._rows)

    def rank(self, vector: RequestVector) -> int:
        """Return the rank under a vector."""
        return score_rank(self._courses, rounded(vector.score(self._valued(vector))), self._course_row)

    def _valued(self, vector: RequestVector) -> NDArray[np.float64]:
        """Return the values of every preference; only those are computed that differ from what the first vector gave."""
        values = self._values
        for block, preference in enumerate(self._layout.preferences):
            columns = self._layout.columns_of(preference)
            if not np.array_equal(vector.unweighted[columns], self._vector.unweighted[columns]):
                own = self._vectors[self._rows, columns]
                values = values.copy() if values is self._values else values
                values[:, block] = self._layout.value(preference, own, vector)
        return values
