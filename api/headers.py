"""What browsers are told about every answer, and who may call from one."""

import base64
import hashlib
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from fastapi import Request
from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.dependencies import MINIMUM_VERSION
from api.errors import refusal
from recommender.language import Bilingual
from recommender.settings import split

Lines = Sequence[tuple[bytes, bytes]]

_NOTHING = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
_OWN = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; object-src 'none'"
_DOCUMENTED = (
    f"{_OWN}; img-src 'self' data:; style-src 'self' 'unsafe-inline'; worker-src 'self' blob:; script-src 'self'"
)
_POLICY = b"content-security-policy"
_EVERYWHERE: Lines = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
ANSWER: Lines = (*_EVERYWHERE, (_POLICY, _NOTHING.encode()), (b"cache-control", b"no-store"))
"""The lines of an answer that is no page: nobody keeps it, and no browser makes anything of it."""

_ENCRYPTED = (b"strict-transport-security", b"max-age=31536000")
_FILES = ("/page/", "/static-offline-docs/")
_DOCUMENTATION = frozenset({"/docs", "/docs/oauth2-redirect", "/redoc"})
_FOREIGN = Bilingual(
    "此来源的网页不得以这种方式从浏览器调用。", "Pages of this origin may not call from a browser in this way."
)
_INLINE = re.compile(rb"<script>(.*?)</script>", re.DOTALL)


@lru_cache(maxsize=4)
def _page_lines(tile_server: str | None) -> Lines:
    """Return the lines of a page that may take pictures from the server of its map's tiles, and everything else from this service only."""
    policy = _OWN
    if tile_server:
        server = urlsplit(tile_server)
        policy += f"; img-src 'self' data: {server.scheme}://{server.netloc}"  # data: Leaflet's empty tile
    return (*_EVERYWHERE, (_POLICY, policy.encode()))


class SecurityHeaders:
    """ASGI middleware: adds the lines to every answer. `state` is the application's."""

    def __init__(self, app: ASGIApp, state: Any) -> None:
        self._app, self._state = app, state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and its answer back."""
        if scope["type"] == "http":
            path = scope["path"]
            if path in _DOCUMENTATION:
                send = _Documentation(scope, send).send
            elif path == "/" or path.startswith(_FILES):
                send = _Answer(scope, send, _page_lines(self._state.settings.tile_server)).send
            else:
                send = _Answer(scope, send).send
        await self._app(scope, receive, send)


class _Answer:
    """The answer to one request."""

    def __init__(self, scope: Scope, send: Send, lines: Lines = ANSWER) -> None:
        self._lines = lines
        self._encrypted = scope.get("scheme") == "https"
        self._send = send

    async def send(self, message: Message) -> None:
        """Send a message of the answer."""
        if message["type"] == "http.response.start":
            self.add(message, self._lines)
        await self._send(message)

    def add(self, message: Message, lines: Lines) -> None:
        """Add lines to the answer's head."""
        message["headers"] = [*message.get("headers", ()), *lines, *((_ENCRYPTED,) if self._encrypted else ())]


class _Documentation(_Answer):
    """A page of the documentation: the scripts in it may run, as they are."""

    def __init__(self, scope: Scope, send: Send) -> None:
        super().__init__(scope, send)
        self._start: Message | None = None

    async def send(self, message: Message) -> None:
        """Send a message of the answer; its head when the page itself is known."""
        if message["type"] == "http.response.start":
            self._start = message
            return
        if self._start is not None:
            start, self._start = self._start, None
            self.add(start, [*_EVERYWHERE, (_POLICY, _policy_for(message.get("body", b"")))])
            await self._send(start)
        await self._send(message)


def _policy_for(page: bytes) -> bytes:
    digests = (base64.b64encode(hashlib.sha256(script).digest()).decode() for script in _INLINE.findall(page))
    return " ".join([_DOCUMENTED, *(f"'sha256-{digest}'" for digest in digests)]).encode()


class CrossOrigin:
    """ASGI middleware: lets pages of the allowed origins call from a browser; of none, unless the settings say so. `state` is the application's."""

    def __init__(self, app: ASGIApp, state: Any) -> None:
        self._app, self._state = app, state
        self._allowed, self._layer = "", app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer a browser that asks whether it may."""
        allowed = self._state.settings.allowed_origins
        if allowed != self._allowed:
            self._allowed, self._layer = allowed, _Origins(self._app, split(allowed)) if allowed else self._app
        await self._layer(scope, receive, send)


class _Origins(CORSMiddleware):
    """CORS, whose refusals are problems as all others are."""

    def __init__(self, app: ASGIApp, origins: Sequence[str]) -> None:
        super().__init__(
            app,
            allow_origins=origins,
            allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
            allow_headers=[
                *("Authorization", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match"),
                *(MINIMUM_VERSION, "X-Request-ID"),
            ],
            expose_headers=["Catalogue-Version", "ETag", "Idempotency-Replayed", "Retry-After", "X-Request-ID"],
        )

    def preflight_response(self, request_headers: Headers) -> Response:
        """Return what a browser is told before it sends the request itself."""
        response = super().preflight_response(request_headers)
        return response if response.status_code == 200 else _Unwelcome(headers=dict(response.headers))


class _Unwelcome(Response):
    """What a browser is told whose page may not call."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        told = refusal(Request(scope), 403, "Origin", _FOREIGN)
        kept = {name: value for name, value in self.headers.items() if not name.startswith("content-")}
        told.headers.update(kept)
        await told(scope, receive, send)
