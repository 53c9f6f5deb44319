"""What must hold: boolean columns over all instances, each with a name, never a part of the score."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from recommender.domain import Mode
from recommender.language import Bilingual
from recommender.network import Network
from recommender.policy import Audience
from recommender.resolution import ResolvedRequest

Mask = NDArray[np.bool_]


class Constraint(StrEnum):
    """A condition, named by how an instance fails it."""

    NOT_APPROVED = "not_approved"
    SITE_INACTIVE = "site_inactive"
    ENROLMENT_CLOSED = "enrolment_closed"
    ENDED = "ended"
    FULL = "full"
    ALREADY_COMPLETED = "already_completed"
    MODE_UNWANTED = "mode_unwanted"
    TOO_FAR = "too_far"
    STARTS_TOO_LATE = "starts_too_late"
    LEVEL_OUT_OF_REACH = "level_out_of_reach"
    OUTSIDE_SERVICE_RADIUS = "outside_service_radius"
    TOO_FEW_PEOPLE = "too_few_people"


MEANINGS: Mapping[Constraint, Bilingual] = {
    Constraint.NOT_APPROVED: Bilingual("课程尚未通过审核", "the course has not been approved"),
    Constraint.SITE_INACTIVE: Bilingual("阵地暂停或已关闭", "the site is suspended or closed"),
    Constraint.ENROLMENT_CLOSED: Bilingual("报名已截止", "enrolment has closed"),
    Constraint.ENDED: Bilingual("班次已结束", "the class has ended"),
    Constraint.FULL: Bilingual("名额已满", "no seat is left"),
    Constraint.ALREADY_COMPLETED: Bilingual("已经学过", "the course has been completed"),
    Constraint.MODE_UNWANTED: Bilingual("授课方式不在所选之列", "it is taught in another mode than wanted"),
    Constraint.TOO_FAR: Bilingual("超出距离范围", "it is farther away than the limit"),
    Constraint.STARTS_TOO_LATE: Bilingual("开班太晚", "it starts too late"),
    Constraint.LEVEL_OUT_OF_REACH: Bilingual("等级要求过高", "its level is out of reach"),
    Constraint.OUTSIDE_SERVICE_RADIUS: Bilingual("不在送教范围内", "the address lies outside its service radius"),
    Constraint.TOO_FEW_PEOPLE: Bilingual("人数未达开班要求", "it needs more people"),
}


class Held(NamedTuple):
    """Which instances hold a constraint, `(n,) bool`, and how many it removes."""

    mask: Mask
    removed: int


def _held(mask: Mask) -> Held:
    return Held(mask, mask.size - int(np.count_nonzero(mask)))


def _everything(network: Network) -> Held:
    return _held(np.ones(len(network.instances), dtype=bool))


def _all(network: Network) -> Held:
    return network.remember(_everything)


def _approved(network: Network) -> Held:
    return _held(network.approved)


def _site_active(network: Network) -> Held:
    return _held(network.site_active)


def _vacant(network: Network) -> Held:
    return _held(network.seats_left >= 1)


def _enrolling(network: Network, day: int) -> Held:
    return _held(network.deadline_day >= day)


def _running(network: Network, day: int) -> Held:
    return _held(network.end_day >= day)


def _in_modes(network: Network, modes: frozenset[Mode]) -> Held:
    return _held(np.logical_or.reduce([network.in_mode(mode) for mode in modes]))


def _at_most_level(network: Network, step: int) -> Held:
    return _held(network.level_step <= step)


def _enough_people(network: Network, headcount: int) -> Held:
    return _held(~((headcount < network.minimum_headcount) & network.in_mode(Mode.AT_ENTERPRISE)))


def _completed(network: Network, request: ResolvedRequest) -> Held:
    if not request.completed_course_ids:
        return _all(network)
    passes = np.ones(len(network.instances), dtype=bool)
    for course_id in request.completed_course_ids:
        rows = network.rows_of_course(network.course_row[course_id])
        passes[rows.start : rows.stop] = False
    return _held(passes)


def _near(network: Network, request: ResolvedRequest) -> Held:
    """Only classes at a site of known distance can be too far."""
    if request.maximum_distance_km is None or request.point is None:
        return _all(network)
    too_far = np.append(request.site_distances_km > request.maximum_distance_km, False)
    return _held(~(too_far[network.site_of] & network.in_mode(Mode.AT_SITE)))


def _inside_radius(network: Network, request: ResolvedRequest) -> Held:
    """Only at-enterprise classes have a radius, and only a known distance can exceed it."""
    if request.point is None:
        return _all(network)
    distances = np.append(request.site_distances_km, np.nan)[network.site_of]
    return _held(~((distances > network.service_radius_km) & network.in_mode(Mode.AT_ENTERPRISE)))


def _people(network: Network, request: ResolvedRequest) -> Held:
    """An enterprise that does not say how many it is may be enough; a learner is one."""
    if request.headcount is None and request.audience is Audience.ENTERPRISE:
        return _all(network)
    return network.remember(_enough_people, request.headcount or 1)


def _level(network: Network, request: ResolvedRequest) -> Held:
    if request.skill_level is None or request.level_reach is None:
        return _all(network)
    return network.remember(_at_most_level, request.skill_level.step + request.level_reach)


def _starts(network: Network, request: ResolvedRequest) -> Held:
    if request.starts_by is None:
        return _all(network)
    return _held(network.start_day <= request.starts_by.toordinal())


_EVALUATE: Mapping[Constraint, Callable[[Network, ResolvedRequest], Held]] = {
    Constraint.NOT_APPROVED: lambda network, _: network.remember(_approved),
    Constraint.SITE_INACTIVE: lambda network, _: network.remember(_site_active),
    Constraint.ENROLMENT_CLOSED: lambda network, request: network.remember(_enrolling, request.as_of.toordinal()),
    Constraint.ENDED: lambda network, request: network.remember(_running, request.as_of.toordinal()),
    Constraint.FULL: lambda network, _: network.remember(_vacant),
    Constraint.ALREADY_COMPLETED: _completed,
    Constraint.MODE_UNWANTED: lambda network, request: network.remember(_in_modes, frozenset(request.modes)),
    Constraint.TOO_FAR: _near,
    Constraint.STARTS_TOO_LATE: _starts,
    Constraint.LEVEL_OUT_OF_REACH: _level,
    Constraint.OUTSIDE_SERVICE_RADIUS: _inside_radius,
    Constraint.TOO_FEW_PEOPLE: _people,
}


def evaluate(network: Network, request: ResolvedRequest) -> dict[Constraint, Held]:
    """Return for every constraint which instances hold it; columns that many requests share are remembered."""
    return {constraint: passes(network, request) for constraint, passes in _EVALUATE.items()}


def eligible(held: Mapping[Constraint, Held]) -> Mask:
    """Return which instances hold all constraints, `(n,) bool`."""
    return np.logical_and.reduce([one.mask for one in held.values() if one.removed] or [next(iter(held.values())).mask])


def excluded(held: Mapping[Constraint, Held]) -> dict[str, int]:
    """Return how many instances each constraint removes; one that fails several is counted in each."""
    return {constraint.value: one.removed for constraint, one in held.items() if one.removed}
