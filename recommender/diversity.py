"""A list that does not say the same thing twice: maximal marginal relevance.

Carbonell and Goldstein, "The use of MMR, diversity-based reranking for reordering documents and producing summaries", SIGIR 1998,
in the form value = score - diversity x (greatest likeness to what stands before).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LIKENESS_DECIMALS = 9


@dataclass(frozen=True, slots=True)
class Placement:
    """Where one item came to stand.

    `position` is its place in the order of the scores, from 0; `likeness` is to the item at `like` (such a position, None for none alike).
    """

    position: int
    likeness: float
    like: int | None


def diversify(
    scores: NDArray[np.float64], vectors: NDArray[np.float32], *, diversity: float, count: int
) -> list[Placement]:
    """Take `count` items greedily by score less diversity x likeness to those taken; ties go to the higher score.

    `scores` is `(n,)`, falling; `vectors` is `(n, d)`, unit rows. Likeness is the cosine, 0 where it is negative. Only the given items
    are considered; see `settled` for whether those left out could have mattered.
    """
    wide = vectors.astype(np.float64)
    alike = np.round(wide @ wide.T, LIKENESS_DECIMALS)
    penalties = diversity * alike
    values = scores.astype(np.float64)
    remaining = values.copy()  # the same, with what has been taken out of the running
    taken: list[Placement] = []
    for _ in range(min(count, len(scores))):
        position = int(remaining.argmax())
        taken.append(_placement(position, alike[position], taken))
        np.minimum(remaining, values - penalties[position], out=remaining)
        remaining[position] = -np.inf
    return taken


def _placement(position: int, alike: NDArray[np.float64], taken: list[Placement]) -> Placement:
    """Return the item at `position` with the first of those taken that it is most alike."""
    if not taken:
        return Placement(position, 0.0, None)
    before = [placement.position for placement in taken]
    nearest = max(before, key=alike.item)
    likeness = alike.item(nearest)
    return Placement(position, likeness, nearest) if likeness > 0 else Placement(position, 0.0, None)


def settled(taken: list[Placement], scores: NDArray[np.float64], diversity: float) -> bool:
    """Tell whether no item scored at most like the last of `scores` could have stood in place of one taken."""
    values = [scores[placement.position] - diversity * placement.likeness for placement in taken]
    return not values or min(values) >= scores[-1]
