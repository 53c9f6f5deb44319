"""What a block is: one preference, as columns of both vectors."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from recommender.network import Network
from recommender.policy import Preference
from recommender.resolution import ResolvedRequest

FLOAT32_DECIMALS = 6  # what float32 columns of fractions, such as a third or 0.94, hold of a value in [0, 1]
EXACT_DECIMALS = 9


class Block(Protocol):
    """One preference as `width` columns. The inner product of both sides' columns is its value, in [0, 1] (meaning may leave it a little)."""

    preference: Preference
    width: int
    decimals: int  # to which the value is rounded, so that what float32 adds to it breaks no tie

    def factors(self, network: Network) -> "Factors":
        """Return the instances' columns, as the few different rows that there are and which of them each instance has."""
        ...

    def of_instances(self, network: Network) -> NDArray[np.float32]:
        """Return the instances' columns, `(n, width) float32`."""
        factors = self.factors(network)
        return factors.table[factors.row]

    def of_request(self, request: ResolvedRequest) -> NDArray[np.float64] | None:
        """Return the request's columns, `(width,) float64`, before its weight; None when the request says nothing to this preference."""
        ...


@runtime_checkable
class BatchBlock(Block, Protocol):
    """A block that computes many requests' columns faster together than one by one."""

    def of_requests(self, requests: Sequence[ResolvedRequest]) -> list[NDArray[np.float64] | None]:
        """Return `of_request` of each."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Factors:
    """A block of many instances: `table` is `(u, width) float32`, `row` `(n,)` the row in it of each instance."""

    table: NDArray[np.float32]
    row: NDArray[np.integer]

    def same_as(self, other: "Factors") -> bool:
        """Tell whether both give the same columns, for all that can be seen without making them."""
        return np.array_equal(self.row, other.row) and np.array_equal(self.table, other.table)


def one_hot(columns: NDArray[np.integer], width: int) -> Factors:
    """Return `width` columns with a 1 in each instance's column."""
    return Factors(np.eye(width, dtype=np.float32), columns)
