"""A random network's snapshot, saved in a folder."""

from pathlib import Path

import pytest

from recommender.snapshot import Snapshot, SnapshotFolder, build_snapshot
from tests.networks import random_catalogue

DATA = ("catalogue.json", "instances.faiss", "learners.faiss", "courses.npz", "fit.npz")
FILES = (*DATA, "manifest.json")


@pytest.fixture(scope="module")
def snapshot(encoder, policy) -> Snapshot:
    return build_snapshot(random_catalogue(0), 1, encoder, policy)


@pytest.fixture
def folder(tmp_path, snapshot) -> SnapshotFolder:
    """A folder that holds one snapshot, which serves."""
    snapshots = SnapshotFolder(tmp_path / "snapshots")
    snapshots.save(snapshot)
    return snapshots


def served(folder: SnapshotFolder) -> Path:
    """Return the folder of the snapshot that serves."""
    return folder.path / (folder.current() or "")
