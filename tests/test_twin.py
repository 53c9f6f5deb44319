"""The library's answers are the brute-force twin's: same courses, same order, same scores, same counts, same relaxations."""

from random import Random

import pytest

from recommender.matcher import Matcher
from recommender.snapshot import build_snapshot
from tests.agreement import differences, twin_of
from tests.networks import Shape, random_catalogue
from tests.twin_wish import great_circle_km
from tests.wishes import random_request

REQUESTS = 150


@pytest.fixture(scope="module")
def random_matcher(encoder, policy):
    """A random network of 3,000 instances, answering."""
    return Matcher(build_snapshot(random_catalogue(1, Shape(instances=3_000, learners=0)), 1, encoder, policy))


def _disagreements(matcher, seed, today):
    """Return the first requests on which code and twin differ, and in what."""
    rng, twin, catalogue = Random(seed), twin_of(matcher.snapshot), matcher.snapshot.network.catalogue
    requests = [random_request(rng, catalogue) for _ in range(REQUESTS)]
    told = [(request, differences(matcher, twin, request, today=today)) for request in requests]
    return [(request.model_dump(exclude_defaults=True), found) for request, found in told if found][:3]


def test_the_bundled_network_is_ranked_as_the_twin_ranks_it(matcher, today):
    assert _disagreements(matcher, 20, today) == []


def test_a_random_network_of_3000_classes_is_ranked_as_the_twin_ranks_it(random_matcher, today):
    assert _disagreements(random_matcher, 21, today) == []


@pytest.mark.parametrize("seed", range(12))
def test_small_networks_are_ranked_as_the_twin_ranks_them(encoder, policy, today, seed):
    shape = Shape(instances=(1, 7, 60, 200)[seed % 4])
    small = Matcher(build_snapshot(random_catalogue(seed, shape), 1, encoder, policy))
    rng, twin, catalogue = Random(seed), twin_of(small.snapshot), small.snapshot.network.catalogue
    for _ in range(15):
        request = random_request(rng, catalogue)
        assert differences(small, twin, request, today=today) == [], request


def test_the_twins_distances_are_those_of_the_globe():
    quarter = great_circle_km((0.0, 0.0), (90.0, 0.0))
    assert quarter == pytest.approx(10_007.557, abs=0.001)  # a quarter of 2 pi x 6371.0088 km
    assert great_circle_km((22.5, 114.0), (22.5, 114.0)) == 0
