"""A live service on the bundled network, and what is asked of it."""

import json
import socket
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random
from urllib.parse import urlsplit

import httpx

from recommender.domain import Approval
from tests.live import LiveService
from tests.load.asking import raw

GOALS = (
    "工业机器人维护",
    "数控编程",
    "低压电工证",
    "班组管理",
    "无人机操控",
    "养老护理",
    "新能源汽车检修",
    "短视频运营",
)
PLACES = ("坪山区坑梓街道", "宝安区沙井街道", "南山区粤海街道", "龙华区", "光明区凤凰街道")
_DISTINCT, _SYNCED = 5_000, 50
_LINES = {"content-type": "application/x-ndjson"}


def port_of(live: LiveService) -> int:
    """Return where a service answers."""
    port = urlsplit(live.url).port
    assert port is not None
    return port


def rss(live: LiveService) -> float:
    """Return the memory that a service has, in MB."""
    pages = Path(f"/proc/{live.pid}/statm").read_text().split()[1]
    return int(pages) * 4096 / 2**20


def distinct(key: str, count: int = _DISTINCT) -> list[bytes]:
    """Return so many requests for recommendations, each another."""
    rng = Random(0)
    bodies = (
        {
            "goal": f"{rng.choice(GOALS)} {number}",
            "location": {"place": rng.choice(PLACES)},
            "half_distance_km": rng.choice([3, 5, 8]),
        }
        for number in range(count)
    )
    return [raw("POST", "/v1/recommendations", key, json.dumps(body).encode()) for body in bodies]


def kinds_of(live: LiveService) -> Mapping[str, Sequence[bytes]]:
    """Return requests of every kind that makes a load."""
    key = live.key
    catalogue, _ = live.workshop.read_store()
    courses = [one.course_id for one in catalogue.courses if one.approval is Approval.APPROVED]
    classes = [one.instance_id for one in catalogue.course_instances]
    recommended = distinct(key)
    bad = [
        (b'{"goal": "x", "k": 0}'),
        b"{",
        b'{"goal": "x", "nope": 1}',
        b'{"location": {"place": "nowhere"}, "goal": "x"}',
    ]
    return {
        "recommend": recommended,
        "repeated": recommended[:1],
        "audience": [raw("POST", "/v1/audiences", key, json.dumps({"instance_id": one}).encode()) for one in classes],
        "catalogue": [raw("GET", f"/v1/courses/{course}", key) for course in courses],
        "bad": [
            *(raw("POST", "/v1/recommendations", key, body) for body in bad),
            raw("GET", "/nope", key),
            raw("GET", "/v1/taxonomy", "jinxue_wrong"),
        ],
    }


TURNS = (*["recommend"] * 24, *["repeated"] * 12, "audience", *["catalogue"] * 8, *["bad"] * 5)


def shuffled(turns: Sequence[str] = TURNS) -> list[str]:
    """Return many turns in an order that is always the same."""
    many = list(turns) * 20
    Random(1).shuffle(many)
    return many


@contextmanager
def slow_clients(live: LiveService, count: int = 20) -> Iterator[None]:
    """Let so many open connections and say next to nothing while the block runs."""
    stopping = threading.Event()

    def drip() -> None:
        held: list[socket.socket] = []
        while not stopping.wait(0.5):
            for one in list(held):
                try:
                    one.send(b"x")
                except OSError:
                    one.close()
                    held.remove(one)
            while len(held) < count:
                held.append(socket.create_connection(("127.0.0.1", port_of(live))))
                held[-1].send(b"GET / HTTP/1.1\r\nX-Never-Ending: ")
        for one in held:
            one.close()

    with _beside(drip, stopping):
        yield


@contextmanager
def syncing(live: LiveService, statuses: list[int], *, every_seconds: float = 10) -> Iterator[None]:
    """Let a site bring how many are enrolled now and then while the block runs; note the statuses of the answers."""
    stopping = threading.Event()
    catalogue, _ = live.workshop.read_store()
    classes = [one.instance_id for one in catalogue.course_instances[:_SYNCED]]

    def bring() -> None:
        with live.client(seconds=60) as client:
            for number in range(10**6):
                lines = (
                    {"type": "course_instance", "action": "patch", "instance_id": one, "enrolled": number % 7}
                    for one in classes
                )
                body = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
                try:
                    statuses.append(client.post("/v1/sync", content=body, headers=_LINES).status_code)
                except httpx.HTTPError:
                    statuses.append(0)
                if stopping.wait(every_seconds):
                    return

    with _beside(bring, stopping):
        yield


@contextmanager
def _beside(work: object, stopping: threading.Event) -> Iterator[None]:
    thread = threading.Thread(target=work, daemon=True)  # type: ignore[arg-type]
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join()


class Watch(threading.Thread):
    """Notes a service's memory every second."""

    def __init__(self, live: LiveService) -> None:
        super().__init__(daemon=True)
        self._live, self._stopping = live, threading.Event()
        self.seen: list[tuple[float, float]] = []

    def run(self) -> None:
        """Look."""
        begun = time.monotonic()
        while not self._stopping.wait(1):
            self.seen.append((time.monotonic() - begun, rss(self._live)))

    def stop(self) -> None:
        """Look no more."""
        self._stopping.set()
        self.join()

    def around(self, second: float, *, width: float) -> float:
        """Return the mean memory around a moment, in MB."""
        found = [memory for at, memory in self.seen if abs(at - second) <= width / 2]
        return sum(found) / len(found)
