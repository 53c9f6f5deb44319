"""Which of the stored learners have a fitting course near by.

A course fits a learner when the learner's own request admits a class of it (approved, at an active site, enrolling, with a seat left, not over, not
completed, its level in reach), its content is close to what the learner says (value of the preference meaning at least `CLOSE`), and its
level is not below the learner's (where both have one).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.columns import NO_SITE
from recommender.domain import Learner, SkillLevel
from recommender.explanation import CLOSE
from recommender.geography import distances_km
from recommender.pace import rest
from recommender.policy import Preference
from recommender.snapshot import Snapshot
from recommender.supply import Supply

_AT_ONCE = 1_000  # with 1,000 courses, 8 MB of values


@dataclass(frozen=True, slots=True, eq=False)
class Fitting:
    """Of `m` learners, `(m,) bool` each: whose profile asks for something, and who has a fitting course near by."""

    asking: NDArray[np.bool_]
    covered: NDArray[np.bool_]


def fitting(snapshot: Snapshot, supply: Supply, points: NDArray[np.float64], *, within_km: float) -> Fitting:
    """Return who has a fitting course of `supply` near by; `points` is where the learners are, `(m, 2)` degrees, NaN where not known.

    Covered is who has one at a site at most `within_km` away, whatever the usual limit of distance; neither may be unknown.
    """
    size = len(snapshot.network.learners)
    found = Fitting(*(np.zeros(size, dtype=bool) for _ in range(2)))
    fitter = _Fitter(snapshot, supply)
    for start in range(0, size, _AT_ONCE):
        rows = slice(start, min(start + _AT_ONCE, size))
        asked = snapshot.learners.vectors[rows]
        found.asking[rows] = asked.any(axis=1)
        fits = fitter.fits(asked, snapshot.network.learners[rows]) & found.asking[rows]
        distances = distances_km(snapshot.network.site_points, points[rows])
        found.covered[rows] = (fits & fitter.taught_at(distances <= within_km)).any(axis=0)
        rest()
    return found


class _Fitter:
    """Compares some learners at a time with the `c` courses that have an open class at a site; what it returns is `(c, learners) bool`."""

    def __init__(self, snapshot: Snapshot, supply: Supply) -> None:
        network, self._policy, self._block = snapshot.network, snapshot.policy, snapshot.meaning
        self._columns = snapshot.layout.columns_of(Preference.MEANING)
        self._course_row = network.course_row
        courses = np.unique(network.course_of[supply.at_site])
        self._position = np.full(len(network.courses), NO_SITE, dtype=np.intp)
        self._position[courses] = np.arange(len(courses))
        texts = self._block.course_vectors[courses].astype(np.float64)
        self._texts = np.hstack([texts, np.ones((len(courses), 1))])
        self._suits = self._suiting([network.courses[row].skill_level for row in courses.tolist()])
        pairs = np.stack([network.course_of[supply.at_site], network.site_of[supply.at_site]])
        taught, self._sites = np.unique(pairs, axis=1)
        self._taught, self._starts = np.unique(self._position[taught], return_index=True)

    def _suiting(self, levels: Sequence[SkillLevel | None]) -> NDArray[np.bool_]:
        """Return for a learner without a level, then for each level, which courses suit: `(1 + levels, c)`."""
        steps = np.array([-1 if level is None else level.step for level in levels], dtype=np.int64)
        own = np.array([level.step for level in SkillLevel])[:, None]
        suits = (steps < 0) | ((steps >= own) & (steps <= own + self._policy.level_reach))
        return np.vstack([np.ones((1, len(steps)), dtype=bool), suits])

    def fits(self, asked: NDArray[np.float32], learners: Sequence[Learner]) -> NDArray[np.bool_]:
        """Tell which courses are close to what is `asked`, not completed, and of a level that suits."""
        own = [0 if learner.skill_level is None else learner.skill_level.step + 1 for learner in learners]
        fits = (self._texts @ self._unweighted(asked).T >= CLOSE) & self._suits[own].T
        for column, learner in enumerate(learners):
            for course_id in learner.completed_course_ids:
                position = self._position[self._course_row[course_id]] if course_id in self._course_row else NO_SITE
                if position != NO_SITE:
                    fits[position, column] = False
        return fits

    def _unweighted(self, asked: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return the columns of meaning before their weight, `(learners, d + 1)`.

        The weight depends on what else a profile says. It is found by the length of the text's row, which is the calibration's slope before it.
        """
        weighed = asked[:, self._columns].astype(np.float64)
        weights = np.sqrt(np.add.reduce(weighed[:, :-1] ** 2, axis=1, keepdims=True)) / abs(
            self._block.calibration.slope
        )
        without = np.zeros_like(weighed)
        without[:, -1] = self._block.calibration.intercept
        return np.divide(weighed, weights, out=without, where=weights > 0)

    def taught_at(self, near: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Tell which courses are taught at one of the sites that are `near`, `(s, learners) bool`."""
        taught = np.zeros((len(self._texts), near.shape[1]), dtype=bool)
        if len(self._starts):
            taught[self._taught] = np.logical_or.reduceat(near[self._sites], self._starts, axis=0)
        return taught
