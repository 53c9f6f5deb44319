"""Clients that write and read without pause, and note in a ledger what they were told."""

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

import httpx

from recommender.registry import SyncMode
from recommender.registry.sync import CHUNK
from tests.faults.ledger import Key, Ledger, Seen
from tests.faults.town import COUNTERS, QUESTION, TWINS

FIRMS, LISTED = 600, 1_100
"""Enterprises in a sync of each mode: more than one chunk, and more than two."""


class Client(threading.Thread):
    """Takes one step after the other until it is told to stop, or the service is gone."""

    def __init__(self, http: httpx.Client, ledger: Ledger, stopping: threading.Event, rng: Random) -> None:
        super().__init__(daemon=True)
        self.http, self.ledger, self.stopping, self.rng = http, ledger, stopping, rng

    def run(self) -> None:
        """Go on until the end."""
        try:
            while not self.stopping.is_set():
                self.step()
        except httpx.TransportError:
            pass  # it was killed
        except httpx.HTTPStatusError as error:
            self.ledger.complaints.append(f"{type(self).__name__}: {error}: {error.response.text[:500]}")
        except Exception as error:  # noqa: BLE001  a thread's own would be lost
            self.ledger.complaints.append(f"{type(self).__name__}: {error!r}")

    def step(self) -> None:
        """Ask for something."""
        raise NotImplementedError

    def write(self, method: str, address: str, body: Any, writes: Mapping[Key, Mapping[str, Any] | None]) -> None:
        """Send a write, and note it before and after."""
        self.ledger.ask(writes)
        answer = self.http.request(method, address, json=body)
        self.ledger.acknowledge(writes, answer.raise_for_status().json()["catalogue_version"])


class SingleWriter(Client):
    """Counts up in one class, lets another come and go, and the last of them has a course's text reviewed."""

    def __init__(self, place: int, *given: Any) -> None:
        super().__init__(*given)
        self.counter, self.place = COUNTERS[place], place

    def step(self) -> None:
        """Write one record."""
        number = self.rng.randrange(10**6)
        if self.place == 0 and self.rng.random() < 0.2:
            return self._review(number)
        if self.rng.random() < 0.3:
            return self._come_and_go(number)
        fields = {"fee_yuan": float(number), "enrolled": number}
        return self.write(
            "PATCH", f"/v1/course-instances/{self.counter}", fields, {("course_instances", self.counter): fields}
        )

    def _come_and_go(self, number: int) -> None:
        name = f"guest-{self.place}-{number % 5}"
        key = ("course_instances", name)
        if self.ledger.acknowledged.get(key):
            return self.write("DELETE", f"/v1/course-instances/{name}", None, {key: None})
        fields = {"course_id": "counter", "mode": "online", "enrolled": number}
        return self.write("PUT", f"/v1/course-instances/{name}", fields, {key: fields})

    def _review(self, number: int) -> None:
        title = f"计数 {number}"
        self.http.patch("/v1/courses/counter", json={"title": title}).raise_for_status()
        decision = {"decision": "approved", "reason": "好"}
        self.write("POST", "/v1/courses/counter/reviews", decision, {("courses", "counter"): {"title": title}})


@dataclass(slots=True)
class Stream:
    """A sync: what it writes, its key, and the answer to it (empty before there is one)."""

    mode: SyncMode
    key: str
    writes: Mapping[Key, Mapping[str, Any]]
    answer: bytes = b""

    @property
    def chunk(self) -> int | None:
        """How many lines are done together, None for all."""
        return CHUNK if self.mode is SyncMode.LINE_BY_LINE else None

    @property
    def version(self) -> int:
        """The catalogue version that it was acknowledged with."""
        return int(json.loads(self.answer.splitlines()[-1])["summary"]["catalogue_version"])

    def send(self, http: httpx.Client) -> httpx.Response:
        """Send it, perhaps again."""
        headers = {"Idempotency-Key": self.key, "Content-Type": "application/x-ndjson"}
        body = "\n".join(map(_line, self.writes, self.writes.values())).encode()
        return http.post("/v1/sync", params={"mode": self.mode}, content=body, headers=headers)


class SyncWriter(Client):
    """Brings many records at once, all or nothing and line by line by turns. `last` is the present stream, `before` the one before."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.busy = threading.Event()
        self.last: Stream | None = None
        self.before: Stream | None = None

    def step(self) -> None:
        """Bring one stream."""
        number = self.rng.randrange(10**6)
        self.before = self.last
        if self.before is None or self.before.mode is SyncMode.LINE_BY_LINE:
            writes: dict[Key, Mapping[str, Any]] = {("course_instances", t): {"fee_yuan": float(number)} for t in TWINS}
            writes |= {("enterprises", f"firm-{row}"): {"headcount": number} for row in range(FIRMS)}
            self.last = Stream(SyncMode.ALL_OR_NOTHING, f"whole {number}", writes)
        else:
            writes = {("enterprises", f"listed-{row}"): {"headcount": number} for row in range(LISTED)}
            self.last = Stream(SyncMode.LINE_BY_LINE, f"lines {number}", writes)
        self.ledger.ask(writes)
        self.busy.set()
        self.last.answer = self.last.send(self.http).raise_for_status().content
        self.ledger.acknowledge(writes, self.last.version)


def _line(key: Key, fields: Mapping[str, Any]) -> str:
    table, record_id = key
    if table == "enterprises":
        return json.dumps({"type": "enterprise", "enterprise_id": record_id, "name": record_id, **fields})
    return json.dumps({"type": "course_instance", "action": "patch", "instance_id": record_id, **fields})


class Reader(Client):
    """Asks for recommendations, and for the records themselves."""

    def step(self) -> None:
        """Ask, and note what is seen of the twins."""
        question = {**QUESTION, "half_distance_km": self.rng.choice([5.0, self.rng.uniform(1, 20)])}
        answer = self.http.post("/v1/recommendations", json=question).raise_for_status().json()
        fees = {item["course"]["course_id"]: item["instance"]["fee_yuan"] for item in answer["items"]}
        self.ledger.seen.append(Seen(int(answer["snapshot"].split("-")[0]), tuple(fees[twin] for twin in TWINS)))
        record = self.http.get(f"/v1/course-instances/{TWINS[0]}/record").raise_for_status().json()
        fee = record["record"]["fee_yuan"]
        self.ledger.seen.append(Seen(record["version"], (fee,) * len(TWINS)))
