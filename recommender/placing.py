"""Where one course stands among the others: by score alone at any depth, and in the list as it is shown."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from recommender.listing import Lister
from recommender.network import Network
from recommender.policy import MAXIMUM_K
from recommender.ranking import Rows, Scores
from recommender.relaxation import Tier

_NEAR_THE_TOP = 10


def tier_with(network: Network, tiers: Sequence[Tier], course_row: int) -> int | None:
    """Return which of the tiers holds the course in `course_row`, counted from 0; None when none does."""
    own = network.rows_of_course(course_row)
    return next((number for number, tier in enumerate(tiers) if tier.mask[own.start : own.stop].any()), None)


def score_rank(courses: NDArray[np.integer], scores: Scores, course_row: int) -> int:
    """Return a course's rank by score alone, from 1: each course stands at its best class, ties go to the lower row.

    `courses` is `(r,)`, rising, and holds `course_row`; `scores` is `(r,)`, rounded: of the classes that are admitted.
    """
    starts = np.flatnonzero(np.diff(courses, prepend=-1))
    best = np.maximum.reduceat(scores, starts)
    own = int(np.searchsorted(courses[starts], course_row))
    before = np.count_nonzero(best > best[own]) + np.count_nonzero(best[:own] == best[own])
    return int(before) + 1


def best_row(rows: Rows, scores: Scores) -> tuple[int, float]:
    """Return the best of some classes, `rows` rising, with its score; ties go to the lower row."""
    best = int(scores.argmax())
    return int(rows[best]), float(scores[best])


def list_rank(lister: Lister, tiers: Sequence[Tier], course_row: int) -> int | None:
    """Return a course's rank in the list, from 1; None when it is not among the first `MAXIMUM_K`."""
    network = lister.snapshot.network
    if tier_with(network, tiers, course_row) is None:
        return None
    for wanted in (_NEAR_THE_TOP, MAXIMUM_K):  # most that are asked for stand near the top, and a short list is faster
        listed = [int(network.course_of[entry.row]) for entry in lister.first(tiers, wanted)]
        if course_row in listed:
            return listed.index(course_row) + 1
    return None
