"""Whether a class is taught when the request would like it."""

import numpy as np
from numpy.typing import NDArray

from recommender.blocks.block import EXACT_DECIMALS, Block, Factors, one_hot
from recommender.columns import NO_SCHEDULE
from recommender.domain import Schedule
from recommender.network import Network
from recommender.policy import Preference
from recommender.resolution import ResolvedRequest

_SCHEDULES = tuple(Schedule)
_ANY = len(_SCHEDULES)


class ScheduleBlock(Block):
    """One column per schedule, and one for classes that name none (they suit any)."""

    preference = Preference.SCHEDULE
    decimals = EXACT_DECIMALS
    width = _ANY + 1

    def factors(self, network: Network) -> Factors:
        """Return a 1 at each instance's schedule."""
        return one_hot(np.where(network.schedule == NO_SCHEDULE, _ANY, network.schedule), self.width)

    def of_request(self, request: ResolvedRequest) -> NDArray[np.float64] | None:
        """Return 1 for every wanted schedule and for "any"; None when none is named."""
        if not request.schedules:
            return None
        return np.array([*(float(schedule in request.schedules) for schedule in _SCHEDULES), 1.0])
