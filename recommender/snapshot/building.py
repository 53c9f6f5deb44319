"""From a catalogue to a snapshot."""

import datetime
import hashlib
from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from recommender.blocks import Layout, fit_calibration
from recommender.blocks.text import TextBlock, TextSpace
from recommender.domain import Catalogue, Course, Learner
from recommender.encoder import Encoder
from recommender.errors import InvalidRequest
from recommender.index import VectorIndex
from recommender.network import Network
from recommender.policy import Policy, Preference
from recommender.profiles import learner_request
from recommender.resolution import ResolvedRequest, resolve
from recommender.snapshot.files import catalogue_json
from recommender.snapshot.snapshot import Snapshot, make_layout
from recommender.words import WordSpace

# a learner's vector does not depend on the day, yet a resolved request has one
_ANY_DAY = datetime.date(2000, 1, 1)


def course_text(course: Course) -> str:
    """Return what an encoder reads of a course."""
    return "。".join(part for part in (course.title, *course.occupations, course.description) if part)


def build_snapshot(
    catalogue: Catalogue,
    catalogue_version: int,
    encoder: Encoder,
    policy: Policy,
    *,
    catalogue_encoder: Encoder | None = None,
    words: WordSpace | None = None,
) -> Snapshot:
    """Encode, lay out and index a catalogue. The same catalogue (in any order of rows), encoder and policy give the same snapshot.

    `catalogue_encoder` is the same encoder with a memory for the catalogue's own texts; requests and learners never pass through it.
    `words` is an earlier snapshot's space of words, to be kept; None fits one to this catalogue.
    """
    network = Network(catalogue)
    texts = [course_text(course) for course in network.courses]
    words = words or WordSpace.fit(texts)
    block = partial(_text_block, network=network, texts=texts, context_share=policy.context_share)
    layout = make_layout(
        network,
        policy,
        block(Preference.MEANING, encoder, catalogue_encoder or encoder),
        block(Preference.WORDS, words, words),
    )
    vectors = layout.instance_vectors(network)
    learners = learner_vectors(network, layout, policy)
    digest = hashlib.sha256(f"{encoder.name} {policy.digest} ".encode() + catalogue_json(network.catalogue))
    digest.update(vectors.tobytes())
    return Snapshot(
        f"{catalogue_version}-{digest.hexdigest()[:12]}",
        network,
        layout,
        policy,
        encoder=encoder,
        catalogue_version=catalogue_version,
        instances=VectorIndex.of(vectors),
        learners=VectorIndex.of(learners),
    )


def _text_block(
    preference: Preference,
    space: TextSpace,
    catalogue_space: Encoder | WordSpace,
    *,
    network: Network,
    texts: Sequence[str],
    context_share: float,
) -> TextBlock:
    """Return a block over `space`, calibrated on what in the catalogue means its courses."""
    names = list(_names(network.courses))
    queries = catalogue_space.encode_queries([name for name, _ in names])
    courses = catalogue_space.encode_passages(texts)
    meant = np.array([row for _, row in names], dtype=np.intp)
    return TextBlock(preference, space, fit_calibration(queries, courses, meant), context_share, courses)


def _names(courses: Sequence[Course]) -> Iterator[tuple[str, int]]:
    """Yield texts with the row of a course that each means: its title, its occupations, and the titles of other courses for its occupations."""
    latest: dict[str, str] = {}
    for row, course in enumerate(courses):
        yield course.title, row
        for occupation in course.occupations:
            yield occupation, row
            if occupation in latest:
                yield latest[occupation], row
            latest[occupation] = course.title


def learner_vectors(network: Network, layout: Layout, policy: Policy) -> NDArray[np.float32]:
    """Return every stored learner's request vector, `(m, d) float32`; a row of zeros for a profile that says nothing."""
    vectors = np.zeros((len(network.learners), layout.dimension), dtype=np.float32)
    resolved = {
        row: request for row, learner in enumerate(network.learners) if (request := _resolved(learner, network, policy))
    }
    for row, vector in zip(resolved, layout.request_vectors(list(resolved.values())), strict=True):
        vectors[row] = vector.weighted
    return vectors


def _resolved(learner: Learner, network: Network, policy: Policy) -> ResolvedRequest | None:
    try:
        return resolve(learner_request(learner), network, policy, today=_ANY_DAY)
    except InvalidRequest:
        return None
