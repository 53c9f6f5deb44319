"""The OpenAPI document, as the application really answers."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from api.access import OWN, SCHEME
from api.errors import problems
from recommender.access import Scope
from recommender.language import Bilingual, Language

_DEMO = Bilingual("演示（无密钥）", "no key, in a demo")
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


def access_table(document: Mapping[str, Any], language: Language) -> str:
    """Return who may call what, by the document of a demo, as a Markdown table: a row for each address and the methods alike there."""
    rows: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            rows.setdefault((path, _cells(operation, language)), []).append(method.upper())
    named = [Bilingual("接口", "endpoint"), *(Bilingual(f"{one} {one.called.zh}", one) for one in Scope), _DEMO]
    header = [one.in_language(language) for one in named]
    lines = [header, ["---"] * len(header)]
    lines += [[f"`{' '.join(methods)} {path}`", *cells] for (path, cells), methods in sorted(rows.items())]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _cells(operation: Mapping[str, Any], language: Language) -> tuple[str, ...]:
    alternatives, own = operation["security"], operation.get(OWN, ())
    scopes = {name for one in alternatives for names in one.values() for name in names}
    mine = Bilingual("自己的", "own").in_language(language)
    cells = (mine if scope in own else "✓" if scope in scopes or not alternatives else "" for scope in Scope)
    return (*cells, "" if all(alternatives) and alternatives else "✓")
