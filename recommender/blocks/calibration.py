"""From cosine to a value near 0 for what is foreign and 1 for what is meant: a straight line, so that it stays an inner product."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

_FOREIGN_PER_QUERY = 8
_LEAST_GAP = 0.05  # two courses on one subject are no measure of what is foreign


@dataclass(frozen=True, slots=True)
class Calibration:
    """value = slope × cosine + intercept: about 0 for a course that has nothing to do with the request, 0.5 where it is as likely meant as not."""

    slope: float = 1.0
    intercept: float = 0.0


def fit_calibration(
    queries: NDArray[np.float32], courses: NDArray[np.float32], meant: NDArray[np.intp], *, seed: int = 0
) -> Calibration:
    """Return the line that is 0 at the mean cosine of foreign pairs, and 0.5 where a logistic regression finds both kinds equally likely.

    `queries` is `(q, d) float32`, `courses` `(c, d) float32`, and `meant` `(q,)` the row of the course that each query means; the foreign
    pairs are each query with some courses drawn at random. Fewer than two courses give the identity, as does a boundary that lies less
    than 0.05 above the foreign pairs: a handful of courses alike, or an encoder that cannot tell them apart.
    """
    if len(courses) < 2 or not len(queries):
        return Calibration()
    shifts = np.random.default_rng(seed).integers(1, len(courses), (len(queries), _FOREIGN_PER_QUERY))
    others = (meant[:, None] + shifts) % len(courses)
    own = np.einsum("ij,ij->i", queries, courses[meant], dtype=np.float64)
    foreign = np.einsum("ij,ikj->ik", queries, courses[others], dtype=np.float64).ravel()
    cosines = np.concatenate([own, foreign])[:, None]
    model = LogisticRegression(C=1e6, class_weight="balanced").fit(cosines, np.arange(len(cosines)) < len(own))
    boundary = -float(model.intercept_[0]) / float(model.coef_[0, 0]) if model.coef_[0, 0] > 0 else -1.0
    nothing = float(foreign.mean())
    if boundary - nothing < _LEAST_GAP:
        return Calibration()
    slope = 0.5 / (boundary - nothing)
    return Calibration(slope=slope, intercept=-slope * nothing)
