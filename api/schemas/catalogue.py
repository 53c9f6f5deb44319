"""What can be looked up."""

from typing import Generic, TypeVar

from pydantic import Field

from api.schemas.records import Answer, CourseSummary, InstanceSummary, SiteSummary
from recommender.domain import Approval, Datum, PlaceKind, SiteKind, SiteStatus, SkillLevel
from recommender.policy import Audience, Preference

Entry = TypeVar("Entry")


class PointOut(Answer):
    """A point in WGS-84 degrees."""

    latitude: float
    longitude: float
    datum: Datum = Datum.WGS84


class SiteOut(Answer):
    """A training site."""

    site_id: str
    name: str
    kind: SiteKind
    operator: str | None
    district: str | None
    subdistrict: str | None
    location: PointOut | None
    clusters: list[str]
    status: SiteStatus
    quality: float | None
    illustrative: bool


class InstanceOut(InstanceSummary):
    """A class with where it is taught."""

    site: SiteSummary | None


class SiteInstance(InstanceSummary):
    """A class with what it teaches."""

    course_id: str
    title: str


class SiteDetail(SiteOut):
    """A site with the classes it teaches or sends out."""

    course_instances: list[SiteInstance]


class CourseOut(CourseSummary):
    """A course with its text."""

    description: str
    occupations: list[str]
    approval: Approval
    prerequisites: list[str]
    language: str | None


class CourseDetail(CourseOut):
    """A course with its classes."""

    course_instances: list[InstanceOut]


class PlaceOut(Answer):
    """A named place."""

    place_id: str
    name: str
    full_name: str
    kind: PlaceKind
    parent_id: str | None
    location: PointOut
    illustrative: bool


class ClusterOut(Answer):
    """An industry cluster and those related to it."""

    cluster_id: str
    name: str
    english_name: str | None
    group: str | None
    aliases: list[str]
    description: str
    related: dict[str, float]


class SkillLevelOut(Answer):
    """A skill level."""

    level: SkillLevel
    step: int
    name: str
    english_name: str
    aliases: list[str]


class TaxonomyOut(Answer):
    """Clusters and skill levels."""

    snapshot: str
    clusters: list[ClusterOut]
    skill_levels: list[SkillLevelOut]


class PolicyOut(Answer):
    """What holds where a request says nothing else."""

    snapshot: str
    half_distance_km: float
    maximum_distance_km: float
    diversity: float
    level_reach: int
    weights: dict[Audience, dict[Preference, float]] = Field(description="Shares that sum to 1.")


class Page(Answer, Generic[Entry]):
    """A part of a list in stable order; `total` counts the whole."""

    items: list[Entry]
    total: int
    limit: int
    offset: int
