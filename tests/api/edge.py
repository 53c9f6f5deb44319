"""A small application behind the real layers and the real connections, and callers who write bytes."""

import asyncio
import contextlib
import json
import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import StreamingResponse

from api.accepting import Server
from api.capacity import Capacity
from api.errors import add_error_handlers
from api.headers import CrossOrigin, SecurityHeaders
from api.limits import BodyLimit
from api.rates import Rates
from api.server import configuration
from recommender.settings import Settings
from tests.api.answers import INNARDS
from tests.api.work import Work
from tests.live import PATIENCE_SECONDS

BLOCK = b"x" * 2**16


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def problem(self) -> dict[str, Any]:
        """The problem that it is, which must be of the one shape and tell nothing of the inside."""
        assert self.headers["content-type"] == "application/problem+json"
        assert self.headers["x-content-type-options"] == "nosniff"
        assert "server" not in self.headers
        told = json.loads(self.body)
        assert set(told) == {"type", "title", "status", "detail", "errors", "request_id"}
        assert told["status"] == self.status
        assert not INNARDS.search(self.body.decode())
        return dict(told)

    @property
    def fields(self) -> list[str]:
        return [error["field"] for error in self.problem["errors"]]


class Caller:
    """One connection."""

    def __init__(self, port: int, *, buffer: int | None = None) -> None:
        self.socket = socket.socket()
        if buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        self.socket.settimeout(PATIENCE_SECONDS)
        self.socket.connect(("127.0.0.1", port))
        self._read = self.socket.makefile("rb")

    def send(self, data: bytes | str) -> "Caller":
        self.socket.sendall(data.encode() if isinstance(data, str) else data)
        return self

    def ask(self, method: str, path: str, body: bytes = b"", *lines: str) -> Answer:
        return self.send(request(method, path, body, *lines)).answer(method)

    def answer(self, method: str = "GET") -> Answer:
        """Return the next answer; it must come whole."""
        first = self._read.readline()
        if not first:
            raise ConnectionError("hung up without an answer")
        assert first.startswith(b"HTTP/1.1 "), first
        headers = {}
        while (line := self._read.readline().strip()) != b"":
            name, _, value = line.decode("latin1").partition(": ")
            headers[name.lower()] = value
        length = 0 if method == "HEAD" else int(headers["content-length"])
        return Answer(int(first.split()[1]), headers, self._read.read(length))

    def is_closed(self, seconds: float = PATIENCE_SECONDS) -> bool:
        """Tell whether the other side hangs up in time; what it says before is passed over."""
        self.socket.settimeout(seconds)
        try:
            while self.socket.recv(2**16):
                pass
        except TimeoutError:
            return False
        except OSError:
            return True
        return True

    def begin(self, path: str, length: int) -> "Caller":
        """Begin to bring a body of so many bytes, and return when the service waits for it."""
        self.send(request("POST", path, b"", f"Content-Length: {length}", "Expect: 100-continue"))
        assert self._read.readline() == b"HTTP/1.1 100 Continue\r\n"
        assert self._read.readline() == b"\r\n"
        return self

    def close(self) -> None:
        self._read.close()
        self.socket.close()

    def __enter__(self) -> "Caller":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def request(method: str, path: str, body: bytes = b"", *lines: str) -> bytes:
    """Return a whole request."""
    length = [f"Content-Length: {len(body)}"] if body else []
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: x", *length, *lines, "", ""]).encode() + body


def ask(port: int, method: str, path: str, body: bytes = b"", *lines: str) -> Answer:
    """Ask once."""
    with Caller(port) as caller:
        return caller.ask(method, path, body, *lines)


@dataclass
class Edge:
    """The application as it runs, and the work in it that goes on until it is let go."""

    port: int
    app: FastAPI
    server: uvicorn.Server
    work: Work

    def ask(self, method: str, path: str, body: bytes = b"", *lines: str) -> Answer:
        return ask(self.port, method, path, body, *lines)

    def call(self, **options: Any) -> Caller:
        return Caller(self.port, **options)


def edge_app(settings: Settings, work: Work) -> FastAPI:
    """Return an application of a few routes behind the layers."""
    app = FastAPI()
    app.state.settings, app.state.rates = settings, Rates(settings)
    add_error_handlers(app)
    app.add_api_route("/quick", _quick)
    app.add_api_route("/healthz", _quick)
    app.add_api_route("/length", _length, methods=["POST"])
    app.add_api_route("/v1/sync", _length, methods=["POST"])
    app.add_api_route("/busy", _busy)
    app.add_api_route("/loop", work.in_loop)
    app.add_api_route("/thread", work.in_thread)
    app.add_api_route("/stream", _stream)
    app.add_api_route("/large", _large)
    app.add_api_route("/client", _client)
    app.add_middleware(BodyLimit, state=app.state)
    app.add_middleware(Capacity, state=app.state)
    app.add_middleware(CrossOrigin, state=app.state)
    app.add_middleware(SecurityHeaders, state=app.state)
    return app


async def _quick() -> dict[str, bool]:
    return {"quick": True}


async def _length(request: Request) -> int:
    return len(await request.body())


async def _busy() -> str:
    """Compute for a while, and let nobody else in meanwhile."""
    end = time.perf_counter() + 0.02
    while time.perf_counter() < end:
        pass
    return "done"


async def _stream(blocks: int = 1_000, pause: float = 0.0) -> StreamingResponse:
    async def stream() -> AsyncIterator[bytes]:
        for _ in range(blocks):
            yield BLOCK
            await asyncio.sleep(pause)

    return StreamingResponse(stream())


async def _large() -> Response:
    return Response(bytes(8_000_000))


async def _client(request: Request) -> dict[str, str]:
    assert request.client is not None
    return {"host": request.client.host, "scheme": request.url.scheme}


@contextlib.contextmanager
def edge(**settings: Any) -> Iterator[Edge]:
    """Serve the small application while the block runs."""
    told, work = Settings(**settings), Work()
    app = edge_app(told, work)
    server = Server(configuration(app, told))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.005)
        try:
            yield Edge(listening.getsockname()[1], app, server, work)
        finally:
            work.let_go()
            server.should_exit = True
            server.force_exit = True
            thread.join(10)
            assert not thread.is_alive()
