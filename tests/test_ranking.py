"""The exact top from an index that scans in float32, one group at its best row."""

from random import Random

import numpy as np
import pytest

from recommender.errors import InvalidRequest
from recommender.index import FLOAT32_MARGIN, VectorIndex
from recommender.ranking import best_groups
from recommender.resolution import resolve
from tests.networks import TODAY
from tests.wishes import random_request


def _best(scores, groups, count, mask=None, exact=None):
    """Rank rows whose float32 score is `scores` and whose exact score is `exact` (the same unless given)."""
    scores = np.array(scores, dtype=np.float32)
    index = VectorIndex.of(scores[:, None])
    exact = scores.astype(np.float64) if exact is None else np.array(exact)
    mask = np.ones(len(scores), dtype=bool) if mask is None else np.array(mask)
    query = np.ones(1, dtype=np.float32)
    ranked = best_groups(index, query, mask, count=count, group_of=np.array(groups), exact=lambda rows: exact[rows])
    return ranked.rows.tolist(), ranked.complete


def test_each_group_stands_once_at_its_best_row():
    assert _best([0.5, 0.75, 0.25, 0.625], [0, 0, 1, 1], 5) == ([1, 3], True)


def test_only_rows_that_the_mask_admits_are_ranked():
    assert _best([0.5, 0.75, 0.25], [0, 0, 1], 5, mask=[True, False, True]) == ([0, 2], True)
    assert _best([0.5, 0.75], [0, 1], 5, mask=[False, False]) == ([], True)


def test_ties_go_to_the_lower_row_within_a_group_and_between_groups():
    assert _best([0.5, 0.5, 0.5, 0.5], [0, 0, 1, 1], 5) == ([0, 2], True)


def test_a_top_that_leaves_groups_out_says_so():
    assert _best([0.5, 0.25], [0, 1], 1) == ([0], False)
    assert _best([0.5, 0.25], [0, 1], 2) == ([0, 1], True)


def test_a_group_of_many_rows_does_not_hide_the_others():
    scores = [0.9] * 500 + [0.5, 0.4]
    groups = [0] * 500 + [1, 2]
    assert _best(scores, groups, 3)[0] == [0, 500, 501]


def test_the_exact_score_decides_where_float32_errs():
    rng = np.random.default_rng(0)
    exact = np.linspace(0.5, 0.5 + 2e-6, 300)
    approximate = exact + rng.uniform(-3e-6, 3e-6, 300)
    rows, complete = _best(approximate, np.arange(300), 10, exact=exact)
    assert rows == list(range(299, 289, -1))
    assert not complete


def test_every_length_of_top_is_the_beginning_of_the_longest():
    rng = np.random.default_rng(1)
    scores, groups = rng.integers(0, 20, 400) / 20, np.sort(rng.integers(0, 90, 400))
    whole = _best(scores, groups, 90)[0]
    order = sorted(range(400), key=lambda row: (-scores[row], row))
    best = {groups[row]: row for row in reversed(order)}  # the last to be written stands
    assert whole == sorted(best.values(), key=order.index)
    for count in (1, 2, 5, 30):
        assert _best(scores, groups, count)[0] == whole[:count]


@pytest.mark.parametrize("network", range(3))
def test_float32_errs_less_than_is_allowed_for(matcher, matchers, policy, network):
    snapshot = [matcher, *matchers][network].snapshot
    rng, everything = Random(network), np.ones(snapshot.instances.count, dtype=bool)
    for _ in range(60):
        try:
            request = resolve(random_request(rng, snapshot.network.catalogue), snapshot.network, policy, today=TODAY)
            vector = snapshot.layout.request_vector(request)
        except InvalidRequest:
            continue
        rows, approximate = snapshot.instances.search(vector.weighted, snapshot.instances.count, everything)
        exact = vector.score(snapshot.layout.values(snapshot.instances.vectors[rows], vector))
        assert len(rows) == snapshot.instances.count
        assert np.abs(exact - approximate).max() < FLOAT32_MARGIN / 2
