"""Hundreds who open connections and say next to nothing: others do not notice."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.api.edge import ask
from tests.faults.conftest import Serve
from tests.faults.town import QUESTION
from tests.live import ServiceProcess, eventually

SLOW, MOST_REFUSED = 400, 1_000
HEAD = b"POST /v1/recommendations HTTP/1.1\r\nHost: x\r\nX-Never-Ending: "


class Drippers(threading.Thread):
    """So many connections that send a byte now and then, and come again when they are shown out."""

    def __init__(self, url: str, count: int) -> None:
        super().__init__(daemon=True)
        self._address = ("127.0.0.1", urlsplit(url).port)
        self._count, self._stopping = count, threading.Event()
        self.shown_out = 0

    def run(self) -> None:
        held = [self._come() for _ in range(self._count)]
        while not self._stopping.is_set():
            for place, one in enumerate(held):
                try:
                    one.send(b"x")
                except OSError:
                    one.close()
                    self.shown_out += 1
                    held[place] = self._come()
            self._stopping.wait(0.25)
        for one in held:
            one.close()

    def _come(self) -> socket.socket:
        one = socket.create_connection(self._address)
        one.setblocking(False)
        one.send(HEAD)
        return one

    def stop(self) -> None:
        self._stopping.set()
        self.join()


@contextmanager
def dripping(service: ServiceProcess) -> Iterator[Drippers]:
    slow = Drippers(service.url, SLOW)
    slow.start()
    try:
        time.sleep(1)
        yield slow
    finally:
        slow.stop()


def served(service: ServiceProcess, count: int) -> int:
    """Ask until so many answers have come, each on a connection of its own; return how often there was no room."""
    port, key, refused = urlsplit(service.url).port, f"Authorization: Bearer {service.key}", 0
    for number in range(count):
        body = json.dumps({**QUESTION, "half_distance_km": 1 + number % 50}).encode()
        while (status := asked(port, body, key)) != 200:
            assert status in (None, 503)
            assert refused < MOST_REFUSED
            refused += 1
            time.sleep(0.05)
    return refused


def asked(port: int | None, body: bytes, key: str) -> int | None:
    """Return the status of an answer, None for none."""
    assert port is not None
    try:
        return ask(port, "POST", "/v1/recommendations", body, key, "Content-Type: application/json").status
    except OSError:
        return None


@pytest.mark.parametrize("room", [1_000, 100], ids=["with room for all", "with room for few"])
def test_slow_clients_hold_up_nobody(state: Path, serve: Serve, room: int) -> None:
    service = serve(state, maximum_header_seconds=1, maximum_connections=room)
    with dripping(service) as slow:
        refused = served(service, 100)
        eventually(lambda: slow.shown_out >= SLOW)
        refused += served(service, 100)

    assert refused == 0 or room < SLOW

    assert "Traceback" not in service.log
    assert service.end() == 0
