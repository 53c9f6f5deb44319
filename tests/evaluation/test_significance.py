"""Intervals and tests on figures whose truth is known."""

import numpy as np
import pytest

from recommender.evaluation.metrics import coverage, gini
from recommender.evaluation.significance import Figure, compare, mean_figure, whole_figure


def sample(count: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).beta(2, 2, count)


def width(figure: Figure) -> float:
    assert figure.low is not None
    assert figure.high is not None
    return figure.high - figure.low


def test_an_interval_holds_its_mean_and_shrinks_with_the_square_root_of_the_requests() -> None:
    few, many = (mean_figure(sample(count)) for count in (50, 5_000))
    for figure in (few, many):
        assert figure.low < figure.mean < figure.high  # type: ignore[operator]

    assert width(few) / width(many) == pytest.approx(10, rel=0.25)


def test_the_interval_is_that_of_the_normal_law_for_many_requests() -> None:
    values = sample(2_000)

    assert width(mean_figure(values)) == pytest.approx(2 * 1.96 * values.std() / np.sqrt(2_000), rel=0.05)


def test_nineteen_intervals_of_twenty_hold_the_truth() -> None:
    held = [f.low <= 0.5 <= f.high for seed in range(200) for f in [mean_figure(sample(60, seed))]]  # type: ignore[operator]

    assert 0.90 <= np.mean(held) <= 0.99


def test_what_is_not_known_is_left_out_of_the_mean() -> None:
    values = sample(30)

    assert mean_figure(np.append(values, [np.nan] * 10)) == mean_figure(values)
    assert mean_figure(np.array([np.nan])) == Figure(None, None, None)
    assert mean_figure(np.array([0.25, np.nan])) == Figure(0.25, None, None)
    assert mean_figure(np.full(9, 0.5)) == Figure(0.5, 0.5, 0.5)


def test_the_same_figures_come_out_every_time() -> None:
    assert mean_figure(sample(40)) == mean_figure(sample(40))
    assert compare("a", sample(40), "b", sample(40, 2)) == compare("a", sample(40), "b", sample(40, 2))


@pytest.mark.parametrize("statistic", [coverage, gini])
def test_an_interval_of_a_system_s_figure_holds_it_and_shrinks(statistic) -> None:  # type: ignore[no-untyped-def]
    rng = np.random.default_rng(5)
    popularity = rng.dirichlet(np.full(60, 0.3))
    lists = np.array([np.bincount(rng.choice(60, 10, p=popularity), minlength=60) for _ in range(800)], dtype=float)
    few, many = whole_figure(lists[:40], statistic), whole_figure(lists, statistic)

    for figure in (few, many):
        assert 0 <= figure.low <= figure.mean <= figure.high <= 1  # type: ignore[operator]
    assert width(many) < width(few)
    assert many.mean == statistic(lists.sum(axis=0))


def test_samples_of_requests_are_drawn_as_a_loop_would_draw_them() -> None:
    lists = np.random.default_rng(2).integers(0, 2, (30, 20)).astype(float)
    drawn = np.random.default_rng(3).integers(0, 30, (4_000, 30))
    by_loop = np.std([gini(lists[rows].sum(axis=0)) for rows in drawn])
    figure = whole_figure(lists, gini)

    assert width(figure) == pytest.approx(2 * 1.96 * by_loop, rel=0.05)


def test_a_figure_without_anything_to_measure_has_no_interval() -> None:
    assert whole_figure(np.zeros((5, 4)), gini) == Figure(None, None, None)
    assert whole_figure(np.ones((1, 4)), gini) == Figure(0.0, None, None)
    assert whole_figure(np.eye(5)[:, :1], gini).mean == 0  # four requests in five show no site
    assert whole_figure(np.eye(5)[:, :1], gini).low is None


def test_a_system_better_on_every_request_is_significantly_better() -> None:
    base = sample(40)
    found = compare("better", base + 0.1, "worse", base)

    assert (found.system, found.other) == ("better", "worse")
    assert found.difference.mean == pytest.approx(0.1)
    assert found.relative == pytest.approx(0.1 / base.mean())
    assert found.difference.low > 0  # type: ignore[operator]
    assert found.p_value < 0.001
    turned = compare("worse", base, "better", base + 0.1)
    assert turned.difference.mean == pytest.approx(-0.1)
    assert turned.p_value < 0.001


def test_equal_systems_are_not_significantly_different() -> None:
    same = compare("a", sample(40), "b", sample(40))
    assert same.difference == Figure(0, 0, 0)
    assert same.relative == 0
    assert same.p_value == 1

    noise = np.random.default_rng(4).normal(0, 0.05, 40)
    alike = compare("a", sample(40) + noise - noise.mean(), "b", sample(40))
    assert alike.difference.low < 0 < alike.difference.high  # type: ignore[operator]
    assert alike.p_value > 0.5


def test_with_few_requests_the_p_value_is_the_exact_one() -> None:
    found = compare("a", np.array([0.5, 0.6, 0.7, 0.9]), "b", np.array([0.4, 0.4, 0.4, 0.5]))

    assert found.p_value == pytest.approx(2 / 2**4)


def test_a_comparison_on_one_request_and_with_nothing_to_compare_to_claims_nothing() -> None:
    found = compare("a", np.array([0.5]), "b", np.array([0.0]))

    assert found.difference == Figure(0.5, None, None)
    assert found.relative is None
    assert found.p_value == 1
