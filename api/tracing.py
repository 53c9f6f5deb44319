"""The outermost layer: every request gets an id, a line in the log and its place in the metrics, and nothing else leaves than an answer."""

import contextlib
import logging
import re
import time
from random import getrandbits
from typing import Any
from uuid import UUID

import structlog
from fastapi import Request
from starlette.datastructures import State
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import problem
from api.logs import told

HEADER = b"x-request-id"
UNKNOWN = "unknown"
"""The route of a request that was refused before it came to one, or that none is for."""

_QUIET = frozenset({"/healthz", "/metrics"})
_GIVEN = re.compile(rb"[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_GONE = 499
_log = logging.getLogger("jinxue")


class Tracing:
    """ASGI middleware: request ids, the log of requests, `state.metrics`, and an answer to every exception that is left.

    Never told: an address, a path, a query, a body.
    """

    def __init__(self, app: ASGIApp, state: State) -> None:
        self._app, self._metrics = app, state.metrics
        self._log = structlog.get_logger()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and tell of it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer = _Answer(scope, send)
        self._metrics.in_flight += 1
        try:
            await self._app(scope, receive, answer.send)
        except Exception as error:  # noqa: BLE001  the server would print it, trace and all
            _log.error("unexpected", extra={"said": {"request_id": answer.request_id, **told(error)}})
            if answer.status is None:
                await problem(Request(scope), 500)(scope, receive, answer.send)
        finally:
            self._metrics.in_flight -= 1
            self._tell(scope, answer)
            # an idle connection holds on to its last request, which would hold a snapshot that was replaced long ago
            scope["state"].clear()

    def _tell(self, scope: Scope, answer: "_Answer") -> None:
        seconds = time.perf_counter() - answer.began
        route, method, status = _route(scope), scope["method"], answer.status or _GONE
        self._metrics.handled(route, method, status, seconds, reason=scope["state"].get("refused"))
        level = logging.DEBUG if route in _QUIET else logging.INFO
        if _log.isEnabledFor(level):
            with contextlib.suppress(OSError):  # nobody reads it: that must stop nothing
                self._log.log(
                    level,
                    "request",
                    request_id=answer.request_id,
                    key_id=getattr(scope["state"].get("caller"), "key_id", None),
                    route=route,
                    method=method,
                    status=status,
                    milliseconds=round(seconds * 1000, 3),
                    bytes=answer.bytes,
                )


class _Answer:
    """What is sent to one request: its id goes with it, and what has been sent is counted."""

    __slots__ = ("_send", "began", "bytes", "request_id", "status")

    def __init__(self, scope: Scope, send: Send) -> None:
        self.began = time.perf_counter()
        self.request_id = scope.setdefault("state", {})["request_id"] = _request_id(scope)
        self.status: int | None = None
        self.bytes = 0
        self._send = send

    async def send(self, message: Message) -> None:
        """Send a message of the answer."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = [*message.get("headers", ()), (HEADER, self.request_id.encode())]
        else:
            self.bytes += len(message.get("body", b""))
        await self._send(message)


def _request_id(scope: Scope) -> str:
    """Return the id that the caller gives if it can be nothing but one, else a new one."""
    for name, value in scope["headers"]:
        if name == HEADER and _GIVEN.fullmatch(value):
            return str(value, "ascii")
    # the system's own randomness takes several times as long, and an id is no secret
    return UUID(int=getrandbits(128), version=4).hex


def _route(scope: Scope) -> str:
    """Return the template of the route that was taken."""
    route: Any = scope.get("route")
    if route is None and (endpoint := scope.get("endpoint")) is not None:  # a mounted application, or the documentation
        taken = (
            one
            for one in scope["app"].routes
            if endpoint in (getattr(one, "endpoint", None), getattr(one, "app", None))
        )
        route = next(taken, None)
    return getattr(route, "path", None) or UNKNOWN
