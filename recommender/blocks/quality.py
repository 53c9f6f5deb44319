"""How well the site has been scored."""

import numpy as np
from numpy.typing import NDArray

from recommender.blocks.block import FLOAT32_DECIMALS, Block, Factors
from recommender.columns import NO_SITE
from recommender.domain import Mode
from recommender.network import Network
from recommender.policy import Policy, Preference
from recommender.resolution import ResolvedRequest


class QualityBlock(Block):
    """One column: the site's quality in [0, 1], the policy's stated middle where there is none."""

    preference = Preference.QUALITY
    decimals = FLOAT32_DECIMALS
    width = 1

    def __init__(self, policy: Policy) -> None:
        self.policy = policy

    def factors(self, network: Network) -> Factors:
        """Return the quality of the site that teaches each instance."""
        unknown = self.policy.unknown_quality
        sites = np.array([*(unknown if s.quality is None else s.quality for s in network.sites), unknown])
        table = np.round(sites, FLOAT32_DECIMALS).astype(np.float32)[:, None]
        return Factors(table, np.where(network.in_mode(Mode.ONLINE), NO_SITE, network.site_of))

    def of_request(self, request: ResolvedRequest) -> NDArray[np.float64] | None:
        """Return 1: everybody prefers a good site."""
        return np.ones(1)
