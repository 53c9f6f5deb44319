"""Random requests to any catalogue, with every option the contract has."""

import datetime
from random import Random
from typing import Any

from recommender.domain import Catalogue, Course, Datum, Mode, Place, PlaceKind, Schedule
from recommender.geography import Gazetteer, from_wgs84
from recommender.policy import OnlinePolicy, Preference
from recommender.requests import EnterpriseRequest, LearnerRequest
from tests.networks import TODAY

LEVEL_NAMES = (
    "学徒工",
    "初级工",
    "中级工",
    "三级",
    "三级/高级工",
    "技师",
    "一级",
    "chief_technician",
    "special_technician",
    "junior",
)


def random_request(rng: Random, catalogue: Catalogue) -> LearnerRequest | EnterpriseRequest:
    """Return a learner's request, or one time in three an enterprise's."""
    listing = random_listing(rng, catalogue)
    level = rng.choice((None, rng.choice(LEVEL_NAMES)))
    industry, text = rng.choice((None, _industry(rng, catalogue))), _text(rng, catalogue)
    if rng.random() < 0.33:
        needs = text if industry is None or rng.random() < 0.8 else None
        headcount = rng.choice((None, 1, 8, 30, 60, 500))
        return EnterpriseRequest(needs=needs, industry=industry, skill_level=level, headcount=headcount, **listing)
    goal, occupation = rng.choice(
        ((text, None), (None, text), (text, _text(rng, catalogue)), (None, None) if industry else (text, None))
    )
    completed = tuple(
        course.course_id
        for course in rng.sample(catalogue.courses, rng.choice((0, 0, 1, min(9, len(catalogue.courses)))))
    )
    return LearnerRequest(
        goal=goal,
        occupation=occupation,
        industry=industry,
        skill_level=level,
        completed_course_ids=completed,
        **listing,
    )


def random_listing(rng: Random, catalogue: Catalogue) -> dict[str, Any]:
    """Return fields of `Listing`."""
    k = rng.choice((1, 2, 3, 10, 10, 30, 100))
    return {
        "modes": rng.choice((None, None, tuple(rng.sample(list(Mode), rng.choice((1, 2, 3)))))),
        "schedules": rng.choice(((), tuple(rng.sample(list(Schedule), rng.choice((1, 2, 4)))))),
        "starts_by": rng.choice((None, None, TODAY + datetime.timedelta(days=rng.randint(-5, 120)))),
        "maximum_distance_km": rng.choice((None, None, 0, 1, 4.5, 12, 40, 1000)),
        "half_distance_km": rng.choice((None, 0.05, 1, 3.3, 20, 1000)),
        "online_policy": rng.choice(list(OnlinePolicy)),
        "diversity": rng.choice((None, 0, 0, 0.05, 0.3, 1)),
        "k": k,
        "offset": rng.choice((0, 0, 0, k, 2 * k, 7, 400)),
        "as_of": rng.choice((None, None, TODAY + datetime.timedelta(days=rng.randint(-60, 120)))),
        "language": rng.choice(("zh", "en")),
        "location": rng.choice((None, _place(rng, catalogue), _point(rng, catalogue), _point(rng, catalogue))),
        "weights": rng.choice((None, _weights(rng))),
    }


def _weights(rng: Random) -> dict[Preference, float]:
    weighed = rng.sample(list(Preference), rng.randint(1, len(Preference)))
    weights = {preference: rng.choice((0, 0.1, 0.25, 1, rng.random(), 400)) for preference in weighed}
    return weights if any(weights.values()) else {**weights, rng.choice(weighed): 1}


def _industry(rng: Random, catalogue: Catalogue) -> str:
    cluster = rng.choice(catalogue.clusters)
    return rng.choice((cluster.name, cluster.cluster_id, *cluster.aliases[:2], "餐饮服务"))


def _text(rng: Random, catalogue: Catalogue) -> str:
    course: Course = rng.choice(catalogue.courses)
    start = rng.randrange(len(course.description) or 1)
    part = course.description[start : start + rng.randint(4, 60)].strip()
    return rng.choice(
        (course.title, f"想学{course.title}", part or course.title, "學會維修機器人", "robot maintenance", "☃")
    )


def _place(rng: Random, catalogue: Catalogue) -> dict[str, Any]:
    place: Place = rng.choice(catalogue.places)
    if place.kind is PlaceKind.SUBDISTRICT and rng.random() < 0.5:
        return {"place": Gazetteer(catalogue.places).full_name(place)}
    return {"place": place.name}


def _point(rng: Random, catalogue: Catalogue) -> dict[str, Any]:
    city = next(place for place in catalogue.places if place.kind is PlaceKind.CITY)
    assert None not in (city.south, city.north, city.west, city.east)
    margin, datum = 0.02, rng.choice(list(Datum))
    latitude, longitude = (
        rng.uniform(city.south + margin, city.north - margin),
        rng.uniform(city.west + margin, city.east - margin),
    )
    degrees = from_wgs84(latitude, longitude, datum)
    return {"latitude": degrees[0], "longitude": degrees[1], "datum": datum}
