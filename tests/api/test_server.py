"""One real process that serves: started, asked, given new snapshots, told to stop."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from api.schemas import Recommendations
from recommender.bootstrap import Workshop
from recommender.catalogue import write_catalogue
from recommender.settings import Settings
from recommender.snapshot import SnapshotFolder
from tests.callers import issue_key
from tests.networks import TODAY, Shape, random_catalogue

ROOT = Path(__file__).parents[2]


class Server:
    """`jinxue serve` in a process of its own; `output` is what it has printed until it was ready. It is asked with `key`."""

    def __init__(self, folder: Path, *options: str, key: str = "") -> None:
        self.key = key
        self.errors = folder / "stderr"
        environment = {name: value for name, value in os.environ.items() if not name.startswith("JINXUE_")}
        with self.errors.open("w") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-W", "error", "-m", "recommender.cli", "serve", "--port", "0", *options],
                env=environment | {"JINXUE_STATE": str(folder), "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                encoding="utf-8",
            )
        assert self.process.stdout is not None
        self.output: list[str] = []
        for line in self.process.stdout:
            self.output.append(line.rstrip("\n"))
            if line.startswith("curl "):
                break

    @property
    def url(self) -> str:
        return re.search(r"http://[^/（ ]+", self.output[0])[0]  # type: ignore[index]

    def get(self, path: str) -> Any:
        request = urllib.request.Request(self.url + path, headers={"Authorization": f"Bearer {self.key}"})
        with urllib.request.urlopen(request, timeout=10) as response:
            return json.load(response)

    def snapshot(self) -> str:
        return str(self.get("/readyz")["snapshot"])

    def stop(self, number: int = signal.SIGTERM) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            return self.process.wait(10)
        finally:
            self.process.kill()
            self.process.stdout.close()  # type: ignore[union-attr]


@pytest.fixture
def folder(tmp_path: Path, state: Path) -> Path:
    """A state folder with the bundled network, to be changed at will."""
    return shutil.copytree(state, tmp_path / "state")


@pytest.fixture
def key(folder: Path) -> str:
    """The administrator's."""
    with Workshop(Settings(state=folder)).open_store() as store:
        return issue_key(store).presented


@pytest.fixture
def serve(folder: Path, key: str) -> Iterator[Callable[..., Server]]:
    started: list[Server] = []

    def start(*options: str) -> Server:
        started.append(Server(folder, *options, key=key))
        return started[-1]

    yield start
    for server in started:
        server.stop()


def eventually(holds: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.05)
    return holds()


def build_another(folder: Path, seed: int) -> str:
    """Import a small network and build its snapshot, as another process would; return its version."""
    files = folder / f"network-{seed}.jsonl"
    write_catalogue(random_catalogue(seed, Shape(instances=60)), files)
    workshop = Workshop(Settings(state=folder))
    workshop.import_catalogue(files, today=TODAY, remove_missing=True)
    return workshop.build().version


def paste(server: Server, **variables: str) -> bytes:
    """Return what comes of the line that a server prints last, in a shell that has these variables."""
    assert server.output[-1].startswith(f"curl -s {server.url}/v1/recommendations ")
    command = ["bash", "-c", server.output[-1]]
    environment = {"PATH": os.environ["PATH"], **variables}
    return subprocess.run(command, capture_output=True, timeout=20, check=True, env=environment).stdout


@pytest.mark.parametrize("options", [(), ("--demo",)])
def test_the_line_it_prints_works_when_pasted_and_a_request_to_stop_ends_it_well(
    serve: Callable[..., Server], options: tuple[str, ...]
) -> None:
    server = serve(*options)
    assert re.fullmatch(r"近学已就绪：http://127\.0\.0\.1:\d+（文档 .+/docs）。试一试：", server.output[0])
    given = {} if options else {"JINXUE_KEY": server.key}
    answer = Recommendations.model_validate_json(paste(server, **given), strict=True)

    assert answer.items
    assert "place" not in answer.policy.no_part
    assert server.stop() == 0
    assert {json.loads(line)["level"] for line in server.errors.read_text().splitlines()} == {"info"}


def test_without_a_key_the_line_is_refused_unless_it_is_a_demo(serve: Callable[..., Server]) -> None:
    assert json.loads(paste(serve()))["status"] == 401


def test_an_interrupt_ends_it_well_too(serve: Callable[..., Server]) -> None:
    server = serve("--host", "localhost")

    assert server.get("/healthz") == {"status": "ok"}
    assert server.stop(signal.SIGINT) == 0
    assert "Traceback" not in server.errors.read_text()


def test_new_snapshots_are_taken_up_and_broken_ones_are_not(serve: Callable[..., Server], folder: Path) -> None:
    server = serve()
    bundled = server.snapshot()

    second = build_another(folder, 1)
    assert eventually(lambda: server.snapshot() == second, 10)

    snapshots = SnapshotFolder(folder / "snapshots")
    snapshots.pin(bundled)
    (snapshots.path / bundled / "instances.faiss").write_bytes(b"nothing of use")
    assert eventually(lambda: server.get("/readyz")["status"] == "degraded", 10)
    assert server.snapshot() == second
    assert server.errors.read_text().count('"level":"warning"') == 1
    snapshots.release()

    third = build_another(folder, 2)
    assert eventually(lambda: server.snapshot() == third, 10)
    assert len({bundled, second, third}) == 3
    assert server.stop() == 0
    assert "Traceback" not in server.errors.read_text()


def test_a_broken_snapshot_is_built_anew_at_the_start(serve: Callable[..., Server], folder: Path) -> None:
    current = (folder / "snapshots" / "CURRENT").read_text().strip()
    (folder / "snapshots" / current / "learners.faiss").unlink()

    # the same records and fit; that the fit is in the store now is a write
    assert serve().snapshot().partition("-")[2] == current.partition("-")[2]


def refused(folder: Path, *options: str) -> str:
    """Return the one sentence with which the command refuses."""
    server = Server(folder, *options)
    assert server.output == []
    assert server.process.wait(20) == 1
    server.stop()
    sentence = server.errors.read_text(encoding="utf-8").strip()
    assert "Traceback" not in sentence
    assert len(sentence.splitlines()) == 1
    return sentence


def test_a_taken_port_is_said_in_one_sentence(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert f"127.0.0.1:{port}" in refused(folder, "--port", str(port))


def test_an_address_of_another_machine_is_said_in_one_sentence(folder: Path) -> None:
    assert "192.0.2.1" in refused(folder, "--host", "192.0.2.1")


def test_a_name_that_is_no_address_is_said_in_one_sentence(folder: Path) -> None:
    assert "no.such.host.invalid" in refused(folder, "--host", "no.such.host.invalid")


def test_without_a_catalogue_there_is_nothing_to_serve(tmp_path: Path) -> None:
    assert "jinxue import" in refused(tmp_path)
