"""One immutable version of everything needed to answer."""

from recommender.snapshot.building import build_snapshot, course_text
from recommender.snapshot.files import SnapshotFolder
from recommender.snapshot.manifest import Manifest
from recommender.snapshot.snapshot import Snapshot

__all__ = ["Manifest", "Snapshot", "SnapshotFolder", "build_snapshot", "course_text"]
