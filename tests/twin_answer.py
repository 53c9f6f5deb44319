"""What the oracle says."""

from dataclasses import dataclass
from typing import Any

from recommender.domain import CourseInstance


@dataclass(frozen=True)
class TwinItem:
    """One course of an answer. `parts` holds preference → (value, weight)."""

    course_id: str
    instance_id: str
    score: float
    score_rank: int
    distance_km: float | None
    parts: dict[str, tuple[float, float]]
    alternatives: list[tuple[str, float]]
    relaxed: list[str]


@dataclass(frozen=True)
class TwinAnswer:
    """What the twin says to a request."""

    items: list[TwinItem]
    eligible_courses: int
    excluded: dict[str, int]
    relaxations: list[dict[str, Any]]


@dataclass(frozen=True)
class Tier:
    """Instances that became eligible together, and the loosening that admitted them."""

    instances: list[CourseInstance]
    relaxation: dict[str, Any] | None

    @property
    def courses(self) -> set[str]:
        return {instance.course_id for instance in self.instances}


@dataclass(frozen=True)
class Scored:
    """An instance with its published score and what it is made of."""

    instance: CourseInstance
    score: float
    parts: dict[str, tuple[float, float]]

    @property
    def order(self) -> tuple[float, str, str]:
        return (-self.score, self.instance.course_id, self.instance.instance_id)
