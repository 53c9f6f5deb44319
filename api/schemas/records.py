"""What answers show of a course, a class and a site."""

import datetime

from pydantic import BaseModel, ConfigDict, Field

from recommender.domain import Mode, Schedule, SiteKind, SkillLevel


class Answer(BaseModel):
    """Anything that leaves the service: no field that is not named here."""

    model_config = ConfigDict(extra="forbid")


class CourseSummary(Answer):
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


class InstanceSummary(Answer):
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


class SiteSummary(Answer):
    """Where a class is taught, or from where the teacher comes."""

    site_id: str
    name: str
    kind: SiteKind
    district: str | None
    subdistrict: str | None
