"""How well the site has been scored."""

import numpy as np
from numpy.typing import NDArray

from recommender.blocks.block import FLOAT32_DECIMALS
from recommender.domain import Mode
from recommender.network import Network
from recommender.policy import Policy, Preference
from recommender.resolution import ResolvedRequest


class QualityBlock:
    """One column: the site's quality in [0, 1], the policy's stated middle where there is none."""

    preference = Preference.QUALITY
    decimals = FLOAT32_DECIMALS
    width = 1

    def __init__(self, policy: Policy) -> None:
        self.policy = policy

    def of_instances(self, network: Network) -> NDArray[np.float32]:
        """Return the quality of the site that teaches each instance."""
        unknown = self.policy.unknown_quality
        sites = np.array([*(unknown if s.quality is None else s.quality for s in network.sites), unknown])
        quality = np.where(network.in_mode(Mode.ONLINE), unknown, sites[network.site_of])
        return np.round(quality, FLOAT32_DECIMALS).astype(np.float32)[:, None]

    def of_request(self, request: ResolvedRequest) -> NDArray[np.float64] | None:
        """Return 1: everybody prefers a good site."""
        return np.ones(1)
