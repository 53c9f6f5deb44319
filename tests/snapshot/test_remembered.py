"""A matcher that follows another remembers what learners would ask, exactly while they would still ask it."""

import gc
import weakref
from random import Random

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recommender.encoder import Encoder
from recommender.matcher import Matcher
from recommender.policy import Policy
from recommender.requests import AudienceRequest, LearnerRequest
from recommender.snapshot import Fit, Snapshot, build_snapshot
from tests.networks import TODAY, Shape, random_catalogue
from tests.snapshot.counting import CountingEncoder
from tests.snapshot.edits import EDITS

EVERYBODY = 1_000
CATALOGUE = random_catalogue(0)


@pytest.fixture(scope="module")
def fit(encoder: Encoder) -> Fit:
    return Fit.fit(CATALOGUE.courses, encoder)


def audiences(matcher: Matcher) -> bytes:
    """Return whom some classes find, all of them."""
    classes = matcher.snapshot.network.instances[::7]
    found = [AudienceRequest(instance_id=one.instance_id, k=EVERYBODY) for one in classes]
    return orjson.dumps([matcher.find_audience(each, today=TODAY) for each in found])


def follow(snapshot: Snapshot, before: Matcher, edits: list[str], rng: Random, encoder: Encoder) -> Snapshot:
    """Return the snapshot after these edits."""
    catalogue = before.snapshot.network.catalogue
    for edit in edits:
        catalogue = EDITS[edit](catalogue, rng)
    number = snapshot.catalogue_version + 1
    return build_snapshot(catalogue, number, encoder, snapshot.policy, fit=snapshot.fit, before=snapshot)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(st.lists(st.sampled_from(sorted(EDITS)), min_size=1, max_size=3), min_size=1, max_size=3),
    seed=st.integers(0, 2**32 - 1),
)
def test_after_any_edits_classes_find_whom_they_would_find_without_the_one_before(encoder, policy, fit, steps, seed):
    rng, matcher = Random(seed), Matcher(build_snapshot(CATALOGUE, 1, encoder, policy, fit=fit))
    audiences(matcher)
    for edits in steps:
        matcher = Matcher(follow(matcher.snapshot, matcher, edits, rng, encoder), matcher)
        assert audiences(matcher) == audiences(Matcher(matcher.snapshot))


@pytest.fixture
def counting(encoder: Encoder) -> CountingEncoder:
    return CountingEncoder(encoder)


@pytest.fixture
def asked(counting: CountingEncoder, policy: Policy, fit: Fit) -> Matcher:
    """A matcher of which all audiences have been asked."""
    matcher = Matcher(build_snapshot(CATALOGUE, 1, counting, policy, fit=fit))
    audiences(matcher)
    assert counting.count > 20
    return matcher


@pytest.mark.parametrize(
    "edit", ["seats", "dates and fee", "text", "level", "a new learner", "a learner gone", "nothing"]
)
def test_of_learners_who_are_still_the_same_nothing_is_encoded_again(counting, asked, edit):
    snapshot = follow(asked.snapshot, asked, [edit], Random(1), counting)
    following = Matcher(snapshot, asked)
    counting.count = 0
    audiences(following)
    assert counting.count <= 2 * (edit == "a new learner")  # a wish and perhaps a context


def test_who_has_changed_is_encoded_again(counting, asked):
    following = Matcher(follow(asked.snapshot, asked, ["a learner"], Random(1), counting), asked)
    counting.count = 0
    audiences(following)
    assert 1 <= counting.count <= 2


def test_under_another_policy_or_fit_or_elsewhere_nothing_is_remembered(encoder, policy, fit, asked):
    other_policy = policy.model_copy(update={"context_share": 0.9})
    other_fit = Fit.fit(random_catalogue(3, Shape(instances=90)).courses, encoder)
    moved = EDITS["a site moved"](CATALOGUE, Random(1))
    for catalogue, its_policy, its_fit in (
        (CATALOGUE, other_policy, fit),
        (CATALOGUE, policy, other_fit),
        (moved, policy, fit),
    ):
        snapshot = build_snapshot(catalogue, 2, encoder, its_policy, fit=its_fit)
        assert audiences(Matcher(snapshot, asked)) == audiences(Matcher(snapshot)) != audiences(asked)


def test_who_is_gone_is_not_remembered(counting, asked, policy, fit):
    without = Matcher(follow(asked.snapshot, asked, ["a learner gone"], Random(1), counting), asked)
    back = build_snapshot(CATALOGUE, 3, counting, policy, fit=fit, before=without.snapshot)
    counting.count = 0
    assert audiences(Matcher(back, without)) == audiences(asked).replace(
        asked.snapshot.version.encode(), back.version.encode()
    )
    assert 1 <= counting.count <= 2


def test_a_matcher_does_not_keep_the_one_before_alive(encoder, policy, fit):
    before = Matcher(build_snapshot(CATALOGUE, 1, encoder, policy, fit=fit))
    audiences(before)
    following = Matcher(follow(before.snapshot, before, ["text", "a learner"], Random(1), encoder), before)
    ghosts = weakref.ref(before), weakref.ref(before.snapshot)
    del before
    gc.collect()
    assert [ghost() for ghost in ghosts] == [None, None]
    assert audiences(following)


def test_what_is_replaced_is_gone_without_waiting_for_the_garbage_collector(encoder, policy, fit):
    """Or else, between two collections, one snapshot after the other would be held in memory."""
    before = Matcher(build_snapshot(CATALOGUE, 1, encoder, policy, fit=fit))
    audiences(before)
    before.recommend(LearnerRequest(goal="叉车"), today=TODAY)
    gc.collect()
    gc.disable()
    try:
        following = Matcher(follow(before.snapshot, before, ["seats", "text"], Random(1), encoder), before)
        snapshot = before.snapshot
        ghosts = [weakref.ref(one) for one in (before, snapshot, snapshot.network, snapshot.layout)]
        del before, snapshot
        assert [ghost() for ghost in ghosts] == [None] * 4
        assert audiences(following)
    finally:
        gc.enable()
