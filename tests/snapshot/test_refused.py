"""Whatever in a snapshot's folder is damaged or does not belong together is refused."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from recommender.errors import SnapshotError
from recommender.snapshot import Manifest, SnapshotFolder, build_snapshot
from recommender.snapshot.files import checksum
from tests.networks import Shape, random_catalogue
from tests.snapshot.conftest import DATA, served


def _rewrite_manifest(folder: SnapshotFolder, **changes: object) -> None:
    path = served(folder) / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def _seal(folder: SnapshotFolder, **changes: object) -> None:
    """Make the manifest agree with the files as they are now, whatever else is changed in it."""
    path = served(folder) / "manifest.json"
    checksums = {name: checksum(served(folder) / name) for name in DATA}
    manifest = Manifest.model_validate({**json.loads(path.read_text()), "checksums": checksums, **changes})
    path.write_text(manifest.sealed().model_dump_json())


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
@pytest.mark.parametrize("name", DATA)
def test_a_damaged_file_is_refused(folder, encoder, policy, name, damage):
    DAMAGES[damage](served(folder) / name)
    with pytest.raises(SnapshotError, match="build again"):
        folder.load(encoder, policy)


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_manifest_is_refused(folder, encoder, policy, damage):
    DAMAGES[damage](served(folder) / "manifest.json")
    with pytest.raises(SnapshotError, match="manifest"):
        folder.load(encoder, policy)


@pytest.mark.parametrize(
    "changes",
    [
        {"format": 2},
        {"format": 4},
        {"counts": {"sites": 1, "courses": 1, "instances": 1, "learners": 1}},
        {"counts": {}},
        {"dimension": 7},
        {"checksums": {}},
        {"checksums": {"catalogue.json": "0" * 64}},
        {"encoder": "another@0123456789ab"},
        {"policy": "0123456789abcdef"},
        {"version": None},
        {"surprise": True},
        {"calibrations": {}},
        {"fit": "0123456789abcdef"},
        {"built_at": "2026-11-22T08:00:00Z"},
        {"built_at": "yesterday"},
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
        {"format": 4},
        {"fit": "0123456789abcdef"},
    ],
    ids=str,
)
def test_a_manifest_that_was_never_true_is_refused(folder, encoder, policy, changes):
    _seal(folder, **changes)
    with pytest.raises(SnapshotError):
        folder.load(encoder, policy)


@pytest.mark.parametrize("table", ["learners", "course_instances", "sites", "courses", "clusters", "places"])
def test_records_that_vectors_do_not_belong_to_are_refused(folder, encoder, policy, table):
    path = served(folder) / "catalogue.json"
    catalogue = json.loads(path.read_text())
    path.write_text(json.dumps({**catalogue, table: catalogue[table][1:]}))
    _seal(folder)
    with pytest.raises(SnapshotError):
        folder.load(encoder, policy)


def test_vectors_of_another_network_are_refused(folder, tmp_path, encoder, policy):
    other = SnapshotFolder(tmp_path / "other")
    other.save(build_snapshot(random_catalogue(1, Shape(instances=80)), 1, encoder, policy))
    (served(folder) / "instances.faiss").write_bytes((served(other) / "instances.faiss").read_bytes())
    _seal(folder)
    with pytest.raises(SnapshotError):
        folder.load(encoder, policy)


@pytest.mark.parametrize(("name", "reason"), [("fit.npz", "does not belong"), ("courses.npz", "disagree in dimension")])
def test_a_fit_or_courses_of_another_network_are_refused(folder, tmp_path, encoder, policy, name, reason):
    other = SnapshotFolder(tmp_path / "other")
    other.save(build_snapshot(random_catalogue(1, Shape(instances=120)), 1, encoder, policy))
    (served(folder) / name).write_bytes((served(other) / name).read_bytes())
    with pytest.raises(SnapshotError, match=name):
        folder.load(encoder, policy)
    _seal(folder)
    with pytest.raises(SnapshotError, match=reason):
        folder.load(encoder, policy)


@pytest.mark.parametrize("name", DATA)
def test_a_file_that_is_something_else_is_refused_even_where_its_checksum_agrees(folder, encoder, policy, name):
    (served(folder) / name).write_bytes(b"something else")
    _seal(folder)
    with pytest.raises(SnapshotError):
        folder.load(encoder, policy)


def test_another_policy_is_refused(folder, encoder, policy):
    with pytest.raises(SnapshotError, match="policy"):
        folder.load(encoder, policy.model_copy(update={"unknown_quality": 0.4}))
