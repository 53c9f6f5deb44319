"""The oracle's reading of a request: names looked up, defaults filled in, distances measured."""

import datetime
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt
from typing import Any

from recommender.domain import Catalogue, Coordinates, Mode, SkillLevel, TrainingSite
from recommender.geography import Gazetteer, to_wgs84
from recommender.policy import OnlinePolicy, Policy
from recommender.requests import EnterpriseRequest, LearnerRequest, Location
from recommender.taxonomy import Taxonomy, parse_skill_level

WIDEST_KM = 100.0

EARTH_RADIUS_KM = 6371.0088
Degrees = tuple[float, float]
Request = LearnerRequest | EnterpriseRequest


@dataclass(frozen=True, kw_only=True)
class Wish:
    """A request with its names looked up and its defaults filled in; `distances` holds the sites whose distance is known."""

    enterprise: bool
    said: tuple[str, ...]
    cluster_id: str | None
    level: SkillLevel | None
    located: bool
    distances: dict[str, float]
    completed: frozenset[str]
    headcount: int | None
    schedules: frozenset[str]
    day: datetime.date
    half_distance_km: float
    online_policy: OnlinePolicy
    modes: tuple[Mode, ...]
    starts_by: datetime.date | None
    maximum_distance_km: float | None
    level_reach: int | None


class Lookup:
    """What requests name, looked up among the records of one catalogue."""

    def __init__(self, catalogue: Catalogue, policy: Policy) -> None:
        self.policy = policy
        self.gazetteer = Gazetteer(catalogue.places)
        self.taxonomy = Taxonomy(catalogue.clusters)  # for names only
        self.points = {site.site_id: self._site_point(site) for site in catalogue.sites}

    def wish(self, request: Request, today: datetime.date) -> Wish:
        """Look up what a request names, and fill in what it leaves out."""
        point = self._point(request.location)
        known = {site_id: at for site_id, at in self.points.items() if at} if point else {}
        enterprise = isinstance(request, EnterpriseRequest)
        cluster = self.taxonomy.find(request.industry) if request.industry else None
        said = (request.needs, request.industry) if enterprise else (request.goal, request.occupation, request.industry)
        usual = (Mode.AT_ENTERPRISE, Mode.AT_SITE, Mode.ONLINE) if enterprise else (Mode.AT_SITE, Mode.ONLINE)
        headcount = request.headcount if enterprise else None
        limit = request.maximum_distance_km
        return Wish(
            enterprise=enterprise,
            said=tuple(part for part in said if part),
            cluster_id=cluster.cluster_id if cluster else None,
            level=parse_skill_level(request.skill_level) if request.skill_level else None,
            located=point is not None,
            distances={site_id: great_circle_km(point, at) for site_id, at in known.items()} if point else {},
            completed=frozenset() if enterprise else frozenset(request.completed_course_ids),
            headcount=headcount,
            schedules=frozenset(request.schedules),
            day=request.as_of or today,
            half_distance_km=request.half_distance_km or self.policy.half_distance_km,
            online_policy=request.online_policy,
            modes=request.modes or usual,
            starts_by=request.starts_by,
            maximum_distance_km=self.policy.maximum_distance_km if limit is None else limit,
            level_reach=self.policy.level_reach,
        )

    def _site_point(self, site: TrainingSite) -> Degrees | None:
        """Return a site's own point, else its sub-district's or district's."""
        if site.latitude is not None and site.longitude is not None:
            return to_wgs84(site.latitude, site.longitude, site.datum)
        address = (site.district or "") + (site.subdistrict or "")
        return self._point(Location(place=address)) if address else None

    def _point(self, location: Location | None) -> Degrees | None:
        if location is None:
            return None
        at = (
            self.gazetteer.find(location.place)
            if location.place
            else Coordinates(**location.model_dump(exclude={"place"}))
        )
        return to_wgs84(at.latitude, at.longitude, at.datum)


def loosenings(wish: Wish) -> list[tuple[str, str, Any]]:
    """Return what may be loosened, gentlest first: the condition, the field, and what it becomes."""
    limit = wish.maximum_distance_km if wish.located else None
    reaches = [] if limit is None else [max(limit, 1.0) * 2**power for power in range(1, 12)]
    doublings = [reach for reach in reaches if reach < 2 * WIDEST_KM]
    farther = [("too_far", "maximum_distance_km", reach) for reach in ([] if limit is None else [*doublings, None])]
    return [
        *farther[:1],
        *([("starts_too_late", "starts_by", None)] if wish.starts_by is not None else []),
        *farther[1:],
        *(
            [("level_out_of_reach", "level_reach", None)]
            if wish.level is not None and wish.level_reach is not None
            else []
        ),
        *([("mode_unwanted", "modes", tuple(Mode))] if set(wish.modes) != set(Mode) else []),
    ]


def great_circle_km(one: Degrees, other: Degrees) -> float:
    """Return the distance of two points in degrees by the haversine formula."""
    (south, west), (north, east) = map(radians, one), map(radians, other)
    half = sin((north - south) / 2) ** 2 + cos(south) * cos(north) * sin((east - west) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * asin(sqrt(half))
