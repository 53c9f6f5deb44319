"""What must hold: boolean columns over all instances, each with a name, never a part of the score."""

from collections.abc import Callable, Mapping
from enum import StrEnum

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
    TOO_FEW_SEATS = "too_few_seats"
    OUTSIDE_SERVICE_RADIUS = "outside_service_radius"
    TOO_FEW_PEOPLE = "too_few_people"


MEANINGS: Mapping[Constraint, Bilingual] = {
    Constraint.NOT_APPROVED: Bilingual("课程尚未通过审核", "the course has not been approved"),
    Constraint.SITE_INACTIVE: Bilingual("阵地暂停或已关闭", "the site is suspended or closed"),
    Constraint.ENROLMENT_CLOSED: Bilingual("报名已截止", "enrolment has closed"),
    Constraint.ENDED: Bilingual("班次已结束", "the class has ended"),
    Constraint.FULL: Bilingual("名额已满", "no seat is left"),
    Constraint.ALREADY_COMPLETED: Bilingual("已经学过", "the course has been completed"),
    Constraint.MODE_UNWANTED: Bilingual("授课方式不在所选之列", "taught in another mode than wanted"),
    Constraint.TOO_FAR: Bilingual("超出距离范围", "farther away than the limit"),
    Constraint.STARTS_TOO_LATE: Bilingual("开班太晚", "starts too late"),
    Constraint.LEVEL_OUT_OF_REACH: Bilingual("等级要求过高", "the level is out of reach"),
    Constraint.TOO_FEW_SEATS: Bilingual("剩余名额不够全员", "not enough seats for everybody"),
    Constraint.OUTSIDE_SERVICE_RADIUS: Bilingual("不在送教范围内", "the address lies outside the service radius"),
    Constraint.TOO_FEW_PEOPLE: Bilingual("人数未达开班要求", "fewer people than the class needs"),
}


def _always(network: Network) -> Mask:
    return np.ones(len(network.instances), dtype=bool)


def _completed(network: Network, request: ResolvedRequest) -> Mask:
    passes = _always(network)
    for course_id in request.completed_course_ids:
        rows = network.rows_of_course(network.course_row[course_id])
        passes[rows.start : rows.stop] = False
    return passes


def _mode(network: Network, request: ResolvedRequest) -> Mask:
    wanted = [network.in_mode(mode) for mode in set(request.modes)]
    return np.logical_or.reduce(wanted)


def distance_of_instances(network: Network, request: ResolvedRequest) -> NDArray[np.float64]:
    """Return each instance's site's distance, `(n,) float64` kilometres, NaN where unknown or without a site."""
    return np.append(request.site_distances_km, np.nan)[network.site_of]


def _near(network: Network, request: ResolvedRequest) -> Mask:
    """Only classes at a site of known distance can be too far."""
    if request.maximum_distance_km is None or request.point is None:
        return _always(network)
    too_far = np.append(request.site_distances_km > request.maximum_distance_km, False)
    return ~(too_far[network.site_of] & network.in_mode(Mode.AT_SITE))


def _inside_radius(network: Network, request: ResolvedRequest) -> Mask:
    """Only at-enterprise classes have a radius, and only a known distance can exceed it."""
    if request.point is None:
        return _always(network)
    outside = distance_of_instances(network, request) > network.service_radius_km
    return ~(outside & network.in_mode(Mode.AT_ENTERPRISE))


def _headcount(network: Network, request: ResolvedRequest) -> Mask:
    """An enterprise that does not say how many it is may be enough; a learner is one."""
    if request.headcount is None and request.audience is Audience.ENTERPRISE:
        return _always(network)
    return ~(((request.headcount or 1) < network.minimum_headcount) & network.in_mode(Mode.AT_ENTERPRISE))


def _level(network: Network, request: ResolvedRequest) -> Mask:
    if request.skill_level is None or request.level_reach is None:
        return _always(network)
    return network.level_step <= request.skill_level.step + request.level_reach


def _starts(network: Network, request: ResolvedRequest) -> Mask:
    if request.starts_by is None:
        return _always(network)
    return network.start_day <= request.starts_by.toordinal()


def _enough_seats(network: Network, request: ResolvedRequest) -> Mask:
    """Whether any seat is left at all is another constraint's business."""
    return (network.seats_left >= request.seats_needed) | (network.seats_left < 1)


_EVALUATE: Mapping[Constraint, Callable[[Network, ResolvedRequest], Mask]] = {
    Constraint.NOT_APPROVED: lambda network, _: network.approved,
    Constraint.SITE_INACTIVE: lambda network, _: network.site_active,
    Constraint.ENROLMENT_CLOSED: lambda network, request: network.deadline_day >= request.as_of.toordinal(),
    Constraint.ENDED: lambda network, request: network.end_day >= request.as_of.toordinal(),
    Constraint.FULL: lambda network, _: network.seats_left >= 1,
    Constraint.ALREADY_COMPLETED: _completed,
    Constraint.MODE_UNWANTED: _mode,
    Constraint.TOO_FAR: _near,
    Constraint.STARTS_TOO_LATE: _starts,
    Constraint.LEVEL_OUT_OF_REACH: _level,
    Constraint.TOO_FEW_SEATS: _enough_seats,
    Constraint.OUTSIDE_SERVICE_RADIUS: _inside_radius,
    Constraint.TOO_FEW_PEOPLE: _headcount,
}


def evaluate(network: Network, request: ResolvedRequest) -> dict[Constraint, Mask]:
    """Return for every constraint which instances hold it, each `(n,) bool`."""
    return {constraint: passes(network, request) for constraint, passes in _EVALUATE.items()}


def eligible(masks: Mapping[Constraint, Mask]) -> Mask:
    """Return which instances hold all constraints, `(n,) bool`."""
    return np.logical_and.reduce(list(masks.values()))


def excluded(masks: Mapping[Constraint, Mask]) -> dict[str, int]:
    """Return how many instances each constraint removes; one that fails several is counted in each."""
    counts = {constraint.value: mask.size - int(np.count_nonzero(mask)) for constraint, mask in masks.items()}
    return {name: count for name, count in counts.items() if count}
