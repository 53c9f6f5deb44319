"""The whole vector: its inner product is the score, and its parts are the contributions."""

import numpy as np
import pytest

from recommender.errors import InvalidRequest
from recommender.policy import Preference
from recommender.snapshot import build_snapshot
from tests.handmade import HERE, catalogue, course, learner, taught


@pytest.fixture(scope="module")
def snapshot(encoder, policy):
    courses = [
        course("fork", title="叉车操作", skill_level="junior"),
        course("robot", title="工业机器人编程", clusters=["robots", "software", "health"]),
        course("robot-too", title="工业机器人编程", clusters=["robots", "software", "health"], skill_level="senior"),
    ]
    instances = [taught("fork", "fork", "at-0"), taught("robot", "robot", "at-5"), taught("robot-too", "robot-too")]
    return build_snapshot(catalogue(courses, instances), 1, encoder, policy)


def _vector(snapshot, **fields):
    return snapshot.layout.request_vector(learner(snapshot.network, **fields))


def test_the_inner_product_is_the_weighted_sum_of_the_values(snapshot):
    request = _vector(snapshot, location=HERE, skill_level="中级工", industry="robots", schedules=["weekend"])
    vectors = snapshot.instances.vectors
    values = snapshot.layout.values(vectors, request)
    np.testing.assert_allclose(vectors @ request.weighted, values @ request.weights, atol=2e-6)
    np.testing.assert_allclose(request.score(values), values @ request.weights, atol=1e-12)


def test_weights_are_spread_over_the_preferences_that_have_a_part(snapshot):
    weights = {"meaning": 3, "place": 4, "quality": 1}
    request = _vector(snapshot, weights=weights)
    given = dict(zip(snapshot.layout.preferences, request.weights.tolist(), strict=True))
    assert given == {**dict.fromkeys(Preference, 0), Preference.MEANING: 0.75, Preference.QUALITY: 0.25}
    assert dict(zip(snapshot.layout.preferences, request.has_part, strict=True))[Preference.PLACE] is False
    request = _vector(snapshot, weights=weights, location=HERE)
    assert request.weights.sum() == pytest.approx(1)
    assert request.weights[list(snapshot.layout.preferences).index(Preference.PLACE)] == 0.5


def test_a_request_that_says_nothing_to_what_it_weighs_is_refused(snapshot):
    with pytest.raises(InvalidRequest) as caught:
        _vector(snapshot, weights={"place": 1, "level": 1})
    assert [problem.field for problem in caught.value.problems] == ["weights"]


def test_many_requests_at_once_give_the_vectors_of_each_alone(snapshot):
    asked = [learner(snapshot.network, goal=goal, location=HERE) for goal in ("叉车", "机器人", "☃")]
    together = snapshot.layout.request_vectors(asked)
    for one, request in zip(together, asked, strict=True):
        np.testing.assert_array_equal(one.unweighted, snapshot.layout.request_vector(request).unweighted)


def test_a_rows_values_do_not_depend_on_which_rows_are_computed_with_it(snapshot):
    request, vectors = _vector(snapshot, location=HERE, industry="robots"), snapshot.instances.vectors
    whole = snapshot.layout.values(vectors, request)
    for row in range(len(vectors)):
        alone = snapshot.layout.values(vectors[[row]], request)
        np.testing.assert_array_equal(alone[0], whole[row])
        assert request.score(alone)[0] == request.score(whole)[row]


def test_a_third_and_a_quality_of_nine_tenths_are_exact(snapshot):
    request = _vector(snapshot, industry="robots", location=HERE)
    values = snapshot.layout.values(snapshot.instances.vectors, request)
    column = dict(zip(snapshot.layout.preferences, values.T.tolist(), strict=True))
    assert column[Preference.INDUSTRY] == [0, round(1.4 / 3, 6), round(1.4 / 3, 6)]
    assert column[Preference.QUALITY] == [0.9, 0.5, 0.5]
