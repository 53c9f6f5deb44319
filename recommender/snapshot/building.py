"""From a catalogue to a snapshot."""

import hashlib

from recommender.blocks.text import TextBlock, TextSpace
from recommender.domain import Catalogue
from recommender.encoder import Encoder
from recommender.errors import SnapshotError
from recommender.index import VectorIndex
from recommender.language import Bilingual
from recommender.network import Network
from recommender.pace import rest
from recommender.policy import Policy, Preference
from recommender.snapshot.fit import Fit, fit_and_encode
from recommender.snapshot.learners import learner_index
from recommender.snapshot.snapshot import Snapshot, make_layout
from recommender.snapshot.texts import CourseVectors, EncodedCourses, encode_courses


def build_snapshot(
    catalogue: Catalogue,
    catalogue_version: int,
    encoder: Encoder,
    policy: Policy,
    *,
    catalogue_encoder: Encoder | None = None,
    fit: Fit | None = None,
    before: Snapshot | None = None,
) -> Snapshot:
    """Encode, lay out and index a catalogue. The same catalogue (in any order of rows), encoder, policy and fit give the same snapshot.

    `catalogue_encoder` is the same encoder with a memory for the catalogue's own texts; requests and learners never pass through it.
    `fit` None fits anew; SnapshotError for one of another encoder. Of `before`, an earlier snapshot, whatever has not changed is taken over: it
    spares time, and makes no other difference. One of another encoder, policy or fit is not used.
    """
    network = Network(catalogue, before.network if before else None)
    if fit is None:
        fit, courses = fit_and_encode(network.courses, encoder, catalogue_encoder or encoder)
        before = _usable(before, encoder, policy, fit)
    else:
        _check(fit, encoder)
        before = _usable(before, encoder, policy, fit)
        encoded = EncodedCourses(before.network.courses, before.text_vectors) if before else None
        courses = encode_courses(network.courses, catalogue_encoder or encoder, fit.words, encoded)
    rest()
    layout = make_layout(network, policy, *text_blocks(encoder, policy, fit, courses))
    rest()
    same = before and layout.same_instances(network, before.layout, before.network)
    return Snapshot(
        f"{catalogue_version}-{_digest(network, encoder, policy, fit)}",
        network,
        layout,
        policy,
        encoder=encoder,
        fit=fit,
        catalogue_version=catalogue_version,
        instances=before.instances if before and same else VectorIndex.of(layout.instance_vectors(network)),
        learners=learner_index(network, layout, policy, before),
    )


def text_blocks(encoder: Encoder, policy: Policy, fit: Fit, courses: CourseVectors) -> list[TextBlock]:
    """Return the blocks that weigh a course's text."""
    spaces: dict[Preference, TextSpace] = {Preference.MEANING: encoder, Preference.WORDS: fit.words}
    return [
        TextBlock(text, space, fit.calibrations[text], policy.context_share, courses[text])
        for text, space in spaces.items()
    ]


def _usable(before: Snapshot | None, encoder: Encoder, policy: Policy, fit: Fit) -> Snapshot | None:
    return before if before and before.is_made_with(encoder, policy, fit) else None


def _digest(network: Network, encoder: Encoder, policy: Policy, fit: Fit) -> str:
    """Return 12 hexadecimal digits of a hash of all that a snapshot is made of."""
    digest = hashlib.sha256("\n".join([encoder.name, policy.digest, fit.digest]).encode())
    for table in Catalogue.__dataclass_fields__:
        digest.update(network.digest(table))
    return digest.hexdigest()[:12]


def _check(fit: Fit, encoder: Encoder) -> None:
    if fit.encoder != encoder.name:
        raise SnapshotError(
            Bilingual(
                f"词语空间与校准（fit）属于编码器 {fit.encoder}，当前是 {encoder.name}。请重新构建（jinxue build）。",
                f"The fit belongs to encoder {fit.encoder}, not {encoder.name}; build again (jinxue build).",
            )
        )
