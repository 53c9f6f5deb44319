"""How near a course is taught."""

import numpy as np
from numpy.typing import NDArray

from recommender.blocks.block import EXACT_DECIMALS, Block, Factors, one_hot
from recommender.domain import Mode
from recommender.network import Network
from recommender.policy import Audience, Policy, Preference
from recommender.resolution import ResolvedRequest


class PlaceBlock(Block):
    """One column per site, one for online, one for at-enterprise; a request holds the proximity of each."""

    preference = Preference.PLACE
    decimals = EXACT_DECIMALS

    def __init__(self, site_count: int, policy: Policy) -> None:
        self.policy = policy
        self.online, self.at_enterprise = site_count, site_count + 1
        self.width = site_count + 2

    def factors(self, network: Network) -> Factors:
        """Return a 1 in the column of where each instance is taught."""
        columns = network.site_of.copy()
        columns[network.in_mode(Mode.ONLINE)] = self.online
        columns[network.in_mode(Mode.AT_ENTERPRISE)] = self.at_enterprise
        return one_hot(columns, self.width)

    def of_request(self, request: ResolvedRequest) -> NDArray[np.float64] | None:
        """Return the request's proximities; None without a location."""
        if request.point is None:
            return None
        return self.proximities(request.site_distances_km[None, :], request)[0]

    def proximities(self, site_distances_km: NDArray[np.float64], like: ResolvedRequest) -> NDArray[np.float64]:
        """Return proximities in [0, 1], `(n, width)`, for `n` whose distances from the sites are `(n, s)` and who ask like `like`.

        A site's is 2 ** (-distance_km / half_distance_km), that of a site whose point is not known the stated neutral one;
        online has the stated policy's, at-enterprise is at home for an enterprise and neutral for a learner.
        """
        proximity = np.empty((len(site_distances_km), self.width))
        sites = np.exp2(-site_distances_km / like.half_distance_km)
        proximity[:, : self.online] = np.where(np.isnan(sites), self.policy.neutral_proximity, sites)
        proximity[:, self.online] = self.policy.online_proximity(like.online_policy)
        proximity[:, self.at_enterprise] = at_enterprise_proximity(like.audience, self.policy)
        return proximity


def at_enterprise_proximity(audience: Audience, policy: Policy) -> float:
    """Return the proximity of a class taught at the enterprise: it comes to the enterprise's floor; for a learner the floor is unknown."""
    return 1.0 if audience is Audience.ENTERPRISE else policy.neutral_proximity
