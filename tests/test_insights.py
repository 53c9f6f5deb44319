"""Numbers about all learners: what is told is right, and nothing can be told from it of few."""

from collections import defaultdict
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.domain import Learner
from recommender.encoder import Encoder
from recommender.insights import conceal, hide_small, learner_counts
from recommender.policy import Policy
from recommender.snapshot import Snapshot, build_snapshot
from tests.handmade import PLACES, catalogue, course, taught
from tests.small_city import NORTH

WEST_DISTRICT = replace(PLACES[1], place_id="west", name="西丽区", longitude=113.8)


@pytest.mark.parametrize(("hidden_below", "groups", "largest"), [(2, 4, 7), (3, 3, 10), (4, 3, 10), (3, 4, 7)])
def test_no_group_of_few_can_be_computed_by_whoever_knows_the_rule(
    hidden_below: int, groups: int, largest: int
) -> None:
    """All tables there could be, sorted by what is told of them: no small group is the same in all that look alike."""
    alike = defaultdict(list)
    for counts in product(range(largest + 1), repeat=groups):
        told = conceal(dict(enumerate(counts)), hidden_below)
        assert not told.shown or min(told.shown.values()) >= hidden_below
        alike[tuple(sorted(told.shown.items())), told.hidden].append(counts)
    assert len(alike) > groups
    for tables in alike.values():
        for group in range(groups):
            possible = {counts[group] for counts in tables}
            assert len(possible) > 1 or not 0 < min(possible) < hidden_below


@given(st.dictionaries(st.integers(0, 30), st.integers(0, 40), min_size=1), st.integers(1, 10))
def test_what_is_told_adds_up_and_what_is_hidden_is_never_few(counts: dict[int, int], hidden_below: int) -> None:
    told = conceal(counts, hidden_below)
    assert told.shown.items() <= counts.items()
    if told.hidden is None:
        assert not told.shown
    else:
        assert sum(told.shown.values()) + told.hidden == sum(counts.values())
        assert told.hidden == 0 or told.hidden >= hidden_below


def snapshot_of(learners: list[Learner], encoder: Encoder, policy: Policy) -> Snapshot:
    """Return the handmade network with two districts and these learners."""
    places = (*PLACES, WEST_DISTRICT)
    return build_snapshot(
        catalogue([course("a")], [taught("a-1", "a")], places=places, learners=tuple(learners)), 1, encoder, policy
    )


def several(count: int, name: str, **fields: object) -> list[Learner]:
    return [Learner(learner_id=f"{name}-{number}", goal="学", **fields) for number in range(count)]


def test_learners_are_counted_by_district_cluster_and_level(encoder: Encoder, policy: Policy) -> None:
    learners = [
        *several(6, "named", place="东山区", industry="robots"),
        *several(7, "nearest", latitude=22.46, longitude=113.82, skill_level="senior"),
        *several(2, "beside", place="西丽区", latitude=22.45, longitude=114.0),
        *several(5, "nowhere", industry="no such", place="no such"),
    ]
    told = learner_counts(snapshot_of(learners, encoder, policy), 5)

    def groups(table: str) -> dict[str | None, int]:
        return {one["id"]: one["learners"] for one in told[table]["groups"]}

    assert told["learners"] == 20
    assert groups("districts") == {"west": 9, "east": 6, None: 5}
    assert groups("clusters") == {None: 14, "robots": 6}
    assert groups("skill_levels") == {None: 13, "senior": 7}
    assert [told[table]["hidden"] for table in ("districts", "clusters", "skill_levels")] == [0, 0, 0]
    assert [one["name"] for one in told["districts"]["groups"]] == ["西丽区", "东山区", None]
    assert told["skill_levels"]["groups"][1]["name"] == "高级工"


def test_a_small_group_takes_the_next_smallest_with_it(encoder: Encoder, policy: Policy) -> None:
    learners = [*several(3, "few", industry="robots"), *several(6, "some", industry="fashion"), *several(20, "many")]
    told = learner_counts(snapshot_of(learners, encoder, policy), 5)
    assert [(one["id"], one["learners"]) for one in told["clusters"]["groups"]] == [(None, 20)]
    assert told["clusters"]["hidden"] == 9


def test_of_few_learners_nothing_is_told_at_all(encoder: Encoder, policy: Policy) -> None:
    told = learner_counts(snapshot_of(several(4, "few"), encoder, policy), 5)
    assert told["learners"] is None
    assert all(told[name] == {"groups": [], "hidden": None} for name in ("districts", "clusters", "skill_levels"))


def test_a_point_out_of_the_city_is_nowhere(encoder: Encoder, policy: Policy) -> None:
    learners = several(6, "out", latitude=NORTH + 1, longitude=114.0)
    told = learner_counts(snapshot_of(learners, encoder, policy), 5)
    assert told["districts"]["groups"] == [{"id": None, "name": None, "learners": 6}]


COUNTS = st.integers(0, 30)


@given(COUNTS, st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 30)), st.integers(1, 10))
def test_an_audience_s_counts_tell_of_no_few(eligible: int, excluded: dict[str, int], hidden_below: int) -> None:
    answer = {"eligible_learners": eligible, "excluded": excluded, "items": []}
    told = hide_small(answer, hidden_below)
    shown = [*told["excluded"].values(), *([] if told["eligible_learners"] is None else [told["eligible_learners"]])]
    small = range(1, hidden_below)

    assert not any(count in small for count in shown)
    assert not any(most - count in small for most in shown for count in shown if most == max(shown))
    assert told["excluded"].items() <= excluded.items()


def test_numbers_of_many_stay() -> None:
    answer = {"eligible_learners": 40, "excluded": {"too_far": 90, "full": 3}, "items": [1]}
    assert hide_small(answer, 5) == {"eligible_learners": 40, "excluded": {"too_far": 90}, "items": [1]}
