"""From cosine to a meaning value: a straight line, so that it stays an inner product."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_LEAST_GAP = 0.1  # two courses on one subject are no measure of what is foreign


@dataclass(frozen=True, slots=True)
class Calibration:
    """meaning = slope × cosine + intercept: about 0 for a course that has nothing to do with the request, about 1 for one it names."""

    slope: float = 1.0
    intercept: float = 0.0


def fit_calibration(titles: NDArray[np.float32], courses: NDArray[np.float32], *, seed: int = 0) -> Calibration:
    """Return the line through two anchors: on average a course's title against its own text is 1, against another course's text 0.

    `titles` and `courses` are `(c, d) float32`, unit rows of the same courses in the same order. Fewer than two courses give the identity,
    as do anchors less than 0.1 apart: a handful of courses alike, or an encoder that cannot tell them apart.
    """
    if len(courses) < 2:
        return Calibration()
    order = np.random.default_rng(seed).permutation(len(courses))
    others = np.empty(len(courses), dtype=np.intp)
    others[order] = np.roll(order, 1)
    own = float(np.einsum("ij,ij->i", titles, courses, dtype=np.float64).mean())
    foreign = float(np.einsum("ij,ij->i", titles, courses[others], dtype=np.float64).mean())
    if own - foreign < _LEAST_GAP:
        return Calibration()
    return Calibration(slope=1.0 / (own - foreign), intercept=-foreign / (own - foreign))
