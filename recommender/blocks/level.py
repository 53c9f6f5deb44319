"""How well a course's level fits the learner's."""

import numpy as np
from numpy.typing import NDArray

from recommender.blocks.block import EXACT_DECIMALS, Block, Factors, one_hot
from recommender.domain import SkillLevel
from recommender.network import Network
from recommender.policy import Policy, Preference
from recommender.resolution import ResolvedRequest

_OPEN = len(SkillLevel)


class LevelBlock(Block):
    """One column per skill level, and one for courses without a level."""

    preference = Preference.LEVEL
    decimals = EXACT_DECIMALS
    width = _OPEN + 1

    def __init__(self, policy: Policy) -> None:
        self.policy = policy

    def factors(self, network: Network) -> Factors:
        """Return a 1 at each instance's level."""
        return one_hot(np.where(network.level_step < 0, _OPEN, network.level_step), self.width)

    def of_request(self, request: ResolvedRequest) -> NDArray[np.float64] | None:
        """Return the policy's fit of every level, the next step's being best; None without a level."""
        if request.skill_level is None:
            return None
        own = request.skill_level.step
        return np.array(
            [*(self.policy.level_fit[level.step - own] for level in SkillLevel), self.policy.open_level_fit]
        )
