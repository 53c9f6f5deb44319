"""Stored learners as vectors: what each would ask."""

import datetime

import numpy as np
from numpy.typing import NDArray

from recommender.blocks import Layout
from recommender.domain import Learner
from recommender.errors import InvalidRequest
from recommender.index import VectorIndex
from recommender.network import Network
from recommender.policy import Policy
from recommender.profiles import learner_request
from recommender.resolution import ResolvedRequest, resolve
from recommender.snapshot.snapshot import Snapshot

# a learner's vector does not depend on the day, yet a resolved request has one
_ANY_DAY = datetime.date(2000, 1, 1)
_UNKNOWN = -1
_AT_ONCE = 1_000  # their vectors in float64 take 6 MB, those of all a city's learners 1 GB


def learner_index(network: Network, layout: Layout, policy: Policy, before: Snapshot | None) -> VectorIndex:
    """Return every stored learner's request vector, `(m, d) float32`; a row of zeros for a profile that says nothing.

    `before` is a snapshot of the same encoder, policy and fit; who asks the same as there keeps the row.
    """
    known = _known_rows(network, before)
    kept = known != _UNKNOWN
    vectors = np.zeros((len(known), layout.dimension), dtype=np.float32)
    if before and kept.any():
        if len(known) == before.learners.count and (known == np.arange(len(known))).all():
            return before.learners
        vectors[kept] = before.learners.vectors[known[kept]]
    unknown = np.flatnonzero(~kept).tolist()
    for start in range(0, len(unknown), _AT_ONCE):
        rows = unknown[start : start + _AT_ONCE]
        resolved = {row: asked for row in rows if (asked := _resolved(network.learners[row], network, policy))}
        for row, vector in zip(resolved, layout.request_vectors(list(resolved.values())), strict=True):
            vectors[row] = vector.weighted
    return VectorIndex.of(vectors)


def _known_rows(network: Network, before: Snapshot | None) -> NDArray[np.intp]:
    """Return for each learner the row in `before` of the same learner, asking the same; -1 where there is none."""
    if before is None or not _same_city(network, before.network):
        return np.full(len(network.learners), _UNKNOWN, dtype=np.intp)
    old = before.network
    come_or_gone = network.course_row.keys() ^ old.course_row.keys()  # a profile that names an unknown course is none

    def known(learner: Learner) -> int:
        row = old.learner_row.get(learner.learner_id)
        if row is None or not come_or_gone.isdisjoint(learner.completed_course_ids):
            return _UNKNOWN
        found = old.learners[row]
        return row if found is learner or found == learner else _UNKNOWN

    return np.fromiter(map(known, network.learners), dtype=np.intp, count=len(network.learners))


def _same_city(network: Network, old: Network) -> bool:
    """Tell whether the same words and places still mean the same: sites' points, places, clusters and their relations."""
    one, other = network.catalogue, old.catalogue
    return (
        np.array_equal(network.site_points, old.site_points, equal_nan=True)
        and (network.gazetteer is old.gazetteer or one.places == other.places)
        and (
            network.taxonomy is old.taxonomy
            or (one.clusters, one.cluster_relations) == (other.clusters, other.cluster_relations)
        )
    )


def _resolved(learner: Learner, network: Network, policy: Policy) -> ResolvedRequest | None:
    try:
        return resolve(learner_request(learner), network, policy, today=_ANY_DAY)
    except InvalidRequest:
        return None
