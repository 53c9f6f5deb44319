"""What a course means against what is asked for."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from recommender.blocks.block import EXACT_DECIMALS
from recommender.blocks.calibration import Calibration
from recommender.encoder import Encoder
from recommender.network import Network
from recommender.policy import Preference
from recommender.resolution import ResolvedRequest


class MeaningBlock:
    """The unit embedding of the course's text, and a constant column that carries the calibration's intercept.

    `course_vectors` is `(c, d) float32`, unit rows in the network's order of courses; None when only requests are to be encoded.
    """

    preference = Preference.MEANING
    decimals = EXACT_DECIMALS

    def __init__(
        self, encoder: Encoder, calibration: Calibration, course_vectors: NDArray[np.float32] | None = None
    ) -> None:
        self.encoder = encoder
        self.calibration = calibration
        self.course_vectors = course_vectors
        self.width = encoder.dimension + 1

    def of_instances(self, network: Network) -> NDArray[np.float32]:
        """Return each instance's course embedding and a 1."""
        assert self.course_vectors is not None
        ones = np.ones((len(network.instances), 1), dtype=np.float32)
        return np.hstack([self.course_vectors[network.course_of], ones])

    def of_request(self, request: ResolvedRequest) -> NDArray[np.float64] | None:
        """Return the request's embedding times the slope, and the intercept."""
        return self.of_requests([request])[0]

    def of_requests(self, requests: Sequence[ResolvedRequest]) -> list[NDArray[np.float64] | None]:
        """Return the columns of several requests, encoded as one batch."""
        vectors = self.encoder.encode_queries([request.text for request in requests]).astype(np.float64)
        scaled = vectors * self.calibration.slope
        return [
            np.append(row, self.calibration.intercept) if request.text else None
            for row, request in zip(scaled, requests, strict=True)
        ]
