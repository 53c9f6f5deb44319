"""What a learner could ask instead: one field of the request changed, or the few that admit a class."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from recommender.blocks import RequestVector
from recommender.constraints import Constraint
from recommender.domain import CourseInstance, Mode, Schedule
from recommender.exclusion import MODE_NAMES
from recommender.explanation import MEANINGS
from recommender.language import Bilingual
from recommender.policy import OnlinePolicy, Preference
from recommender.requests import MAXIMUM_DISTANCE_KM
from recommender.resolution import ResolvedRequest

_SHARES = (0.3, 0.5, 0.7, 0.9)
_HALF_DISTANCES_KM = (1, 2, 3, 5, 8, 12, 20, 30)
_SHARE_DECIMALS = 9
_TRIED = 8  # ways to admit a course, gentlest first

_SCHEDULES: Mapping[Schedule, Bilingual] = {
    Schedule.WEEKDAY: Bilingual("工作日白天", "weekday classes"),
    Schedule.EVENING: Bilingual("晚上", "evening classes"),
    Schedule.WEEKEND: Bilingual("周末", "weekend classes"),
    Schedule.SELF_PACED: Bilingual("时间自由安排", "classes at one's own pace"),
}
_ONLINE: Mapping[OnlinePolicy, Bilingual] = {
    OnlinePolicy.NEAR: Bilingual("线上课程按近在身边计", "count online classes as next door"),
    OnlinePolicy.NEUTRAL: Bilingual("线上课程按距离适中计", "count online classes as at a middle distance"),
    OnlinePolicy.FAR: Bilingual("线上课程按很远计", "count online classes as far away"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """`fields` of the request with their new values. `field` is the main one, as it was `before` and is `after`; `meaning` says what to do."""

    field: str
    before: Any
    after: Any
    fields: Mapping[str, Any]
    meaning: Bilingual


def of_weight(request: ResolvedRequest, vector: RequestVector, preferences: Sequence[Preference]) -> list[list[Change]]:
    """Return for every preference that has a part its weight raised in steps, the others in their proportions."""
    shares = dict(zip(preferences, vector.weights.tolist(), strict=True))
    parts = dict(zip(preferences, vector.has_part, strict=True))
    return [
        [_reweighed(request.weights, shares, preference, to) for to in _SHARES if to > shares[preference]]
        for preference in preferences
        if parts[preference]
    ]


def _reweighed(
    given: Mapping[Preference, float], shares: Mapping[Preference, float], raised: Preference, to: float
) -> Change:
    """Give one preference the share `to` of those that have a part; what has none keeps its proportion to the others, up to 1."""
    others = sum(given.get(one, 0.0) for one, share in shares.items() if share and one is not raised)
    scale = (1 - to) / others
    weights = {one.value: min(round(weight * scale, _SHARE_DECIMALS), 1) for one, weight in given.items()}
    weights[raised.value] = to
    share, name = shares[raised], MEANINGS[raised]
    return Change(
        f"weights.{raised.value}",
        round(share, _SHARE_DECIMALS),
        to,
        {"weights": weights},
        Bilingual(
            f"把“{name.zh}”的权重从 {share:.0%} 提高到 {to:.0%}",
            f"raise the weight of {name.en} from {share:.0%} to {to:.0%}",
        ),
    )


def of_half_distance(request: ResolvedRequest) -> list[Change]:
    """Return other half-distances, those most like the present one first."""
    now = request.half_distance_km
    others = sorted((to for to in _HALF_DISTANCES_KM if to != now), key=lambda to: abs(math.log(to / now)))
    return [
        Change(
            "half_distance_km",
            now,
            to,
            {"half_distance_km": to},
            Bilingual(
                f"把接近度减半的距离从 {now:g} 公里改为 {to} 公里",
                f"let nearness halve every {to} km instead of every {now:g} km",
            ),
        )
        for to in others
    ]


def of_schedules(request: ResolvedRequest, schedules: Iterable[Schedule]) -> list[Change]:
    """Return each of `schedules` as the only one wanted; those wanted already first."""
    wanted = request.schedules
    return [
        Change(
            "schedules",
            wanted,
            (to,),
            {"schedules": (to,)},
            Bilingual(f"上课时间只选“{_SCHEDULES[to].zh}”", f"choose {_SCHEDULES[to].en} only"),
        )
        for to in sorted(set(schedules), key=lambda one: (one not in wanted, one))
        if set(wanted) != {to}
    ]


def of_online_policy(request: ResolvedRequest) -> list[Change]:
    """Return the other policies, the next one first."""
    policies, now = list(OnlinePolicy), request.online_policy
    others = sorted(policies, key=lambda one: abs(policies.index(one) - policies.index(now)))[1:]
    return [Change("online_policy", now, to, {"online_policy": to}, _ONLINE[to]) for to in others]


def of_diversity(request: ResolvedRequest) -> list[Change]:
    """Return the pure order of the scores, unless that is what is asked for."""
    meaning = Bilingual(
        "不为避免重复而调整次序（diversity 设为 0）", "ask for the pure order of the scores (diversity 0)"
    )
    now = request.diversity
    return [Change("diversity", now, 0, {"diversity": 0}, meaning)] if now else []


@dataclass(frozen=True, slots=True)
class Missed:
    """A class that is left out, how far away it is (NaN: not known), and what it fails."""

    instance: CourseInstance
    distance_km: float
    failed: frozenset[Constraint]


def admitting(request: ResolvedRequest, missed: Iterable[Missed]) -> list[list[Change]]:
    """Return what would admit one of the classes: the smallest sets of fields that do, of each set the gentlest values first."""
    needs = [need for one in missed if (need := _needed(request, one))]
    fewest = min(map(len, needs), default=0)
    by_fields: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for need in sorted((need for need in needs if len(need) == fewest), key=_gentleness):
        tried = by_fields.setdefault(tuple(need), [])
        if need not in tried and len(tried) < _TRIED:
            tried.append(need)
    return [[_admission(request, need) for need in tried] for tried in by_fields.values()]


def _needed(request: ResolvedRequest, missed: Missed) -> dict[str, Any] | None:
    """Return the fields that would admit a class, with the least that does; None for one that no change of a learner's admits."""
    needs: dict[str, Any] = {}
    for constraint in sorted(missed.failed, key=list(Constraint).index):
        if constraint is Constraint.TOO_FAR and missed.distance_km <= MAXIMUM_DISTANCE_KM:
            needs["maximum_distance_km"] = math.ceil(missed.distance_km)
        elif constraint is Constraint.MODE_UNWANTED:
            needs["modes"] = (*dict.fromkeys(request.modes), missed.instance.mode)
        elif constraint is Constraint.STARTS_TOO_LATE:
            needs["starts_by"] = None
        else:
            return None
    return needs


def _gentleness(need: Mapping[str, Any]) -> tuple[float, tuple[Mode, ...]]:
    return need.get("maximum_distance_km", 0), need.get("modes", ())


def _admission(request: ResolvedRequest, need: Mapping[str, Any]) -> Change:
    field, phrases = next(iter(need)), list(_phrases(request, need))
    meaning = Bilingual("，并".join(zh for zh, _ in phrases), " and ".join(en for _, en in phrases))
    return Change(field, getattr(request, field), need[field], need, meaning)


def _phrases(request: ResolvedRequest, need: Mapping[str, Any]) -> Iterator[Bilingual]:
    if "modes" in need:
        name = MODE_NAMES[need["modes"][-1]]
        yield Bilingual(f"授课方式加上“{name.zh}”", f"accept classes {name.en} as well")
    if "maximum_distance_km" in need:
        now, to = request.maximum_distance_km, need["maximum_distance_km"]
        yield Bilingual(f"把距离上限从 {now:g} 公里放宽到 {to} 公里", f"allow {to} km instead of {now:g} km")
    if "starts_by" in need:
        yield Bilingual(
            f"不限开班日期（原为 {request.starts_by} 之前）", f"set no last day of start (now {request.starts_by})"
        )
