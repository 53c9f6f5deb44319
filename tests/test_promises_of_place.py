"""What an answer promises of distance, as properties of random requests to random networks."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.domain import Approval, Catalogue, Course, CourseInstance, Datum, Mode, PlaceKind, TrainingSite
from recommender.geography import from_wgs84, to_wgs84
from recommender.matcher import Matcher
from recommender.requests import LearnerRequest, Location
from recommender.snapshot import build_snapshot
from tests.asking import WHOLE, answered, courses_of, eligible_courses, meet, promise, situations
from tests.networks import TODAY, random_catalogue
from tests.small_city import SOUTH, WEST


def _two_alike(kilometres: tuple[float, float]) -> Catalogue:
    """Return a network whose courses are all alike, but that `a` and `b` are taught so many kilometres north of the learner."""
    base = random_catalogue(3)
    sites = tuple(
        TrainingSite(
            site_id=name, name=name, kind="centre", latitude=SOUTH + 0.01 + distance / 111.195, longitude=WEST + 0.1
        )
        for name, distance in zip("ab", kilometres, strict=True)
    )
    courses = tuple(Course(course_id=f"on-{name}", title="叉车操作", approval=Approval.APPROVED) for name in "ab")
    instances = tuple(
        CourseInstance(instance_id=f"class-{name}", course_id=f"on-{name}", mode=Mode.AT_SITE, site_id=name)
        for name in "ab"
    )
    return Catalogue(
        sites=sites, courses=courses, course_instances=instances, clusters=base.clusters, places=base.places
    )


@promise
@given(
    kilometres=st.tuples(st.floats(0, 25), st.floats(0, 25)),
    shares=st.lists(st.floats(0, 1), min_size=2, max_size=5).map(sorted),
    half=st.sampled_from((1, 5, 30)),
    diversity=st.sampled_from((0, 0.3, 1)),
)
def test_more_weight_on_place_never_moves_a_nearer_course_below_a_farther_one(
    encoder, policy, kilometres, shares, half, diversity
):
    matcher = Matcher(build_snapshot(_two_alike(kilometres), 1, encoder, policy))
    location = Location(latitude=SOUTH + 0.01, longitude=WEST + 0.1)
    nearer = "on-a" if kilometres[0] < kilometres[1] else "on-b"
    ranks = []
    for share in shares:
        weights = {"place": share, "meaning": 1 - share}
        request = LearnerRequest(
            goal="叉车", location=location, half_distance_km=half, diversity=diversity, weights=weights
        )
        ranks.append(courses_of(matcher.recommend(request, today=TODAY)).index(nearer))
    if abs(kilometres[0] - kilometres[1]) > 0.01:
        assert ranks == sorted(ranks, reverse=True)
        near, far = sorted(kilometres)
        gap = 2 ** (-near / half) - 2 ** (-far / half)
        told_apart = [rank for rank, share in zip(ranks, shares, strict=True) if share * gap > 1e-7]
        assert set(told_apart) <= {0}


@promise
@given(situation=situations)
def test_nothing_vanishes_for_want_of_a_location(matchers, situation):
    matcher, request = meet(matchers, situation, weights={"place": 1, "quality": 1})
    answer = answered(matcher, request, location=None, **WHOLE)
    assert {"too_far", "outside_service_radius"}.isdisjoint(answer["excluded"])
    assert eligible_courses(matcher, request) <= eligible_courses(matcher, request, location=None)
    assert "place" in answer["policy"]["no_part"]
    assert all("place" not in [part["name"] for part in item["contributions"]] for item in answer["items"])


@promise
@given(situation=situations, online=st.sampled_from(("near", "neutral", "far")))
def test_the_stated_policy_is_what_counts_for_distance(matchers, situation, online):
    here = {"latitude": SOUTH + 0.2, "longitude": WEST + 0.4}
    matcher, request = meet(
        matchers,
        situation,
        location=here,
        weights={"place": 1},
        maximum_distance_km=0,
        online_policy=online,
        modes=tuple(Mode),
    )
    answer = answered(matcher, request, **WHOLE)
    stated = answer["policy"]
    assert (stated["online"], stated["online_proximity"]) == (online, {"near": 1, "neutral": 0.5, "far": 0}[online])
    assert stated["at_enterprise_proximity"] == (0.5 if isinstance(request, LearnerRequest) else 1)
    for item in answer["items"]:
        mode, near = item["instance"]["mode"], item["contributions"][0]["value"]
        if mode != "at_site":
            assert near == stated[f"{mode}_proximity"]
        elif item["distance_km"] is None:
            assert near == stated["unknown_site_proximity"]
            assert "too_far" not in item["relaxed"]
        else:
            assert near == pytest.approx(2 ** (-item["distance_km"] / stated["half_distance_km"]), abs=0.01)


@promise
@given(situation=situations, north=st.floats(0.05, 0.45), east=st.floats(0.05, 0.95))
def test_a_point_is_the_same_in_every_datum(matchers, situation, north, east):
    weights = {"place": 1, "meaning": 1}
    points = [(datum, *from_wgs84(SOUTH + north, WEST + east, datum)) for datum in Datum]
    answers = []
    for datum, latitude, longitude in points:
        location = {"latitude": latitude, "longitude": longitude, "datum": datum}
        matcher, request = meet(
            matchers, situation, location=location, weights=weights, diversity=0, half_distance_km=5, offset=0
        )
        answers.append(answered(matcher, request))
    for other in answers[1:]:
        assert other["eligible_courses"] == answers[0]["eligible_courses"]
        assert [i["score"] for i in other["items"]] == pytest.approx(
            [i["score"] for i in answers[0]["items"]], abs=1e-5
        )


@promise
@given(situation=situations, pick=st.integers(0, 11))
def test_a_subdistricts_name_serves_instead_of_its_point(matchers, situation, pick):
    matcher, request = meet(matchers, situation)
    places = matcher.snapshot.network.catalogue.places
    place = [p for p in places if p.kind is PlaceKind.SUBDISTRICT][pick]
    latitude, longitude = to_wgs84(place.latitude, place.longitude, place.datum)
    named = answered(matcher, request, location={"place": place.name})
    assert orjson.dumps(named) == orjson.dumps(
        answered(matcher, request, location={"latitude": latitude, "longitude": longitude})
    )
