"""The shape of answers, for the documentation and for the tests that hold the answers to it."""

import datetime
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from recommender.domain import (
    Approval,
    Datum,
    Mode,
    PlaceKind,
    Schedule,
    SiteKind,
    SiteStatus,
    SkillLevel,
)
from recommender.policy import OnlinePolicy


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid")


class CourseSummary(_Answer):
    """What a list shows of a course."""

    course_id: str
    title: str
    provider: str | None
    skill_level: SkillLevel | None
    skill_level_name: str | None
    clusters: list[str]
    duration_hours: float | None
    credential: str | None
    customisable: bool
    illustrative: bool


class InstanceSummary(_Answer):
    """One running of a course."""

    instance_id: str
    mode: Mode
    start_date: datetime.date | None
    end_date: datetime.date | None
    enrolment_deadline: datetime.date | None
    schedule: Schedule | None
    seats_left: int | None = Field(description="null: unlimited")
    fee_yuan: float | None
    service_radius_km: float | None
    minimum_headcount: int | None


class SiteSummary(_Answer):
    """Where a class is taught, or from where the teacher comes."""

    site_id: str
    name: str
    kind: SiteKind
    district: str | None
    subdistrict: str | None


class Contribution(_Answer):
    """One preference's part of the score: contribution = weight × value."""

    name: str
    meaning: str
    value: float
    weight: float
    contribution: float
    reason: str


class Alternative(_Answer):
    """The course's best class at another place."""

    instance_id: str
    mode: Mode
    site_id: str | None
    site_name: str | None
    distance_km: float | None
    score: float


class DiversityNote(_Answer):
    """What diversity took off for the order; the score itself is untouched."""

    like_course_id: str
    likeness: float
    penalty: float
    reason: str


class NearestSite(_Answer):
    """A site able to teach a customisable course."""

    site_id: str
    name: str
    distance_km: float | None
    basis: str = Field(description="teaches_it, or same_cluster: equipped for one of the course's clusters")


class Item(_Answer):
    """One course at its best class. `score_rank` is its rank by score alone."""

    rank: int
    score: float
    score_rank: int
    course: CourseSummary
    instance: InstanceSummary
    site: SiteSummary | None
    distance_km: float | None
    contributions: list[Contribution]
    reasons: list[str]
    alternatives: list[Alternative]
    relaxed: list[str]
    diversity: DiversityNote | None
    nearest_sites: list[NearestSite] | None = None


class RelaxationNote(_Answer):
    """A condition that was loosened because fewer than k courses were eligible."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    constraint: str
    field: str
    before: object = Field(alias="from")
    after: object = Field(alias="to")
    gained: int = Field(description="courses listed only because of it")
    meaning: str


class PolicyNote(_Answer):
    """Every default and convention that shaped the answer."""

    online: OnlinePolicy
    online_proximity: float
    at_enterprise_proximity: float
    unknown_site_proximity: float
    half_distance_km: float
    maximum_distance_km: float | None
    level_reach: int | None
    diversity: float
    modes: list[Mode]
    weights: dict[str, float]
    no_part: dict[str, str]


class Recommendations(_Answer):
    """An answer. `excluded` counts classes by the condition they fail; one that fails several is counted in each."""

    snapshot: str
    as_of: datetime.date
    items: list[Item]
    eligible_courses: int
    excluded: dict[str, int]
    relaxations: list[RelaxationNote]
    policy: PolicyNote


class AudienceItem(_Answer):
    """A learner, by id only."""

    rank: int
    learner_id: str
    score: float


class AudienceAnswer(_Answer):
    """The learners whom a class suits best."""

    snapshot: str
    as_of: datetime.date
    instance_id: str
    items: list[AudienceItem]
    eligible_learners: int
    excluded: dict[str, int]


class PointOut(_Answer):
    """A point in WGS-84 degrees."""

    latitude: float
    longitude: float
    datum: Datum = Datum.WGS84


class SiteOut(_Answer):
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


class PlaceOut(_Answer):
    """A named place."""

    place_id: str
    name: str
    full_name: str
    kind: PlaceKind
    parent_id: str | None
    location: PointOut
    illustrative: bool


class ClusterOut(_Answer):
    """An industry cluster and those related to it."""

    cluster_id: str
    name: str
    english_name: str | None
    group: str | None
    aliases: list[str]
    description: str
    related: dict[str, float]


class SkillLevelOut(_Answer):
    """A skill level."""

    level: SkillLevel
    step: int
    name: str
    english_name: str
    aliases: list[str]


class TaxonomyOut(_Answer):
    """Clusters and skill levels."""

    snapshot: str
    clusters: list[ClusterOut]
    skill_levels: list[SkillLevelOut]


Entry = TypeVar("Entry")


class Page(_Answer, Generic[Entry]):
    """A part of a list in stable order; `total` counts the whole."""

    items: list[Entry]
    total: int
    limit: int
    offset: int
