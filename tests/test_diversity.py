"""Lists that do not repeat themselves, on vectors whose likeness is plain to see."""

import numpy as np
import pytest

from recommender.diversity import diversify, settled

EAST, NORTH, WEST = (1.0, 0.0), (0.0, 1.0), (-1.0, 0.0)
NORTHEAST = (np.sqrt(0.5), np.sqrt(0.5))


def _taken(scores, vectors, diversity, count=9):
    return diversify(
        np.array(scores), np.array(vectors, dtype=np.float32).reshape(len(scores), 2), diversity=diversity, count=count
    )


def _order(*arguments, **options):
    return [placement.position for placement in _taken(*arguments, **options)]


def test_without_diversity_the_order_is_that_of_the_scores():
    assert _order([0.9, 0.8, 0.7], [EAST, EAST, NORTH], 0) == [0, 1, 2]


def test_what_repeats_the_first_stands_behind_what_is_new():
    assert _order([0.9, 0.8, 0.7], [EAST, EAST, NORTH], 0.2) == [0, 2, 1]
    assert _order([0.9, 0.8, 0.7], [EAST, EAST, NORTH], 0.05) == [0, 1, 2]


def test_a_tie_goes_to_the_higher_score():
    assert _order([0.75, 0.5, 0.25], [EAST, EAST, NORTH], 0.25) == [0, 1, 2]  # 0.5 - 0.25 is 0.25


def test_what_is_opposite_is_not_rewarded():
    taken = _taken([0.9, 0.5, 0.4], [EAST, NORTH, WEST], 1)
    assert [placement.position for placement in taken] == [0, 1, 2]
    assert [placement.likeness for placement in taken] == [0, 0, 0]
    assert [placement.like for placement in taken] == [None, None, None]


def test_the_greatest_likeness_counts_and_is_named():
    taken = _taken([0.9, 0.8, 0.1], [EAST, NORTH, NORTHEAST], 0.1)
    assert [placement.position for placement in taken] == [0, 1, 2]
    assert taken[2].likeness == pytest.approx(np.sqrt(0.5), abs=1e-6)
    assert taken[2].like == 0  # alike both, held back for the first


def test_taking_fewer_takes_the_beginning_of_taking_more():
    rng = np.random.default_rng(0)
    vectors = rng.standard_normal((40, 2))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    scores = np.sort(rng.random(40))[::-1]
    whole = _taken(scores, vectors, 0.3, count=40)
    assert sorted(placement.position for placement in whole) == list(range(40))
    for count in (1, 2, 17, 40):
        assert _taken(scores, vectors, 0.3, count=count) == whole[:count]


def test_nothing_gives_nothing():
    assert _taken([], [], 0.5) == []
    assert settled([], np.array([]), 0.5)


def test_a_list_is_settled_once_nothing_below_could_have_been_taken():
    scores = np.array([0.9, 0.8, 0.7, 0.65])
    taken = _taken(scores, [EAST, EAST, NORTH, NORTH], 0.2, count=2)
    assert [placement.position for placement in taken] == [0, 2]
    assert settled(taken, scores, 0.2)  # 0.7 was taken; below 0.65 nothing is better
    repeated = _taken(scores[:2], [EAST, EAST], 0.2, count=2)
    assert not settled(repeated, scores[:2], 0.2)  # 0.8 - 0.2 was taken; 0.7 may be waiting
