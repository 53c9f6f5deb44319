"""The committed OpenAPI document, its operations, and the requests that its examples make."""

import dataclasses
import json
from collections.abc import Iterator
from typing import Any

import jsonschema_rs

from tests.regenerate import CONTRACT

_ORDER = ("get", "post", "put", "patch", "delete")  # what is there is read before it is gone


def document() -> dict[str, Any]:
    """Return the document as it is committed."""
    return json.loads(CONTRACT.read_text(encoding="utf-8"))


@dataclasses.dataclass(frozen=True)
class Sent:
    """A request that the documentation shows: `body` is text, in the form that goes by `media_type`."""

    method: str
    path: str
    url: str
    query: dict[str, Any]
    media_type: str | None = None
    body: str | None = None

    def __str__(self) -> str:
        return f"{self.method.upper()} {self.path} ({self.media_type})"


def shown(contract: dict[str, Any]) -> list[Sent]:
    """Return the documentation's examples as requests, in an order in which each of them can succeed."""
    found = [one for path, methods in contract["paths"].items() for one in _of_path(path, methods)]
    return sorted(found, key=lambda one: _ORDER.index(one.method))


def _of_path(path: str, methods: dict[str, Any]) -> Iterator[Sent]:
    for method, operation in methods.items():
        url, query = path, {}
        for parameter in operation.get("parameters", []):
            examples = parameter["schema"].get("examples", [])
            if parameter["in"] == "path":
                url = url.replace("{" + parameter["name"] + "}", examples[0])
            elif parameter["in"] == "query" and parameter.get("required"):
                query[parameter["name"]] = examples[0]
        contents = operation.get("requestBody", {}).get("content", {})
        for media_type, content in contents.items():
            for example in content["examples"].values():
                value = example["value"]
                body = value if isinstance(value, str) else json.dumps(value)
                yield Sent(method, path, url, query, media_type, body)
        if not contents:
            yield Sent(method, path, url, query)


def examples(contract: dict[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """Yield every example of the document: where it stands, its schema and its value."""
    yield from _examples(contract, "#")


def _examples(part: Any, where: str) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(part, list):
        for number, item in enumerate(part):
            yield from _examples(item, f"{where}/{number}")
        return
    if not isinstance(part, dict):
        return
    given = part.get("examples")
    if isinstance(given, list):  # a schema's own
        yield from ((where, part, value) for value in given)
    elif isinstance(given, dict) and "schema" in part:  # a body's, or a parameter's
        yield from ((f"{where} {name}", part["schema"], example["value"]) for name, example in given.items())
    for name, item in part.items():
        if name not in ("examples", "value"):
            yield from _examples(item, f"{where}/{name}")


def errors(contract: dict[str, Any], schema: Any, value: Any) -> list[str]:
    """Return what is wrong with a value; a text that holds lines of a schema of their own is looked into."""
    root = {"$schema": "https://json-schema.org/draft/2020-12/schema", "components": contract["components"], **schema}
    validator = jsonschema_rs.validator_for(root, validate_formats=True)
    found = [error.message for error in validator.iter_errors(value)]
    resolved = schema
    while "$ref" in resolved:
        resolved = contract["components"]["schemas"][resolved["$ref"].rpartition("/")[2]]
    if "contentSchema" in resolved and isinstance(value, str):
        found += errors(contract, resolved["contentSchema"], [json.loads(line) for line in value.splitlines()])
    return found
