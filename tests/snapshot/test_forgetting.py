"""People are taken out of kept snapshots, whatever else happens to the folder meanwhile."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest

from recommender.errors import SnapshotError
from recommender.snapshot import Snapshot, SnapshotFolder
from recommender.snapshot.catalogue_file import learner_id_of, read_rows, write_catalogue, write_rows
from tests.networks import random_catalogue
from tests.snapshot.conftest import served


def learners(folder: SnapshotFolder, version: str) -> list[str]:
    return [one.learner_id for one in folder.catalogue(version).learners]


def all_but(snapshot: Snapshot, *gone: int) -> Callable[[int], set[str]]:
    """Return what gives the ids of a snapshot's learners but for those in these rows."""
    ids = [one.learner_id for one in snapshot.network.learners]
    return lambda _version: {learner_id for row, learner_id in enumerate(ids) if row not in gone}


@pytest.mark.parametrize("seed", range(3))
def test_a_catalogue_is_read_row_by_row_as_it_was_written(seed: int) -> None:
    file, again = BytesIO(), BytesIO()
    write_catalogue(random_catalogue(seed), file)
    rows = list(read_rows(file.getvalue().splitlines(keepends=True)))
    write_rows(rows, again)

    assert again.getvalue() == file.getvalue()
    told = [learner_id for row in rows if (learner_id := learner_id_of(row))]
    assert told == [one.learner_id for one in random_catalogue(seed).learners]
    assert told


@pytest.mark.parametrize("damage", [b"", b"[]", b'{"learners":[\n{"learner_id": 3}]\n}\n', b'{"x":1}\n{}'])
def test_what_is_no_catalogue_is_not_taken_for_one(damage: bytes) -> None:
    rows = read_rows(damage.splitlines(keepends=True))
    with pytest.raises(ValueError, match="not a"):
        assert not [learner_id_of(row) for row in rows]


def test_without_any_learner_left_it_is_a_sound_snapshot(folder, snapshot, encoder, policy) -> None:
    assert folder.keep_learners(lambda _version: set()) == 1
    loaded = folder.load(encoder, policy)
    assert (loaded.learners.count, loaded.network.learners) == (0, ())
    assert (loaded.version, folder.current()) == (snapshot.version, snapshot.version)


def test_nothing_is_written_where_all_stay(folder, snapshot) -> None:
    before = {path: path.stat().st_mtime_ns for path in folder.path.rglob("*")}
    assert folder.keep_learners(all_but(snapshot)) == 0
    assert {path: path.stat().st_mtime_ns for path in folder.path.rglob("*")} == before


def test_what_is_kept_of_a_snapshot_depends_on_its_catalogue_version(folder, snapshot) -> None:
    asked: list[int] = []

    def standing(version: int) -> set[str]:
        asked.append(version)
        return set()

    folder.keep_learners(standing)
    assert set(asked) == {snapshot.catalogue_version}


def test_a_seal_changes_with_the_files_and_a_snapshot_that_is_none_has_none(folder, snapshot) -> None:
    before = folder.seal(snapshot.version)
    folder.keep_learners(all_but(snapshot, 0))
    assert None not in (before, folder.seal(snapshot.version))
    assert folder.seal(snapshot.version) != before
    assert folder.seal("1-nowhere") is None
    assert folder.seal(None) is None


def test_it_is_known_in_which_snapshots_somebody_stands(folder, snapshot) -> None:
    first = snapshot.network.learners[0].learner_id
    assert folder.holding(first) == [snapshot.version]
    folder.keep_learners(all_but(snapshot, 0))
    assert folder.holding(first) == []


@pytest.mark.parametrize("name", ["catalogue.json", "learners.faiss", "manifest.json", "courses.npz"])
@pytest.mark.parametrize("content", [b"", b"broken\n"])
def test_what_is_damaged_and_may_hold_somebody_erased_is_removed(folder, snapshot, name: str, content: bytes) -> None:
    (served(folder) / name).write_bytes(content)
    folder.keep_learners(all_but(snapshot, 0))
    gone = snapshot.network.learners[0].learner_id.encode()
    assert not any(gone in path.read_bytes() for path in folder.path.rglob("*") if path.is_file())
    with pytest.raises(SnapshotError):
        folder.manifest(snapshot.version)


def test_a_damaged_one_of_people_who_stay_is_left_alone(folder, snapshot) -> None:
    (served(folder) / "manifest.json").write_bytes(b"broken")
    assert folder.keep_learners(all_but(snapshot)) == 0
    assert served(folder).is_dir()


@pytest.mark.parametrize("killed_at", ["before the former is away", "before the new one is there"])
def test_what_a_process_was_killed_at_is_done_by_the_next(
    folder, snapshot, encoder, policy, killed_at: str, tmp_path: Path
) -> None:
    """Between the two renames there is one folder or the other, whole."""
    there, elsewhere = served(folder), SnapshotFolder(tmp_path / "elsewhere")
    elsewhere.save(snapshot)
    elsewhere.keep_learners(all_but(snapshot, 0))
    served(elsewhere).rename(folder.path / f".ready-{snapshot.version}")
    if killed_at == "before the new one is there":
        there.rename(folder.path / f".building-.ready-{snapshot.version}")
    folder.pin(snapshot.version)  # whoever writes next

    assert learners(folder, snapshot.version) == [one.learner_id for one in snapshot.network.learners[1:]]
    assert folder.load(encoder, policy).learners.count == snapshot.learners.count - 1
    assert not [path for path in folder.path.iterdir() if path.name.startswith((".ready", ".building"))]
