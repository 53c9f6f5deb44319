"""A list that does not say the same thing twice: maximal marginal relevance.

Carbonell and Goldstein, "The use of MMR, diversity-based reranking for reordering documents and producing summaries", SIGIR 1998,
in the form value = score − diversity × (greatest likeness to what stands before).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Placement:
    """Where one item came to stand. `position` is its place in the order of the scores, from 0; `likeness` is to the item at `like` (such a position)."""

    position: int
    likeness: float
    like: int | None


def diversify(
    scores: NDArray[np.float64], vectors: NDArray[np.float32], *, diversity: float, count: int
) -> list[Placement]:
    """Take `count` items greedily by score less diversity × likeness to those taken; ties go to the higher score.

    `scores` is `(n,)`, falling; `vectors` is `(n, d)`, unit rows. Likeness is the cosine, 0 where it is negative. Only the given items are
    considered; see `settled` for whether those left out could have mattered.
    """
    vectors = vectors.astype(np.float64)
    likeness = np.zeros(len(scores))
    like = np.full(len(scores), -1)
    open_ = np.ones(len(scores), dtype=bool)
    taken: list[Placement] = []
    for _ in range(min(count, len(scores))):
        position = int(np.argmax(np.where(open_, np.round(scores - diversity * likeness, 9), -np.inf)))
        taken.append(
            Placement(position, float(likeness[position]), int(like[position]) if like[position] >= 0 else None)
        )
        open_[position] = False
        nearer = vectors @ vectors[position]
        like[nearer > likeness] = position
        np.maximum(likeness, nearer, out=likeness)
    return taken


def settled(taken: list[Placement], scores: NDArray[np.float64], diversity: float) -> bool:
    """Tell whether no item scored at most like the last of `scores` could have stood in place of one taken."""
    values = [round(scores[p.position] - diversity * p.likeness, 9) for p in taken]
    return not values or min(values) >= scores[-1]
