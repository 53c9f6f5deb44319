"""What can be joined on a day: the open classes, where they are taught, and of which clusters and levels."""

import datetime
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.constraints import Mask, eligible, evaluate
from recommender.domain import Mode, SiteStatus, SkillLevel
from recommender.geography import distances_km
from recommender.network import Network
from recommender.policy import Policy
from recommender.requests import EnterpriseRequest
from recommender.resolution import resolve

_ANYTHING = "-"  # conditions do not look at it


class Supply:
    """The classes open on a day, `(n,) bool` each: approved, at an active site, enrolling, not over, with a seat left.

    `open` are those of any mode, `at_site` those at a site.
    """

    def __init__(self, network: Network, policy: Policy, day: datetime.date) -> None:
        self.network = network
        # of somebody of whom nothing is known, nothing but the class itself can be in the way
        anybody = resolve(EnterpriseRequest(needs=_ANYTHING), network, policy, today=day)
        self.open: Mask = eligible(evaluate(network, anybody))
        self.at_site: Mask = self.open & network.in_mode(Mode.AT_SITE)

    def around(self, points: NDArray[np.float64], within_km: float) -> list[dict[str, Any]]:
        """Return for each of `points`, `(p, 2)` degrees, what is taught at sites at most `within_km` away, as `_taught` does.

        A site whose own point is not known is near nobody.
        """
        near = distances_km(points, self.network.site_points) <= within_km
        return [self._taught(row) for row in near]

    def _taught(self, near: NDArray[np.bool_]) -> dict[str, Any]:
        """Return how many sites, courses and seats there are at the sites in `near`, `(s,) bool`, and what is missing there."""
        network = self.network
        active = np.array([site.status is SiteStatus.ACTIVE for site in network.sites], dtype=bool)
        rows = np.flatnonzero(self.at_site)
        rows = rows[near[network.site_of[rows]]]
        courses = [network.courses[row] for row in np.unique(network.course_of[rows]).tolist()]
        clusters = {cluster_id for course in courses for cluster_id in course.clusters}
        levels = {course.skill_level for course in courses}
        return {
            "sites": int(np.count_nonzero(near & active)),
            "courses": len(courses),
            "seats_left": _seats(network.seats_left[rows]),
            "missing_clusters": [each for each in network.taxonomy.cluster_ids if each not in clusters],
            "missing_skill_levels": [level.value for level in SkillLevel if level not in levels],
        }

    def in_all(self) -> dict[str, Any]:
        """Return how many courses are open in any mode, and how many seats are left in classes at sites, as far as these are limited."""
        seats = self.network.seats_left[self.at_site]
        courses = np.unique(self.network.course_of[self.open])
        return {"open_courses": len(courses), "open_seats": int(seats[np.isfinite(seats)].sum())}

    def by_cluster_and_level(self) -> list[dict[str, Any]]:
        """Return how many courses with an open class, and how many seats in these, each cluster has at each level; a course without one under None."""
        counted: dict[tuple[str | None, SkillLevel | None], list[int]] = defaultdict(list)
        for row in np.unique(self.network.course_of[self.open]).tolist():
            course = self.network.courses[row]
            for cluster_id in dict.fromkeys(course.clusters or (None,)):
                counted[cluster_id, course.skill_level].append(row)
        return [
            {
                "cluster_id": cluster_id,
                "skill_level": level and level.value,
                "courses": len(rows),
                "seats_left": _seats(self.network.seats_left[list(self._open_rows(rows))]),
            }
            for (cluster_id, level), rows in sorted(counted.items(), key=lambda entry: _order(*entry[0]))
        ]

    def _open_rows(self, course_rows: Sequence[int]) -> Iterator[int]:
        return (row for course in course_rows for row in self.network.rows_of_course(course) if self.open[row])


def _order(cluster_id: str | None, level: SkillLevel | None) -> tuple[bool, str, int]:
    return cluster_id is None, cluster_id or "", len(SkillLevel) if level is None else level.step


def _seats(left: NDArray[np.float64]) -> int | None:
    """Return the sum, None where one is unlimited."""
    total = float(left.sum())
    return None if np.isinf(total) else int(total)
