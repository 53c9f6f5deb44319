"""The records. Every one refuses nonsense when it is made (`pydantic.ValidationError`), is frozen, and holds an empty cell as None or ()."""

import dataclasses
import datetime
from typing import Annotated, TypeVar, cast, dataclass_transform

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass
from pydantic_core import PydanticCustomError

from recommender.domain.enums import Approval, Datum, Mode, PlaceKind, Schedule, SiteKind, SiteStatus, SkillLevel
from recommender.domain.fields import (
    Amount,
    CoarseLatitude,
    CoarseLongitude,
    Count,
    Goal,
    Identifier,
    Identifiers,
    Kilometres,
    Latitude,
    Longitude,
    Name,
    Names,
    Share,
    Text,
)

Record = TypeVar("Record")


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
    """A stored profile. `industry` is a cluster's name where it is one, else free text.

    Coordinates are rounded to three decimals, about 100 m, whoever makes the record: nothing finer exists of a person.
    """

    learner_id: Identifier
    industry: Name | None = None
    occupation: Name | None = None
    skill_level: SkillLevel | None = None
    latitude: CoarseLatitude | None = None
    longitude: CoarseLongitude | None = None
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


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """Everything a catalogue holds: the content of the store, and of a snapshot.

    A plain dataclass: its tables are the very tuples it is made of, so that one can see which of them have changed.
    """

    sites: tuple[TrainingSite, ...] = ()
    providers: tuple[Provider, ...] = ()
    courses: tuple[Course, ...] = ()
    course_instances: tuple[CourseInstance, ...] = ()
    learners: tuple[Learner, ...] = ()
    enterprises: tuple[Enterprise, ...] = ()
    clusters: tuple[IndustryCluster, ...] = ()
    cluster_relations: tuple[ClusterRelation, ...] = ()
    places: tuple[Place, ...] = ()
