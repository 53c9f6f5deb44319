"""Answers to requests for recommendations and audiences."""

import datetime

from pydantic import ConfigDict, Field

from api.schemas.records import Answer, CourseSummary, InstanceSummary, SiteSummary
from recommender.domain import Mode
from recommender.policy import OnlinePolicy


class Contribution(Answer):
    """One preference's part of the score: contribution = weight × value."""

    name: str
    meaning: str
    value: float
    weight: float
    contribution: float
    reason: str


class Alternative(Answer):
    """The course's best class at another place."""

    instance_id: str
    mode: Mode
    site_id: str | None
    site_name: str | None
    distance_km: float | None
    score: float


class DiversityNote(Answer):
    """What diversity took off for the order; the score itself is untouched."""

    like_course_id: str
    likeness: float
    penalty: float
    reason: str


class NearestSite(Answer):
    """A site able to teach a customisable course."""

    site_id: str
    name: str
    distance_km: float | None
    basis: str = Field(description="teaches_it, or same_cluster: equipped for one of the course's clusters")


class Scored(Answer):
    """One course at its best class. `score_rank` is its rank by score alone."""

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


class Item(Scored):
    """One course of a list."""

    rank: int


class RelaxationNote(Answer):
    """A condition that was loosened because fewer than k courses were eligible."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    constraint: str
    field: str
    before: object = Field(alias="from")
    after: object = Field(alias="to")
    gained: int = Field(description="courses listed only because of it")
    meaning: str


class PolicyNote(Answer):
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


class Recommendations(Answer):
    """An answer. `excluded` counts classes by the condition they fail; one that fails several is counted in each."""

    snapshot: str
    as_of: datetime.date
    items: list[Item]
    eligible_courses: int
    excluded: dict[str, int]
    relaxations: list[RelaxationNote]
    policy: PolicyNote


class AudienceItem(Answer):
    """A learner, by id only."""

    rank: int
    learner_id: str
    score: float


class AudienceAnswer(Answer):
    """The learners whom a class suits best."""

    snapshot: str
    as_of: datetime.date
    instance_id: str
    items: list[AudienceItem]
    eligible_learners: int | None = Field(description="null: too few to be told of to a site.")
    excluded: dict[str, int]
