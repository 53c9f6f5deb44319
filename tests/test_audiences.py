"""A class asks for learners: whoever would be recommended the class is found, with the very same score, and nobody else."""

import datetime
from functools import lru_cache
from random import Random

import orjson
import pytest

from recommender.domain import Approval, Catalogue, Course, CourseInstance, Learner, Mode
from recommender.errors import InvalidRequest, NotFound
from recommender.matcher import Matcher
from recommender.profiles import learner_request
from recommender.requests import AudienceRequest
from recommender.snapshot import build_snapshot
from tests.agreement import twin_of
from tests.networks import TODAY, Shape, random_catalogue

NETWORKS = range(6)
EVERYBODY = 1_000


@pytest.fixture(scope="module")
def expected(matchers):
    """Return who should be found: for network, day and radius, each instance's learners with their scores, best first."""

    @lru_cache
    def audiences(network: int, day: datetime.date, radius: float | None) -> dict[str, list[tuple[str, float]]]:
        twin = twin_of(matchers[network].snapshot)
        catalogue = matchers[network].snapshot.network.catalogue
        found: dict[str, list[tuple[str, float]]] = {i.instance_id: [] for i in catalogue.course_instances}
        for learner in catalogue.learners:
            try:
                request = learner_request(learner, maximum_distance_km=radius)
            except InvalidRequest:  # a profile that says nothing asks for nothing
                continue
            for instance_id, score in twin.scores(request, today=day).items():
                found[instance_id].append((learner.learner_id, score))
        return {name: sorted(learners, key=lambda one: (-one[1], one[0])) for name, learners in found.items()}

    return audiences


def _find(matcher: Matcher, instance_id: str, **options):
    return matcher.find_audience(AudienceRequest(instance_id=instance_id, **options), today=TODAY)


def _pairs(answer):
    return [(item["learner_id"], item["score"]) for item in answer["items"]]


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("radius", [None, 3, 1_000])
@pytest.mark.parametrize("days", [0, 45])
def test_an_audience_is_who_is_eligible_with_the_score_of_their_own_request(matchers, expected, network, radius, days):
    day = TODAY + datetime.timedelta(days=days)
    for instance_id, learners in expected(network, day, radius).items():
        answer = _find(matchers[network], instance_id, maximum_distance_km=radius, as_of=day, k=EVERYBODY)
        assert [name for name, _ in _pairs(answer)] == [name for name, _ in learners]
        assert [score for _, score in _pairs(answer)] == pytest.approx([score for _, score in learners], abs=2e-9)
        assert answer["eligible_learners"] == len(learners)


def test_the_networks_have_audiences_and_learners_who_say_nothing(matchers, expected):
    sizes = [len(learners) for network in NETWORKS for learners in expected(network, TODAY, None).values()]
    assert sum(size > 5 for size in sizes) > 100
    assert sum(size == 0 for size in sizes) > 100
    classes = [next(iter(expected(network, TODAY, None))) for network in NETWORKS]
    silent = [_find(matchers[n], name)["excluded"].get("empty_profile", 0) for n, name in enumerate(classes)]
    assert sum(silent) > 0


def test_the_bundled_learners_are_recommended_what_they_are_the_audience_of(matcher, today):
    learners = matcher.snapshot.network.catalogue.learners
    for learner in Random(0).sample(learners, 25):
        answer = matcher.recommend_to_learner(learner.learner_id, today=today, k=3)
        for item in answer["items"]:
            if not item["relaxed"]:
                found = dict(_pairs(_find(matcher, item["instance"]["instance_id"], k=EVERYBODY)))
                assert found[learner.learner_id] == pytest.approx(item["score"], abs=1e-9)


@pytest.mark.parametrize("k", [1, 3, 10])
def test_each_page_of_an_audience_continues_the_one_before(matchers, expected, k):
    popular = max(expected(1, TODAY, None).items(), key=lambda pair: len(pair[1]))[0]
    whole = _find(matchers[1], popular, k=EVERYBODY)["items"]
    paged = []
    while page := _find(matchers[1], popular, k=k, offset=len(paged))["items"]:
        paged += page
        assert len(paged) <= len(whole)
    assert paged == whole
    assert [item["rank"] for item in whole] == list(range(1, len(whole) + 1))


def test_learners_who_are_alike_stand_in_the_order_of_their_ids(encoder, policy):
    base = random_catalogue(5, Shape(learners=1))
    catalogue = Catalogue(
        courses=(Course(course_id="fork", title="叉车操作", approval=Approval.APPROVED),),
        course_instances=(CourseInstance(instance_id="fork-1", course_id="fork", mode=Mode.ONLINE),),
        learners=tuple(Learner(learner_id=name, goal="叉车操作") for name in ("zoe", "ann", "mia")),
        clusters=base.clusters,
        places=base.places,
    )
    answer = _find(Matcher(build_snapshot(catalogue, 1, encoder, policy)), "fork-1")
    assert [name for name, _ in _pairs(answer)] == ["ann", "mia", "zoe"]
    assert len({score for _, score in _pairs(answer)}) == 1


def test_the_same_question_gives_the_same_bytes_and_names_its_snapshot(matchers):
    instance = matchers[2].snapshot.network.catalogue.course_instances[0].instance_id
    first = _find(matchers[2], instance)
    assert orjson.dumps(_find(matchers[2], instance)) == orjson.dumps(first)
    assert first["snapshot"] == matchers[2].snapshot.version
    assert first["as_of"] == TODAY.isoformat()


def test_an_unknown_class_is_not_found(matcher):
    with pytest.raises(NotFound) as caught:
        _find(matcher, "no-such-class")
    assert caught.value.field == "instance_id"
