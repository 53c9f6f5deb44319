"""A snapshot in memory."""

import numpy as np
from numpy.typing import NDArray

from recommender.blocks import Layout
from recommender.blocks.industry import IndustryBlock
from recommender.blocks.level import LevelBlock
from recommender.blocks.place import PlaceBlock
from recommender.blocks.quality import QualityBlock
from recommender.blocks.schedule import ScheduleBlock
from recommender.blocks.text import TextBlock
from recommender.encoder import Encoder
from recommender.index import VectorIndex
from recommender.network import Network
from recommender.policy import Policy, Preference
from recommender.snapshot.fit import Fit
from recommender.snapshot.texts import CourseVectors
from recommender.words import WordSpace


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
        encoder: Encoder,
        fit: Fit,
        catalogue_version: int,
        instances: VectorIndex,
        learners: VectorIndex,
    ) -> None:
        self.version = version
        self.catalogue_version = catalogue_version
        self.network = network
        self.layout = layout
        self.policy = policy
        self.encoder = encoder
        self.fit = fit
        self.instances = instances
        self.learners = learners

    def is_made_with(self, encoder: Encoder, policy: Policy, fit: Fit) -> bool:
        """Tell whether texts and preferences are weighed by these."""
        own = (self.encoder.name, self.policy.digest, self.fit.digest)
        return own == (encoder.name, policy.digest, fit.digest)

    @property
    def meaning(self) -> TextBlock:
        """The block of what texts mean, by the encoder."""
        return self._text_block(Preference.MEANING)

    @property
    def words(self) -> TextBlock:
        """The block of the catalogue's own words."""
        return self._text_block(Preference.WORDS)

    @property
    def word_space(self) -> WordSpace:
        """The space that the catalogue's own words span."""
        return self.fit.words

    def _text_block(self, preference: Preference) -> TextBlock:
        return next(b for b in self.layout.blocks if isinstance(b, TextBlock) and b.preference is preference)

    @property
    def text_vectors(self) -> CourseVectors:
        """The courses' rows in both texts' spaces."""
        return {block.preference: block.course_vectors for block in (self.meaning, self.words)}

    @property
    def course_vectors(self) -> NDArray[np.float32]:
        """The unit embeddings of all courses, `(c, d) float32`."""
        return self.meaning.course_vectors


def make_layout(network: Network, policy: Policy, *texts: TextBlock) -> Layout:
    """Return the blocks of this network's vectors, `texts` (meaning first) before the others; a further preference is a further block here."""
    return Layout(
        [
            *texts,
            PlaceBlock(len(network.sites), policy),
            LevelBlock(policy),
            IndustryBlock(network.taxonomy),
            ScheduleBlock(),
            QualityBlock(policy),
        ]
    )
