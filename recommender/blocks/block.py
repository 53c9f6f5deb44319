"""What a block is: one preference, as columns of both vectors."""

from collections.abc import Sequence
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

    def of_instances(self, network: Network) -> NDArray[np.float32]:
        """Return the instances' columns, `(n, width) float32`."""
        ...

    def of_request(self, request: ResolvedRequest) -> NDArray[np.float64] | None:
        """Return the request's columns, `(width,) float64`, before its weight; None when the request says nothing to this preference."""
        ...


@runtime_checkable
class BatchBlock(Block, Protocol):
    """A block that computes many requests' columns faster together than one by one."""

    def of_requests(self, requests: Sequence[ResolvedRequest]) -> list[NDArray[np.float64] | None]:
        """Return `of_request` of each."""
        ...


def one_hot(columns: NDArray[np.integer], width: int) -> NDArray[np.float32]:
    """Return `(n, width) float32` with a 1 in each row's column."""
    matrix = np.zeros((len(columns), width), dtype=np.float32)
    matrix[np.arange(len(columns)), columns] = 1.0
    return matrix
