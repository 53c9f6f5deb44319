"""How fast a site's records are taken in over HTTP, and what those who ask for recommendations meanwhile notice of it.

python -m tests.benchmarks.sync [--lines 10000] [--seconds 10] [--database-url postgresql://…]

A live service on the bundled network. One caller asks for recommendations, each request another, one after the other: first alone, then while
another brings new course instances, in each mode. That makes the catalogue larger, and answers slower: so they are compared with those before
and after. Without a URL: in a SQLite file, then in a PostgreSQL of its own.
"""

import argparse
import json
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import httpx
from rich.console import Console
from rich.table import Table

from tests.live import LiveService
from tests.load.scene import GOALS, PLACES
from tests.postgres import PostgresServer, postgres_programs

MODES = ("all_or_nothing", "line_by_line")
_FORM = {"content-type": "application/x-ndjson"}


class Asker(threading.Thread):
    """Asks for recommendations until it is told to stop; `seconds` holds what each answer took."""

    def __init__(self, live: LiveService, numbers: Iterator[int]) -> None:
        super().__init__(daemon=True)
        self._live, self._numbers = live, numbers
        self._stopping = threading.Event()
        self.seconds: list[float] = []

    def run(self) -> None:
        """Ask."""
        with self._live.client() as client:
            for number in self._numbers:
                goal, place = GOALS[number % len(GOALS)], PLACES[number % len(PLACES)]
                begun = time.perf_counter()
                body = {"goal": f"{goal} {number}", "location": {"place": place}}
                client.post("/v1/recommendations", json=body).raise_for_status()
                self.seconds.append(time.perf_counter() - begun)
                if self._stopping.is_set():
                    return

    def stop(self) -> list[float]:
        """Return what was measured."""
        self._stopping.set()
        self.join()
        return self.seconds


def percentile(seconds: list[float], share: int) -> float:
    """Return a percentile in milliseconds."""
    return 1_000 * statistics.quantiles(seconds, n=100, method="inclusive")[share - 1]


def new_classes(client: httpx.Client, lines: int, name: str) -> bytes:
    """Return so many lines that bring classes nobody has."""
    total = client.get("/v1/courses?limit=1").json()["total"]
    pages = [client.get(f"/v1/courses?offset={offset}").json()["items"] for offset in range(0, total, 100)]
    courses = [item["course_id"] for page in pages for item in page]
    sites = [item["site_id"] for item in client.get("/v1/sites?status=active").json()["items"]]
    one = {"type": "course_instance", "mode": "at_site", "schedule": "weekend", "seats": 30, "enrolled": 3}
    whole = (
        {
            **one,
            "instance_id": f"{name}-{number}",
            "course_id": courses[number % len(courses)],
            "site_id": sites[number % len(sites)],
        }
        for number in range(lines)
    )
    return b"".join(json.dumps(line).encode() + b"\n" for line in whole)


def alone(live: LiveService, numbers: Iterator[int], seconds: float) -> list[float]:
    """Return what answers take while nothing else is done."""
    asker = Asker(live, numbers)
    asker.start()
    time.sleep(seconds)
    return asker.stop()


def tell(told: Table, engine: str, what: str, seconds: list[float], rate: str = "", ratios: str = "") -> None:
    """Add a row."""
    told.add_row(engine, what, rate, f"{percentile(seconds, 50):.1f}", f"{percentile(seconds, 99):.1f}", ratios)


def measure(state: Path, lines: int, seconds: float, url: str | None, told: Table) -> None:
    """Add a row for each thing that is done."""
    numbers, engine = count(), (url or "sqlite").partition(":")[0]
    with LiveService(state, database_url=url) as live, live.client(seconds=600) as client:
        alone(live, numbers, seconds)  # for warming up
        for mode in MODES:
            before = alone(live, numbers, seconds)
            tell(told, engine, "nothing", before)
            body = new_classes(client, lines, mode)
            asker = Asker(live, numbers)
            asker.start()
            begun = time.perf_counter()
            answer = client.post(f"/v1/sync?mode={mode}", content=body, headers=_FORM).raise_for_status()
            taken = time.perf_counter() - begun
            while live.ready()["catalogue_version"] < int(answer.headers["catalogue-version"]):
                time.sleep(0.02)
            seen = time.perf_counter() - begun - taken
            busy = asker.stop()
            summary = json.loads(answer.content.splitlines()[-1])["summary"]
            assert summary["counts"] == {"created": lines}, summary
            rate = f"{lines / taken:.0f} lines/s, seen {seen:.1f} s later"
            after = alone(live, numbers, seconds)
            ratios = (percentile(busy, 99) / percentile(idle, 99) for idle in (before, after))
            tell(told, engine, mode, busy, rate, " / ".join(f"{ratio:.1f}" for ratio in ratios))
            tell(told, engine, "nothing", after)
        seats = []
        for number in range(100):
            begun = time.perf_counter()
            client.patch(f"/v1/course-instances/{MODES[0]}-{number}", json={"enrolled": 9}).raise_for_status()
            seats.append(time.perf_counter() - begun)
        tell(told, engine, "PATCH of seats alone, itself", seats)


def main() -> None:
    """Print rates and latencies."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--database-url", help="an empty PostgreSQL database")
    options = parser.parse_args()
    told = Table("store", "meanwhile", "taken in", "answers p50 ms", "p99 ms", "times the idle before / after")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        urls: list[str | None] = [options.database_url] if options.database_url else [None]
        programs = postgres_programs()
        if programs is not None and not options.database_url:
            server = stack.enter_context(PostgresServer(programs))
            urls.append(stack.enter_context(server.database(empty=True)))
        for number, url in enumerate(urls):
            measure(folder / f"state-{number}", options.lines, options.seconds, url, told)
    Console().print(told)


if __name__ == "__main__":
    main()
