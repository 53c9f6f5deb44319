"""The folder of snapshots: versions, pins, several processes at once, kills and full disks."""

import datetime
import multiprocessing
import os
import resource
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from recommender.encoder import Encoder, load_encoder
from recommender.errors import SnapshotError
from recommender.index import VectorIndex
from recommender.policy import Policy, load_policy
from recommender.snapshot import Fit, Snapshot, SnapshotFolder, build_snapshot
from tests.networks import random_catalogue
from tests.snapshot.conftest import FILES, served

SPAWN = multiprocessing.get_context("spawn")  # a fork would inherit the threads' locks
LONG = 60  # seconds, after which a process is taken to hang


@pytest.fixture(scope="module")
def fit(encoder: Encoder) -> Fit:
    return Fit.fit(random_catalogue(0).courses, encoder)


@pytest.fixture(scope="module")
def versions(encoder: Encoder, policy: Policy, fit: Fit) -> list[Snapshot]:
    """Nine snapshots of the catalogue versions 1 to 9."""
    return [build_snapshot(random_catalogue(0), number, encoder, policy, fit=fit) for number in range(1, 10)]


def names(snapshots: list[Snapshot]) -> tuple[str, ...]:
    return tuple(snapshot.version for snapshot in snapshots)


def test_versions_are_listed_newest_first_by_catalogue_then_by_when_they_were_built(
    tmp_path, versions, encoder, policy
):
    folder = SnapshotFolder(tmp_path)
    assert folder.versions() == ()
    noon = datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.UTC)
    refitted = build_snapshot(
        random_catalogue(0), 2, encoder, policy, fit=Fit.fit(random_catalogue(3).courses, encoder)
    )
    folder.save(refitted, built_at=noon)
    folder.save(versions[1], built_at=noon + datetime.timedelta(hours=1))
    folder.save(versions[8], built_at=noon - datetime.timedelta(hours=1))
    folder.save(versions[0], built_at=noon + datetime.timedelta(hours=2))
    assert folder.versions() == names([versions[8], versions[1], refitted, versions[0]])
    assert folder.current() == versions[0].version


def test_any_version_is_loaded_by_its_name(tmp_path, versions, encoder, policy):
    folder = SnapshotFolder(tmp_path)
    for snapshot in versions[:3]:
        folder.save(snapshot)
    assert folder.load(encoder, policy).version == versions[2].version
    assert folder.load(encoder, policy, versions[0].version).catalogue_version == 1
    for name in ("1-000000000000", "..", ".", "a/b", "\x00"):
        with pytest.raises(SnapshotError, match="build again"):
            folder.load(encoder, policy, name)


def test_a_manifest_says_what_a_version_is(tmp_path, versions, encoder, policy):
    folder, snapshot = SnapshotFolder(tmp_path), versions[3]
    before = datetime.datetime.now(datetime.UTC)
    folder.save(snapshot)
    manifest = folder.manifest(snapshot.version)
    assert (manifest.version, manifest.catalogue_version) == (snapshot.version, 4)
    assert (manifest.encoder, manifest.fit, manifest.policy) == (encoder.name, snapshot.fit.digest, policy.digest)
    assert manifest.counts == {"sites": 10, "courses": 10, "instances": 60, "learners": 25}
    assert before <= manifest.built_at <= datetime.datetime.now(datetime.UTC)
    with pytest.raises(SnapshotError):
        folder.manifest("4-000000000000")


def test_a_snapshot_may_be_saved_without_serving(tmp_path, versions):
    folder = SnapshotFolder(tmp_path)
    folder.save(versions[0], make_current=False)
    assert folder.current() is None
    folder.save(versions[1])
    folder.save(versions[2], make_current=False)
    assert folder.current() == versions[1].version
    assert folder.versions() == names([versions[2], versions[1], versions[0]])


def test_a_pinned_snapshot_serves_whatever_is_saved_until_it_is_released(tmp_path, versions, encoder, policy):
    folder = SnapshotFolder(tmp_path, kept=2)
    assert folder.pinned() is None
    for snapshot in versions[:2]:
        folder.save(snapshot)
    folder.pin(versions[0].version)
    for snapshot in versions[2:]:
        folder.save(snapshot)
    assert folder.pinned() == versions[0].version
    assert folder.load(encoder, policy).version == versions[0].version
    assert (folder.current(), folder.versions()) == (versions[8].version, names([*versions[8:6:-1], versions[0]]))
    folder.release()
    folder.release()
    assert folder.pinned() is None
    assert folder.load(encoder, policy).version == versions[8].version
    folder.save(versions[1])
    assert folder.versions() == names([versions[8], versions[7], versions[1]])


def test_only_what_is_there_whole_can_be_pinned(tmp_path, versions):
    folder = SnapshotFolder(tmp_path)
    folder.save(versions[0])
    (served(folder) / "courses.npz").write_bytes(b"")
    for name in ("1-000000000000", "", "..", versions[0].version):
        with pytest.raises(SnapshotError, match="build again"):
            folder.pin(name)
    assert folder.pinned() is None


def test_a_pin_that_points_nowhere_is_refused_and_not_passed_over(tmp_path, versions, encoder, policy):
    folder = SnapshotFolder(tmp_path)
    folder.save(versions[0])
    (tmp_path / "PINNED").write_text("1-000000000000\n")
    with pytest.raises(SnapshotError, match="1-000000000000"):
        folder.load(encoder, policy)


def test_a_sound_snapshot_that_is_there_already_is_only_pointed_to(tmp_path, versions):
    folder = SnapshotFolder(tmp_path)
    folder.save(versions[0])
    written = {file: file.stat() for file in served(folder).iterdir()}
    folder.save(versions[1])
    folder.save(versions[0])
    assert folder.current() == versions[0].version
    assert {file: file.stat() for file in written} == written


@pytest.mark.parametrize("name", FILES)
def test_a_damaged_snapshot_that_is_there_already_is_written_anew(tmp_path, versions, encoder, policy, name):
    folder = SnapshotFolder(tmp_path)
    folder.save(versions[0])
    (served(folder) / name).write_bytes(b"{}")
    folder.save(versions[0])
    assert folder.load(encoder, policy).version == versions[0].version


def test_what_is_no_snapshot_stays_and_leftovers_of_the_killed_go(tmp_path, versions):
    folder = SnapshotFolder(tmp_path, kept=1)
    (tmp_path / "my-notes").mkdir()
    (tmp_path / ".building-abc").mkdir()
    (tmp_path / ".building-abc" / "half").write_text("half")
    (tmp_path / ".building-CURRENT").write_text("half")
    (tmp_path / "7-0123456789ab").mkdir()  # of another format: nothing that could be read
    for snapshot in versions[:2]:
        folder.save(snapshot)
    found = {path.name for path in tmp_path.iterdir()} - {".lock"}
    assert found == {"my-notes", versions[1].version, "CURRENT"}


def save_again_and_again(path: str, numbers: range) -> None:
    """Build and save snapshots of some catalogue versions; the work of another process."""
    encoder, policy, folder = load_encoder(), load_policy(), SnapshotFolder(Path(path), kept=3)
    fit = Fit.fit(random_catalogue(0).courses, encoder)
    for number in numbers:
        folder.save(build_snapshot(random_catalogue(0), number, encoder, policy, fit=fit))


def test_processes_that_save_at_once_harm_neither_each_other_nor_who_reads(tmp_path, versions, encoder, policy):
    folder = SnapshotFolder(tmp_path, kept=3)
    folder.save(versions[0])
    # both save the versions 6 to 12, to meet in the same folders
    ranges = (range(1, 13), range(6, 18))
    workers = [SPAWN.Process(target=save_again_and_again, args=(str(tmp_path), numbers)) for numbers in ranges]
    for worker in workers:
        worker.start()
    loaded = 0
    while any(worker.is_alive() for worker in workers):
        name = folder.current()
        assert name is not None
        try:
            assert folder.load(encoder, policy, name).version == name
            loaded += 1
        except SnapshotError:  # only if three others were saved while it was read
            assert name != folder.current()
    for worker in workers:
        worker.join(LONG)
    assert [worker.exitcode for worker in workers] == [0, 0]
    assert loaded > 0
    assert [int(name.split("-")[0]) for name in folder.versions()][:3] == [17, 16, 15]
    assert folder.load(encoder, policy).version == folder.current()
    assert not list(tmp_path.glob(".building-*"))


def test_a_process_killed_while_it_saves_leaves_a_folder_that_serves(tmp_path, versions, encoder, policy):
    folder = SnapshotFolder(tmp_path)
    folder.save(versions[0])
    worker = SPAWN.Process(target=save_again_and_again, args=(str(tmp_path), range(2, 10_000)))
    worker.start()
    deadline = time.monotonic() + LONG
    while folder.current() == versions[0].version and time.monotonic() < deadline:
        time.sleep(0.005)
    while not list(tmp_path.glob(".building-*")) and time.monotonic() < deadline:
        pass  # to kill it while it writes
    assert worker.pid is not None
    os.kill(worker.pid, signal.SIGKILL)
    worker.join(LONG)
    assert folder.load(encoder, policy).version == folder.current() != versions[0].version
    folder.save(versions[8])  # the lock of the killed one is gone with it
    assert folder.current() == versions[8].version
    assert not list(tmp_path.glob(".building-*"))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system with space for one snapshot and a half."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = (
        os.geteuid() == 0
        and not subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(disk)], stderr=subprocess.DEVNULL, check=False
        ).returncode
    )
    if not mounted:
        pytest.skip("a small file system can only be mounted as root, where the system allows it")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_a_disk_that_is_full_is_named_and_the_old_snapshot_serves_on(small_disk, versions, encoder, policy):
    folder = SnapshotFolder(small_disk)
    folder.save(versions[0])
    space = os.statvfs(small_disk)
    (small_disk / "others").write_bytes(bytes((space.f_bavail - 20) * space.f_bsize))
    before = sorted(path for path in small_disk.rglob("*"))
    for _ in range(2):
        with pytest.raises(SnapshotError, match=r"No space left on device.*space on the disk"):
            folder.save(versions[1])
        assert sorted(path for path in small_disk.rglob("*")) == before
        assert folder.load(encoder, policy).version == versions[0].version
    (small_disk / "others").unlink()
    folder.save(versions[1])
    assert folder.load(encoder, policy).version == versions[1].version


def save_with_little_space(path: str, most_bytes: int) -> None:
    """Save a snapshot where no file may grow beyond so many bytes; exit with 7 when this is refused, and nothing is left of it."""
    encoder, policy = load_encoder(), load_policy()
    fit = Fit.fit(random_catalogue(0).courses, encoder)
    snapshot = build_snapshot(random_catalogue(1), 2, encoder, policy, fit=fit)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, resource.RLIM_INFINITY))
    try:
        SnapshotFolder(Path(path)).save(snapshot)
    except SnapshotError as error:
        left = list(Path(path).glob(".building-*"))
        os._exit(7 if "too large" in error.message.en and not left else 8)


def sizes(folder: Path) -> list[int]:
    return sorted({file.stat().st_size for file in folder.iterdir()})


@pytest.mark.parametrize("rank", [0, -3, -2, -1])
def test_wherever_writing_ends_the_old_snapshot_serves_on(tmp_path, versions, encoder, policy, rank):
    """One file after the other cannot be written to its last byte."""
    folder = SnapshotFolder(tmp_path)
    folder.save(versions[0])
    after = SnapshotFolder(tmp_path / "elsewhere")
    after.save(build_snapshot(random_catalogue(1), 2, encoder, policy, fit=versions[0].fit))
    most = sizes(served(after))[rank] - 1
    worker = SPAWN.Process(target=save_with_little_space, args=(str(tmp_path), most))
    worker.start()
    worker.join(LONG)
    assert worker.exitcode == 7
    assert folder.load(encoder, policy).version == folder.current() == versions[0].version
    assert folder.versions() == (versions[0].version,)


def test_an_index_that_finds_no_space_for_its_last_bytes_says_so(tmp_path, encoder, policy):
    """FAISS itself closes such a file, and says nothing."""
    worker = SPAWN.Process(target=_save_index_short_of_a_byte, args=(str(tmp_path),))
    worker.start()
    worker.join(LONG)
    assert worker.exitcode == 7


def _save_index_short_of_a_byte(path: str) -> None:
    index = VectorIndex.of(np.ones((1_000, 3), dtype=np.float32))
    index.save(Path(path) / "whole")
    size = (Path(path) / "whole").stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (size - 1, resource.RLIM_INFINITY))
    try:
        index.save(Path(path) / "short")
    except OSError:
        os._exit(7)


def test_a_folder_that_cannot_be_written_is_named(tmp_path, versions):
    (tmp_path / "file").write_text("")
    for work in (lambda f: f.save(versions[0]), lambda f: f.release(), lambda f: f.pin(versions[0].version)):
        with pytest.raises(SnapshotError, match=r"file.*JINXUE_STATE"):
            work(SnapshotFolder(tmp_path / "file"))


def test_a_larger_number_of_snapshots_is_kept_on_request(tmp_path, versions):
    for kept in (1, 4):
        folder = SnapshotFolder(tmp_path / str(kept), kept)
        for snapshot in versions:
            folder.save(snapshot)
        assert folder.versions() == names(versions[: -kept - 1 : -1])
