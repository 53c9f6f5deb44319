"""From a catalogue to a snapshot."""

import datetime
import hashlib

import numpy as np
from numpy.typing import NDArray

from recommender.blocks import Layout, fit_calibration
from recommender.blocks.meaning import MeaningBlock
from recommender.domain import Catalogue, Course, Learner
from recommender.encoder import Encoder
from recommender.errors import InvalidRequest
from recommender.index import VectorIndex
from recommender.network import Network
from recommender.policy import Policy
from recommender.profiles import learner_request
from recommender.resolution import ResolvedRequest, resolve
from recommender.snapshot.files import catalogue_json
from recommender.snapshot.snapshot import Snapshot, make_layout

# a learner's vector does not depend on the day, yet a resolved request has one
_ANY_DAY = datetime.date(2000, 1, 1)


def course_text(course: Course) -> str:
    """Return what an encoder reads of a course."""
    return "。".join(part for part in (course.title, *course.occupations, course.description) if part)


def build_snapshot(catalogue: Catalogue, catalogue_version: int, encoder: Encoder, policy: Policy) -> Snapshot:
    """Encode, lay out and index a catalogue. The same catalogue (in any order of rows), encoder and policy give the same snapshot."""
    network = Network(catalogue)
    courses = encoder.encode_passages([course_text(course) for course in network.courses])
    titles = encoder.encode_queries([course.title for course in network.courses])
    layout = make_layout(network, policy, MeaningBlock(encoder, fit_calibration(titles, courses), courses))
    vectors = layout.instance_vectors(network)
    learners = learner_vectors(network, layout, policy)
    digest = hashlib.sha256(f"{encoder.name} {policy.digest} ".encode() + catalogue_json(network.catalogue))
    digest.update(vectors.tobytes())
    return Snapshot(
        f"{catalogue_version}-{digest.hexdigest()[:12]}",
        network,
        layout,
        policy,
        catalogue_version=catalogue_version,
        instances=VectorIndex.of(vectors),
        learners=VectorIndex.of(learners),
    )


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
