"""The request rate of the service over HTTP beside that of an empty FastAPI endpoint that returns the same bytes, in one run.

python -m tests.benchmarks.http_rate [--seconds 4] [--rounds 3]

One worker, 8 connections, each request with a key. "repeated" sends one request again and again, "distinct" sends different learners'
requests to a service that keeps no answers. The rounds take turns, so that a machine whose speed drifts is fair to all; the medians of the rounds are compared.
"""

import argparse
import asyncio
import contextlib
import json
import multiprocessing
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import httpx
import uvicorn
from fastapi import FastAPI, Response
from rich.console import Console
from rich.progress import track
from rich.table import Table

from api import create_app, logs
from api.connections import Connection
from recommender.bootstrap import Workshop
from recommender.settings import Settings
from tests.callers import issue_key, showing

CONNECTIONS = 8
PATH = "/v1/recommendations"


class Client(asyncio.Protocol):
    """One keep-alive connection that sends the next request as soon as an answer is whole; it parses no more than it must."""

    def __init__(self, requests: Sequence[bytes], start: int) -> None:
        self.requests, self.turn, self.answered = requests, start, 0
        self.buffered = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.send()

    def send(self) -> None:
        self.transport.write(self.requests[self.turn % len(self.requests)])  # type: ignore[attr-defined]
        self.turn += CONNECTIONS

    def data_received(self, data: bytes) -> None:
        self.buffered += data
        head = self.buffered.find(b"\r\n\r\n")
        if head < 0:
            return
        if not self.buffered.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(self.buffered[:500])
        length = int(self.buffered[:head].lower().split(b"content-length:")[1].split(b"\r\n")[0])
        if len(self.buffered) >= head + 4 + length:
            self.buffered = b""
            self.answered += 1
            self.send()


async def load(port: int, requests: Sequence[bytes], seconds: float) -> float:
    """Return answers per second."""
    loop = asyncio.get_running_loop()
    clients = [Client(requests, start) for start in range(CONNECTIONS)]
    transports = [(await loop.create_connection(lambda c=c: c, "127.0.0.1", port))[0] for c in clients]  # type: ignore[misc]
    await asyncio.sleep(0.5)  # warm up
    before, start = sum(c.answered for c in clients), time.perf_counter()
    await asyncio.sleep(seconds)
    rate = (sum(c.answered for c in clients) - before) / (time.perf_counter() - start)
    for transport in transports:
        transport.close()
    return rate


def serve_empty(port: int, body: bytes) -> None:
    """Serve an endpoint that does nothing but return `body`."""
    app = FastAPI()

    @app.post(PATH)
    async def empty() -> Response:
        return Response(body, media_type="application/json")

    uvicorn.run(app, port=port, log_level="error", access_log=False)


def serve_jinxue(port: int, state: Path, kept: int) -> None:
    """Serve the application as `jinxue serve` does, with a line in the log for every request, which nobody reads."""
    with Path(os.devnull).open("w") as nobody:
        os.dup2(nobody.fileno(), sys.stderr.fileno())
    logs.set_up("info")
    app = create_app(Settings(state=state, kept_answers=kept, rate_per_key="100000/second"))
    uvicorn.run(app, port=port, http=Connection, log_config=None, log_level="warning", access_log=False)


@contextlib.contextmanager
def process(target: object, port: int, *arguments: object) -> Iterator[int]:
    """Run a server in a process of its own until the block ends."""
    server = multiprocessing.Process(target=target, args=(port, *arguments), daemon=True)  # type: ignore[arg-type]
    server.start()
    for _ in range(300):
        with contextlib.suppress(httpx.HTTPError):
            httpx.get(f"http://127.0.0.1:{port}/healthz")
            break
        time.sleep(0.1)
    yield port
    server.terminate()
    server.join()


def raw(body: bytes, headers: Mapping[str, str]) -> bytes:
    """Return a whole HTTP request."""
    fields = {"Host": "x", "Content-Type": "application/json", "Content-Length": str(len(body)), **headers}
    lines = [f"POST {PATH} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items()), "", ""]
    return "\r\n".join(lines).encode() + body


def bodies(workshop: Workshop) -> list[bytes]:
    """Return the stored learners' profiles as request bodies."""
    catalogue, _ = workshop.read_store()
    return [
        json.dumps({"goal": one.goal, "occupation": one.occupation, "location": {"place": one.place}}).encode()
        for one in catalogue.learners
        if one.goal and one.occupation and one.place
    ]


def measure(seconds: float, rounds: int) -> dict[str, list[float]]:
    """Return answers per second by case, one figure per round."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(state=Path(folder))
        workshop = Workshop(settings)
        workshop.import_catalogue(None, today=workshop.today())
        workshop.build()
        with workshop.open_store() as store:
            headers = showing(issue_key(store))
        requests = [raw(body, headers) for body in bodies(workshop)]
        port = 20_000 + os.getpid() % 20_000
        with (
            process(serve_jinxue, port, settings.state, 0) as distinct,
            process(serve_jinxue, port + 1, settings.state, 1024) as repeated,
        ):
            answer = (
                httpx.post(
                    f"http://127.0.0.1:{repeated}{PATH}",
                    content=bodies(workshop)[0],
                    headers={"Content-Type": "application/json", **headers},
                )
                .raise_for_status()
                .content
            )
            with process(serve_empty, port + 2, answer) as empty:
                cases = {
                    f"empty endpoint, the same {len(answer)} bytes": (empty, requests[:1]),
                    "jinxue, one request repeated": (repeated, requests[:1]),
                    f"jinxue, {len(requests)} distinct requests, none kept": (distinct, requests),
                }
                rates: dict[str, list[float]] = {name: [] for name in cases}
                for _ in track(range(rounds), "…", console=Console(stderr=True)):
                    for name, (at, sent) in cases.items():
                        rates[name].append(asyncio.run(load(at, sent, seconds)))
                return rates


def main() -> None:
    """Print rates and their ratio to the empty endpoint's."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    rates = measure(options.seconds, options.rounds)
    table = Table("", "answers/s", "of the empty endpoint")
    reference = statistics.median(next(iter(rates.values())))
    for name, values in rates.items():
        table.add_row(name, f"{statistics.median(values):.0f}", f"{statistics.median(values) / reference:.0%}")
    Console().print(table)


if __name__ == "__main__":
    main()
