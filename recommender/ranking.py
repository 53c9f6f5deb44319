"""The exact order of courses by score, each at its best instance."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.index import FLOAT32_MARGIN, VectorIndex

SCORE_DECIMALS = (
    9  # scores are rounded to this, so that the order is total and does not hang on the last bit of a float
)

Scores = NDArray[np.float64]
Rows = NDArray[np.int64]


def rounded(scores: Scores) -> Scores:
    """Return scores as they are compared and published."""
    return np.round(scores, SCORE_DECIMALS)


@dataclass(frozen=True, slots=True, eq=False)
class Ranked:
    """The best groups (courses), best first: the row that stands for each, and its score. `complete` when no group is missing."""

    rows: Rows
    scores: Scores
    complete: bool


def best_groups(
    index: VectorIndex,
    query: NDArray[np.float32],
    mask: NDArray[np.bool_],
    *,
    count: int,
    group_of: NDArray[np.integer],
    exact: Callable[[Rows], Scores],
) -> Ranked:
    """Return the exact top `count` groups over all rows that `mask` admits, each at its best row; ties go to the lower row.

    FAISS scans in float32; `exact` gives the float64 scores of the rows it returns. A group is final once its score lies above
    the last score FAISS returned by more than float32 can err: no row that was not returned can stand before it. Until enough
    groups are final, more rows are fetched.
    """
    admitted = int(np.count_nonzero(mask))
    fetch = 4 * count + 16
    while True:
        rows, approximate = index.search(query, min(fetch, admitted), mask)
        scores = rounded(exact(rows))
        order = np.lexsort((rows, -scores))
        rows, scores = rows[order], scores[order]
        first = _firsts(group_of[rows].tolist())
        rows, scores = rows[first], scores[first]
        if fetch >= admitted:
            return Ranked(rows[:count], scores[:count], complete=len(rows) <= count)
        final = scores > float(approximate[-1]) + FLOAT32_MARGIN
        if np.count_nonzero(final) >= count:
            return Ranked(rows[:count], scores[:count], complete=False)
        fetch *= 4


def _firsts(groups: list[int]) -> list[int]:
    """Return the positions at which each group stands first."""
    positions: dict[int, int] = {}
    for position, group in enumerate(groups):
        positions.setdefault(group, position)
    return list(positions.values())
