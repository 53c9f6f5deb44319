"""A snapshot in memory."""

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from recommender.blocks import Layout
from recommender.blocks.industry import IndustryBlock
from recommender.blocks.level import LevelBlock
from recommender.blocks.meaning import MeaningBlock
from recommender.blocks.place import PlaceBlock
from recommender.blocks.quality import QualityBlock
from recommender.blocks.schedule import ScheduleBlock
from recommender.index import VectorIndex
from recommender.network import Network
from recommender.policy import Policy


class Snapshot:
    """Records, columns, vectors and indexes of one catalogue version; nothing in it changes.

    `instances` indexes `(n, d) float32`, `learners` `(m, d) float32`, in the network's order.
    """

    def __init__(
        self,
        version: str,
        network: Network,
        layout: Layout,
        policy: Policy,
        *,
        catalogue_version: int,
        instances: VectorIndex,
        learners: VectorIndex,
    ) -> None:
        self.version = version
        self.catalogue_version = catalogue_version
        self.network = network
        self.layout = layout
        self.policy = policy
        self.instances = instances
        self.learners = learners

    @property
    def meaning(self) -> MeaningBlock:
        """The block that holds the encoder."""
        return next(block for block in self.layout.blocks if isinstance(block, MeaningBlock))

    @cached_property
    def course_vectors(self) -> NDArray[np.float32]:
        """Return the unit embeddings of the courses that have an instance, `(c, d) float32`; rows of others are zero."""
        width = self.meaning.encoder.dimension
        vectors = np.zeros((len(self.network.courses), width), dtype=np.float32)
        vectors[self.network.course_of] = self.instances.vectors[:, :width]  # meaning is the first block
        return vectors


def make_layout(network: Network, policy: Policy, meaning: MeaningBlock) -> Layout:
    """Return the blocks of this network's vectors; a further preference is a further block in this list."""
    return Layout(
        [
            meaning,
            PlaceBlock(len(network.sites), policy),
            LevelBlock(policy),
            IndustryBlock(network.taxonomy),
            ScheduleBlock(),
            QualityBlock(policy),
        ]
    )
