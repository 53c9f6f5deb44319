"""While the disk is full, the old snapshot stays on it, the new one answers from memory, and what is wrong is said."""

import resource
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from recommender.encoder import Encoder
from recommender.errors import SnapshotError
from tests.faults.conftest import Serve
from tests.faults.town import found_town
from tests.live import ServiceProcess, eventually

DISK_BYTES = 4_000_000


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own for the snapshots; return the state folder that has it."""
    place = tmp_path / "state" / "snapshots"
    place.mkdir(parents=True)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", place], check=False).returncode:
        pytest.skip("Only an administrator can mount a small disk.")
    yield tmp_path / "state"
    subprocess.run(["umount", "--lazy", place], check=True)


def fill(disk: Path) -> Path:
    """Fill a disk to the last byte; return the file that does it."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))
    return ballast


def parts(service: ServiceProcess) -> list[str]:
    """Return the parts that `/readyz` says do not work."""
    return [problem["part"] for problem in service.ready()["problems"]]


def write(service: ServiceProcess, fee: int) -> int:
    """Write a fee, wait until it is seen, and return the catalogue version."""
    with service.client() as http:
        written = http.patch("/v1/course-instances/twin-a", json={"fee_yuan": fee}).raise_for_status().json()
        version = int(written["catalogue_version"])
        eventually(lambda: service.ready()["catalogue_version"] >= version, told=lambda: service.said)
        classes = http.get("/v1/courses/twin-a").raise_for_status().json()["course_instances"]
        assert [each["fee_yuan"] for each in classes] == [fee]
        return version


def test_a_service_answers_what_is_new_while_it_cannot_be_saved_and_saves_it_when_it_can(
    small_disk: Path, serve: Serve, encoder: Encoder
) -> None:
    workshop = found_town(small_disk)
    folder, old = workshop.snapshots, workshop.snapshots.current()
    service, ballast = serve(small_disk), fill(workshop.snapshots.path)
    write(service, 1)
    eventually(lambda: parts(service) == ["disk"], told=lambda: service.said)
    assert service.ready()["status"] == "degraded"
    assert folder.load(encoder, workshop.policy).version == folder.current() == old

    version = write(service, 2)
    ballast.unlink()
    eventually(lambda: service.ready()["status"] == "ready", told=lambda: service.said)
    assert folder.load(encoder, workshop.policy).catalogue_version == version
    assert service.log.count('"level":"warning"') == 1


def test_a_service_starts_on_a_full_disk(small_disk: Path, serve: Serve) -> None:
    workshop = found_town(small_disk)
    service, ballast = serve(small_disk), fill(workshop.snapshots.path)
    version = write(service, 3)
    service.kill()
    service.start()
    assert service.ready()["catalogue_version"] == version
    eventually(lambda: parts(service) == ["disk"], told=lambda: service.said)
    ballast.unlink()
    eventually(lambda: service.ready()["status"] == "ready", told=lambda: service.said)


def test_a_build_that_finds_no_space_says_so_and_leaves_nothing(small_disk: Path, encoder: Encoder) -> None:
    workshop = found_town(small_disk)
    before = {path: path.stat().st_mtime_ns for path in workshop.snapshots.path.rglob("*") if path.is_file()}
    with workshop.open_store() as store, store.write(source="later", day=workshop.today()):
        pass
    ballast = fill(workshop.snapshots.path)
    with pytest.raises(SnapshotError, match="space"):
        workshop.build(encoder)
    ballast.unlink()
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert {path for path in workshop.snapshots.path.rglob("*") if path.is_file()} == set(before)


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="Only Linux limits the files of another process.")
def test_when_no_file_can_grow_writes_are_told_to_come_again_and_those_taken_are_kept(
    state: Path, serve: Serve
) -> None:
    service, taken = serve(state), 0
    _, hard = resource.prlimit(service.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(service.pid, resource.RLIMIT_FSIZE, (100_000, hard))
    with service.client() as http:
        for fee in range(1, 200):
            answer = http.patch("/v1/course-instances/twin-b", json={"fee_yuan": fee})
            if answer.status_code == 503:
                break
            taken = fee if answer.raise_for_status() else 0
        assert (answer.status_code, "Retry-After" in answer.headers) == (503, True)
        assert http.get("/v1/courses/twin-b").status_code == 200
        resource.prlimit(service.pid, resource.RLIMIT_FSIZE, (hard, hard))
        assert http.get("/v1/course-instances/twin-b/record").json()["record"]["fee_yuan"] == taken
        write(service, 500)
        eventually(lambda: service.ready()["status"] == "ready", told=lambda: service.said)
