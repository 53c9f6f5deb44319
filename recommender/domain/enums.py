"""The closed sets of the vocabulary."""

from enum import StrEnum


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
