"""A network small enough to be worked out by hand: five sites on a line, and whatever courses and classes a test needs."""

from math import radians
from typing import Any

from recommender.domain import Catalogue, ClusterRelation, Course, CourseInstance, IndustryCluster, Place, TrainingSite
from recommender.network import Network
from recommender.policy import load_policy
from recommender.requests import EnterpriseRequest, LearnerRequest, Location
from recommender.resolution import ResolvedRequest, resolve
from tests.networks import TODAY
from tests.small_city import EAST, NORTH, SOUTH, WEST

HERE = Location(latitude=22.45, longitude=114.0)
_KILOMETRE = 1 / radians(6371.0088)  # in degrees of latitude

PLACES = (
    Place(
        place_id="city",
        name="云江市",
        kind="city",
        latitude=22.45,
        longitude=114.0,
        south=SOUTH,
        west=WEST,
        north=NORTH,
        east=EAST,
    ),
    Place(place_id="east", name="东山区", kind="district", parent_id="city", latitude=22.45, longitude=114.0),
)
CLUSTERS = tuple(IndustryCluster(cluster_id=name, name=name) for name in ("robots", "software", "fashion", "health"))
RELATIONS = (
    ClusterRelation(cluster_id="robots", related_cluster_id="software", relatedness=0.4),
    ClusterRelation(cluster_id="fashion", related_cluster_id="robots", relatedness=0.1),
)


def site(site_id: str, kilometres: float | None, **fields: Any) -> TrainingSite:
    """Return a site so many kilometres north of `HERE`, None for nobody knows where."""
    point = {} if kilometres is None else {"latitude": 22.45 + kilometres * _KILOMETRE, "longitude": 114.0}
    return TrainingSite(**{"site_id": site_id, "name": site_id, "kind": "centre", **point, **fields})


SITES = (
    site("at-0", 0, quality=0.9),
    site("at-5", 5),
    site("at-20", 20, quality=0.2),
    site("lost", None, quality=1),
    site("shut", 1, status="suspended"),
)


def course(course_id: str, **fields: Any) -> Course:
    """Return an approved course."""
    return Course(**{"course_id": course_id, "title": course_id, "approval": "approved", **fields})


def taught(instance_id: str, course_id: str, site_id: str | None = None, **fields: Any) -> CourseInstance:
    """Return a class at a site, or online without one."""
    mode = "at_site" if site_id else "online"
    return CourseInstance(
        **{"instance_id": instance_id, "course_id": course_id, "site_id": site_id, "mode": mode, **fields}
    )


def catalogue(courses: list[Course], instances: list[CourseInstance], **tables: Any) -> Catalogue:
    """Return a catalogue of these courses and classes at the sites above."""
    named = {"sites": SITES, "clusters": CLUSTERS, "cluster_relations": RELATIONS, "places": PLACES, **tables}
    return Catalogue(courses=tuple(courses), course_instances=tuple(instances), **named)


def network(courses: list[Course], instances: list[CourseInstance]) -> Network:
    """Return the same as a network."""
    return Network(catalogue(courses, instances))


def learner(network: Network, **fields: Any) -> ResolvedRequest:
    """Return what a learner asks of `network`, resolved on the day of the tests."""
    return resolve(LearnerRequest(**{"goal": "叉车", **fields}), network, load_policy(), today=TODAY)


def enterprise(network: Network, **fields: Any) -> ResolvedRequest:
    """Return what an enterprise asks of `network`, resolved on the day of the tests."""
    return resolve(EnterpriseRequest(**{"needs": "叉车", **fields}), network, load_policy(), today=TODAY)
