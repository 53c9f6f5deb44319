"""What the figures are worth: how far they would move had other requests been judged, and whether one system is better than another.

Requests are what is resampled (Sakai, "Evaluating evaluation metrics based on the bootstrap", SIGIR 2006; Smucker, Allan and Carterette, "A
comparison of statistical significance tests for information retrieval evaluation", CIKM 2007).
"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.evaluation.metrics import OF_REQUESTS, Measured, Metric, coverage, gini

SEED = 20_261_122
CONFIDENCE = 0.95
RESAMPLES = 9_999
_NORMAL_95 = 1.959964
_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure and its 95 % interval; None where there is nothing to measure, or too few requests for an interval."""

    mean: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """nDCG@10 of `system` less that of `other`, request by request: with its interval, as a share of the other's, and the p-value."""

    system: str
    other: str
    difference: Figure
    relative: float | None
    p_value: float


def figures_of(measured: Measured) -> dict[Metric, Figure]:
    """Return every metric of a system with its interval."""
    figures = {metric: mean_figure(measured.figures[metric]) for metric in OF_REQUESTS}
    figures[Metric.COVERAGE] = whole_figure(measured.listed.astype(np.float64), coverage)
    figures[Metric.EXPOSURE_GINI] = whole_figure(measured.exposure, gini)
    return figures


def mean_figure(values: NDArray[np.float64]) -> Figure:
    """Return the mean of `values`, `(n,)`, NaN left out, with its bootstrap percentile interval."""
    known = values[~np.isnan(values)]
    if len(known) < 2:
        return Figure(float(known[0]) if len(known) else None, None, None)
    interval = _bootstrap(known, np.mean).confidence_interval
    return Figure(float(known.mean()), float(interval.low), float(interval.high))


def whole_figure(
    of_requests: NDArray[np.float64], statistic: Callable[[NDArray[np.float64]], NDArray[np.float64]]
) -> Figure:
    """Return `statistic` of the sums over `n` requests, `(n, m)`, a share in [0, 1], give or take 1.96 bootstrap standard errors.

    Percentiles would not do: fewer different requests list fewer different courses and sites, so that every resample lies on one side.
    """
    count = len(of_requests)

    def of_samples(drawn: NDArray[np.intp], axis: int = -1) -> NDArray[np.float64]:
        """Return the statistic of each sample of requests, `(…, n)` row numbers."""
        samples = drawn.reshape(-1, count)
        apart = samples + count * np.arange(len(samples))[:, None]
        times = np.bincount(apart.ravel(), minlength=samples.size).reshape(samples.shape)
        return statistic(times @ of_requests).reshape(drawn.shape[:-1])

    whole = float(statistic(of_requests.sum(axis=0)))
    if np.isnan(whole):
        return Figure(None, None, None)
    error = _bootstrap(np.arange(count), of_samples).standard_error if count > 1 else np.nan
    if np.isnan(error):  # one request, or some samples with nothing to measure
        return Figure(whole, None, None)
    return Figure(whole, max(whole - _NORMAL_95 * error, 0.0), min(whole + _NORMAL_95 * error, 1.0))


def _bootstrap(sample: NDArray[Any], statistic: Callable[..., Any]) -> Any:
    from scipy.stats import DegenerateDataWarning, bootstrap

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DegenerateDataWarning)  # samples with nothing to measure: NaN says so
        return bootstrap(
            (sample,),
            statistic,
            n_resamples=RESAMPLES,
            confidence_level=CONFIDENCE,
            method="percentile",
            vectorized=True,
            batch=_AT_ONCE,
            rng=np.random.default_rng(SEED),
        )


def compare(system: str, of_system: NDArray[np.float64], other: str, of_other: NDArray[np.float64]) -> Comparison:
    """Compare two systems on the same requests, `(n,)` each: paired bootstrap and paired permutation test, two-sided."""
    from scipy.stats import permutation_test

    differences = of_system - of_other
    p_value = 1.0
    if len(differences) > 1:
        p_value = permutation_test(
            (differences,),
            np.mean,
            permutation_type="samples",
            vectorized=True,
            batch=_AT_ONCE,
            n_resamples=RESAMPLES,
            rng=np.random.default_rng(SEED),
        ).pvalue
    base = float(of_other.mean())
    relative = float(differences.mean()) / base if base > 0 else None
    return Comparison(system, other, mean_figure(differences), relative, float(p_value))
