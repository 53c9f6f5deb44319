"""What another snapshot would change: checked against the two lists themselves."""

import dataclasses
import datetime
import json
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.comparison import Comparison, compare, shared_learners
from recommender.domain import Approval, Catalogue, Learner
from recommender.encoder import Encoder
from recommender.errors import InvalidRequest, NotFound
from recommender.matcher import Matcher
from recommender.policy import Policy
from recommender.snapshot import build_snapshot
from tests.handmade import catalogue, course, taught
from tests.networks import TODAY, random_catalogue

EXCEL, FORKLIFT, WELDING = (course(f"c-{number}", title=title) for number, title in enumerate(("表格", "叉车", "焊工")))
CLASSES = [taught(f"{one.course_id}-1", one.course_id, "at-0") for one in (EXCEL, FORKLIFT, WELDING)]
ANNE = Learner(learner_id="anne", goal="叉车")


def lists(matcher: Matcher, k: int) -> dict[str, list[str]]:
    """Return the courses of every learner who is answered, best first."""
    found = {}
    for learner in matcher.snapshot.network.learners:
        try:
            answer = matcher.recommend_to_learner(learner.learner_id, today=TODAY, k=k)
        except InvalidRequest:
            continue
        found[learner.learner_id] = [item["course"]["course_id"] for item in answer["items"]]
    return found


@pytest.fixture(scope="module")
def variants(encoder: Encoder, policy: Policy) -> list[Matcher]:
    """One random city as it is, with three courses rejected, and with the nearest counting more."""
    city = random_catalogue(3)
    rejected = [dataclasses.replace(one, approval=Approval.REJECTED) for one in city.courses[:3]]
    edited = dataclasses.replace(city, courses=(*rejected, *city.courses[3:]))
    nearer = policy.model_copy(update={"half_distance_km": policy.half_distance_km / 3})
    made = ((city, policy), (edited, policy), (city, nearer))
    return [Matcher(build_snapshot(each, number, encoder, its)) for number, (each, its) in enumerate(made, 1)]


@pytest.fixture(scope="module")
def tiny(encoder: Encoder, policy: Policy) -> Matcher:
    """Three courses and one learner."""
    return made(encoder, policy, catalogue([EXCEL, FORKLIFT, WELDING], CLASSES, learners=(ANNE,)))


def made(encoder: Encoder, policy: Policy, content: Catalogue) -> Matcher:
    return Matcher(build_snapshot(content, 1, encoder, policy))


def test_a_snapshot_changes_nothing_against_itself(variants: list[Matcher]) -> None:
    found = compare(variants[0], variants[0], today=TODAY)

    assert found.compared > 10
    assert (found.changed, found.churn, found.entered, found.left, found.examples) == (0, 0.0, (), (), ())


@pytest.mark.parametrize("k", [1, 3, 10])
def test_every_figure_is_that_of_the_two_lists(variants: list[Matcher], matchers: list[Matcher], k: int) -> None:
    reordered = 0
    for before, after in combinations([*variants, *matchers[:2]], 2):
        was, now = lists(before, k), lists(after, k)
        known = before.snapshot.network.learner_row.keys() & after.snapshot.network.learner_row.keys()
        asked = sorted(was.keys() & now.keys())
        pairs = [(set(was[one]), set(now[one])) for one in asked]
        churns = [len(old ^ new) / (len(old) + len(new)) if old or new else 0.0 for old, new in pairs]
        found = compare(before, after, today=TODAY, k=k)

        assert (found.compared, found.unanswered) == (len(asked), len(known) - len(asked))
        assert found.changed == sum(was[one] != now[one] for one in asked)
        assert found.churn == pytest.approx(sum(churns) / len(churns))
        entered = [course_id for old, new in pairs for course_id in new - old]
        left = [course_id for old, new in pairs for course_id in old - new]
        for counted, moved in ((found.entered, entered), (found.left, left)):
            counts = [(one.course_id, one.learners) for one in counted]
            expected = sorted(((one, moved.count(one)) for one in set(moved)), key=lambda pair: (-pair[1], pair[0]))
            assert counts == expected[:10]
        reordered += sum(was[one] != now[one] and set(was[one]) == set(now[one]) for one in asked)
    assert k < 10 or reordered


def test_every_learner_shown_is_shown_with_all_moves_most_changed_first(variants: list[Matcher]) -> None:
    for before, after in combinations(variants, 2):
        was, now = lists(before, 5), lists(after, 5)
        examples = compare(before, after, today=TODAY, k=5).examples
        assert 1 <= len(examples) <= 3
        assert list(examples) == sorted(examples, key=lambda one: (-one.churn, one.learner_id))
        for example in examples:
            old, new = was[example.learner_id], now[example.learner_id]
            ranks = {
                course_id: tuple(side.index(course_id) + 1 if course_id in side else None for side in (old, new))
                for course_id in {*old, *new}
            }
            moved = {course_id: pair for course_id, pair in ranks.items() if pair[0] != pair[1]}
            assert {move.course_id: (move.before, move.after) for move in example.moves} == moved


@settings(deadline=None, max_examples=30)  # no timed tests
@given(st.integers(0, 4), st.integers(0, 4), st.integers(1, 12))
def test_the_other_way_round_what_entered_left(
    variants: list[Matcher], matchers: list[Matcher], one: int, other: int, k: int
) -> None:
    every = [*variants, *matchers[:2]]
    there = compare(every[one], every[other], today=TODAY, k=k)
    back = compare(every[other], every[one], today=TODAY, k=k)

    assert there.churn == back.churn
    assert 0 <= there.churn <= 1
    assert (there.compared, there.unanswered, there.changed) == (back.compared, back.unanswered, back.changed)
    assert [(each.course_id, each.learners) for each in there.entered] == [
        (each.course_id, each.learners) for each in back.left
    ]


def test_by_hand_one_course_in_place_of_another(encoder: Encoder, policy: Policy, tiny: Matcher) -> None:
    baking = course("c-3", title="烘焙")
    after = made(
        encoder,
        policy,
        catalogue([EXCEL, FORKLIFT, baking], [*CLASSES[:2], taught("c-3-1", "c-3", "at-0")], learners=(ANNE,)),
    )
    found = compare(tiny, after, today=TODAY, k=3)

    assert found.churn == pytest.approx(1 / 3)  # of the six courses listed, one on each side is not in the other
    assert [(one.course_id, one.title, one.learners) for one in found.entered] == [("c-3", "烘焙", 1)]
    assert [(one.course_id, one.title, one.learners) for one in found.left] == [("c-2", "焊工", 1)]
    assert compare(tiny, after, today=TODAY, k=1).changed == 0  # the forklift stays first


def test_lists_without_a_course_in_common_have_a_churn_of_one(encoder: Encoder, policy: Policy, tiny: Matcher) -> None:
    others = [course(f"d-{number}", title="烘焙") for number in range(2)]
    classes = [taught(f"{one.course_id}-1", one.course_id) for one in others]
    after = made(encoder, policy, catalogue(others, classes, learners=(ANNE,)))
    assert compare(tiny, after, today=TODAY).churn == 1.0


def test_what_was_never_compared_has_no_churn(encoder: Encoder, policy: Policy, tiny: Matcher) -> None:
    silent = made(
        encoder,
        policy,
        catalogue([EXCEL], CLASSES[:1], learners=(Learner(learner_id="anne"), Learner(learner_id="bo", goal="叉车"))),
    )
    found = compare(tiny, silent, today=TODAY)
    assert (found.compared, found.unanswered, found.churn) == (0, 1, None)
    assert shared_learners(tiny.snapshot, silent.snapshot) == ["anne"]


def test_a_sample_is_drawn_by_its_seed_from_those_whom_both_know(variants: list[Matcher]) -> None:
    before, after = (matcher.snapshot for matcher in variants[:2])
    everybody = shared_learners(before, after)
    drawn = shared_learners(before, after, limit=7)

    assert everybody == sorted(before.network.learner_row)
    assert (len(drawn), drawn) == (7, sorted(set(drawn) & set(everybody)))
    assert drawn == shared_learners(before, after, limit=7)
    assert any(drawn != shared_learners(before, after, limit=7, seed=seed) for seed in range(3))
    assert shared_learners(before, after, limit=10**6) == everybody


def test_only_those_asked_for_are_compared_and_progress_is_told(variants: list[Matcher]) -> None:
    answered = sorted(lists(variants[0], 3))[:4]
    told: list[tuple[int, int]] = []
    found = compare(variants[0], variants[1], today=TODAY, learners=answered, progress=lambda *pair: told.append(pair))

    assert found.compared == 4
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_the_same_comparison_has_the_same_bytes(variants: list[Matcher]) -> None:
    texts = [compare(*variants[:2], today=TODAY).to_json() for _ in range(2)]

    assert texts[0] == texts[1]
    read = json.loads(texts[0])
    assert list(read) == [field.name for field in dataclasses.fields(Comparison)]
    assert read["examples"][0]["moves"][0].keys() == {"course_id", "title", "before", "after"}


def test_the_day_is_that_given(variants: list[Matcher]) -> None:
    ages_on = TODAY + datetime.timedelta(days=400)  # most classes are over: other lists
    assert compare(*variants[:2], today=ages_on) != compare(*variants[:2], today=TODAY)


@pytest.mark.parametrize("k", [0, 101, -1])
def test_an_impossible_number_of_courses_is_refused(variants: list[Matcher], k: int) -> None:
    with pytest.raises(InvalidRequest, match="k"):
        compare(*variants[:2], today=TODAY, k=k)


def test_a_learner_whom_nobody_knows_is_named(variants: list[Matcher]) -> None:
    with pytest.raises(NotFound, match="learner_id"):
        compare(*variants[:2], today=TODAY, learners=["nobody"])
