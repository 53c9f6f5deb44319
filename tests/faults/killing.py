"""A service is killed while it works: one trial, and what must hold afterwards."""

import multiprocessing
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Self

import httpx

from recommender.doctor import Severity, examine
from tests.faults.clients import Reader, SingleWriter, Stream, SyncWriter
from tests.faults.ledger import Ledger
from tests.faults.town import COUNTERS, found_town, workshop_at
from tests.live import ServiceProcess, eventually

PHASES = ("writes", "sync", "save", "build", "start")


@dataclass(frozen=True, slots=True)
class Trial:
    """When the service is killed: while single `writes`, a `sync`, the saving of its own snapshot, a `build` beside it, or a `start` goes on."""

    seed: int

    @property
    def phase(self) -> str:
        """What goes on: each in turn, so that a few trials have all of them."""
        return PHASES[self.seed % len(PHASES)]


class Victim:
    """A service on a town of its own that outlives any number of trials."""

    def __init__(self, state: Path, database_url: str | None = None) -> None:
        self.workshop = found_town(state, database_url)
        self.ledger = Ledger()
        self._url = database_url
        self._service = ServiceProcess(state, database_url=database_url, refit_seconds=0)

    def __enter__(self) -> Self:
        self._service.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._service.kill()

    def undergo(self, trial: Trial) -> list[str]:
        """Kill the service, start it again, and return what does not hold."""
        rng = Random(trial.seed)
        with self._service.client() as http:
            sync = self._disturb(trial.phase, http, rng)
        if trial.phase == "start":
            self._service.launch()
            self._await_saving(rng.uniform(0.2, 4))
            self._service.kill()
        try:
            self._service.start()
            failures = [*dict.fromkeys(self._check(sync))]
        except (AssertionError, httpx.HTTPError) as error:
            failures = [repr(error)]
        if failures:
            self.ledger = Ledger()
        return failures

    def _disturb(self, phase: str, http: httpx.Client, rng: Random) -> SyncWriter:
        """Let clients work until the service is killed."""
        stopping = threading.Event()
        given = [(http, self.ledger, stopping, Random(rng.random())) for _ in range(len(COUNTERS) + 2)]
        sync = SyncWriter(*given[0])
        clients = [sync, Reader(*given[1]), *(SingleWriter(n, *each) for n, each in enumerate(given[2:]))]
        builder = self._builder() if phase == "build" else None
        for client in clients:
            client.start()
        match phase:
            case "sync":
                sync.busy.wait(10)
                sync.busy.clear()
                sync.busy.wait(10)
                time.sleep(rng.uniform(0, 0.4))
            case "save":
                time.sleep(rng.uniform(0, 0.5))
                stopping.set()
                self._await_saving(5)
                time.sleep(rng.choice([0, rng.uniform(0, 0.05)]))
            case "build":
                self._await_saving(15)
                time.sleep(rng.choice([0, rng.uniform(0, 0.3)]))
            case _:
                time.sleep(rng.uniform(0.1, 1.5))
        if builder is not None:
            self._kill_builder(builder)
            time.sleep(rng.choice([0, 0, rng.uniform(0, 0.3)]))
        self._service.kill()
        for client in clients:
            client.join()
        return sync

    def _builder(self) -> multiprocessing.process.BaseProcess:
        process = multiprocessing.get_context("spawn").Process(
            target=build_for_ever, args=(self.workshop.settings.state, self._url)
        )
        process.start()
        return process

    def _kill_builder(self, builder: multiprocessing.process.BaseProcess) -> None:
        if builder.exitcode is not None:
            self.ledger.complaints.append(f"the build ended with {builder.exitcode}")
        builder.kill()
        builder.join()

    def _await_saving(self, seconds: float) -> None:
        """Return when a snapshot begins to be written, or after so long."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and not self._leftovers():
            time.sleep(0.001)

    def _leftovers(self) -> list[Path]:
        return [*self.workshop.snapshots.path.glob(".building-*")]

    def _check(self, sync: SyncWriter) -> Iterator[str]:
        yield from self.ledger.complaints
        self.ledger.complaints.clear()
        with self.workshop.open_store() as store, self._service.client() as http:
            yield from self.ledger.check(store)
            if sync.last:
                yield from self.ledger.check_stream(store, sync.last.writes, chunk=sync.last.chunk)
                yield from _repeat(sync.last, http)
                self.ledger.ask(sync.last.writes)
                self.ledger.acknowledge(sync.last.writes, sync.last.version)
            if sync.before:
                yield from _repeat(sync.before, http)
            yield from self.ledger.check(store)
            yield from self.ledger.check_seen(store)
            latest = store.version()
            assert latest is not None
            wanted = max(latest.version, self.ledger.version)
            eventually(lambda: self._is_ready(wanted), told=lambda: str(self._service.ready()))
            yield from self._check_answers(http)
        self.workshop.build(keep_words=True)
        yield from (f"left over: {path.name}" for path in self._leftovers())
        yield from (found.message.en for found in examine(self.workshop) if found.severity is Severity.WRONG)

    def _is_ready(self, version: int) -> bool:
        told = self._service.ready()
        return told["status"] == "ready" and told["catalogue_version"] >= version

    def _check_answers(self, http: httpx.Client) -> Iterator[str]:
        """Yield what the service's answers do not tell of what was acknowledged."""
        course = http.get("/v1/courses/counter").raise_for_status().json()
        fees = {each["instance_id"]: each["fee_yuan"] for each in course["course_instances"]}
        for (table, record_id), fields in self.ledger.acknowledged.items():
            if table == "course_instances" and record_id.startswith(("counter", "guest")):
                if (fields is not None) != (record_id in fees):
                    yield f"{record_id} is {'not ' * (fields is not None)}in the answer"
                elif fields and fees[record_id] != fields.get("fee_yuan"):
                    yield f"{record_id} has fee {fees[record_id]} in the answer instead of {fields['fee_yuan']}"
            elif table == "courses" and fields and course["title"] != fields["title"]:
                yield f"the title is {course['title']} in the answer instead of {fields['title']}"


def _repeat(stream: Stream, http: httpx.Client) -> Iterator[str]:
    """Send a stream again, and yield what that does wrong."""
    answer = stream.send(http)
    if answer.status_code != 200:
        yield f"a repeated sync is answered with {answer.status_code}: {answer.text[:500]}"
    elif not stream.answer:
        stream.answer = answer.content
    elif (answer.content, answer.headers.get("Idempotency-Replayed")) != (stream.answer, "true"):
        yield "a repeated sync is not answered as it was before"


def build_for_ever(state: Path, database_url: str | None) -> None:
    """Build one snapshot after the other."""
    workshop = workshop_at(state, database_url)
    while True:
        workshop.build()
