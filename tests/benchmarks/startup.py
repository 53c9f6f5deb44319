"""From process start to ready, with a built snapshot.

python -m tests.benchmarks.startup [--rounds 5]
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from rich.console import Console
from rich.progress import track

from recommender.bootstrap import Workshop
from recommender.settings import Settings
from tests.callers import issue_key, showing


def start(state: str, port: int, headers: dict[str, str]) -> float:
    """Return seconds from the start of `jinxue serve` until /readyz answers who shows a key."""
    asked = urllib.request.Request(f"http://127.0.0.1:{port}/readyz", headers=headers)
    begun = time.perf_counter()
    command = [sys.executable, "-m", "recommender.cli", "serve", "--state", state, "--port", str(port)]
    quiet = os.environ | {"JINXUE_LOG_LEVEL": "warning"}
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=quiet)
    try:
        while True:
            try:
                with urllib.request.urlopen(asked, timeout=5):
                    return time.perf_counter() - begun
            except urllib.error.HTTPError:
                raise
            except (urllib.error.URLError, TimeoutError):
                time.sleep(0.01)
    finally:
        server.terminate()
        server.wait()


def main() -> None:
    """Print the median of the rounds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as state:
        workshop = Workshop(Settings(state=Path(state)))
        workshop.import_catalogue(None, today=workshop.today())
        workshop.build()
        with workshop.open_store() as store:
            headers = showing(issue_key(store))
        port = 20_000 + os.getpid() % 20_000
        seconds = [start(state, port, headers) for _ in track(range(options.rounds), "…", console=Console(stderr=True))]
    Console().print(f"ready after {statistics.median(seconds):.2f} s (from {min(seconds):.2f} to {max(seconds):.2f})")


if __name__ == "__main__":
    main()
