"""What is large and seldom asked for is sent compressed, to whoever accepts it: the page, its files, the map, and long lists.

Recommendations to learners are not: platforms ask for many, which are small.
"""

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

_FILES = "/page/"
_LARGE = frozenset({"/", "/v1/map", "/v1/taxonomy", "/v1/enterprise-recommendations", "/v1/insights/coverage"})
_MINIMUM_BYTES = 1_000


class Compression:
    """ASGI middleware: compresses what is large."""

    def __init__(self, app: ASGIApp) -> None:
        self._app, self._compressed = app, GZipMiddleware(app, minimum_size=_MINIMUM_BYTES, compresslevel=6)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        large = scope["type"] == "http" and (scope["path"] in _LARGE or scope["path"].startswith(_FILES))
        await (self._compressed if large else self._app)(scope, receive, send)
