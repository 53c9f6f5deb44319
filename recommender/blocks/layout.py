"""Which columns belong to which block: the one place that knows the whole vector."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.blocks.block import BatchBlock, Block
from recommender.errors import InvalidRequest
from recommender.network import Network
from recommender.pace import rest
from recommender.policy import Preference
from recommender.resolution import ResolvedRequest


@dataclass(frozen=True, slots=True, eq=False)
class RequestVector:
    """A request as a vector.

    `unweighted` is `(d,) float64`; `weights` has one entry per block, 0 for those without a part, and sums to 1; `has_part` tells which have.
    """

    unweighted: NDArray[np.float64]
    weights: NDArray[np.float64]
    widths: NDArray[np.intp]
    has_part: tuple[bool, ...]

    def score(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return scores, `(n,)`, of `values`, `(n, blocks)`: the sum of the contributions, added in the order of the blocks.

        Added column by column, so that a row's score does not depend on which others are computed with it.
        """
        total = np.zeros(len(values))
        for column, weight in enumerate(self.weights.tolist()):
            if weight:
                total += values[:, column] * weight
        return total

    @property
    def weighted(self) -> NDArray[np.float32]:
        """The vector whose inner product with an instance's is the score, `(d,) float32`."""
        return (self.unweighted * np.repeat(self.weights, self.widths)).astype(np.float32)


class Layout:
    """The blocks in their order. `dimension` columns in all."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        self.blocks = tuple(blocks)
        self.widths = np.array([block.width for block in self.blocks], dtype=np.intp)
        self.starts = np.concatenate([[0], np.cumsum(self.widths)[:-1]]).astype(np.intp)
        self.dimension = int(self.widths.sum())
        self._grains = 10.0 ** np.array([block.decimals for block in self.blocks])
        self.preferences = tuple(block.preference for block in self.blocks)
        self._batched = tuple(isinstance(block, BatchBlock) for block in self.blocks)  # it takes long to find out

    def columns_of(self, preference: Preference) -> slice:
        """Return which columns are those of a preference's block."""
        block = self.preferences.index(preference)
        return slice(int(self.starts[block]), int(self.starts[block] + self.widths[block]))

    def instance_vectors(self, network: Network) -> NDArray[np.float32]:
        """Return every instance as a vector, `(n, dimension) float32`."""
        vectors = np.empty((len(network.instances), self.dimension), dtype=np.float32)
        for block, start in zip(self.blocks, self.starts.tolist(), strict=True):
            vectors[:, start : start + block.width] = block.of_instances(network)
            rest()
        return vectors

    def same_instances(self, network: Network, other: "Layout", other_network: Network) -> bool:
        """Tell whether every instance is the same vector as in another network under its layout."""
        for block, its in zip(self.blocks, other.blocks, strict=True):
            rest()
            if not block.factors(network).same_as(its.factors(other_network)):
                return False
        return True

    def request_vector(self, request: ResolvedRequest) -> RequestVector:
        """Return `request` as a vector; InvalidRequest when nothing that it weighs has a part in it."""
        return self._join([block.of_request(request) for block in self.blocks], request.weights)

    def varied(self, vector: RequestVector, request: ResolvedRequest) -> RequestVector:
        """Return `request` as a vector; it says the texts that `vector` was made of, which are not encoded again."""
        columns_of = np.split(vector.unweighted, self.starts[1:])
        told = zip(self.blocks, self._batched, columns_of, vector.has_part, strict=True)
        parts = [
            (columns if part else None) if kept else block.of_request(request) for block, kept, columns, part in told
        ]
        return self._join(parts, request.weights)

    def request_vectors(self, requests: Sequence[ResolvedRequest]) -> list[RequestVector]:
        """Return many requests as vectors; blocks that can take them as one batch do (encoders are far faster so)."""
        columns = [
            block.of_requests(requests) if isinstance(block, BatchBlock) else [block.of_request(r) for r in requests]
            for block in self.blocks
        ]
        return [self._join(parts, r.weights) for r, parts in zip(requests, zip(*columns, strict=True), strict=True)]

    def _join(self, parts: Sequence[NDArray[np.float64] | None], weights: Mapping[Preference, float]) -> RequestVector:
        """Join blocks' columns (None = no part) under `weights`, which are spread anew over the blocks that have a part."""
        given = np.array(
            [0.0 if part is None else weights.get(p, 0.0) for p, part in zip(self.preferences, parts, strict=True)]
        )
        if given.sum() <= 0:
            names = ", ".join(p.value for p in self.preferences if weights.get(p, 0.0) > 0)
            raise InvalidRequest.of(
                "weights",
                f"请求中没有可供 {names} 计分的信息。请补充位置、等级、行业或时间，或给其他项以权重。",
                f"The request says nothing that {names} could weigh; give a location, level, industry or schedule, or weigh something else.",
            )
        columns = [np.zeros(width) if part is None else part for part, width in zip(parts, self.widths, strict=True)]
        return RequestVector(
            np.concatenate(columns), given / given.sum(), self.widths, tuple(part is not None for part in parts)
        )

    def value(self, preference: Preference, network: Network, request: RequestVector) -> NDArray[np.float64]:
        """Return one block's inner product for every instance, `(n,) float64`, as `values` has it."""
        number = self.preferences.index(preference)
        factors, grain = self.blocks[number].factors(network), self._grains[number]
        products = factors.table * request.unweighted[self.columns_of(preference)]
        return (np.rint(np.add.reduce(products, axis=1) * grain) / grain)[factors.row]

    def values(self, vectors: NDArray[np.float32], request: RequestVector) -> NDArray[np.float64]:
        """Return each block's inner product, `(n, blocks) float64`: the one conversion from vectors to contributions.

        Summed row by row in a fixed order, so that a row's values do not depend on which others are computed with it, and rounded
        to each block's decimals.
        """
        values = np.add.reduceat(vectors * request.unweighted, self.starts, axis=1)
        return np.rint(values * self._grains) / self._grains
