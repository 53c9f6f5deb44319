"""Which snapshot serves: the saved one while it is sound, a new one when it is not, the old one when a build fails."""

from collections.abc import Callable
from pathlib import Path

import pytest

from recommender.bootstrap import Workshop
from recommender.encoder import Encoder
from recommender.errors import EncoderError, SnapshotError, StoreError
from recommender.language import Bilingual
from recommender.requests import LearnerRequest
from recommender.service import Service
from recommender.settings import Settings
from recommender.snapshot import Snapshot
from tests.networks import TODAY, random_catalogue
from tests.serving import import_records


@pytest.fixture
def workshop(tmp_path) -> Workshop:
    """A workshop of its own, with a random network in its store."""
    made = Workshop(Settings(state=tmp_path / "state", _env_file=None))
    import_records(made, random_catalogue(0), day=TODAY)
    return made


def _opened(workshop: Workshop, encoder: Encoder) -> Snapshot:
    with workshop.open_store(at_once=False) as store:
        return workshop.open_snapshot(encoder, store)[0]


def _folder(workshop: Workshop) -> Path:
    return workshop.snapshots.path / (workshop.snapshots.current() or "")


def _built_at(snapshot_folder: Path) -> int:
    return (snapshot_folder / "manifest.json").stat().st_mtime_ns


def test_without_a_snapshot_one_is_built(workshop, encoder):
    snapshot = _opened(workshop, encoder)
    assert workshop.snapshots.current() == snapshot.version


def test_a_sound_snapshot_is_loaded_and_not_built_again(workshop, encoder):
    workshop.build(encoder)
    built = _built_at(_folder(workshop))
    _opened(workshop, encoder)
    assert _built_at(_folder(workshop)) == built


DAMAGES: dict[str, Callable[[Workshop], object]] = {
    "an index is missing": lambda w: (_folder(w) / "instances.faiss").unlink(),
    "an index is truncated": lambda w: (_folder(w) / "learners.faiss").write_bytes(b"IxFI"),
    "the records are damaged": lambda w: (_folder(w) / "catalogue.json").write_bytes(b"{}"),
    "the manifest is of another format": lambda w: (_folder(w) / "manifest.json").write_text('{"format": 99}'),
    "CURRENT points nowhere": lambda w: (w.snapshots.path / "CURRENT").write_text("0-nowhere"),
    "CURRENT is no text": lambda w: (w.snapshots.path / "CURRENT").write_bytes(b"\xff\x00"),
    "CURRENT is missing": lambda w: (w.snapshots.path / "CURRENT").unlink(),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_snapshot_is_built_anew(workshop, encoder, damage):
    version = workshop.build(encoder).version
    DAMAGES[damage](workshop)
    with pytest.raises(SnapshotError):
        workshop.snapshots.load(encoder, workshop.policy)
    assert _opened(workshop, encoder).version == version
    assert workshop.snapshots.load(encoder, workshop.policy).version == version


def test_a_snapshot_older_than_the_store_is_built_anew(workshop, encoder):
    old = workshop.build(encoder)
    import_records(workshop, random_catalogue(1), day=TODAY)
    assert _opened(workshop, encoder).catalogue_version == old.catalogue_version + 1


def test_a_snapshot_under_another_policy_is_built_anew(workshop, encoder, policy):
    old = workshop.build(encoder)
    workshop.policy = policy.model_copy(update={"unknown_quality": 0.3})
    assert _opened(workshop, encoder).version != old.version


def test_an_empty_store_gives_no_snapshot(tmp_path, encoder):
    with pytest.raises(StoreError, match="import"):
        _opened(Workshop(Settings(state=tmp_path, _env_file=None)), encoder)


class _TiringEncoder:
    """An encoder that fails after so many texts."""

    def __init__(self, encoder: Encoder, texts: int) -> None:
        self.name, self.dimension, self._encoder, self._left = encoder.name, encoder.dimension, encoder, texts

    def encode_queries(self, texts):
        self._left -= len(texts)
        if self._left < 0:
            raise EncoderError(Bilingual("累了", "tired"))
        return self._encoder.encode_queries(texts)

    encode_passages = encode_queries


@pytest.mark.parametrize("texts", [0, 10, 25])
def test_the_old_snapshot_serves_on_when_a_build_fails_halfway(workshop, encoder, texts):
    service = Service(workshop)
    question = LearnerRequest(goal="叉车")
    before = service.matcher.recommend(question, today=TODAY)
    import_records(workshop, random_catalogue(1), day=TODAY)
    with pytest.raises(EncoderError):
        workshop.build(_TiringEncoder(encoder, texts))
    assert workshop.snapshots.current() == before["snapshot"]
    assert service.matcher.recommend(question, today=TODAY) == before


def test_a_service_swaps_in_the_new_snapshot_whole(workshop, encoder):
    service = Service(workshop)
    old: Snapshot = service.matcher.snapshot
    assert service.catch_up() is False
    import_records(workshop, random_catalogue(1), day=TODAY)
    new = workshop.build(encoder)
    assert service.catch_up() is True
    assert service.matcher.snapshot.version == new.version != old.version
