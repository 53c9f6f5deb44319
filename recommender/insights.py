"""Numbers about all stored learners (统计), from which nothing can be told of few of them."""

from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from recommender.domain import PlaceKind, SkillLevel
from recommender.language import Language
from recommender.network import Network
from recommender.snapshot import Snapshot
from recommender.taxonomy import skill_levels
from recommender.whereabouts import UNKNOWN, whereabouts

Group = TypeVar("Group", bound=Hashable)

_STEPS = (20, 10, 4, 2)  # in which a share is told: all of them are multiples of 0.05
_COUNTS_PER_STEP = 2


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


def conceal_all(counts: Mapping[str, Mapping[Any, int]], hidden_below: int) -> dict[str, Told]:
    """Conceal tables of the same learners. When one of them has to be concealed wholly, all are: each tells how many learners there are."""
    told = {name: conceal(table, hidden_below) for name, table in counts.items()}
    if any(table.hidden is None for table in told.values()):
        return dict.fromkeys(told, Told({}, None))
    return told


def conceal_places(
    counts: Mapping[str | None, Mapping[str | None, int]], hidden_below: int
) -> Mapping[str | None, int] | None:
    """Return the sub-districts that may be told of, with their counts; None when not even the sum may be told.

    `counts` has for each district, and None for nowhere known, those in each of its sub-districts, and under None all others. No sub-district of few
    can be computed from the sum of all, nor by whoever knows the districts' sums from `learner_counts` as well. Those others are hidden only where
    they help to hide a sub-district: of them nothing is told but, to such a caller, how many they are.
    """
    told = conceal({district: sum(parts.values()) for district, parts in counts.items()}, hidden_below)
    if told.hidden is None:
        return None
    within = (_conceal_within(counts[district], hidden_below) for district in told.shown if district is not None)
    return {name: count for shown in within for name, count in shown.items() if name is not None}


def _conceal_within(parts: Mapping[str | None, int], hidden_below: int) -> Mapping[str | None, int]:
    """Return the parts of one district that may be told of."""
    if any(0 < count < hidden_below for name, count in parts.items() if name is not None):
        return conceal(parts, hidden_below).shown
    return {name: count for name, count in parts.items() if count >= hidden_below}


def told_share(part: int, whole: int, hidden_below: int) -> float | None:
    """Return `part / whole` in [0, 1], rounded to 0.05, and coarser so far that each value stands for several counts; None for fewer than `hidden_below`."""
    steps = next((steps for steps in _STEPS if steps * _COUNTS_PER_STEP < whole), None)
    return None if steps is None or whole < hidden_below else round(round(part / whole * steps) / steps, 2)


def learner_counts(snapshot: Snapshot, hidden_below: int) -> dict[str, Any]:
    """Return how many learners are stored, by district, industry cluster and skill level, in the shape of `GET /v1/insights/learners`."""
    network = snapshot.network
    told = told_counts(network, hidden_below)
    learners = len(network.learners) if all(table.hidden is not None for table in told.values()) else None
    tables = {name: table_of(name, each, network, Language.ZH) for name, each in told.items()}
    return {"snapshot": snapshot.version, "hidden_below": hidden_below, "learners": learners, **tables}


def told_counts(network: Network, hidden_below: int) -> dict[str, Told]:
    """Return what may be told of how many learners there are, by the names of the tables."""
    return conceal_all({name: count_by(name, network) for name in _TABLES}, hidden_below)


def count_by(name: str, network: Network, among: NDArray[np.bool_] | None = None) -> dict[str | None, int]:
    """Return how many learners are in each group of a table, those `among`, `(m,) bool`, only; None for not known."""
    group_of, groups, _ = _TABLES[name]
    column = network.remember(group_of)
    counts = Counter(column if among is None else compress(column, among.tolist()))
    return {group: counts[group] for group in [*groups(network), None]}


def table_of(name: str, told: Told, network: Network, language: Language) -> dict[str, Any]:
    """Return a table as answers show it."""
    name_of = _TABLES[name][2]
    return {
        "groups": [
            {"id": group, "name": None if group is None else name_of(network, group, language), "learners": count}
            for group, count in sorted(told.shown.items(), key=lambda entry: (-entry[1], entry[0] or ""))
        ],
        "hidden": told.hidden,
    }


def hide_small(answer: Mapping[str, Any], hidden_below: int) -> dict[str, Any]:
    """Return an audience's answer without counts of few learners, or that leave few of the largest of them."""
    excluded, eligible = answer["excluded"], answer["eligible_learners"]
    most = max([eligible, *excluded.values()])

    def is_small(count: int) -> bool:
        return 0 < count < hidden_below or 0 < most - count < hidden_below

    kept = {name: count for name, count in excluded.items() if not is_small(count)}
    return {**answer, "eligible_learners": None if is_small(eligible) else eligible, "excluded": kept}


def _district_of(network: Network) -> tuple[str | None, ...]:
    ids = [place.place_id for place in network.gazetteer.places]
    rows = network.remember(whereabouts).district.tolist()
    return tuple(None if row == UNKNOWN else ids[row] for row in rows)


def _cluster_of(network: Network) -> tuple[str | None, ...]:
    found = (network.taxonomy.find(one.industry) if one.industry else None for one in network.learners)
    return tuple(cluster.cluster_id if cluster else None for cluster in found)


def _level_of(network: Network) -> tuple[str | None, ...]:
    return tuple(one.skill_level.value if one.skill_level else None for one in network.learners)


def _districts(network: Network) -> list[str]:
    return [place.place_id for place in network.gazetteer.places if place.kind is PlaceKind.DISTRICT]


def _district_name(network: Network, district: str, _language: Language) -> str:
    return next(place.name for place in network.gazetteer.places if place.place_id == district)


def _cluster_name(network: Network, cluster_id: str, language: Language) -> str:
    cluster = network.taxonomy.clusters[network.taxonomy.column[cluster_id]]
    return (cluster.english_name or cluster.name) if language is Language.EN else cluster.name


def _level_name(_network: Network, level: str, language: Language) -> str:
    names = skill_levels()[SkillLevel(level)]
    return names.english_name if language is Language.EN else names.name


_TABLES: Mapping[
    str,
    tuple[
        Callable[[Network], tuple[str | None, ...]],
        Callable[[Network], Sequence[str]],
        Callable[[Network, str, Language], str],
    ],
] = {
    "districts": (_district_of, _districts, _district_name),
    "clusters": (_cluster_of, lambda network: network.taxonomy.cluster_ids, _cluster_name),
    "skill_levels": (_level_of, lambda _: [level.value for level in skill_levels()], _level_name),
}
"""By name: each learner's group, what groups there are, and what they are called."""
