"""What a browser fetches once is sent compressed: the page, its files and the map. Answers are not: callers ask for many small ones."""

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

_FILES = "/page/"
_FETCHED_ONCE = frozenset({"/", "/v1/map", "/v1/taxonomy"})
_MINIMUM_BYTES = 1_000


class Compression:
    """ASGI middleware: compresses what is large and asked for once, for whoever accepts it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app, self._compressed = app, GZipMiddleware(app, minimum_size=_MINIMUM_BYTES, compresslevel=6)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        once = scope["type"] == "http" and (scope["path"] in _FETCHED_ONCE or scope["path"].startswith(_FILES))
        await (self._compressed if once else self._app)(scope, receive, send)
