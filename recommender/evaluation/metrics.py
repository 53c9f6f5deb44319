"""How good lists of recommendations are: for one request, and over all requests of a system."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from recommender.columns import MODES, NO_SITE
from recommender.domain import Mode
from recommender.evaluation.judgements import JudgedRequest
from recommender.network import Network

CUTOFF = 10
GOOD_GRADE = 2
_DISCOUNTS = 1.0 / np.log2(np.arange(CUTOFF) + 2.0)

Ranked = Sequence[tuple[int, int | None]]
"""A list, best first: each course's row in the network, and that of the class listed for it where there is one."""


class Metric(StrEnum):
    """What is measured. The first five are means over requests, the last two belong to a system's lists as a whole."""

    NDCG = "ndcg_at_10"
    RECALL = "recall_at_10"
    RECIPROCAL_RANK = "reciprocal_rank"
    DISTANCE_KM = "distance_km"
    DIVERSITY = "diversity"
    COVERAGE = "coverage"
    EXPOSURE_GINI = "exposure_gini"


OF_REQUESTS = (Metric.NDCG, Metric.RECALL, Metric.RECIPROCAL_RANK, Metric.DISTANCE_KM, Metric.DIVERSITY)


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """One system's lists for `n` requests, measured.

    `figures` holds `(n,) float64` for each metric of requests, NaN where a request has none. `listed` `(n, a) bool` tells which of the
    approved courses stand in each request's list, `exposure` `(n, s) float64` how visible it makes each active site.
    """

    figures: Mapping[Metric, NDArray[np.float64]]
    listed: NDArray[np.bool_]
    exposure: NDArray[np.float64]


def measure(
    network: Network,
    course_vectors: NDArray[np.float32],
    judged: Sequence[JudgedRequest],
    ranked: Sequence[Ranked],
    distances_km: Sequence[NDArray[np.float64]],
) -> Measured:
    """Measure the first ten of one list per request.

    `course_vectors` is `(c, d)`, unit rows; `distances_km` holds for each request its distance from every site, `(s,)`, NaN where unknown.
    """
    tops = [list(one[:CUTOFF]) for one in ranked]
    rows = [
        (
            *relevance(network, one.grades, [course for course, _ in top]),
            distance(network, [instance for _, instance in top], from_sites),
            diversity(course_vectors[[course for course, _ in top]]),
        )
        for one, top, from_sites in zip(judged, tops, distances_km, strict=True)
    ]
    columns = np.array(rows, dtype=np.float64).reshape(-1, len(OF_REQUESTS)).T
    listed = np.zeros((len(tops), len(network.courses)), dtype=bool)
    for row, top in zip(listed, tops, strict=True):
        row[[course for course, _ in top]] = True
    return Measured(
        dict(zip(OF_REQUESTS, columns, strict=True)),
        listed[:, approved_courses(network)],
        np.array([exposure(network, [instance for _, instance in top]) for top in tops])[:, active_sites(network)],
    )


def relevance(network: Network, grades: Mapping[str, int], courses: Sequence[int]) -> tuple[float, float, float]:
    """Return a list's nDCG@10, its recall@10 and the reciprocal rank of its first good course, each in [0, 1].

    nDCG: a course of grade g gains 2^g - 1 (Burges et al., "Learning to rank using gradient descent", ICML 2005), divided by log2(rank + 1);
    the sum is divided by that of the best order of all judged courses (Järvelin and Kekäläinen, "Cumulated gain-based evaluation of IR
    techniques", TOIS 2002). Recall: of the good courses (grade 2 or 3), ten at most, how many are listed. The last two are NaN for a
    request without a good course.
    """
    found = np.array([grades.get(network.courses[row].course_id, 0) for row in courses[:CUTOFF]])
    good = sum(grade >= GOOD_GRADE for grade in grades.values())
    ndcg = _gain(found) / _gain(np.array(sorted(grades.values(), reverse=True)[:CUTOFF]))
    if not good:
        return ndcg, np.nan, np.nan
    hits = np.flatnonzero(found >= GOOD_GRADE)
    return ndcg, len(hits) / min(good, CUTOFF), 1.0 / (hits[0] + 1) if hits.size else 0.0


def _gain(grades: NDArray[np.int_]) -> float:
    return float((2.0**grades - 1.0) @ _DISCOUNTS[: len(grades)])


def distance(network: Network, instances: Sequence[int | None], from_sites: NDArray[np.float64]) -> float:
    """Return the mean distance in km of the classes taught at sites; NaN where there is none, or no distance is known."""
    at_site = MODES.index(Mode.AT_SITE)
    sites = [network.site_of[row] for row in instances if row is not None and network.mode[row] == at_site]
    known = from_sites[sites][~np.isnan(from_sites[sites])] if sites else from_sites[:0]
    return float(known.mean()) if known.size else np.nan


def diversity(vectors: NDArray[np.float32]) -> float:
    """Return 1 less the mean cosine over all pairs of `vectors`, `(n, d)` unit rows; NaN for fewer than two."""
    count = len(vectors)
    if count < 2:
        return np.nan
    total = vectors.sum(axis=0, dtype=np.float64)
    own = np.einsum("ij,ij->", vectors, vectors, dtype=np.float64)
    return float(1.0 - (total @ total - own) / (count * (count - 1)))


def exposure(network: Network, instances: Sequence[int | None]) -> NDArray[np.float64]:
    """Return how visible a list makes every site, `(s,)`: each class gives its site 1 / log2(rank + 1), online classes none.

    Singh and Joachims, "Fairness of exposure in rankings", KDD 2018.
    """
    online = MODES.index(Mode.ONLINE)
    seen = np.zeros(len(network.sites))
    for row, discount in zip(instances[:CUTOFF], _DISCOUNTS, strict=False):
        if row is not None and network.site_of[row] != NO_SITE and network.mode[row] != online:
            seen[network.site_of[row]] += discount
    return seen


def coverage(listed: NDArray[np.bool_] | NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the share of courses that stand in a list at least once; `listed` is `(…, a)`, how often each does. 0 for no courses."""
    return (listed > 0).mean(axis=-1) if listed.shape[-1] else np.zeros(listed.shape[:-1])


def gini(totals: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the Gini coefficient along the last axis of `(…, n)` totals: 0 is equal shares, (n - 1) / n is all in one; NaN where all are 0.

    With x ascending, Σ (2i - n - 1) x_i / (n Σ x): Glasser, "Variance formulas for the mean difference and coefficient of concentration",
    JASA 1962; Damgaard and Weiner, "Describing inequality in plant size or fecundity", Ecology 2000.
    """
    count = totals.shape[-1]
    ascending = np.sort(totals, axis=-1)
    whole = ascending.sum(axis=-1) * count
    differences = ascending @ (2.0 * np.arange(1, count + 1) - count - 1.0)
    return np.divide(differences, whole, out=np.full(whole.shape, np.nan), where=whole > 0)


def approved_courses(network: Network) -> NDArray[np.intp]:
    """Return the rows of the courses that passed review."""
    return np.flatnonzero([course.approval == "approved" for course in network.courses])


def active_sites(network: Network) -> NDArray[np.intp]:
    """Return the rows of the sites that teach at present."""
    return np.flatnonzero([site.status == "active" for site in network.sites])
