"""Figures against lists whose right values are computed by hand."""

import math

import numpy as np
import pytest
from sklearn.metrics import ndcg_score

from recommender.evaluation.metrics import (
    Metric,
    active_sites,
    approved_courses,
    coverage,
    distance,
    diversity,
    exposure,
    gini,
    measure,
    relevance,
)
from recommender.matcher import Matcher
from tests.evaluation.conftest import Judge

TWELVE = list(range(12))  # c01, c02, … c12


def of_list(street: Matcher, **grades: int) -> tuple[float, float, float]:
    """Return nDCG@10, recall@10 and the reciprocal rank of the list c01, c02, … c12."""
    return relevance(street.snapshot.network, grades, TWELVE)


def test_the_only_right_course_at_the_top_is_perfect(street: Matcher) -> None:
    assert of_list(street, c01=3) == (1, 1, 1)


def test_grades_in_descending_order_are_perfect_and_in_ascending_order_are_not(street: Matcher) -> None:
    assert of_list(street, c01=3, c02=2, c03=1)[0] == pytest.approx(1)
    ideal = 7 + 3 / math.log2(3) + 1 / 2
    assert of_list(street, c01=1, c02=2, c03=3)[0] == pytest.approx((1 + 3 / math.log2(3) + 7 / 2) / ideal)


def test_a_course_of_grade_three_gains_seven_times_one_of_grade_one(street: Matcher) -> None:
    ideal = 7 + 1 / math.log2(3)

    assert of_list(street, c02=3, c11=1)[0] == pytest.approx(7 / math.log2(3) / ideal)
    assert of_list(street, c02=1, c11=3)[0] == pytest.approx(1 / math.log2(3) / ideal)


def test_ndcg_is_that_of_scikit_learn_with_these_gains(street: Matcher) -> None:
    rng = np.random.default_rng(7)
    courses = street.snapshot.network.courses
    for _ in range(50):
        grades = rng.integers(0, 4, len(courses))
        order = rng.permutation(len(courses))
        scores = np.empty(len(courses))
        scores[order] = -np.arange(len(courses))
        judged = {course.course_id: int(grade) for course, grade in zip(courses, grades, strict=True)}

        ours = relevance(street.snapshot.network, judged, order.tolist())[0]
        assert ours == pytest.approx(ndcg_score([2.0**grades - 1], [scores], k=10), abs=1e-12)


def test_rank_ten_counts_and_rank_eleven_does_not(street: Matcher) -> None:
    assert of_list(street, c10=3) == pytest.approx((1 / math.log2(11), 1, 1 / 10))
    assert of_list(street, c11=3) == (0, 0, 0)


def test_recall_and_reciprocal_rank_look_at_good_courses_only(street: Matcher) -> None:
    assert of_list(street, c01=1, c03=2, c12=2)[1:] == (1 / 2, 1 / 3)


def test_more_good_courses_than_ten_can_still_be_recalled(street: Matcher) -> None:
    everything = {f"c{n:02}": 2 for n in range(1, 13)}

    assert of_list(street, **everything) == pytest.approx((1, 1, 1))


def test_a_request_without_a_good_course_has_an_ndcg_only(street: Matcher) -> None:
    ndcg, recall, reciprocal_rank = of_list(street, c02=1)

    assert ndcg == pytest.approx(1 / math.log2(3))
    assert math.isnan(recall)
    assert math.isnan(reciprocal_rank)


def test_an_empty_list_is_worth_nothing(street: Matcher) -> None:
    assert relevance(street.snapshot.network, {"c01": 3}, []) == (0, 0, 0)


def test_distance_is_the_mean_over_classes_at_sites(street: Matcher) -> None:
    network = street.snapshot.network
    row = network.instance_row
    away = np.arange(1.0, 13.0)

    assert distance(network, [row["i01"], row["i04"], row["a-web"], None], away) == 2.5
    away[3] = np.nan
    assert distance(network, [row["i01"], row["i04"]], away) == 1
    assert math.isnan(distance(network, [row["a-web"], None], away))
    assert math.isnan(distance(network, [row["i04"]], away))


def test_diversity_is_one_less_the_mean_cosine_of_pairs() -> None:
    x, y = np.eye(2, dtype=np.float32)

    assert diversity(np.array([x, x])) == pytest.approx(0)
    assert diversity(np.array([x, y])) == pytest.approx(1)
    assert diversity(np.array([x, -x])) == pytest.approx(2)
    assert diversity(np.array([x, x, y])) == pytest.approx(2 / 3)
    assert math.isnan(diversity(np.array([x])))
    assert math.isnan(diversity(np.empty((0, 2), dtype=np.float32)))


def test_a_site_s_exposure_is_discounted_by_rank(street: Matcher) -> None:
    network = street.snapshot.network
    row = network.instance_row
    seen = exposure(network, [row["i03"], None, row["i05"], row["a-web"], row["i03"]])

    assert seen[network.site_row["s03"]] == pytest.approx(1 + 1 / math.log2(6))
    assert seen[network.site_row["s05"]] == pytest.approx(1 / math.log2(4))
    assert np.count_nonzero(seen) == 2


def test_gini_of_known_shares() -> None:
    assert gini(np.array([1.0, 1.0, 1.0, 1.0])) == pytest.approx(0)
    assert gini(np.array([0.0, 0.0, 0.0, 5.0])) == pytest.approx(3 / 4)
    assert gini(np.array([3.0, 1.0])) == pytest.approx(1 / 4)
    assert np.isnan(gini(np.zeros(4)))
    assert gini(np.array([[1.0, 1.0], [0.0, 2.0]])) == pytest.approx([0, 1 / 2])


def test_gini_is_half_the_relative_mean_difference_of_all_pairs() -> None:
    shares = np.random.default_rng(3).exponential(size=40)
    pairs = np.abs(shares[:, None] - shares[None, :]).mean() / (2 * shares.mean())

    assert gini(shares) == pytest.approx(pairs)


def test_coverage_is_the_share_of_courses_ever_listed() -> None:
    assert coverage(np.array([3, 0, 1, 0])) == 0.5
    assert coverage(np.zeros(0)) == 0


def test_lists_are_cut_to_ten_and_measured_together(street: Matcher, judge: Judge) -> None:
    network = street.snapshot.network
    ranked = [[(row, network.instance_row[f"i{row + 1:02}"]) for row in TWELVE]] * 2
    vectors = np.zeros((len(network.courses), 2), dtype=np.float32)
    vectors[:, 0] = 1
    away = [np.arange(1.0, 13.0), np.full(12, np.nan)]
    measured = measure(network, vectors, [judge(c02=3), judge(c11=1)], ranked, away)

    assert measured.figures[Metric.NDCG] == pytest.approx([1 / math.log2(3), 0])
    assert measured.figures[Metric.RECALL] == pytest.approx([1, np.nan], nan_ok=True)
    assert measured.figures[Metric.DISTANCE_KM] == pytest.approx([5.5, np.nan], nan_ok=True)
    assert measured.figures[Metric.DIVERSITY] == pytest.approx([0, 0], abs=1e-6)
    assert measured.listed.shape == (2, 13)  # the draft is not counted
    assert coverage(measured.listed.sum(axis=0)) == 10 / 13
    assert measured.exposure.shape == (2, 12)
    assert measured.exposure[0].sum() == pytest.approx(sum(1 / math.log2(rank + 1) for rank in range(1, 11)))


def test_only_approved_courses_and_active_sites_count(matcher: Matcher) -> None:
    network = matcher.snapshot.network

    assert {network.courses[row].approval for row in approved_courses(network)} == {"approved"}
    assert 0 < len(approved_courses(network)) < len(network.courses)
    assert {network.sites[row].status for row in active_sites(network)} == {"active"}
