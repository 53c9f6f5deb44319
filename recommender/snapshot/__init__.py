"""One immutable version of everything needed to answer."""

from recommender.snapshot.building import build_snapshot
from recommender.snapshot.fit import Fit
from recommender.snapshot.folder import SnapshotFolder
from recommender.snapshot.manifest import Manifest
from recommender.snapshot.snapshot import Snapshot
from recommender.snapshot.texts import course_text

__all__ = ["Fit", "Manifest", "Snapshot", "SnapshotFolder", "build_snapshot", "course_text"]
