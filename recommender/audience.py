"""A course instance asks for learners: the recommendation, backwards.

A learner is eligible for an instance exactly when the instance is eligible for the learner's own request, and with the same score.
"""

import datetime
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.blocks import RequestVector
from recommender.columns import NO_SITE
from recommender.constraints import Constraint, Mask
from recommender.domain import Approval, Learner, Mode
from recommender.errors import NotFound
from recommender.geography import distances_km
from recommender.network import Network
from recommender.pace import rest, unhurried
from recommender.profiles import learner_request, point_of
from recommender.ranking import best_groups
from recommender.requests import AudienceRequest
from recommender.resolution import resolve
from recommender.snapshot import Snapshot
from recommender.snapshot.learners import asks_alike

_EMPTY_PROFILE = "empty_profile"
_ANY_DAY = datetime.date(2000, 1, 1)  # what is asked does not depend on the day
_REMEMBERED = 4_096  # 20 MB
_PATIENCE_SECONDS = 1.0


class LearnerColumns:
    """What constraints read of `m` learners, one entry per learner."""

    def __init__(self, network: Network) -> None:
        self._learners, self._gazetteer = network.learners, network.gazetteer

    def are_of(self, network: Network) -> bool:
        """Tell whether they are of the very same learners and places."""
        return network.learners is self._learners and network.gazetteer is self._gazetteer

    @cached_property
    def points(self) -> NDArray[np.float64]:
        """Return WGS-84 degrees, `(m, 2)`, NaN where a learner's position is not known."""
        points = (point_of(learner, self._gazetteer) for learner in self._learners)
        degrees = [(point.latitude, point.longitude) if point else (np.nan, np.nan) for point in points]
        return np.array(degrees, dtype=np.float64).reshape(-1, 2)

    @cached_property
    def level_step(self) -> NDArray[np.int8]:
        """Return levels as steps 0–7, -1 where not known."""
        return np.array(
            [learner.skill_level.step if learner.skill_level else -1 for learner in self._learners],
            dtype=np.int8,
        )

    def completed(self, course_id: str) -> Mask:
        """Tell which learners have completed a course."""
        return np.array([course_id in learner.completed_course_ids for learner in self._learners], dtype=bool)


class AudienceFinder:
    """Finds the learners whom an instance suits best."""

    def __init__(self, snapshot: Snapshot, before: "AudienceFinder | None" = None) -> None:
        """Whatever `before`, the finder in an earlier snapshot, remembers and is still so is taken over."""
        self.snapshot = snapshot
        self.columns = LearnerColumns(snapshot.network)
        self._asked: dict[str, tuple[Learner, RequestVector]] = {}
        if before:
            self._take_over(before)

    def _take_over(self, before: "AudienceFinder") -> None:
        network = self.snapshot.network
        if before.columns.are_of(network):
            self.columns = before.columns
        if asks_alike(self.snapshot, before.snapshot):
            remembered = before._asked.copy()  # other threads go on writing there
            rows = {name: network.learner_row.get(name) for name in remembered}
            self._asked = {
                name: remembered[name]
                for name, row in rows.items()
                if row is not None and network.learners[row] == remembered[name][0]
            }

    def find(self, request: AudienceRequest, *, today: datetime.date) -> dict[str, Any]:
        """Return ids and scores of the best learners; NotFound for an instance that does not exist."""
        network = self.snapshot.network
        row = network.instance_row.get(request.instance_id)
        if row is None:
            raise NotFound("instance_id", request.instance_id)
        as_of = request.as_of or today
        masks = self._masks(row, as_of, request.maximum_distance_km)
        mask = np.logical_and.reduce(list(masks.values()))
        ranked = best_groups(
            self.snapshot.learners,
            self.snapshot.instances.vectors[row],
            mask,
            count=request.offset + request.k,
            group_of=np.arange(len(network.learners)),
            exact=lambda rows: self._exact(rows, row),
        )
        pairs = list(zip(ranked.rows.tolist(), ranked.scores.tolist(), strict=True))[request.offset :]
        excluded = {name: int(len(held) - np.count_nonzero(held)) for name, held in masks.items()}
        return {
            "snapshot": self.snapshot.version,
            "as_of": as_of.isoformat(),
            "instance_id": request.instance_id,
            "items": [
                {"rank": rank, "learner_id": network.learners[learner].learner_id, "score": score}
                for rank, (learner, score) in enumerate(pairs, request.offset + 1)
            ],
            "eligible_learners": int(np.count_nonzero(mask)),
            "excluded": {str(name): count for name, count in excluded.items() if count},
        }

    def _exact(self, learners: NDArray[np.int64], row: int) -> NDArray[np.float64]:
        """Return exact scores of learners for the instance in `row`: by their requests, made anew in float64."""
        layout, instance = self.snapshot.layout, self.snapshot.instances.vectors[row][None, :]
        vectors = map(self._request_vector, learners.tolist())
        with unhurried(_PATIENCE_SECONDS):
            return np.array([float(vector.score(layout.values(instance, vector))[0]) for vector in vectors])

    def _request_vector(self, learner: int) -> RequestVector:
        """Return what the learner in row `learner` would ask. Those asked last are remembered: texts are what takes time.

        Each is made by itself: with some encoders the last digits depend on what is encoded together.
        """
        asked, record = self._asked, self.snapshot.network.learners[learner]
        if record.learner_id not in asked:
            network, policy = self.snapshot.network, self.snapshot.policy
            request = resolve(learner_request(record), network, policy, today=_ANY_DAY)
            vector = self.snapshot.layout.request_vector(request)
            if len(asked) >= _REMEMBERED:
                asked = self._asked = {}
            asked[record.learner_id] = record, vector
            rest()
        return asked[record.learner_id][1]

    def _masks(self, row: int, as_of: datetime.date, maximum_distance_km: float | None) -> dict[str, Mask]:
        network, policy = self.snapshot.network, self.snapshot.policy
        instance, course = network.instances[row], network.courses[network.course_of[row]]
        everyone = np.ones(len(network.learners), dtype=bool)
        step = course.skill_level.step if course.skill_level else -1
        limit = policy.maximum_distance_km if maximum_distance_km is None else maximum_distance_km
        day = as_of.toordinal()
        return {
            Constraint.NOT_APPROVED: everyone & (course.approval is Approval.APPROVED),
            Constraint.SITE_INACTIVE: everyone & bool(network.site_active[row]),
            Constraint.ENROLMENT_CLOSED: everyone & bool(network.deadline_day[row] >= day),
            Constraint.ENDED: everyone & bool(network.end_day[row] >= day),
            Constraint.FULL: everyone & bool(network.seats_left[row] >= 1),
            Constraint.MODE_UNWANTED: everyone & (instance.mode is not Mode.AT_ENTERPRISE),
            Constraint.ALREADY_COMPLETED: ~self.columns.completed(course.course_id),
            Constraint.TOO_FAR: self._near(row, limit),
            Constraint.LEVEL_OUT_OF_REACH: (self.columns.level_step < 0)
            | (step <= self.columns.level_step + policy.level_reach),
            _EMPTY_PROFILE: self._says_something,
        }

    @cached_property
    def _says_something(self) -> Mask:
        return np.asarray(self.snapshot.learners.vectors.any(axis=1))

    def _near(self, row: int, limit: float) -> Mask:
        site_row = int(self.snapshot.network.site_of[row])
        if site_row == NO_SITE or self.snapshot.network.instances[row].mode is not Mode.AT_SITE:
            return np.ones(len(self.columns.points), dtype=bool)
        site = self.snapshot.network.site_points[site_row][None, :]
        return ~(distances_km(self.columns.points, site)[:, 0] > limit)
