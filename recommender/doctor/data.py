"""The data: what in a catalogue keeps it from being recommended, or from being recommended well."""

import datetime
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from recommender.doctor.finding import Finding, note, sound, wrong
from recommender.domain import Approval, Catalogue, Learner, PlaceKind
from recommender.language import Bilingual
from recommender.network import Network

_EXAMPLES = 3
_DATA = Bilingual("数据", "data")

Check = Callable[[Network, datetime.date], Finding | None]


def examine_data(catalogue: Catalogue, *, today: datetime.date) -> Iterator[Finding]:
    """Yield what is to be said of a catalogue, worst first; that all is well when there is nothing. Learners are counted, never named."""
    if not any(place.kind is PlaceKind.CITY for place in catalogue.places):
        zh = "没有地点：缺少 kind 为 city 的一行。请重新导入含 places 的目录。"
        en = "There are no places: the row of kind city is missing; import a catalogue with places again."
        yield wrong(_DATA, zh, en)
        return
    network = Network(catalogue)
    findings = [finding for check in _CHECKS if (finding := check(network, today))]
    yield from findings or [sound(_DATA, "没有发现问题", "nothing to remark")]


def _listed(zh: str, en: str, ids: Sequence[str]) -> Finding | None:
    """Return a note behind the number of `ids`, with a few of them; None when there are none."""
    if not ids:
        return None
    shown, more = ids[:_EXAMPLES], len(ids) > _EXAMPLES
    examples = "、".join(shown) + (" 等" if more else ""), ", ".join(shown) + (", …" if more else "")
    return note(_DATA, f"{len(ids)} {zh}（{examples[0]}）", f"{len(ids)} {en} ({examples[1]})")


def _counted(zh: str, en: str, count: int) -> Finding | None:
    return note(_DATA, f"{count} {zh}", f"{count} {en}") if count else None


def _open(network: Network, today: datetime.date) -> NDArray[np.bool_]:
    """Tell for each instance whether one can enrol in it."""
    day = today.toordinal()
    in_time = (network.deadline_day >= day) & (network.end_day >= day)
    return network.approved & network.site_active & in_time & (network.seats_left >= 1)


def _nothing_to_enrol_in(network: Network, today: datetime.date) -> Finding | None:
    if _open(network, today).any():
        return None
    zh = "没有一个班次可以报名，任何推荐都会是空的。请检查审核状态、报名截止日期、名额和阵地状态。"
    en = "Not one class can be enrolled in, every answer will be empty; check approval, deadlines, seats and the state of the sites."
    return wrong(_DATA, zh, en)


def _sites_nowhere(network: Network, today: datetime.date) -> Finding | None:
    nowhere = np.isnan(network.site_points).any(axis=1)
    return _listed(
        "个阵地没有位置，其班次的距离未知，请补充经纬度或所在街道",
        "sites have no point, so that the distance of their classes is unknown; give coordinates or a sub-district",
        [network.sites[row].site_id for row in np.flatnonzero(nowhere)],
    )


def _courses_without_text(network: Network, today: datetime.date) -> Finding | None:
    return _listed(
        "门课程没有介绍，只能按名称推荐，请补充 description",
        "courses have no description and can be found by their title only; write one",
        [course.course_id for course in network.courses if not course.description],
    )


def _courses_without_class(network: Network, today: datetime.date) -> Finding | None:
    return _listed(
        "门课程没有班次，不会被推荐，请开班或删除",
        "courses have no class and are never recommended; offer one, or remove them",
        [network.courses[row].course_id for row in np.flatnonzero(np.diff(network.first_row) == 0)],
    )


def _courses_closed(network: Network, today: datetime.date) -> Finding | None:
    listed = np.zeros(len(network.courses), dtype=bool)
    listed[network.course_of[_open(network, today)]] = True
    offered = np.diff(network.first_row) > 0
    return _listed(
        "门已通过审核的课程没有一个班次可以报名（已截止、已结束、已满或阵地停用），请开新班",
        "approved courses have classes but none that can be enrolled in (closed, over, full, or at a closed site); offer new ones",
        [
            course.course_id
            for course, has_class, is_open in zip(network.courses, offered, listed, strict=True)
            if has_class and not is_open and course.approval is Approval.APPROVED
        ],
    )


def _classes_over(network: Network, today: datetime.date) -> Finding | None:
    over = network.end_day < today.toordinal()
    return _listed(
        "个班次已经结束，可以删除",
        "classes are over and may be removed",
        [network.instances[row].instance_id for row in np.flatnonzero(over)],
    )


def _classes_overfull(network: Network, today: datetime.date) -> Finding | None:
    return _listed(
        "个班次的报名人数超过名额，请核对 seats 和 enrolled",
        "classes have more people enrolled than seats; check seats and enrolled",
        [one.instance_id for one in network.instances if one.seats is not None and one.enrolled > one.seats],
    )


def _learners_who_say_nothing(network: Network, today: datetime.date) -> Finding | None:
    return _counted(
        "名学员没有填写目标、职业或行业，无法推荐",
        "learners give no goal, occupation or industry and get no recommendations",
        sum(not (one.goal or one.occupation or one.industry) for one in network.learners),
    )


def _learners_nowhere(network: Network, today: datetime.date) -> Finding | None:
    return _counted(
        "名学员没有填写位置，推荐时不计远近",
        "learners give no location, so that nearness has no part in their recommendations",
        sum(_is_nowhere(one) for one in network.learners),
    )


def _is_nowhere(learner: Learner) -> bool:
    return learner.latitude is None and not learner.place


_CHECKS: tuple[Check, ...] = (
    _nothing_to_enrol_in,
    _sites_nowhere,
    _courses_without_class,
    _courses_closed,
    _courses_without_text,
    _classes_over,
    _classes_overfull,
    _learners_who_say_nothing,
    _learners_nowhere,
)
