"""Stored learners as vectors: what each would ask."""

import datetime
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from recommender.blocks import Layout, RequestVector
from recommender.blocks.place import PlaceBlock
from recommender.domain import Learner
from recommender.errors import InvalidRequest
from recommender.geography import Point, distances_km
from recommender.index import VectorIndex
from recommender.network import Network
from recommender.pace import rest
from recommender.policy import Policy, Preference
from recommender.profiles import learner_request, point_of
from recommender.resolution import ResolvedRequest, resolve
from recommender.snapshot.snapshot import Snapshot

# a learner's vector does not depend on the day, yet a resolved request has one
_ANY_DAY = datetime.date(2000, 1, 1)
_UNKNOWN = -1
_AT_ONCE = 1_000  # their vectors in float64 take 6 MB, those of all a city's learners 1 GB


def learner_index(network: Network, layout: Layout, policy: Policy, before: Snapshot | None) -> VectorIndex:
    """Return every stored learner's request vector, `(m, d) float32`; a row of zeros for a profile that says nothing.

    `before` is a snapshot of the same encoder, policy and fit; who asks the same as there keeps the row, but for the columns of sites that
    stand elsewhere now.
    """
    moved = before is not None and not _same_points(network, before.network)
    known = _known_rows(network, before, moved=moved)
    if before and not moved and np.array_equal(known, np.arange(before.learners.count)):
        return before.learners
    # zeros that nobody writes take no memory: the rows are held once, in the index, and written there
    index = VectorIndex.of(np.zeros((len(known), layout.dimension), dtype=np.float32))
    if before:
        places = _PlaceColumns(network, layout, policy) if moved else None
        _take_over(index.vectors, known, before=before, network=network, places=places)
    _make(index.vectors, np.flatnonzero(known == _UNKNOWN).tolist(), network, layout, policy)
    return index


def asks_alike(snapshot: Snapshot, before: Snapshot) -> bool:
    """Tell whether a profile that makes a request in both snapshots is the same vector in both."""
    network, old = snapshot.network, before.network
    made_alike = snapshot.is_made_with(before.encoder, before.policy, before.fit)
    return made_alike and _same_words(network, old) and _same_points(network, old)


def _known_rows(network: Network, before: Snapshot | None, *, moved: bool) -> NDArray[np.intp]:
    """Return for each learner the row in `before` of the same learner, asking the same; -1 where there is none.

    Where sites have `moved`, a row of zeros is no row: nobody knows whether nothing was said or all was far away.
    """
    if before is None or not _same_words(network, before.network):
        return np.full(len(network.learners), _UNKNOWN, dtype=np.intp)
    old, vectors = before.network, before.learners.vectors
    come_or_gone = network.course_row.keys() ^ old.course_row.keys()  # a profile that names an unknown course is none

    def known(learner: Learner) -> int:
        rest()
        row = old.learner_row.get(learner.learner_id)
        if row is None or not come_or_gone.isdisjoint(learner.completed_course_ids):
            return _UNKNOWN
        found = old.learners[row]
        same = (found is learner or found == learner) and not (moved and not vectors[row].any())
        return row if same else _UNKNOWN

    return np.fromiter(map(known, network.learners), dtype=np.intp, count=len(network.learners))


def _same_words(network: Network, old: Network) -> bool:
    """Tell whether the same words still mean the same: places, clusters and their relations."""
    one, other = network.catalogue, old.catalogue
    return (network.gazetteer is old.gazetteer or one.places == other.places) and (
        network.taxonomy is old.taxonomy
        or (one.clusters, one.cluster_relations) == (other.clusters, other.cluster_relations)
    )


def _same_points(network: Network, old: Network) -> bool:
    """Tell whether each column of the place block is that of a site at the same point."""
    return np.array_equal(network.site_points, old.site_points, equal_nan=True)


class _PlaceColumns:
    """What the place block makes of stored learners, without the other blocks' part in their vectors."""

    def __init__(self, network: Network, layout: Layout, policy: Policy) -> None:
        self._network, self._layout, self._policy = network, layout, policy
        self._block = next(block for block in layout.blocks if isinstance(block, PlaceBlock))
        self._examples: dict[tuple[bool, bool], tuple[ResolvedRequest, float]] = {}

    def of(self, learners: Sequence[Learner]) -> NDArray[np.float32]:
        """Return the weighted columns, `(n, width) float32`, of learners whose profiles say something; zeros without a location."""
        columns = np.zeros((len(learners), self._block.width), dtype=np.float32)
        alike: dict[tuple[ResolvedRequest, float], list[tuple[int, Point]]] = defaultdict(list)
        for row, learner in enumerate(learners):
            if point := point_of(learner, self._network.gazetteer):
                alike[self._example(learner)].append((row, point))
        for (like, weight), located in alike.items():
            points = np.array([(point.latitude, point.longitude) for _, point in located])
            distances = distances_km(points, self._network.site_points)
            columns[[row for row, _ in located]] = self._block.proximities(distances, like) * weight
        return columns

    def _example(self, located: Learner) -> tuple[ResolvedRequest, float]:
        """Return the request, and its weight of place, of a located learner for whom the same preferences have a part.

        Texts and quality have one for all of them, schedule for none.
        """
        cluster = self._network.taxonomy.find(located.industry) if located.industry else None
        kind = cluster is not None, located.skill_level is not None
        if kind not in self._examples:
            request = resolve(learner_request(located), self._network, self._policy, today=_ANY_DAY)
            weights = self._layout.request_vector(request).weights
            self._examples[kind] = request, float(weights[self._layout.preferences.index(Preference.PLACE)])
        return self._examples[kind]


def _take_over(
    vectors: NDArray[np.float32],
    known: NDArray[np.intp],
    *,
    before: Snapshot,
    network: Network,
    places: _PlaceColumns | None,
) -> None:
    """Write the rows of `before` that are known into `vectors`, with the columns of `places` in place of theirs."""
    theirs = before.layout.columns_of(Preference.PLACE)
    kept = np.flatnonzero(known != _UNKNOWN)
    for start in range(0, len(kept), _AT_ONCE):
        rows = kept[start : start + _AT_ONCE]
        taken = before.learners.vectors[known[rows]]
        if places:
            now = places.of([network.learners[row] for row in rows.tolist()])
            taken = np.hstack([taken[:, : theirs.start], now, taken[:, theirs.stop :]])
        vectors[rows] = taken


def _make(vectors: NDArray[np.float32], rows: Sequence[int], network: Network, layout: Layout, policy: Policy) -> None:
    """Write the rows of these learners into `vectors`."""
    for start in range(0, len(rows), _AT_ONCE):
        learners = {row: network.learners[row] for row in rows[start : start + _AT_ONCE]}
        resolved = {row: asked for row, one in learners.items() if (asked := _resolved(one, network, policy))}
        for row, vector in zip(resolved, _request_vectors(list(resolved.values()), layout), strict=True):
            if vector is not None:
                vectors[row] = vector.weighted


def _request_vectors(requests: Sequence[ResolvedRequest], layout: Layout) -> Sequence[RequestVector | None]:
    """Return requests as vectors; None for one that says nothing which is weighed, as under a policy that weighs places alone."""
    try:
        return layout.request_vectors(requests)
    except InvalidRequest:
        if len(requests) == 1:
            return [None]
        half = len(requests) // 2
        return [*_request_vectors(requests[:half], layout), *_request_vectors(requests[half:], layout)]


def _resolved(learner: Learner, network: Network, policy: Policy) -> ResolvedRequest | None:
    rest()
    try:
        return resolve(learner_request(learner), network, policy, today=_ANY_DAY)
    except InvalidRequest:
        return None
