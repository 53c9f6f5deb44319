"""Where one course stands in an answer."""

import datetime

from pydantic import ConfigDict, Field

from api.schemas.recommendations import Contribution, PolicyNote, Scored
from api.schemas.records import Answer, CourseSummary, InstanceSummary, SiteSummary


class StandingItem(Scored):
    """The course as the list shows it."""

    rank: int | None = Field(description="null: behind the first 100, where diversity is not computed.")


class Leader(Answer):
    """The course that stands first, to compare with part by part."""

    course_id: str
    title: str
    score: float
    contributions: list[Contribution]


class Exclusion(Answer):
    """A condition that a class fails, and how."""

    constraint: str
    meaning: str


class ClassStanding(Answer):
    """A class of the course, with the score that it has whether or not it is excluded."""

    instance: InstanceSummary
    site: SiteSummary | None
    distance_km: float | None
    score: float
    excluded: list[Exclusion]


class ChangeNote(Answer):
    """What to ask instead: merged into the request, `set` has the course listed, at exactly `rank`."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    field: str = Field(description="The main one of the fields that change, such as weights.place.")
    fields: dict[str, object] = Field(alias="set")
    before: object = Field(alias="from")
    after: object = Field(alias="to")
    rank: int | None = Field(description="null: listed, but behind the first 100.")
    score_rank: int = Field(description="Its rank by score alone then.")
    meaning: str


class Standing(Answer):
    """Where a course stands. `excluded` counts its classes by the condition they fail; one that fails several is counted in each."""

    snapshot: str
    as_of: datetime.date
    course: CourseSummary
    eligible: bool = Field(description="The request itself admits a class of it.")
    listed_by: str | None = Field(description="The condition that had to be loosened for it to be listed.")
    rank: int | None = Field(description="Its place in the list; null: not listed, or behind the first 100.")
    score_rank: int | None = Field(description="Its rank by score alone among the eligible courses, at any depth.")
    eligible_courses: int
    item: StandingItem | None
    leader: Leader | None = Field(description="null: nothing is listed, or it is this course.")
    classes: list[ClassStanding] = Field(description="Best score first, 50 at most.")
    classes_total: int
    excluded: dict[str, int]
    changes: list[ChangeNote] = Field(description="Best first, 8 at most; each was really ranked.")
    policy: PolicyNote
