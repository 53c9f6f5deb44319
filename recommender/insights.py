"""Numbers about all stored learners (统计), from which nothing can be told of few of them."""

from collections import Counter
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from recommender.domain import Learner, PlaceKind
from recommender.errors import InvalidRequest
from recommender.geography import Gazetteer, Point, distances_km
from recommender.network import Network
from recommender.profiles import point_of
from recommender.snapshot import Snapshot
from recommender.taxonomy import skill_levels

Group = TypeVar("Group", bound=Hashable)

_UNKNOWN = None
_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class Told:
    """The groups of a table that may be told of, and how many learners all others hold together; None: not even that."""

    shown: Mapping[Any, int]
    hidden: int | None


def conceal(counts: Mapping[Group, int], hidden_below: int) -> Told:
    """Hide groups of fewer than `hidden_below`, and as many of the next smallest as it takes that none of them can be computed from the sum.

    `counts` has an entry, which may be 0, for every group there could be. Groups of the same size are hidden together: else it would tell something
    which of them are.
    """
    total = sum(counts.values())
    shown = {group: count for group, count in counts.items() if count >= hidden_below}
    while total >= hidden_below:
        hidden, others = total - sum(shown.values()), [count for group, count in counts.items() if group not in shown]
        # none of them, or more than could be few; and not each of them as many as can be
        several = hidden >= hidden_below and (hidden < len(others) * (hidden_below - 1) or max(others) >= hidden_below)
        if not hidden or several:
            return Told(shown, hidden)
        if not shown:
            break
        least = min(shown.values())
        shown = {group: count for group, count in shown.items() if count > least}
    return Told({}, None)


def learner_counts(snapshot: Snapshot, hidden_below: int) -> dict[str, Any]:
    """Return how many learners are stored, by district, industry cluster and skill level, in the shape of `GET /v1/insights/learners`.

    When one table has to be concealed wholly, all are: each of them tells how many learners there are.
    """
    network = snapshot.network
    told = {name: conceal(network.remember(count), hidden_below) for name, (count, _) in _TABLES.items()}
    if any(table.hidden is None for table in told.values()):
        told = dict.fromkeys(told, Told({}, None))
    tables = {
        name: {
            "groups": [
                {"id": group, "name": name_of(network, group), "learners": count}
                for group, count in sorted(table.shown.items(), key=lambda entry: (-entry[1], entry[0] or ""))
            ],
            "hidden": table.hidden,
        }
        for (name, table), (_, name_of) in zip(told.items(), _TABLES.values(), strict=True)
    }
    open_to_see = all(table.hidden is not None for table in told.values())
    learners = len(network.learners) if open_to_see else None
    return {"snapshot": snapshot.version, "hidden_below": hidden_below, "learners": learners, **tables}


def hide_small(answer: Mapping[str, Any], hidden_below: int) -> dict[str, Any]:
    """Return an audience's answer without counts of few learners, or that leave few of the largest of them."""
    excluded, eligible = answer["excluded"], answer["eligible_learners"]
    most = max([eligible, *excluded.values()])

    def is_small(count: int) -> bool:
        return 0 < count < hidden_below or 0 < most - count < hidden_below

    kept = {name: count for name, count in excluded.items() if not is_small(count)}
    return {**answer, "eligible_learners": None if is_small(eligible) else eligible, "excluded": kept}


def _by_district(network: Network) -> dict[str | None, int]:
    gazetteer = network.gazetteer
    districts = [place.place_id for place in gazetteer.places if place.kind is PlaceKind.DISTRICT]
    counts: Counter[str | None] = Counter()
    nowhere: list[Point] = []
    for learner in network.learners:
        district = _named_district(learner, gazetteer)
        point = None if district else _point(learner, gazetteer)
        if point:
            nowhere.append(point)
        else:
            counts[district] += 1
    counts.update(_nearest_districts(nowhere, gazetteer))
    return {district: counts[district] for district in [*districts, _UNKNOWN]}


def _named_district(learner: Learner, gazetteer: Gazetteer) -> str | None:
    try:
        district = gazetteer.district_of(gazetteer.find(learner.place)) if learner.place else None
    except InvalidRequest:
        return _UNKNOWN
    return district.place_id if district else _UNKNOWN


def _point(learner: Learner, gazetteer: Gazetteer) -> Point | None:
    try:
        return point_of(learner, gazetteer) if learner.latitude is not None else None
    except InvalidRequest:
        return None


def _nearest_districts(points: list[Point], gazetteer: Gazetteer) -> Counter[str | None]:
    """Count points by the district of the named place that is nearest to each."""
    named = [(place, district) for place in gazetteer.places if (district := gazetteer.district_of(place))]
    where = _degrees([gazetteer.point_of(place) for place, _ in named])
    counts: Counter[str | None] = Counter()
    for start in range(0, len(points) if named else 0, _AT_ONCE):
        nearest = distances_km(_degrees(points[start : start + _AT_ONCE]), where).argmin(axis=1)
        counts.update(named[row][1].place_id for row in nearest.tolist())
    if not named:
        counts[_UNKNOWN] = len(points)
    return counts


def _degrees(points: list[Point]) -> NDArray[np.float64]:
    return np.array([(point.latitude, point.longitude) for point in points], dtype=np.float64).reshape(-1, 2)


def _by_cluster(network: Network) -> dict[str | None, int]:
    found = (network.taxonomy.find(one.industry) if one.industry else None for one in network.learners)
    counts = Counter(cluster.cluster_id if cluster else _UNKNOWN for cluster in found)
    return {cluster: counts[cluster] for cluster in [*network.taxonomy.cluster_ids, _UNKNOWN]}


def _by_level(network: Network) -> dict[str | None, int]:
    counts = Counter(one.skill_level.value if one.skill_level else _UNKNOWN for one in network.learners)
    return {level: counts[level] for level in [*(each.value for each in skill_levels()), _UNKNOWN]}


def _district_name(network: Network, district: str) -> str:
    return next(place.name for place in network.gazetteer.places if place.place_id == district)


def _level_name(_network: Network, level: str) -> str:
    return next(names.name for each, names in skill_levels().items() if each.value == level)


def _named(name_of: Callable[[Network, str], str], network: Network, group: str | None) -> str | None:
    return None if group is None else name_of(network, group)


_TABLES: Mapping[
    str, tuple[Callable[[Network], dict[str | None, int]], Callable[[Network, str | None], str | None]]
] = {
    "districts": (_by_district, partial(_named, _district_name)),
    "clusters": (_by_cluster, partial(_named, lambda network, cluster: network.taxonomy.name_of(cluster))),
    "skill_levels": (_by_level, partial(_named, _level_name)),
}
