"""Snapshots on disk: what is loaded answers like what was saved, and whatever does not belong together is refused."""

import json
from collections.abc import Callable
from pathlib import Path
from random import Random

import orjson
import pytest

from recommender.errors import SnapshotError
from recommender.index import VectorIndex
from recommender.matcher import Matcher
from recommender.requests import AudienceRequest, LearnerRequest
from recommender.snapshot import Manifest, Snapshot, SnapshotFolder, build_snapshot
from recommender.snapshot.files import _checksum
from tests.networks import TODAY, Shape, random_catalogue
from tests.wishes import random_request

FILES = ("catalogue.json", "instances.faiss", "learners.faiss", "manifest.json")


@pytest.fixture(scope="module")
def snapshot(encoder, policy) -> Snapshot:
    return build_snapshot(random_catalogue(0), 1, encoder, policy)


@pytest.fixture
def folder(tmp_path, snapshot) -> SnapshotFolder:
    """A folder that holds one snapshot, which serves."""
    snapshots = SnapshotFolder(tmp_path / "snapshots")
    snapshots.save(snapshot)
    return snapshots


def _served(folder: SnapshotFolder) -> Path:
    return folder.path / (folder.current() or "")


def _rewrite_manifest(folder: SnapshotFolder, **changes: object) -> None:
    path = _served(folder) / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def _seal(folder: SnapshotFolder, **changes: object) -> None:
    """Make the manifest agree with the files as they are now, whatever else is changed in it."""
    path = _served(folder) / "manifest.json"
    checksums = {name: _checksum(_served(folder) / name) for name in FILES[:3]}
    manifest = Manifest.model_validate({**json.loads(path.read_text()), "checksums": checksums, **changes})
    path.write_text(manifest.sealed().model_dump_json())


def _answers(matcher: Matcher) -> bytes:
    catalogue = matcher.snapshot.network.catalogue
    requests = [random_request(Random(seed), catalogue) for seed in range(15)]
    weighed = [type(r)(**{**r.model_dump(exclude_unset=True), "weights": None}) for r in requests]
    audiences = [AudienceRequest(instance_id=i.instance_id) for i in catalogue.course_instances[:15]]
    return orjson.dumps(
        [
            *(matcher.recommend(request, today=TODAY) for request in weighed),
            *(matcher.find_audience(audience, today=TODAY) for audience in audiences),
        ]
    )


def test_a_loaded_snapshot_answers_like_the_saved_one(folder, snapshot, encoder, policy):
    assert _answers(Matcher(folder.load(encoder, policy))) == _answers(Matcher(snapshot))


def test_an_empty_network_is_saved_and_loaded(tmp_path, encoder, policy):
    whole = random_catalogue(0)
    nothing = type(whole)(clusters=whole.clusters, places=whole.places)
    folder = SnapshotFolder(tmp_path)
    folder.save(build_snapshot(nothing, 1, encoder, policy))
    answer = Matcher(folder.load(encoder, policy)).recommend(LearnerRequest(goal="叉车"), today=TODAY)
    assert (answer["items"], answer["eligible_courses"], answer["excluded"]) == ([], 0, {})


def test_the_same_catalogue_gives_the_same_files(folder, tmp_path, encoder, policy):
    again = SnapshotFolder(tmp_path / "again")
    again.save(build_snapshot(random_catalogue(0), 1, encoder, policy))
    for name in FILES:
        assert (_served(again) / name).read_bytes() == (_served(folder) / name).read_bytes()


def _flip_one_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


DAMAGES: dict[str, Callable[[Path], None]] = {
    "missing": Path.unlink,
    "empty": lambda path: path.write_bytes(b"") and None,
    "truncated": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]) and None,
    "bit flipped": _flip_one_bit,
    "overwritten": lambda path: path.write_bytes(b"\xff" * 100) and None,
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", FILES[:3])
def test_a_damaged_file_is_refused(folder, encoder, policy, name, damage):
    DAMAGES[damage](_served(folder) / name)
    with pytest.raises(SnapshotError, match="build again"):
        folder.load(encoder, policy)


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_manifest_is_refused(folder, encoder, policy, damage):
    DAMAGES[damage](_served(folder) / "manifest.json")
    with pytest.raises(SnapshotError, match="manifest"):
        folder.load(encoder, policy)


@pytest.mark.parametrize(
    "changes",
    [
        {"format": 2},
        {"counts": {"sites": 1, "courses": 1, "instances": 1, "learners": 1}},
        {"counts": {}},
        {"dimension": 7},
        {"checksums": {}},
        {"checksums": {"catalogue.json": "0" * 64}},
        {"encoder": "another@0123456789ab"},
        {"policy": "0123456789abcdef"},
        {"version": None},
        {"surprise": True},
        {"calibration_slope": 1.5},
        {"catalogue_version": 7},
        {"version": "1-000000000000"},
    ],
    ids=lambda changes: f"{next(iter(changes))}={str(next(iter(changes.values())))[:12]}",
)
def test_a_manifest_that_disagrees_is_refused(folder, encoder, policy, changes):
    _rewrite_manifest(folder, **changes)
    with pytest.raises(SnapshotError):
        folder.load(encoder, policy)


@pytest.mark.parametrize(
    "changes",
    [
        {"counts": {"sites": 1, "courses": 1, "instances": 1, "learners": 1}},
        {"counts": {}},
        {"dimension": 7},
        {"format": 2},
    ],
    ids=str,
)
def test_a_manifest_that_was_never_true_is_refused(folder, encoder, policy, changes):
    _seal(folder, **changes)
    with pytest.raises(SnapshotError):
        folder.load(encoder, policy)


@pytest.mark.parametrize("table", ["learners", "course_instances", "sites", "courses", "clusters", "places"])
def test_records_that_vectors_do_not_belong_to_are_refused(folder, encoder, policy, table):
    path = _served(folder) / "catalogue.json"
    catalogue = json.loads(path.read_text())
    path.write_text(json.dumps({**catalogue, table: catalogue[table][1:]}))
    _seal(folder)
    with pytest.raises(SnapshotError):
        folder.load(encoder, policy)


def test_vectors_of_another_network_are_refused(folder, tmp_path, encoder, policy):
    other = SnapshotFolder(tmp_path / "other")
    other.save(build_snapshot(random_catalogue(1, Shape(instances=80)), 1, encoder, policy))
    (_served(folder) / "instances.faiss").write_bytes((_served(other) / "instances.faiss").read_bytes())
    _seal(folder)
    with pytest.raises(SnapshotError):
        folder.load(encoder, policy)


def test_a_file_that_is_no_index_is_refused_even_where_its_checksum_agrees(folder, encoder, policy):
    (_served(folder) / "instances.faiss").write_bytes(b"no index at all")
    _seal(folder)
    with pytest.raises(SnapshotError):
        folder.load(encoder, policy)


def test_another_policy_is_refused(folder, encoder, policy):
    with pytest.raises(SnapshotError, match="policy"):
        folder.load(encoder, policy.model_copy(update={"unknown_quality": 0.4}))


@pytest.mark.parametrize("content", [b"1-000000000000\n", b"", b"..\n", b"a/b\n", b"\xff\xfe", b"\x00"])
def test_a_current_that_points_nowhere_is_refused(folder, encoder, policy, content):
    (folder.path / "CURRENT").write_bytes(content)
    with pytest.raises(SnapshotError):
        folder.load(encoder, policy)


@pytest.mark.parametrize("made", [False, True])
def test_a_folder_without_a_snapshot_is_refused(tmp_path, encoder, policy, made):
    folder = SnapshotFolder(tmp_path / "none")
    if made:
        folder.path.mkdir()
    assert folder.current() is None
    with pytest.raises(SnapshotError):
        folder.load(encoder, policy)


def test_only_the_last_few_snapshots_are_kept_and_the_serving_one_always(tmp_path, encoder, policy):
    folder = SnapshotFolder(tmp_path)
    for version in range(1, 7):
        folder.save(build_snapshot(random_catalogue(0), version, encoder, policy))
    kept = sorted(path.name.split("-")[0] for path in tmp_path.iterdir() if path.is_dir())
    assert kept == ["4", "5", "6"]
    assert folder.load(encoder, policy).catalogue_version == 6


class _BreakingIndex(VectorIndex):
    """An index on a disk that fills up: half of it is written."""

    def save(self, path: Path) -> None:
        super().save(path)
        path.write_bytes(path.read_bytes()[:100])
        raise OSError(28, "No space left on device")


def test_the_old_snapshot_serves_on_when_saving_a_new_one_fails_halfway(folder, snapshot, encoder, policy):
    later = build_snapshot(random_catalogue(1), 2, encoder, policy)
    later.learners = _BreakingIndex(later.learners._index)
    with pytest.raises(SnapshotError, match="No space"):
        folder.save(later)
    assert folder.current() == snapshot.version
    assert _answers(Matcher(folder.load(encoder, policy))) == _answers(Matcher(snapshot))
    assert [path.name for path in folder.path.iterdir() if path.is_dir()] == [snapshot.version]
