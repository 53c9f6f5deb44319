"""Each preference's value on small cases with known right answers."""

from random import Random

import numpy as np
import pytest

from recommender.blocks.industry import IndustryBlock
from recommender.blocks.level import LevelBlock
from recommender.blocks.place import PlaceBlock
from recommender.blocks.quality import QualityBlock
from recommender.blocks.schedule import ScheduleBlock
from recommender.geography import distances_km
from recommender.network import Network
from recommender.requests import Location
from tests.handmade import HERE, course, enterprise, learner, network, taught
from tests.networks import Shape, random_catalogue
from tests.small_city import random_point


def _values(block, made, request):
    """Return the inner product of both sides, instance by instance, None where the request has no part."""
    columns = block.of_request(request)
    instances = block.of_instances(made)
    assert instances.shape == (len(made.instances), block.width)
    assert instances.dtype == np.float32
    return None if columns is None else [round(value, 6) for value in (instances @ columns).tolist()]


def _at_places():
    places = {"1": "at-0", "2": "at-5", "3": "at-20", "4": "lost", "5": None}
    instances = [taught(name, "c", site_id) for name, site_id in places.items()]
    visit = taught("6", "c", "at-20", mode="at_enterprise")
    return network([course("c")], [*instances, visit, taught("7", "c", "at-0", mode="online")])


def test_proximity_halves_with_every_half_distance(policy):
    made = _at_places()
    block = PlaceBlock(len(made.sites), policy)
    request = learner(made, location=HERE, half_distance_km=5)
    assert _values(block, made, request) == [1, 0.5, 0.0625, 0.5, 0.5, 0.5, 0.5]
    request = learner(made, location=HERE, half_distance_km=20)
    assert _values(block, made, request)[:3] == [1, round(2**-0.25, 6), 0.5]


@pytest.mark.parametrize("count", [0, 1, 2, 7, 8, 100])
def test_how_near_many_are_is_to_the_bit_how_near_each_is_alone(policy, count):
    rng, made = Random(0), Network(random_catalogue(1, Shape(instances=100, learners=0)))
    block = PlaceBlock(len(made.sites), policy)
    asked = [learner(made, location=Location(**random_point(rng)), online_policy="far") for _ in range(count)]
    points = np.array([(request.point.latitude, request.point.longitude) for request in asked]).reshape(-1, 2)
    together = block.proximities(distances_km(points, made.site_points), learner(made, online_policy="far"))
    assert together.shape == (count, block.width)
    assert [row.tobytes() for row in together] == [block.of_request(request).tobytes() for request in asked]


@pytest.mark.parametrize(("online_policy", "proximity"), [("near", 1), ("neutral", 0.5), ("far", 0)])
def test_an_online_class_is_as_near_as_the_stated_policy_wherever_its_site_is(policy, online_policy, proximity):
    made = _at_places()
    values = _values(
        PlaceBlock(len(made.sites), policy), made, learner(made, location=HERE, online_policy=online_policy)
    )
    assert [values[4], values[6]] == [proximity, proximity]
    assert values[3] == 0.5  # a site that nobody knows the place of is no online class


def test_a_class_at_the_enterprise_is_at_home_for_an_enterprise(policy):
    made = _at_places()
    assert _values(PlaceBlock(len(made.sites), policy), made, enterprise(made, location=HERE))[5] == 1


def test_without_a_location_place_has_no_part(policy):
    made = _at_places()
    assert _values(PlaceBlock(len(made.sites), policy), made, learner(made)) is None


def test_the_next_step_fits_best_and_no_level_fits_everybody(policy):
    levels = ["apprentice", "junior", "intermediate", "senior", "technician", None]
    made = network(
        [course(str(n), skill_level=level) for n, level in enumerate(levels)],
        [taught(str(n), str(n)) for n in range(6)],
    )
    assert _values(LevelBlock(policy), made, learner(made, skill_level="中级工")) == [0.15, 0.3, 0.6, 1, 0.7, 0.8]
    assert _values(LevelBlock(policy), made, learner(made, skill_level="学徒工")) == [0.6, 1, 0.7, 0.35, 0.15, 0.8]
    assert _values(LevelBlock(policy), made, learner(made)) is None


def test_a_course_counts_by_how_related_its_clusters_are_on_average():
    of = {
        "1": ["robots"],
        "2": ["software"],
        "3": ["robots", "software"],
        "4": ["health"],
        "5": [],
        "6": ["robots", "fashion", "health"],
    }
    made = network(
        [course(name, clusters=clusters) for name, clusters in of.items()], [taught(name, name) for name in of]
    )
    block = IndustryBlock(made.taxonomy)
    assert _values(block, made, learner(made, industry="robots")) == [1, 0.4, 0.7, 0, 0, round(1.1 / 3, 6)]
    assert _values(block, made, learner(made, industry="software")) == [0.4, 1, 0.7, 0, 0, round(0.4 / 3, 6)]
    assert _values(block, made, learner(made, industry="物业管理")) is None
    assert _values(block, made, learner(made)) is None


def test_naming_a_cluster_twice_makes_no_difference():
    made = network([course("a", clusters=["robots", "robots", "health"])], [taught("a", "a")])
    assert _values(IndustryBlock(made.taxonomy), made, learner(made, industry="robots")) == [0.5]


def test_a_wanted_schedule_counts_fully_and_so_does_a_class_that_names_none():
    schedules = ["weekday", "evening", "weekend", "self_paced", None]
    made = network([course("c")], [taught(str(n), "c", schedule=schedule) for n, schedule in enumerate(schedules)])
    assert _values(ScheduleBlock(), made, learner(made, schedules=["weekend", "evening"])) == [0, 1, 1, 0, 1]
    assert _values(ScheduleBlock(), made, learner(made)) is None


def test_quality_is_the_sites_and_the_stated_middle_where_there_is_none(policy):
    made = _at_places()
    assert _values(QualityBlock(policy), made, learner(made)) == [0.9, 0.5, 0.2, 1, 0.5, 0.2, 0.5]
