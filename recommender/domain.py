"""The records of the network, in the vocabulary of schema.org where it has a word.

Every record refuses nonsense when it is made (`pydantic.ValidationError`), is frozen, and holds an empty cell of a catalogue as None or ().
"""

import datetime
import unicodedata
from enum import StrEnum
from typing import Annotated, TypeVar, cast, dataclass_transform

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic.dataclasses import dataclass
from pydantic_core import PydanticCustomError

GOAL_LENGTH = 2_000
TEXT_LENGTH = 4_000

Record = TypeVar("Record")


class SiteKind(StrEnum):
    """What a training site is in the "1+20+100" network."""

    HUB = "hub"
    WORKSHOP = "workshop"
    CENTRE = "centre"


class SiteStatus(StrEnum):
    """Whether a site teaches at present."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    CLOSED = "closed"


class Approval(StrEnum):
    """Where a course stands in review."""

    APPROVED = "approved"
    PENDING = "pending"
    REJECTED = "rejected"


class Mode(StrEnum):
    """How a course instance is taught."""

    AT_SITE = "at_site"
    ONLINE = "online"
    AT_ENTERPRISE = "at_enterprise"


class Schedule(StrEnum):
    """When a course instance is taught."""

    WEEKDAY = "weekday"
    EVENING = "evening"
    WEEKEND = "weekend"
    SELF_PACED = "self_paced"


class Datum(StrEnum):
    """The reference a pair of coordinates is measured in."""

    WGS84 = "wgs84"
    GCJ02 = "gcj02"
    BD09 = "bd09"


class PlaceKind(StrEnum):
    """What a named place is."""

    CITY = "city"
    DISTRICT = "district"
    SUBDISTRICT = "subdistrict"


class SkillLevel(StrEnum):
    """The eight levels from apprentice to chief technician, lowest first; their Chinese names are in the taxonomy."""

    APPRENTICE = "apprentice"
    JUNIOR = "junior"
    INTERMEDIATE = "intermediate"
    SENIOR = "senior"
    TECHNICIAN = "technician"
    SENIOR_TECHNICIAN = "senior_technician"
    SPECIAL_TECHNICIAN = "special_technician"
    CHIEF_TECHNICIAN = "chief_technician"

    @property
    def step(self) -> int:
        """The level's position on the ladder, 0 for an apprentice."""
        return _STEPS[self]


_STEPS = {level: step for step, level in enumerate(SkillLevel)}


def printable(text: str) -> str:
    """Return `text` unchanged, or refuse control characters and lone surrogates."""
    for character in text:
        if character not in "\n\t\r" and unicodedata.category(character) in ("Cc", "Cs"):
            raise PydanticCustomError("control_character", "control characters are not allowed")
    return text


def _listed(value: object) -> object:
    """Accept one text as a list of one, so that a lone value need not be wrapped."""
    return (value,) if isinstance(value, str) else value


Identifier = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=128), AfterValidator(printable)
]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(printable)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=TEXT_LENGTH), AfterValidator(printable)]
Goal = Annotated[str, StringConstraints(strip_whitespace=True, max_length=GOAL_LENGTH), AfterValidator(printable)]
Names = Annotated[tuple[Name, ...], BeforeValidator(_listed)]
Identifiers = Annotated[tuple[Identifier, ...], BeforeValidator(_listed)]
Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Kilometres = Annotated[float, Field(ge=0, le=1_000, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=0, le=1_000_000)]
Amount = Annotated[float, Field(ge=0, le=10_000_000, allow_inf_nan=False)]


@dataclass_transform(kw_only_default=True, frozen_default=True)
def record(cls: type[Record]) -> type[Record]:
    """Make a class a frozen record that validates what it is made of."""
    return cast(type[Record], dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid"))(cls))


def _both_or_neither(latitude: float | None, longitude: float | None) -> None:
    if (latitude is None) != (longitude is None):
        raise PydanticCustomError("half_a_point", "latitude and longitude belong together: give both or neither")


@record
class Coordinates:
    """A point on the map, in degrees, with the datum it is measured in."""

    latitude: Latitude
    longitude: Longitude
    datum: Datum = Datum.WGS84


@record
class TrainingSite:
    """A place that teaches."""

    site_id: Identifier
    name: Name
    kind: SiteKind
    operator: Name | None = None
    district: Name | None = None
    subdistrict: Name | None = None
    latitude: Latitude | None = None
    longitude: Longitude | None = None
    datum: Datum = Datum.WGS84
    clusters: Names = ()
    status: SiteStatus = SiteStatus.ACTIVE
    quality: Share | None = None
    illustrative: bool = False

    def __post_init__(self) -> None:
        _both_or_neither(self.latitude, self.longitude)


@record
class Provider:
    """An organisation behind courses."""

    name: Name
    kind: Name | None = None
    illustrative: bool = False


@record
class Course:
    """What is taught. `clusters` and `prerequisites` hold ids; a course without a level suits every level."""

    course_id: Identifier
    title: Name
    description: Text = ""
    provider: Name | None = None
    clusters: Names = ()
    occupations: Names = ()
    skill_level: SkillLevel | None = None
    duration_hours: Annotated[float, Field(gt=0, le=10_000, allow_inf_nan=False)] | None = None
    credential: Name | None = None
    customisable: bool = False
    approval: Approval = Approval.PENDING
    prerequisites: Identifiers = ()
    language: Name | None = None
    illustrative: bool = False


@record
class CourseInstance:
    """One running of a course. Dates include their whole day; seats None means unlimited."""

    instance_id: Identifier
    course_id: Identifier
    mode: Mode
    site_id: Identifier | None = None
    start_date: datetime.date | None = None
    end_date: datetime.date | None = None
    enrolment_deadline: datetime.date | None = None
    schedule: Schedule | None = None
    seats: Count | None = None
    enrolled: Count = 0
    fee_yuan: Amount | None = None
    service_radius_km: Kilometres | None = None
    minimum_headcount: Count | None = None

    def __post_init__(self) -> None:
        if self.start_date and self.end_date and self.end_date < self.start_date:
            raise PydanticCustomError("ends_before_start", "end_date lies before start_date")
        if self.mode is not Mode.ONLINE and self.site_id is None:
            raise PydanticCustomError("site_missing", "site_id is needed unless the mode is online")

    @property
    def seats_left(self) -> int | None:
        """Seats still free, None when unlimited."""
        return None if self.seats is None else max(self.seats - self.enrolled, 0)


@record
class Learner:
    """A stored profile. `industry` is a cluster's name where it is one, else free text."""

    learner_id: Identifier
    industry: Name | None = None
    occupation: Name | None = None
    skill_level: SkillLevel | None = None
    latitude: Latitude | None = None
    longitude: Longitude | None = None
    datum: Datum = Datum.WGS84
    place: Name | None = None
    goal: Goal | None = None
    completed_course_ids: Identifiers = ()
    illustrative: bool = False

    def __post_init__(self) -> None:
        _both_or_neither(self.latitude, self.longitude)


@record
class Enterprise:
    """A stored enterprise and what it wants taught."""

    enterprise_id: Identifier
    name: Name
    industry: Name | None = None
    latitude: Latitude | None = None
    longitude: Longitude | None = None
    datum: Datum = Datum.WGS84
    place: Name | None = None
    needs: Goal | None = None
    headcount: Count | None = None
    illustrative: bool = False

    def __post_init__(self) -> None:
        _both_or_neither(self.latitude, self.longitude)


@record
class IndustryCluster:
    """One industry cluster; `aliases` are the words people use for it."""

    cluster_id: Identifier
    name: Name
    english_name: Name | None = None
    group: Name | None = None
    aliases: Names = ()
    description: Text = ""


@record
class ClusterRelation:
    """How much a course of one cluster serves someone of another, both ways, in [0, 1]."""

    cluster_id: Identifier
    related_cluster_id: Identifier
    relatedness: Share


@record
class Place:
    """A named point. The one row of kind `city` also holds the city's bounds, in WGS-84 degrees."""

    place_id: Identifier
    name: Name
    kind: PlaceKind
    parent_id: Identifier | None = None
    aliases: Names = ()
    latitude: Latitude
    longitude: Longitude
    datum: Datum = Datum.WGS84
    south: Latitude | None = None
    west: Longitude | None = None
    north: Latitude | None = None
    east: Longitude | None = None
    source: Text | None = None
    illustrative: bool = False

    def __post_init__(self) -> None:
        if self.kind is PlaceKind.CITY and None in (self.south, self.west, self.north, self.east):
            raise PydanticCustomError("bounds_missing", "the city needs south, west, north and east")


@record
class Catalogue:
    """Everything a catalogue holds: the content of the store, and of a snapshot."""

    sites: tuple[TrainingSite, ...] = ()
    providers: tuple[Provider, ...] = ()
    courses: tuple[Course, ...] = ()
    course_instances: tuple[CourseInstance, ...] = ()
    learners: tuple[Learner, ...] = ()
    enterprises: tuple[Enterprise, ...] = ()
    clusters: tuple[IndustryCluster, ...] = ()
    cluster_relations: tuple[ClusterRelation, ...] = ()
    places: tuple[Place, ...] = ()
