"""A saved snapshot that is damaged, truncated or half written is refused at the start, and built anew from the store."""

from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from recommender.encoder import Encoder
from recommender.errors import SnapshotError
from recommender.requests import LearnerRequest
from recommender.service import Service
from tests.faults.town import found_town
from tests.networks import TODAY

FILES = ("catalogue.json", "courses.npz", "fit.npz", "instances.faiss", "learners.faiss", "manifest.json")
QUESTION = LearnerRequest(goal="叉车")


def flip(path: Path, rng: Random) -> None:
    """Flip one bit somewhere."""
    content = bytearray(path.read_bytes())
    content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
    path.write_bytes(content)


def cut(path: Path, rng: Random) -> None:
    """Lose the end."""
    path.write_bytes(path.read_bytes()[: rng.randrange(path.stat().st_size)])


def drop(path: Path, _rng: Random) -> None:
    """Lose the file."""
    path.unlink()


@pytest.mark.parametrize("damage", [flip, cut, drop])
@pytest.mark.parametrize("name", FILES)
def test_a_damaged_snapshot_is_refused_and_built_anew(
    tmp_path: Path, encoder: Encoder, name: str, damage: Callable[[Path, Random], None]
) -> None:
    workshop = found_town(tmp_path / "state")
    first = Service(workshop)
    before = first.matcher.recommend(QUESTION, today=TODAY)
    first.close()
    current = workshop.snapshots.path / before["snapshot"]
    assert {path.name for path in current.iterdir()} == set(FILES)
    damage(current / name, Random(name))
    with pytest.raises(SnapshotError, match="build again"):
        workshop.snapshots.load(encoder, workshop.policy)

    service = Service(workshop)
    assert service.matcher.recommend(QUESTION, today=TODAY) == before
    assert workshop.snapshots.load(encoder, workshop.policy).version == before["snapshot"]
    service.close()
