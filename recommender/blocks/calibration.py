"""From cosine to a value near 0 for what is foreign and near 1 for what is meant: a straight line, so that it stays an inner product."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_FOREIGN_PER_PAIR = 8
_FEWEST_COURSES = 10  # fewer are no sample of what is foreign
_LEAST_GAP = 0.1  # an encoder that cannot tell the courses apart


@dataclass(frozen=True, slots=True)
class Calibration:
    """value = slope × cosine + intercept: near 0 for a course that has nothing to do with the request, above 0.5 for one that is more meant than not."""

    slope: float = 1.0
    intercept: float = 0.0


def fit_calibration(
    queries: NDArray[np.float32], courses: NDArray[np.float32], meant: NDArray[np.intp], *, seed: int = 0
) -> Calibration:
    """Return the least-squares line that tells meant pairs (1) from foreign ones (0), both kinds weighing the same.

    `queries` is `(q, d) float32`, `courses` `(c, d) float32`, and `meant` `(q,)` the row of the course that each query means; the foreign
    pairs are each query with some courses drawn at random. The line is 0.5 half-way between the two kinds' mean cosines. Fewer than ten courses
    give the identity, as do kinds less than 0.1 apart.
    """
    from sklearn.linear_model import LinearRegression  # brings pandas: only to fit

    if len(courses) < _FEWEST_COURSES or not len(queries):
        return Calibration()
    shifts = np.random.default_rng(seed).integers(1, len(courses), (len(queries), _FOREIGN_PER_PAIR))
    others = (meant[:, None] + shifts) % len(courses)
    own = np.einsum("ij,ij->i", queries, courses[meant], dtype=np.float64)
    foreign = np.einsum("ij,ikj->ik", queries, courses[others], dtype=np.float64).ravel()
    if own.mean() - foreign.mean() < _LEAST_GAP:
        return Calibration()
    labels = np.repeat([1.0, 0.0], [len(own), len(foreign)])
    balance = np.where(labels == 1, 1 / len(own), 1 / len(foreign))
    line = LinearRegression().fit(np.concatenate([own, foreign])[:, None], labels, sample_weight=balance)
    return Calibration(float(line.coef_[0]), float(line.intercept_))
