"""Real services in processes of their own, for tests that speak to them as a stranger would."""

import os
import shlex
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx

from recommender.bootstrap import Workshop
from recommender.errors import StoreError
from recommender.settings import Settings
from tests.callers import issue_key

ROOT = Path(__file__).parents[1]
PATIENCE_SECONDS = 60.0
_LINES_SHOWN = 8
_COMMAND = (sys.executable, "-m", "recommender.cli")
Seen = TypeVar("Seen")


def eventually(look: Callable[[], Seen], *, seconds: float = PATIENCE_SECONDS, told: Callable[[], str] = str) -> Seen:
    """Return what `look` returns once it is true; AssertionError with what is `told` when it never is."""
    end = time.monotonic() + seconds
    while not (seen := look()):
        assert time.monotonic() < end, f"not within {seconds:.0f} s: {told()}"
        time.sleep(0.02)
    return seen


class ServiceProcess:
    """`jinxue serve` on a state folder that holds what it needs, on a free port while the block runs.

    `settings` are the service's, by their names; several may share a state, or a database. What it says on stderr is in `log`.
    """

    def __init__(self, state: Path, **settings: object) -> None:
        bare = {name: value for name, value in os.environ.items() if not name.startswith("JINXUE_")}
        asked = {"rate_per_key": "100000/second", **settings}  # tests ask more often than callers should
        given = {f"JINXUE_{name.upper()}": str(value) for name, value in asked.items() if value is not None}
        self.environment = {**bare, "JINXUE_STATE": str(state), "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", **given}
        self.url = ""
        self.folder: Path | None = None  # where it is started, and looks for `.env`
        self.key = ""
        self.workshop = Workshop(Settings(state=state, database_url=settings.get("database_url"), _env_file=None))  # type: ignore[arg-type,call-arg]
        self.process: subprocess.Popen[str] | None = None
        self._log = state.with_name(f"{state.name}-{id(self):x}.log")

    def run_command(self, command: str, *, cwd: Path) -> subprocess.CompletedProcess[str]:
        """Run a command `[VARIABLE=value] jinxue …` as a shell with the installed script would."""
        words = shlex.split(command)
        script = words.index("jinxue")
        environment = {**self.environment, **dict(word.split("=", 1) for word in words[:script])}
        told = [*_COMMAND, *words[script + 1 :]]
        return subprocess.run(told, capture_output=True, text=True, cwd=cwd, env=environment, check=False)

    def launch(self) -> None:
        """Start the process; `key` is the administrator's, unless the store is away."""
        if not self.key:
            with suppress(StoreError), self.workshop.open_store() as store:
                self.key = issue_key(store).presented
        words = [*_COMMAND, "serve", "--port", "0"]
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                words, stdout=subprocess.PIPE, stderr=log, text=True, env=self.environment, cwd=self.folder
            )

    def await_ready(self) -> Self:
        """Return when it says that it answers."""
        assert self.process is not None
        assert self.process.stdout is not None
        patience = threading.Timer(PATIENCE_SECONDS, self.process.kill)
        patience.start()
        for line in self.process.stdout:
            if line.startswith("curl"):
                self.url = line.split()[2].removesuffix("/v1/recommendations")
                patience.cancel()
                return self
        patience.cancel()
        raise AssertionError(f"the service ended with {self.process.wait()}: {self.log}")

    def start(self) -> Self:
        """Start the process, and return when it says that it answers."""
        self.launch()
        return self.await_ready()

    @property
    def pid(self) -> int:
        """The process's number."""
        assert self.process is not None
        return self.process.pid

    @property
    def log(self) -> str:
        """What all processes of this service have said so far."""
        return self._log.read_text(encoding="utf-8")

    @property
    def said(self) -> str:
        """The end of the log without its requests: what a failing test shows, and what is wrong is found by."""
        return "\n".join([line for line in self.log.splitlines() if '"event":"request"' not in line][-_LINES_SHOWN:])

    def client(self, *, seconds: float = 30) -> httpx.Client:
        """Return a client of the process that runs now, who shows the administrator's key."""
        headers = {"authorization": f"Bearer {self.key}"} if self.key else {}
        return httpx.Client(base_url=self.url, timeout=seconds, trust_env=False, headers=headers)

    def ready(self) -> dict[str, Any]:
        """Return what `/readyz` says."""
        with self.client() as client:
            return dict(client.get("/readyz").raise_for_status().json())

    def end(self, number: int = signal.SIGTERM) -> int:
        """Send a signal, and return with what the process ended: minus the signal's number when it was that."""
        if self.process is None:
            return 0
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            return self.process.wait(timeout=40)
        finally:
            self.process.kill()
            assert self.process.stdout is not None
            self.process.stdout.close()

    def kill(self) -> None:
        """End it as a power cut would."""
        self.end(signal.SIGKILL)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()


class LiveService(ServiceProcess):
    """The bundled network, imported into `state`, built, and served while the block runs."""

    def __enter__(self) -> Self:
        for command in ("jinxue import", "jinxue build"):
            done = self.run_command(command, cwd=ROOT)
            assert done.returncode == 0, done.stderr
        return self.start()
