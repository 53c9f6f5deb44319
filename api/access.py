"""Who may call what: every route says which scopes it is for, and is nobody's until it does."""

from collections.abc import Callable, Collection, Coroutine, Mapping
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from api.errors import Unacceptable
from recommender.access import Key, Scope
from recommender.errors import Forbidden
from recommender.language import Bilingual

SCHEME = "key"
"""What the documentation calls the way keys are shown."""
EVERYBODY: dict[str, Any] = {"security": []}
"""For a route that needs no key at all."""

OWN = "x-own"
"""In the documentation of a route: the scopes that reach only what their key is bound to."""

NEEDED = Bilingual(
    "需要密钥：请在请求头中给出 Authorization: Bearer <密钥>，密钥由管理员用 jinxue keys create 签发。",
    "A key is needed: send Authorization: Bearer <key>; the administrator issues keys with jinxue keys create.",
)
"""What is told to callers who show no key."""

_ANONYMOUS: Mapping[str, list[str]] = {}


def allow(*scopes: Scope, own: Collection[Scope] = (), anonymous: bool = False) -> dict[str, Any]:
    """Return the `openapi_extra` of a route for callers with any of `scopes`; the administrator is always one.

    `own` are further scopes that reach only what their key is bound to: the route itself sees to that. `anonymous` lets callers without a key in
    where a demo runs. OpenAPI's alternatives: one requirement a scope.
    """
    allowed = {*scopes, *own, Scope.ADMIN}
    alternatives: list[Mapping[str, list[str]]] = [{SCHEME: [scope]} for scope in Scope if scope in allowed]
    bound = {OWN: [scope for scope in Scope if scope in own]} if own else {}
    return {"security": [*alternatives, *([_ANONYMOUS] if anonymous else [])], **bound}


def scopes_of(route: APIRoute) -> frozenset[Scope]:
    """Return the scopes that a route says it is for; none for one that is everybody's."""
    return frozenset(Scope(name) for one in _alternatives(route) for names in one.values() for name in names)


def is_open(route: APIRoute) -> bool:
    """Tell whether a route is everybody's."""
    return not _alternatives(route)


def is_shown(route: APIRoute) -> bool:
    """Tell whether a route lets callers without a key in where a demo runs."""
    return is_open(route) or _ANONYMOUS in _alternatives(route)


def _alternatives(route: APIRoute) -> list[Mapping[str, list[str]]]:
    try:
        return (route.openapi_extra or {})["security"]
    except KeyError:
        raise AssertionError(f"{route.path} does not say whom it is for: give it allow(…)") from None


class ScopedRoute(APIRoute):
    """A route that looks at who asks before it reads what is asked."""

    def answering(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return what answers callers who are let in."""
        return super().get_route_handler()

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return a handler that refuses callers without a key (401), and those whose key has none of the route's scopes (Forbidden)."""
        answer, scopes, shown, everybody = self.answering(), scopes_of(self), is_shown(self), is_open(self)

        async def handle(request: Request) -> Response:
            key: Key | None = getattr(request.state, "caller", None)  # as the gate found it
            if key is None and not (everybody or shown):
                raise Unacceptable(401, "Authorization", NEEDED)
            if key is not None and not (everybody or scopes & key.scopes):
                raise _refused(scopes)
            return await answer(request)

        return handle


def _refused(scopes: frozenset[Scope]) -> Forbidden:
    named = [scope for scope in Scope if scope in scopes]
    zh, en = "、".join(f"{one.called.zh}（{one}）" for one in named), ", ".join(named)
    return Forbidden(
        "Authorization",
        Bilingual(
            f"此密钥无权使用这个接口；需要以下权限之一：{zh}。",
            f"The key does not reach here: one of these scopes is needed: {en}.",
        ),
    )
