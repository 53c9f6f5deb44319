"""Industry clusters, how related they are, and the names of skill levels: all of it data."""

import csv
import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from recommender.domain import ClusterRelation, IndustryCluster, SkillLevel
from recommender.remembering import remembered
from recommender.text import normalise


class Taxonomy:
    """The clusters of one city's catalogue, in the order of their ids.

    `relatedness` is `(n, n) float64` in [0, 1], symmetric, 1 on the diagonal.
    """

    def __init__(self, clusters: Sequence[IndustryCluster], relations: Sequence[ClusterRelation] = ()) -> None:
        self.clusters = tuple(clusters)
        self.cluster_ids = tuple(cluster.cluster_id for cluster in self.clusters)
        self.column = {cluster_id: column for column, cluster_id in enumerate(self.cluster_ids)}
        self.relatedness = self._relate(relations)
        self._by_name = self._names()
        self.find = remembered(self._find, 1024)

    def _relate(self, relations: Sequence[ClusterRelation]) -> NDArray[np.float64]:
        matrix = np.eye(len(self.clusters))
        for relation in relations:
            one, other = self.column[relation.cluster_id], self.column[relation.related_cluster_id]
            if one != other:
                matrix[one, other] = matrix[other, one] = relation.relatedness
        return matrix

    def _names(self) -> dict[str, IndustryCluster]:
        names: dict[str, IndustryCluster] = {}
        for cluster in self.clusters:
            for alias in cluster.aliases:
                names.setdefault(normalise(alias), cluster)
        for cluster in self.clusters:
            for name in (cluster.english_name, cluster.name, cluster.cluster_id):
                if name:
                    names[normalise(name)] = cluster
        return names

    def _find(self, name: str) -> IndustryCluster | None:
        """Return the cluster with this id, name, English name or alias, or None."""
        return self._by_name.get(normalise(name))

    def suggest(self, name: str, limit: int = 3) -> list[str]:
        """Return names of clusters spelt most like `name`, best first."""
        near = difflib.get_close_matches(normalise(name), self._by_name, n=4 * limit, cutoff=0.4)
        return list(dict.fromkeys(self._by_name[key].name for key in near))[:limit]

    def name_of(self, cluster_id: str) -> str:
        """Return a cluster's Chinese name."""
        return self.clusters[self.column[cluster_id]].name


@dataclass(frozen=True, slots=True)
class LevelNames:
    """How people write one skill level."""

    level: SkillLevel
    name: str
    english_name: str
    aliases: tuple[str, ...]


@lru_cache(maxsize=1)
def skill_levels() -> Mapping[SkillLevel, LevelNames]:
    """Return every level's names, lowest level first."""
    text = files("recommender").joinpath("data/skill_levels.csv").read_text(encoding="utf-8")
    rows = [
        LevelNames(
            SkillLevel(row["level"]), row["name"], row["english_name"], tuple(filter(None, row["aliases"].split("|")))
        )
        for row in csv.DictReader(text.splitlines())
    ]
    return {row.level: row for row in sorted(rows, key=lambda row: row.level.step)}


def level_names() -> list[str]:
    """Return all that people write for a skill level, lowest level first."""
    return [name for level in skill_levels().values() for name in _names_of(level)]


def _names_of(level: LevelNames) -> tuple[str, ...]:
    return tuple(dict.fromkeys((level.level.value, level.name, level.english_name, *level.aliases)))


@lru_cache(maxsize=1)
def _level_by_name() -> Mapping[str, SkillLevel]:
    return {normalise(name): level for level, names in skill_levels().items() for name in _names_of(names)}


@lru_cache(maxsize=256)
def parse_skill_level(name: str) -> SkillLevel | None:
    """Return the level written as `name`, None if there is none.

    Chinese names, the older ones (三级, 三级/高级工, 高级工（三级）) and English ones are known; parts must not contradict each other.
    """
    found = {_level_by_name().get(part.strip()) for part in re.split("[/、(]", normalise(name).removesuffix(")"))}
    return found.pop() if len(found) == 1 else None
