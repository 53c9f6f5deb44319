"""What a course says against what is asked for: by meaning, and by words."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from recommender.blocks.block import EXACT_DECIMALS, Block, Factors
from recommender.blocks.calibration import Calibration
from recommender.network import Network
from recommender.policy import Preference
from recommender.resolution import ResolvedRequest


class TextSpace(Protocol):
    """Where texts become rows whose inner product is their likeness: an encoder, or the catalogue's words."""

    @property
    def dimension(self) -> int:
        """The number of columns."""
        ...

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return `(n, dimension) float32`, rows of length 1 (or 0 for a text without a direction)."""
        ...


class TextBlock(Block):
    """The course's text in `space`, and a constant column that carries the calibration's intercept.

    Of a request, the wish counts whole and the rest of what was said `context_share` as much. `course_vectors` is `(c, d) float32`, rows in the
    network's order of courses.
    """

    decimals = EXACT_DECIMALS

    def __init__(
        self,
        preference: Preference,
        space: TextSpace,
        calibration: Calibration,
        context_share: float,
        course_vectors: NDArray[np.float32],
    ) -> None:
        self.preference = preference
        self.space = space
        self.calibration = calibration
        self.context_share = context_share
        self.course_vectors = course_vectors
        self.width = space.dimension + 1

    def factors(self, network: Network) -> Factors:
        """Return each instance's course's row and a 1."""
        ones = np.ones((len(self.course_vectors), 1), dtype=np.float32)
        return Factors(np.hstack([self.course_vectors, ones]), network.course_of)

    def of_request(self, request: ResolvedRequest) -> NDArray[np.float64] | None:
        """Return the request's row times the slope, and the intercept; None for a request without text."""
        return self.of_requests([request])[0]

    def of_requests(self, requests: Sequence[ResolvedRequest]) -> list[NDArray[np.float64] | None]:
        """Return the columns of several requests, encoded as one batch."""
        scaled = self._request_rows(requests) * self.calibration.slope
        return [
            np.append(row, self.calibration.intercept) if request.wish else None
            for row, request in zip(scaled, requests, strict=True)
        ]

    def _request_rows(self, requests: Sequence[ResolvedRequest]) -> NDArray[np.float64]:
        """Return `(n, d) float64`, rows of length 1 or 0."""
        rows = self.space.encode_queries([request.wish for request in requests]).astype(np.float64)
        told = [row for row, request in enumerate(requests) if request.context]
        if not told:
            return rows
        context = self.space.encode_queries([requests[row].context for row in told]).astype(np.float64)
        rows[told] += self.context_share * context
        lengths = np.sqrt(np.add.reduce(rows[told] ** 2, axis=1, keepdims=True))
        rows[told] /= np.where(lengths > 0, lengths, 1.0)
        return rows
