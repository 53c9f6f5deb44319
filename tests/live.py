"""A real service in a process of its own, for tests that speak to it as a stranger would."""

import os
import shlex
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).parents[1]


class LiveService:
    """The bundled network, imported into `state`, built, and served on a free port while the block runs."""

    def __init__(self, state: Path) -> None:
        self.environment = {**os.environ, "JINXUE_STATE": str(state), "PYTHONPATH": str(ROOT)}
        self.url = ""

    def run_command(self, command: str, *, cwd: Path) -> subprocess.CompletedProcess[str]:
        """Run a command `[VARIABLE=value] jinxue …` as a shell with the installed script would."""
        words = shlex.split(command)
        script = words.index("jinxue")
        environment = {**self.environment, **dict(word.split("=", 1) for word in words[:script])}
        told = [sys.executable, "-m", "recommender.cli", *words[script + 1 :]]
        return subprocess.run(told, capture_output=True, text=True, cwd=cwd, env=environment, check=False)

    def __enter__(self) -> Self:
        for command in ("jinxue import", "jinxue build"):
            done = self.run_command(command, cwd=ROOT)
            assert done.returncode == 0, done.stderr
        words = [sys.executable, "-m", "recommender.cli", "serve", "--port", "0"]
        self.process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=self.environment)
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith("curl"):
                self.url = line.split()[2].removesuffix("/v1/recommendations")
                return self
        raise AssertionError(f"the service ended with {self.process.wait()}")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.terminate()
        self.process.wait(timeout=10)
        if self.process.stdout is not None:
            self.process.stdout.close()
