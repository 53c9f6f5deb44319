"""The OpenAPI document, as the application really answers."""

from collections.abc import Callable, Iterator
from typing import Any

from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from api.access import SCHEME, ScopedRoute
from api.errors import problems

_PROBLEM = {"$ref": "#/components/schemas/Problem"}
_KEY = {
    "type": "http",
    "scheme": "bearer",
    "description": "A key that the administrator issued by `jinxue keys create`. The names behind it are the scopes, any of which reaches here.",
}


def describe(openapi: Callable[[], dict[str, Any]], *, demo: bool) -> dict[str, Any]:
    """Return what `openapi` does, with keys, with what the layers in front of every route answer, and problems under their own media type.

    Only a `demo` offers to do without a key.
    """
    document = openapi()
    document["components"]["securitySchemes"] = {SCHEME: _KEY}
    for operation in _operations(document):
        if not demo:
            operation["security"] = [one for one in operation["security"] if one]
        refusals = problems(413, 429, 503) | (problems(401, 403) if operation["security"] else {})
        for status, told in refusals.items():
            response = {"description": told["description"], "content": {"application/json": {"schema": _PROBLEM}}}
            operation["responses"].setdefault(str(status), response)
        for response in operation["responses"].values():
            _name_problems(response.get("content", {}))
    return document


def _operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path in document["paths"].values():
        yield from path.values()


def _name_problems(content: dict[str, Any]) -> None:
    """Put a problem under the media type that it is sent with; FastAPI knows only the answers' own."""
    for media_type, told in list(content.items()):
        if told.get("schema") == _PROBLEM:
            content["application/problem+json"] = content.pop(media_type)


def scoped_routes(routes: list[BaseRoute]) -> list[ScopedRoute]:
    """Return the routes that the document tells of."""
    return [route for route in routes if isinstance(route, APIRoute) and isinstance(route, ScopedRoute)]
