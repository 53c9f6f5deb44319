"""When too few courses are eligible: which conditions are loosened, in which order, and what that gained.

Approval, closure (site, enrolment, end, no seat left) and completion are never loosened, nor what a provider demands of an enterprise
(service radius, headcount). Each step keeps what the steps before it loosened, and only steps that gain a course are kept.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.constraints import Constraint, Held, Mask, eligible, evaluate
from recommender.domain import Mode
from recommender.network import Network
from recommender.resolution import ResolvedRequest

WIDEST_KM = 100.0


@dataclass(frozen=True, slots=True)
class Relaxation:
    """One loosened condition. `before` and `after` are what the request's field was and became (None = no limit); `gained` counts courses."""

    constraint: Constraint
    field: str
    before: object
    after: object
    gained: int


@dataclass(frozen=True, slots=True, eq=False)
class Tier:
    """Instances that became eligible together: those of the request itself first, then of each relaxation.

    `mask` is `(n,) bool` and holds `courses` courses.
    """

    mask: Mask
    courses: int
    relaxation: Relaxation | None


def _courses_in(network: Network, mask: Mask) -> NDArray[np.bool_]:
    held = np.zeros(len(network.courses), dtype=bool)
    held[network.course_of[mask]] = True
    return held


def _steps(request: ResolvedRequest) -> Iterator[tuple[Constraint, str, object]]:
    """Yield what may be loosened, gentlest first: the constraint, the request's field, and what it becomes (None = no limit)."""
    limit = request.maximum_distance_km
    distances = [] if limit is None or request.point is None else _wider(limit)
    for distance in distances[:1]:
        yield Constraint.TOO_FAR, "maximum_distance_km", distance
    if request.starts_by is not None:
        yield Constraint.STARTS_TOO_LATE, "starts_by", None
    for distance in distances[1:]:
        yield Constraint.TOO_FAR, "maximum_distance_km", distance
    if request.skill_level is not None and request.level_reach is not None:
        yield Constraint.LEVEL_OUT_OF_REACH, "level_reach", None
    if set(request.modes) != set(Mode):
        yield Constraint.MODE_UNWANTED, "modes", tuple(Mode)


def _wider(limit: float) -> list[float | None]:
    """Return ever wider distances: doubled (from 1 km if it is less) until a whole city lies within, then no limit."""
    wider: list[float | None] = []
    reach = max(limit, 1.0)
    while reach < WIDEST_KM:
        reach *= 2
        wider.append(reach)
    return [*wider, None]


def tiers(network: Network, request: ResolvedRequest, held: dict[Constraint, Held]) -> list[Tier]:
    """Return the eligible instances, and behind them those gained by loosening until `request.k` courses are there or nothing is left to loosen.

    A course stands in one tier only, the first that holds it.
    """
    strict = eligible(held)
    listed = _courses_in(network, strict)
    found = [Tier(strict, int(np.count_nonzero(listed)), None)]
    loosened = request
    for constraint, field, after in _steps(request):
        if np.count_nonzero(listed) >= request.k:
            break
        change: dict[str, Any] = {field: after}
        attempt = replace(loosened, **change)
        gained = eligible(evaluate(network, attempt)) & ~listed[network.course_of]
        courses = _courses_in(network, gained)
        if courses.any():
            count = int(np.count_nonzero(courses))
            found.append(Tier(gained, count, Relaxation(constraint, field, getattr(loosened, field), after, count)))
            loosened = attempt
            listed |= courses
    return found
