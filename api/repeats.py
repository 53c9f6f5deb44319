"""Repeated requests: the same request, on the same snapshot and day, has the same bytes for an answer, so they are kept a while.

Kept in memory only, under a hash of the request, and dropped with the snapshot they came from.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response

from api.access import ScopedRoute
from api.dependencies import Json, get_standpoint


class AnswerCache:
    """The last `size` answers, least recently asked for dropped first; 0 keeps none."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._answers: OrderedDict[bytes, bytes] = OrderedDict()
        self.snapshot: str | None = None

    def key(self, snapshot: str, *parts: bytes) -> bytes:
        """Return the key of a request; a new snapshot empties the cache."""
        if snapshot != self.snapshot:
            self.clear()
            self.snapshot = snapshot
        digest = hashlib.blake2b(snapshot.encode(), digest_size=16)
        for part in parts:
            digest.update(len(part).to_bytes(4, "big"))
            digest.update(part)
        return digest.digest()

    def get(self, key: bytes) -> bytes | None:
        """Return the answer kept under `key`, None when there is none."""
        answers = self._answers  # another thread may clear the cache
        answer = answers.get(key)
        if answer is not None:
            answers.move_to_end(key)
        return answer

    def clear(self) -> None:
        """Drop all answers; any thread may."""
        self._answers = OrderedDict()

    def keep(self, key: bytes, answer: bytes) -> None:
        """Keep `answer` under `key`."""
        if self._size:
            answers = self._answers
            answers[key] = answer
            if len(answers) > self._size:
                answers.popitem(last=False)


class RepeatableRoute(ScopedRoute):
    """A route whose successful answers depend on nothing but the request, who asks, the snapshot and the day."""

    def answering(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return a handler that looks for the answer before it computes one."""
        compute = super().answering()

        async def handle(request: Request) -> Response:
            cache, body = request.app.state.answers, await request.body()
            at = await get_standpoint(request)
            url = request.url.path.encode() + b"?" + request.scope["query_string"]
            form = request.headers.get("content-type", "").encode()  # a body that is not said to be JSON is refused
            caller = request.state.caller
            whose = caller.key_id.encode() if caller else b""
            snapshot = at.matcher.snapshot
            # of the same version there may be one less, where somebody was taken out of a pinned snapshot
            kept_for = f"{snapshot.version} {snapshot.learners.count}"
            key = cache.key(kept_for, at.today.isoformat().encode(), whose, url, form, body)
            kept = cache.get(key)
            if kept is not None:
                request.app.state.metrics.repeated(self.path)
                return Response(kept, media_type="application/json")
            response = await compute(request)
            if isinstance(response, Json) and response.status_code == 200:
                request.app.state.metrics.composed(self.path, response.told)
                if cache.snapshot == kept_for:  # else another serves since, perhaps without somebody of whom this tells
                    cache.keep(key, bytes(response.body))
            return response

        return handle
