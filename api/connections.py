"""Connections, and what is said to those who do not keep to HTTP, come in too great a number, or keep us waiting."""

import asyncio
from collections.abc import Callable, Mapping
from enum import Enum
from http import HTTPStatus
from math import inf
from typing import Any
from uuid import uuid4

from fastapi import Request
from httptools import HttpParserError, HttpParserUpgrade
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from api.capacity import DROP
from api.errors import refusal
from api.headers import ANSWER
from api.tracing import UNKNOWN
from recommender.language import Bilingual
from recommender.settings import Settings

_LARGEST_HEAD, _MOST_FIELDS = 2**16, 200
_MOST_AHEAD = 256  # requests that are sent before those in front of them are answered
_LINGER_SECONDS = 1.0  # after our last word, for it to be read: to close at once would take it back
_PATIENCE_SECONDS = 0.5  # before one who says nothing makes room for another
_MALFORMED = Bilingual("不是有效的 HTTP 请求。", "This is no valid HTTP request.")
_LARGE = Bilingual(
    f"请求头最多 {_LARGEST_HEAD:,} 字节、{_MOST_FIELDS} 项。",
    f"The head of a request may have {_LARGEST_HEAD:,} bytes and {_MOST_FIELDS} fields at most.",
)
_LATE = Bilingual("请求头没有及时到齐。", "The head of the request did not arrive in time.")
_AHEAD = Bilingual(
    f"一个连接上最多可有 {_MOST_AHEAD} 个请求等待答复。",
    f"At most {_MOST_AHEAD} requests may wait for answers on one connection.",
)
_REASON = {503: "capacity"}
_MANY = Bilingual("连接太多，请稍后再试。", "Too many connections; try again in a while.")


class _TooLarge(Exception):
    """The head of a request is larger than it may be."""


class _TooMany(Exception):
    """More requests have been sent ahead than may be."""


_Fault = tuple[int, str, Bilingual]
_FAULTS: Mapping[object, _Fault] = {_TooLarge: (431, "header", _LARGE), _TooMany: (429, "request", _AHEAD)}
_NO_HTTP: _Fault = (400, "request", _MALFORMED)


class _Part(Enum):
    """What of a request is expected next."""

    START, HEAD, BODY = range(3)


class Connection(HttpToolsProtocol):
    """One connection.

    The head of a request must arrive in time, and an answer be taken in the time of a request; who is refused is told so in a problem.
    """

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Welcome a caller if there is room, or if one who keeps us waiting can go."""
        self._timer: asyncio.TimerHandle | None = (
            None  # for the head of a request, or for the caller to take our last words
        )
        self._part, self._head_bytes, self._leaving = _Part.START, 0, False
        self._working: RequestResponseCycle | None = None  # on the request in front; the others are in `pipeline`
        self.waiting_since: float | None = self.loop.time()  # for the head of a request; None while one is worked on
        super().connection_made(transport)
        here, most = len(self.connections), self._settings.maximum_connections
        if here > 2 * most:
            transport.abort()
        elif here > most and not self._make_room():
            self._refuse(503, "connection", _MANY)
        else:
            self._expect_head()

    @property
    def _settings(self) -> Settings:
        settings: Settings = self.config.app.state.settings  # type: ignore[union-attr]
        return settings

    def _make_room(self) -> bool:
        """Let the one go who has kept us waiting the longest; tell whether anybody has for long enough."""
        waiting = {one: one.waiting_since for one in self.connections if isinstance(one, Connection)}
        longest, since = min(waiting.items(), key=lambda item: inf if item[1] is None else item[1])
        if since is None or self.loop.time() - since < _PATIENCE_SECONDS:
            return False
        longest.transport.abort()
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the caller."""
        self._set_timer(None)
        self._leave_off()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read; what comes after our last word is of no interest."""
        if self._leaving:
            return
        self._unset_keepalive_if_required()
        self._head_bytes += len(data)
        try:
            self.parser.feed_data(data)
        except HttpParserUpgrade:
            pass  # to something else than HTTP/1.1, which is not to be had
        except HttpParserError as error:
            self._refuse(*_FAULTS.get(type(error.__context__), _NO_HTTP))
            return
        if self._part is _Part.HEAD and self._head_bytes > _LARGEST_HEAD:
            self._refuse(*_FAULTS[_TooLarge])
        elif self.waiting_since is not None and self._timer is None:
            self._expect_head()

    def on_message_begin(self) -> None:
        """Begin with the head of a request."""
        super().on_message_begin()
        self._part, self._head_bytes = _Part.HEAD, 0

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take one field of a head."""
        super().on_header(name, value)
        if len(self.headers) > _MOST_FIELDS:
            raise _TooLarge

    def on_headers_complete(self) -> None:
        """Begin to work on a request, whose time is for others to watch."""
        if len(self.url) + sum(len(name) + len(value) for name, value in self.headers) > _LARGEST_HEAD:
            raise _TooLarge
        if len(self.pipeline) >= _MOST_AHEAD:
            raise _TooMany
        self.scope["extensions"] = {DROP: {"drop": self.drop}}
        super().on_headers_complete()
        self._part, self.waiting_since = _Part.BODY, None
        self._set_timer(None)

    def on_message_complete(self) -> None:
        """Come to the end of a request's body."""
        super().on_message_complete()
        self._part = _Part.START

    def on_response_complete(self) -> None:
        """Wait for the next request, or for the end of this answer to be taken."""
        super().on_response_complete()
        if self.transport.is_closing():
            self._set_timer(self.transport.abort, self._settings.maximum_request_seconds)
        elif self.cycle.response_complete:
            self.waiting_since = self.loop.time()

    def timeout_keep_alive_handler(self) -> None:
        """Close a connection on which nobody asks anything."""
        super().timeout_keep_alive_handler()
        self._set_timer(self.transport.abort, self._settings.maximum_request_seconds)

    def drop(self) -> None:
        """Cut the connection."""
        self._leave_off()
        self.transport.abort()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._working = cycle
        super()._start_asgi_task(cycle, app)

    def _leave_off(self) -> None:
        """Tell what is worked on that nobody waits for it any longer; what is behind it never begins."""
        if self._working is not None and not self._working.response_complete:
            self._working.disconnected = True
            self._working.message_event.set()

    def _expect_head(self) -> None:
        self._set_timer(self._give_up, self._settings.maximum_header_seconds)

    def _give_up(self) -> None:
        """Be patient no longer."""
        if self._part is _Part.HEAD:
            self._refuse(408, "header", _LATE)
        else:  # nothing was asked, or all has been answered
            self.timeout_keep_alive_handler()

    def _refuse(self, status: int, field: str, message: Bilingual) -> None:
        """Say why no more is listened to, and leave the caller some time to read it."""
        if self._working is not None and not self._working.response_complete and self._working.response_started:
            self.drop()
            return
        self._leave_off()
        if (metrics := getattr(self.config.app.state, "metrics", None)) is not None:  # type: ignore[union-attr]
            metrics.handled(UNKNOWN, "other", status, 0.0, reason=_REASON.get(status))
        self._leaving = True
        self._unset_keepalive_if_required()
        self.transport.write(_last_word(status, field, message, self.headers or []))
        self.transport.write_eof()
        self._set_timer(self.transport.abort, _LINGER_SECONDS)

    def _set_timer(self, act: Callable[[], None] | None, seconds: float = 0) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None if act is None else self.loop.call_later(seconds, act)


def _last_word(status: int, field: str, message: Bilingual, head: list[tuple[bytes, bytes]]) -> bytes:
    """Return a problem as bytes of HTTP, after which the connection ends."""
    request_id = uuid4().hex
    request = Request({"type": "http", "headers": head, "state": {"request_id": request_id}})
    response = refusal(request, status, field, message)
    own = ((b"x-request-id", request_id.encode()), (b"connection", b"close"))
    lines = b"".join(name + b": " + value + b"\r\n" for name, value in (*response.raw_headers, *ANSWER, *own))
    return f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n".encode() + lines + b"\r\n" + bytes(response.body)
