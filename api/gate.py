"""The gate: who asks is found out before anything else is, and whether they ask too often."""

import math
from typing import Any

from anyio import CapacityLimiter, to_thread
from fastapi import Request
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from api.access import NEEDED
from api.errors import ProblemResponse, refusal
from recommender.errors import StoreError
from recommender.language import Bilingual

OPEN = frozenset({"/healthz"})
"""What anybody may ask at any time."""

_AT_ONCE = 2  # keys that are verified, which costs memory and a core each
_WRONG = Bilingual(
    "密钥无效、已过期或已吊销。请向管理员索取新的密钥。",
    "The key is wrong, has expired or was revoked; ask the administrator for another.",
)
_UNKNOWN = Bilingual("暂时无法核对密钥，请稍后再试。", "Keys cannot be checked at present; try again in a while.")
_TOO_OFTEN = Bilingual("请求太频繁，请在 {} 秒后再试。", "Too many requests; try again in {} seconds.")


class Gate:
    """ASGI middleware: puts the key that a caller shows into the request's state as `caller`, None for nobody where a demo runs; refuses all others.

    `state` is the application's: its settings, key ring and rates are looked at anew for each request.
    """

    def __init__(self, app: ASGIApp, state: Any) -> None:
        self._app, self._state = app, state
        self._verifying: CapacityLimiter | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] == "http" and scope["path"] not in OPEN:
            refused = await self._refusal(scope)
            if refused is not None:
                await refused(scope, receive, send)
                return
        await self._app(scope, receive, send)

    async def _refusal(self, scope: Scope) -> ProblemResponse | None:
        """Find out who asks; return what is answered to whom it is not let in."""
        request, shown, address = Request(scope), _shown(scope), _address(scope)
        rates = self._state.rates
        request.state.caller = None
        if shown is None:
            if seconds := rates.take("address", address):
                return _too_often(request, seconds)
            return None if self._state.settings.demo else _refused(request, 401, NEEDED)
        key = self._state.keys.recognise(shown)
        if key is None:
            if seconds := rates.spent("refusals", address):
                return _too_often(request, seconds)
            try:
                key = await self._verify(shown)
            except StoreError:
                return _refused(request, 503, _UNKNOWN)
            if key is None:
                rates.take("refusals", address)
                return _refused(request, 401, _WRONG)
        if seconds := rates.take("key", key.key_id):
            return _too_often(request, seconds)
        request.state.caller = key
        return None

    async def _verify(self, shown: str) -> Any:
        self._verifying = self._verifying or CapacityLimiter(_AT_ONCE)
        return await to_thread.run_sync(self._state.keys.verify, shown, limiter=self._verifying)


def _shown(scope: Scope) -> str | None:
    """Return what the caller shows for a key, None for nothing."""
    authorization = Headers(scope=scope).get("authorization")
    if authorization is None:
        return None
    scheme, _, shown = authorization.partition(" ")
    return shown.strip() if scheme.lower() == "bearer" else ""


def _address(scope: Scope) -> str:
    return scope["client"][0] if scope.get("client") else ""


def _too_often(request: Request, seconds: float) -> ProblemResponse:
    whole = max(math.ceil(seconds), 1)
    response = _refused(request, 429, Bilingual(*(text.format(whole) for text in _TOO_OFTEN)))
    response.headers["Retry-After"] = str(whole)
    return response


def _refused(request: Request, status: int, message: Bilingual) -> ProblemResponse:
    return refusal(request, status, "Authorization", message)
