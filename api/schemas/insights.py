"""Numbers about all stored learners."""

import datetime

from pydantic import Field

from api.schemas.records import Answer
from recommender.domain import SiteKind, SkillLevel


class LearnerGroup(Answer):
    """Some of the learners."""

    id: str | None = Field(description="null: of whom it is not known.")
    name: str | None
    learners: int


class LearnerTable(Answer):
    """All learners by one thing, each in one group."""

    groups: list[LearnerGroup] = Field(description="The largest first.")
    hidden: int | None = Field(description="How many are in all groups too small to be told of; null: it would tell.")


class LearnerCounts(Answer):
    """How many learners are stored, of whom, where. Groups of fewer than `hidden_below` are not told of."""

    snapshot: str
    hidden_below: int
    learners: int | None = Field(description="null: it would tell too much.")
    districts: LearnerTable
    clusters: LearnerTable
    skill_levels: LearnerTable


class SubdistrictCoverage(Answer):
    """A sub-district: how well its learners are served, and what is taught around its point."""

    place_id: str
    name: str
    full_name: str
    district: str | None
    learners: int | None = Field(
        description="Those whom shares count. null: too few to be told of, or others could be told from it."
    )
    covered_share: float | None = Field(
        description="In [0, 1], rounded to 0.05; of 40 learners and fewer to 0.1, 0.25 or 0.5, so that no value tells exactly how many are covered."
    )
    sites: int = Field(description="Active training sites within `within_km`.")
    courses: int = Field(description="Courses with an open class at these.")
    seats_left: int | None = Field(description="Seats left in these classes; null: one of them is unlimited.")
    missing_clusters: list[str] = Field(
        description="Industry clusters of which no open course is taught within `within_km`."
    )
    missing_skill_levels: list[SkillLevel] = Field(
        description="The same of skill levels; a course without a level stands for none."
    )


class Unmet(Answer):
    """Learners who are not covered; those unlocated are not counted."""

    clusters: LearnerTable
    skill_levels: LearnerTable


class ClusterSupply(Answer):
    """Courses of one industry cluster and skill level that have an open class of any mode; one of several clusters counts in each."""

    cluster_id: str | None = Field(description="null: courses of no particular cluster.")
    skill_level: SkillLevel | None = Field(description="null: courses for every level.")
    courses: int
    seats_left: int | None = Field(description="null: unlimited.")


class SiteExposure(Answer):
    """An active training site, and in how many of the lists it comes up."""

    site_id: str
    name: str
    kind: SiteKind
    lists: int | None = Field(description="null: too few to be told of.")
    share: float | None = Field(description="Of the learners looked at.")


class Exposure(Answer):
    """How evenly sites come up in learners' best `k` courses, by their own requests."""

    learners: int | None = Field(
        description="How many were looked at: all, or a sample evenly spread over their ids. null: it would tell too much."
    )
    k: int
    sites: list[SiteExposure]
    unlisted_sites: int | None = Field(description="Active sites in none of the lists.")
    gini: float | None = Field(
        description="Gini coefficient of the lists of each active site: 0 when all come up equally often, near 1 when one alone does."
    )


class CoverageAnswer(Answer):
    """Where supply is missing.

    A course is *fitting* for a learner when the learner's own request admits a class of it (approved, at an active site, enrolling, with a seat left,
    not over, not completed, its level in reach), its content is close to what the learner says (value of the preference meaning at least 0.45), and
    its level is not below the learner's own, where both are known. *Covered* is a learner who has a fitting course taught at a site within
    `within_km`. Groups of fewer than `hidden_below` learners are not told of, nor what they could be computed from.
    """

    snapshot: str
    as_of: datetime.date
    within_km: float
    hidden_below: int
    illustrative: bool = Field(description="Whether some of the learners were made up to show the service.")
    learners: int | None = Field(description="null: it would tell too much.")
    unlocated: int | None = Field(
        description="Learners whom no share counts: where they are is not known, or their profile asks for nothing. null: it would tell too much."
    )
    covered_share: float | None = Field(
        description="Of all learners but the unlocated, in [0, 1], rounded as that of a sub-district."
    )
    subdistricts: list[SubdistrictCoverage] = Field(description="All of them, in the order of their ids.")
    unmet: Unmet
    open_courses: int = Field(description="Courses that have an open class of any mode.")
    open_seats: int = Field(description="Seats left in open classes at sites, as far as these are limited.")
    supply: list[ClusterSupply]
    exposure: Exposure
