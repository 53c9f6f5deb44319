"""How much one request may hold."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from pydantic import BaseModel
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import Unacceptable
from recommender.errors import FieldProblem, InvalidRequest
from recommender.language import Bilingual
from recommender.settings import Settings
from recommender.validation import long_texts

STREAMED = "/v1/sync"
"""Whose body is a stream, with limits of its own."""

_OPENING, _BRACKETS = b"[{", b"[]{}"
_OTHERS = bytes(set(range(256)) - set(_BRACKETS))


class BodyLimit:
    """ASGI middleware: Unacceptable for whoever reads a body of too many bytes (413), or of JSON with too many levels (422). `state` is the application's."""

    def __init__(self, app: ASGIApp, state: Any) -> None:
        self._app, self._state = app, state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; its body is looked at when it is read."""
        if scope["type"] == "http" and _has_body(scope) and scope["path"] != STREAMED:
            receive = _Body(scope, receive, self._state.settings).receive
        await self._app(scope, receive, send)


class _Body:
    """A body, taken in as a whole."""

    __slots__ = ("_receive", "_scope", "_settings", "_whole")

    def __init__(self, scope: Scope, receive: Receive, settings: Settings) -> None:
        self._scope, self._receive, self._settings = scope, receive, settings
        self._whole = False

    async def receive(self) -> Message:
        """Return all of the body at once, then what follows."""
        if self._whole:
            return await self._receive()
        _check_announced(self._scope, self._settings.maximum_body_bytes)
        message = await self._receive()
        if message.get("more_body"):
            message = await self._rest(message)
        self._whole = True
        body = message.get("body", b"")
        _check_size(self._scope, len(body), self._settings.maximum_body_bytes)
        if too_deep(body, self._settings.maximum_json_depth):
            levels = self._settings.maximum_json_depth
            self._scope.setdefault("state", {})["refused"] = "size"
            raise Unacceptable(
                422, "body", Bilingual(f"括号最多 {levels} 层。", f"At most {levels} levels of brackets.")
            )
        return message

    async def _rest(self, message: Message) -> Message:
        body = bytearray()
        while message["type"] == "http.request":
            body += message.get("body", b"")
            _check_size(self._scope, len(body), self._settings.maximum_body_bytes)
            if not message.get("more_body"):
                return {"type": "http.request", "body": bytes(body), "more_body": False}
            message = await self._receive()
        return message  # the caller has gone


def _has_body(scope: Scope) -> bool:
    return any(name in (b"content-length", b"transfer-encoding") for name, _ in scope["headers"])


def _check_announced(scope: Scope, maximum: int) -> None:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            _check_size(scope, int(value[:20]), maximum)


def _check_size(scope: Scope, size: int, maximum: int) -> None:
    if size > maximum:
        scope.setdefault("state", {})["refused"] = "size"
        raise Unacceptable(413, "body", Bilingual(f"最多 {maximum:,} 字节。", f"At most {maximum:,} bytes."))


def too_deep(body: bytes, levels: int) -> bool:
    """Tell whether JSON has more than so many levels of brackets; those in strings are none."""
    if sum(map(body.count, (b"[", b"{"))) <= levels:
        return False
    bare = b"".join(body.replace(b"\\\\", b"").replace(b'\\"', b"").split(b'"')[::2])
    brackets = np.frombuffer(bare.translate(None, _OTHERS), dtype=np.uint8)
    steps = np.where(np.isin(brackets, np.frombuffer(_OPENING, dtype=np.uint8)), 1, -1)
    return bool(brackets.size) and int(steps.cumsum().max()) > levels


def within(settings: Settings, asked: BaseModel | Mapping[str, Any]) -> None:
    """InvalidRequest names each text of a request that is longer than may be, and a `k` that is larger."""
    fields = asked.model_dump(exclude_unset=True) if isinstance(asked, BaseModel) else asked
    problems = long_texts(fields, settings.maximum_text_length)
    most = settings.maximum_k
    if isinstance(fields.get("k"), int) and fields["k"] > most:
        problems.append(FieldProblem("k", Bilingual(f"不能大于 {most}。", f"Must be at most {most}.")))
    if problems:
        raise InvalidRequest(problems)
