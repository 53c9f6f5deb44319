"""A snapshot that follows another: to the bit what it would be without it, made of what has not changed."""

import dataclasses
import gc
import itertools
import weakref
from random import Random

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recommender.domain import Catalogue, Learner
from recommender.encoder import Encoder
from recommender.errors import SnapshotError
from recommender.matcher import Matcher
from recommender.network import Network
from recommender.policy import Policy, Preference
from recommender.requests import AudienceRequest
from recommender.snapshot import Fit, Snapshot, SnapshotFolder, build_snapshot, course_text
from tests.networks import TODAY, Shape, random_catalogue, shuffled
from tests.snapshot.counting import CountingEncoder
from tests.snapshot.edits import EDITS
from tests.wishes import random_request

COLUMNS = (
    *("course_of", "site_of", "mode", "schedule", "start_day", "end_day", "deadline_day", "seats_left"),
    *("service_radius_km", "minimum_headcount", "first_row", "site_points", "approved", "site_active", "level_step"),
)


@pytest.fixture(scope="module")
def fit(encoder: Encoder) -> Fit:
    return Fit.fit(random_catalogue(0).courses, encoder)


@pytest.fixture(scope="module")
def first(encoder: Encoder, policy: Policy, fit: Fit) -> Snapshot:
    return build_snapshot(random_catalogue(0), 1, encoder, policy, fit=fit)


def contents(snapshot: Snapshot) -> dict[str, object]:
    """Return all numbers of a snapshot, to the bit."""
    network = snapshot.network
    return {
        "version": snapshot.version,
        "instances": snapshot.instances.vectors.tobytes(),
        "learners": snapshot.learners.vectors.tobytes(),
        "courses": {text: rows.tobytes() for text, rows in snapshot.text_vectors.items()},
        "ids": [network.site_row, network.course_row, network.instance_row, network.learner_row],
        "enterprises": network.enterprises,
        **{name: getattr(network, name).tobytes() for name in COLUMNS},
    }


def answers(snapshot: Snapshot) -> bytes:
    """Return what some learners and enterprises and classes are answered."""
    matcher, catalogue = Matcher(snapshot), snapshot.network.catalogue
    requests = [random_request(Random(seed), catalogue) for seed in range(5)]
    weighed = [type(r)(**{**r.model_dump(exclude_unset=True), "weights": None}) for r in requests]
    audiences = [AudienceRequest(instance_id=each.instance_id) for each in catalogue.course_instances[:3]]
    return orjson.dumps(
        [
            *(matcher.recommend(request, today=TODAY) for request in weighed),
            *(matcher.find_audience(audience, today=TODAY) for audience in audiences),
        ]
    )


def edited(catalogue: Catalogue, edit: str, seed: int = 1) -> Catalogue:
    return EDITS[edit](catalogue, Random(seed))


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize("seed", range(3))
def test_after_any_edit_it_is_what_it_would_be_without_the_one_before(encoder, policy, fit, first, edit, seed):
    catalogue = edited(first.network.catalogue, edit, seed)
    following = build_snapshot(catalogue, 2, encoder, policy, fit=fit, before=first)
    alone = build_snapshot(shuffled(catalogue, seed), 2, encoder, policy, fit=fit)
    assert contents(following) == contents(alone)
    assert answers(following) == answers(alone)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(st.lists(st.sampled_from(sorted(EDITS)), min_size=1, max_size=4), min_size=1, max_size=4),
    seed=st.integers(0, 2**32 - 1),
)
def test_after_any_edits_one_after_the_other_too(encoder, policy, fit, first, steps, seed):
    rng, snapshot, catalogue = Random(seed), first, random_catalogue(0)
    for version, edits in enumerate(steps, 2):
        for edit in edits:
            catalogue = EDITS[edit](catalogue, rng)
        snapshot = build_snapshot(catalogue, version, encoder, policy, fit=fit, before=snapshot)
        alone = build_snapshot(catalogue, version, encoder, policy, fit=fit)
        assert contents(snapshot) == contents(alone)
    assert answers(snapshot) == answers(alone)


def test_from_nothing_to_something_and_back(encoder, policy, fit, first):
    whole = random_catalogue(0)
    empty = Catalogue(clusters=whole.clusters, places=whole.places)
    nothing = build_snapshot(empty, 2, encoder, policy, fit=fit, before=first)
    assert contents(nothing) == contents(build_snapshot(empty, 2, encoder, policy, fit=fit))
    again = build_snapshot(whole, 1, encoder, policy, fit=fit, before=nothing)
    assert contents(again) == contents(first)


@pytest.mark.parametrize("edit", ["seats", "dates and fee", "a site's status", "an enterprise", "nothing"])
def test_what_no_vector_depends_on_leaves_all_vectors_where_they_are(encoder, policy, fit, first, edit):
    counting = CountingEncoder(encoder)
    catalogue = edited(first.network.catalogue, edit)
    following = build_snapshot(catalogue, 2, counting, policy, fit=fit, before=first)
    assert counting.count == 0
    assert following.instances is first.instances
    assert following.learners is first.learners


@pytest.mark.parametrize(
    ("edit", "texts"),
    [("text", 1), ("a new course", 1), ("a course of a known text", 0), ("a course gone", 0), ("level", 0)],
)
def test_of_the_courses_only_new_texts_are_encoded(encoder, policy, fit, first, edit, texts):
    counting = CountingEncoder(encoder)
    learners = dataclasses.replace(first.network.catalogue, learners=())
    before = build_snapshot(learners, 1, counting, policy, fit=fit)
    counting.count = 0
    build_snapshot(edited(learners, edit), 2, counting, policy, fit=fit, before=before)
    assert counting.count == texts


def test_of_the_learners_only_those_who_changed_are_encoded(encoder, policy, fit, first):
    counting = CountingEncoder(encoder)
    catalogue = edited(first.network.catalogue, "a learner")
    following = build_snapshot(catalogue, 2, counting, policy, fit=fit, before=first)
    assert 1 <= counting.count <= 2  # a wish and perhaps a context
    assert following.instances is first.instances


def every_kind_of_learner() -> tuple[Learner, ...]:
    """Return learners here, there and nowhere, who have said all, some or nothing of themselves."""
    addresses = (
        {},
        {"place": "东一街道"},
        {"latitude": 22.6, "longitude": 114.2},
        {"latitude": 22.6, "longitude": 114.2, "datum": "gcj02"},
        {"latitude": 22.6, "longitude": 114.2, "datum": "bd09", "place": "东一街道"},
    )
    said = ({}, {"goal": "想学叉车"}, {"goal": "🙂"}, {"occupation": "电工"})
    industries = ({}, {"industry": "智能机器人"}, {"industry": "物业管理"})
    levels = ({}, {"skill_level": "senior"})
    completed = ({}, {"completed_course_ids": ["nobody-knows"]})
    kinds = itertools.product(addresses, said, industries, levels, completed)
    return tuple(
        Learner(learner_id=f"{number:03}", **{name: value for part in kind for name, value in part.items()})
        for number, kind in enumerate(kinds)
    )


SITES = sorted(name for name in EDITS if "site" in name)


@pytest.fixture(scope="module")
def everybody(encoder, policy, fit) -> Snapshot:
    catalogue = dataclasses.replace(random_catalogue(0), course_instances=(), learners=every_kind_of_learner())
    return build_snapshot(catalogue, 1, encoder, policy, fit=fit)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    edits=st.lists(st.sampled_from([*SITES, "a learner's address", "a learner gone"]), min_size=1, max_size=6),
    seed=st.integers(0, 2**32 - 1),
)
def test_whatever_becomes_of_the_sites_every_kind_of_learner_follows(encoder, policy, fit, everybody, edits, seed):
    rng, catalogue = Random(seed), everybody.network.catalogue
    kept = contents(everybody)
    for edit in edits:
        catalogue = EDITS[edit](catalogue, rng)
    following = build_snapshot(catalogue, 2, encoder, policy, fit=fit, before=everybody)
    assert contents(following) == contents(build_snapshot(catalogue, 2, encoder, policy, fit=fit))
    assert contents(everybody) == kept


def test_learners_outlast_a_city_without_sites(encoder, policy, fit, everybody):
    without = dataclasses.replace(everybody.network.catalogue, sites=())
    empty = build_snapshot(without, 2, encoder, policy, fit=fit, before=everybody)
    assert contents(empty) == contents(build_snapshot(without, 2, encoder, policy, fit=fit))
    again = build_snapshot(everybody.network.catalogue, 1, encoder, policy, fit=fit, before=empty)
    assert contents(again) == contents(everybody)


@pytest.mark.parametrize("count", [0, 1, 999, 1_000, 1_001, 2_345])
def test_however_many_learners_there_are_they_follow_a_site(encoder, policy, fit, everybody, count):
    learners = random_catalogue(1, Shape(learners=count)).learners
    catalogue = dataclasses.replace(
        everybody.network.catalogue,
        learners=tuple(dataclasses.replace(each, completed_course_ids=()) for each in learners),
    )
    before = build_snapshot(catalogue, 1, encoder, policy, fit=fit)
    moved = edited(catalogue, "a new site elsewhere")
    alone = build_snapshot(moved, 2, encoder, policy, fit=fit)
    assert contents(build_snapshot(moved, 2, encoder, policy, fit=fit, before=before)) == contents(alone)


def test_under_a_policy_by_which_all_may_be_far_away_learners_follow_a_site(encoder, policy, fit, everybody):
    """A row of zeros may be that of a learner to whom everything is too far."""
    near = policy.model_copy(
        update={"half_distance_km": 0.001, "neutral_proximity": 0.0, "learner_weights": {Preference.PLACE: 1.0}}
    )
    learners = tuple(each for each in every_kind_of_learner() if each.latitude is not None)
    catalogue = dataclasses.replace(everybody.network.catalogue, learners=learners)
    before = build_snapshot(catalogue, 1, encoder, near, fit=fit)
    assert not before.learners.vectors.any()
    here = {"latitude": 22.6, "longitude": 114.2, "datum": "wgs84"}
    sites = (dataclasses.replace(catalogue.sites[0], **here), *catalogue.sites[1:])
    moved = dataclasses.replace(catalogue, sites=sites)
    alone = build_snapshot(moved, 2, encoder, near, fit=fit)
    assert alone.learners.vectors.any()
    assert contents(build_snapshot(moved, 2, encoder, near, fit=fit, before=before)) == contents(alone)


@pytest.mark.parametrize("edit", ["a site moved", "a new site elsewhere", "a site whose point nobody knows"])
def test_where_sites_stand_is_no_reason_to_read_again_what_learners_say(encoder, policy, fit, everybody, edit):
    counting = CountingEncoder(encoder)
    catalogue = edited(everybody.network.catalogue, edit)
    following = build_snapshot(catalogue, 2, counting, policy, fit=fit, before=everybody)
    assert contents(following)["learners"] != contents(everybody)["learners"]
    assert counting.count <= 8  # a wish and perhaps a context: with a level or without, of a cluster or of none


@pytest.mark.parametrize("change", [{"latitude": 22.7}, {"name": "新街道"}])
def test_learners_follow_the_places_that_they_name_where_no_site_moves(encoder, policy, fit, change):
    catalogue = dataclasses.replace(random_catalogue(0), course_instances=())
    named = {learner.place for learner in catalogue.learners}
    sites = tuple(site for site in catalogue.sites if site.latitude)
    catalogue = dataclasses.replace(catalogue, sites=sites)
    places = tuple(dataclasses.replace(p, **change) if p.name in named else p for p in catalogue.places)
    moved = dataclasses.replace(catalogue, places=places)
    before = build_snapshot(catalogue, 1, encoder, policy, fit=fit)
    alone = build_snapshot(moved, 1, encoder, policy, fit=fit)
    assert contents(alone)["learners"] != contents(before)["learners"]
    assert contents(build_snapshot(moved, 1, encoder, policy, fit=fit, before=before)) == contents(alone)


@pytest.mark.parametrize("edit", EDITS)
def test_a_loaded_snapshot_is_as_good_a_one_before(encoder, policy, fit, first, tmp_path, edit):
    folder = SnapshotFolder(tmp_path)
    folder.save(first)
    counts = []
    followers = []
    for before in (first, folder.load(encoder, policy)):
        counting = CountingEncoder(encoder)
        catalogue = edited(first.network.catalogue, edit)
        followers.append(build_snapshot(catalogue, 2, counting, policy, fit=before.fit, before=before))
        counts.append(counting.count)
    assert contents(followers[0]) == contents(followers[1])
    assert counts[0] == counts[1]


def test_tables_that_are_the_same_are_not_read_again(first):
    before = Network(first.network.catalogue)
    network = Network(edited(before.catalogue, "seats"), before)
    assert network.learner_row is before.learner_row
    assert network.course_row is before.course_row
    assert network.gazetteer is before.gazetteer
    assert network.taxonomy is before.taxonomy
    assert network.distances_from is before.distances_from
    assert network.instance_row is not before.instance_row


def test_a_snapshot_does_not_keep_the_one_before_alive(encoder, policy, fit):
    before = build_snapshot(random_catalogue(0), 1, encoder, policy, fit=fit)
    following = build_snapshot(edited(random_catalogue(0), "text"), 2, encoder, policy, fit=fit, before=before)
    last = build_snapshot(edited(random_catalogue(0), "seats"), 3, encoder, policy, fit=fit, before=following)
    ghosts = [weakref.ref(before), weakref.ref(before.network), weakref.ref(following)]
    del before, following
    gc.collect()
    assert [ghost() for ghost in ghosts] == [None, None, None]
    assert last.catalogue_version == 3


def test_one_before_of_another_policy_or_fit_is_not_used(encoder, policy, fit, first):
    catalogue = random_catalogue(0)
    other_policy = policy.model_copy(update={"unknown_quality": 0.3, "context_share": 0.9})
    other_fit = Fit.fit(random_catalogue(3, Shape(instances=90)).courses, encoder)
    for its_policy, its_fit in ((other_policy, fit), (policy, other_fit)):
        following = build_snapshot(catalogue, 1, encoder, its_policy, fit=its_fit, before=first)
        assert contents(following) == contents(build_snapshot(catalogue, 1, encoder, its_policy, fit=its_fit))
        assert following.version != first.version


class TurnedEncoder(CountingEncoder):
    """Another encoder of the same dimension."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__(encoder)
        self.name = "turned@1"

    def encode_queries(self, texts):
        return super().encode_queries(texts)[:, ::-1].copy()

    encode_passages = encode_queries


def test_one_before_of_another_encoder_is_not_used(encoder, policy, first):
    turned = TurnedEncoder(encoder)
    following = build_snapshot(random_catalogue(0), 1, turned, policy, before=first)
    assert contents(following) == contents(build_snapshot(random_catalogue(0), 1, turned, policy))
    assert following.version != first.version


def test_a_fit_of_another_encoder_is_refused(encoder, policy, fit):
    with pytest.raises(SnapshotError, match=r"turned@1.*build again"):
        build_snapshot(random_catalogue(0), 1, TurnedEncoder(encoder), policy, fit=fit)


def test_without_a_fit_one_is_made_of_the_present_texts(encoder, policy, first):
    catalogue = edited(random_catalogue(0), "text")
    following = build_snapshot(catalogue, 2, encoder, policy, before=first)
    assert following.fit.fits(following.network)
    assert following.fit.digest != first.fit.digest
    assert contents(following) == contents(build_snapshot(catalogue, 2, encoder, policy))


@pytest.mark.parametrize("edit", sorted(set(EDITS) - {"nothing"}))
def test_the_version_tells_every_edit_apart(encoder, policy, fit, first, edit):
    catalogue = edited(first.network.catalogue, edit)
    changed = any(set(getattr(catalogue, t)) != set(getattr(first.network.catalogue, t)) for t in EVERY_TABLE)
    following = build_snapshot(catalogue, 1, encoder, policy, fit=fit, before=first)
    assert (following.version != first.version) == changed
    assert following.version.startswith("1-")


EVERY_TABLE = tuple(Catalogue.__dataclass_fields__)


def test_a_text_has_the_same_bits_alone_and_in_any_batch(encoder, fit):
    texts = [course_text(course) for course in random_catalogue(2, Shape(instances=1_500)).courses]
    for encode in (encoder.encode_passages, fit.words.encode_passages):
        whole = encode(texts).tobytes()
        for size in (1, 3, 32):
            assert b"".join(encode(texts[i : i + size]).tobytes() for i in range(0, len(texts), size)) == whole
