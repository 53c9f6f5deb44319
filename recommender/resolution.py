"""A request as sent, made definite: names resolved, points normalised, defaults filled in, the day fixed."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.domain import Coordinates, Mode, Schedule, SkillLevel
from recommender.errors import InvalidRequest
from recommender.geography import Gazetteer, Point
from recommender.language import Language
from recommender.network import Network
from recommender.policy import Audience, OnlinePolicy, Policy, Preference
from recommender.requests import EnterpriseRequest, LearnerRequest, Location
from recommender.taxonomy import parse_skill_level, skill_levels

_SEPARATOR = "。"
_DEFAULT_MODES: Mapping[Audience, tuple[Mode, ...]] = {
    Audience.LEARNER: (Mode.AT_SITE, Mode.ONLINE),
    Audience.ENTERPRISE: (Mode.AT_ENTERPRISE, Mode.AT_SITE, Mode.ONLINE),
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ResolvedRequest:
    """A request with nothing left open. `site_distances_km` is `(s,) float64`, NaN where a point is not known.

    `wish` is what was said first of goal (or needs), occupation and industry, `context` the others; either may be empty.
    """

    audience: Audience
    wish: str
    context: str
    industry: str | None
    cluster_ids: tuple[str, ...]
    skill_level: SkillLevel | None
    point: Point | None
    site_distances_km: NDArray[np.float64]
    completed_course_ids: frozenset[str]
    headcount: int | None
    modes: tuple[Mode, ...]
    schedules: tuple[Schedule, ...]
    starts_by: datetime.date | None
    maximum_distance_km: float | None
    half_distance_km: float
    online_policy: OnlinePolicy
    weights: Mapping[Preference, float]
    diversity: float
    as_of: datetime.date
    k: int
    offset: int
    language: Language
    level_reach: int | None

    @property
    def text(self) -> str:
        """All that was said, the wish first."""
        return _SEPARATOR.join(text for text in (self.wish, self.context) if text)


def resolve(
    request: LearnerRequest | EnterpriseRequest, network: Network, policy: Policy, *, today: datetime.date
) -> ResolvedRequest:
    """Resolve `request` against a network; InvalidRequest names the field that cannot be."""
    if isinstance(request, EnterpriseRequest):
        return _resolve(
            request,
            network,
            policy,
            today,
            audience=Audience.ENTERPRISE,
            texts=(request.needs, request.industry),
            headcount=request.headcount,
        )
    unknown = [course_id for course_id in request.completed_course_ids if course_id not in network.course_row]
    if unknown:
        shown = unknown[0][:64]
        raise InvalidRequest.of(
            "completed_course_ids", f"没有编号为“{shown}”的课程。", f"There is no course with the id {shown!r}."
        )
    texts = (request.goal, request.occupation, request.industry)
    return _resolve(
        request,
        network,
        policy,
        today,
        audience=Audience.LEARNER,
        texts=texts,
        completed=frozenset(request.completed_course_ids),
    )


def _resolve(
    request: LearnerRequest | EnterpriseRequest,
    network: Network,
    policy: Policy,
    today: datetime.date,
    *,
    audience: Audience,
    texts: tuple[str | None, ...],
    headcount: int | None = None,
    completed: frozenset[str] = frozenset(),
) -> ResolvedRequest:
    point = locate(request.location, network.gazetteer)
    cluster = network.taxonomy.find(request.industry) if request.industry else None
    given = request.maximum_distance_km
    said = [text for text in texts if text]
    return ResolvedRequest(
        audience=audience,
        wish=said[0] if said else "",
        context=_SEPARATOR.join(said[1:]),
        industry=request.industry or None,
        cluster_ids=(cluster.cluster_id,) if cluster else (),
        skill_level=resolve_skill_level(request.skill_level),
        point=point,
        site_distances_km=network.distances_from(point),
        completed_course_ids=completed,
        headcount=headcount,
        modes=request.modes or _DEFAULT_MODES[audience],
        schedules=request.schedules,
        starts_by=request.starts_by,
        maximum_distance_km=policy.maximum_distance_km if given is None else given,
        half_distance_km=request.half_distance_km or policy.half_distance_km,
        online_policy=request.online_policy,
        weights=policy.weights(audience) if request.weights is None else request.weights,
        diversity=policy.diversity if request.diversity is None else request.diversity,
        as_of=request.as_of or today,
        level_reach=policy.level_reach,
        k=request.k,
        offset=request.offset,
        language=request.language,
    )


def resolve_skill_level(name: str | None) -> SkillLevel | None:
    """Return the level written as `name`, None for nothing; InvalidRequest lists the levels when there is no such one."""
    if not name:
        return None
    level = parse_skill_level(name)
    if level is None:
        names = "、".join(names.name for names in skill_levels().values())
        english = ", ".join(level.value for level in skill_levels())
        raise InvalidRequest.of(
            "skill_level",
            f"没有这个技能等级。应为：{names}，或 五级 至 一级。",
            f"There is no such skill level; expected one of {english}.",
        )
    return level


def locate(location: Location | None, gazetteer: Gazetteer, field: str = "location") -> Point | None:
    """Return a location's point in WGS-84, None for None; InvalidRequest when it is unknown or outside the city."""
    if location is None:
        return None
    if location.place is not None:
        return gazetteer.point_of(gazetteer.find(location.place, f"{field}.place"))
    assert location.latitude is not None
    assert location.longitude is not None
    return gazetteer.locate(
        Coordinates(latitude=location.latitude, longitude=location.longitude, datum=location.datum), field
    )
