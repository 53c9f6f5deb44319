"""How many requests are worked on at once, and how long each may take."""

import asyncio
from collections import deque
from typing import Any

from fastapi import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import ProblemResponse, Unacceptable, refusal
from api.limits import STREAMED
from recommender.language import Bilingual
from recommender.settings import Settings

DROP = "jinxue.drop"
"""The extension of ASGI by which a server lets a connection be cut: a function `drop`."""

_WATCHED = frozenset(
    {"/healthz", "/readyz", "/metrics"}
)  # what operators look at above all while there is too much to do
_TOGETHER = 4
_MANY = Bilingual("同时处理的请求太多，请稍后再试。", "Too many requests at once; try again in a while.")
_LATE_BODY = Bilingual("请求正文没有及时到齐。", "The body of the request did not arrive in time.")
_LATE_ANSWER = Bilingual(
    "未能及时答复；若为写入，可能仍会完成，请先查看再重试。",
    "The answer took too long; what was to be written may still be: look before you try again.",
)


class Capacity:
    """ASGI middleware: so many requests at once, and so long for each of them. `state` is the application's.

    A request counts while the service works on it: not while it waits for the caller to send a body, or to take the answer.
    Answers mostly never wait, so only a few are begun before whoever has come meanwhile is heard, and refused if they are too many.
    """

    def __init__(self, app: ASGIApp, state: Any) -> None:
        self._app, self._state, self.busy = app, state, 0
        self._turns: deque[asyncio.Future[None]] = deque()
        self._is_calling = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it (503)."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        settings: Settings = self._state.settings
        counted = scope["path"] not in _WATCHED
        if counted and self.busy >= settings.maximum_concurrent_requests:
            await _refused(scope, "capacity", 503, _MANY)(scope, receive, send)
            return
        seconds = settings.maximum_sync_seconds if scope["path"] == STREAMED else settings.maximum_request_seconds
        work = _Work(self, scope, receive, send, counted=counted)
        late = asyncio.get_running_loop().call_later(seconds, work.expire)
        try:
            if counted:
                await self._turn()
            if work.expiring is None:
                await self._app(scope, work.receive, work.send)
            else:
                await work.expiring
        finally:
            late.cancel()
            work.end()

    async def _turn(self) -> None:
        """Wait until it is one's turn."""
        loop = asyncio.get_running_loop()
        turn = loop.create_future()
        self._turns.append(turn)
        if not self._is_calling:
            self._is_calling = True
            loop.call_soon(self._call)
        await turn

    def _call(self) -> None:
        """Let the next ones begin; those behind them when the loop has come round."""
        for _ in range(min(_TOGETHER, len(self._turns))):
            turn = self._turns.popleft()
            if not turn.done():
                turn.set_result(None)
        self._is_calling = bool(self._turns)
        if self._is_calling:
            asyncio.get_running_loop().call_soon(self._call)

    @property
    def is_full(self) -> bool:
        """Tell whether no more can be worked on."""
        return self.busy > self._state.settings.maximum_concurrent_requests


class _Work:
    """One request that is worked on. Nothing is cancelled when its time is over, so that nothing is left half done: it goes on, counted, and unheard."""

    __slots__ = (
        "_capacity",
        "_counted",
        "_expired",
        "_receive",
        "_scope",
        "_send",
        "_started",
        "_waiting",
        "_whole",
        "expiring",
    )

    def __init__(self, capacity: Capacity, scope: Scope, receive: Receive, send: Send, *, counted: bool) -> None:
        self._capacity, self._scope, self._receive, self._send = capacity, scope, receive, send
        self._counted = counted
        self._started = self._expired = self._waiting = self._whole = False
        self.expiring: asyncio.Task[None] | None = None
        capacity.busy += counted

    def end(self) -> None:
        """Be counted no more."""
        self._capacity.busy -= self._counted
        self._counted = False

    async def receive(self) -> Message:
        """Wait for the caller, uncounted while there is more of the body to come."""
        if self._whole or not self._counted:
            return await self._receive()
        self._waiting = True
        self._capacity.busy -= 1
        try:
            message = await self._receive()
        finally:
            self._capacity.busy += 1
            self._waiting = False
        self._whole = not message.get("more_body")
        if self._capacity.is_full:
            self._scope.setdefault("state", {})["refused"] = "capacity"
            raise Unacceptable(503, "body", _MANY)
        return message

    async def send(self, message: Message) -> None:
        """Pass the answer on, unless its time was over before it began."""
        if self._expired:
            return
        if not self._started:
            self._started = True
            self.end()
        await self._send(message)

    def expire(self) -> None:
        """Tell the caller that the time is over; what has begun is cut off."""
        self._expired = True
        if self._started:
            if server := self._scope.get("extensions", {}).get(DROP):
                server["drop"]()
            return
        response = _refused(self._scope, "time", *((408, _LATE_BODY) if self._waiting else (503, _LATE_ANSWER)))
        if self._waiting:
            response.headers["Connection"] = "close"
        self.expiring = asyncio.get_running_loop().create_task(response(self._scope, self._receive, self._send))


def _refused(scope: Scope, reason: str, status: int, message: Bilingual) -> ProblemResponse:
    """Return what is answered to a request that is not worked on any longer; `reason` is for the metrics."""
    scope.setdefault("state", {})["refused"] = reason
    return refusal(Request(scope), status, "request", message)
