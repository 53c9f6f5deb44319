"""How near a course's industry clusters are to the request's."""

import numpy as np
from numpy.typing import NDArray

from recommender.blocks.block import FLOAT32_DECIMALS, Block, Factors
from recommender.network import Network
from recommender.policy import Preference
from recommender.resolution import ResolvedRequest
from recommender.taxonomy import Taxonomy


class IndustryBlock(Block):
    """One column per cluster. A course spreads 1 evenly over its clusters; one without clusters has no part."""

    preference = Preference.INDUSTRY
    decimals = FLOAT32_DECIMALS

    def __init__(self, taxonomy: Taxonomy) -> None:
        self.taxonomy = taxonomy
        self.width = len(taxonomy.cluster_ids)

    def factors(self, network: Network) -> Factors:
        """Return 1 / (number of the course's clusters) in each of its clusters."""
        courses = np.zeros((len(network.courses), self.width), dtype=np.float32)
        for row, course in enumerate(network.courses):
            columns = [self.taxonomy.column[cluster_id] for cluster_id in dict.fromkeys(course.clusters)]
            courses[row, columns] = 1.0 / max(len(columns), 1)
        return Factors(courses, network.course_of)

    def of_request(self, request: ResolvedRequest) -> NDArray[np.float64] | None:
        """Return how related each cluster is to the nearest of the request's; None without a known cluster."""
        if not request.cluster_ids:
            return None
        rows = [self.taxonomy.column[cluster_id] for cluster_id in request.cluster_ids]
        return self.taxonomy.relatedness[rows].max(axis=0)
