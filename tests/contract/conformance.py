"""Whether an answer is one that the document tells of."""

import json
import re
from functools import cache
from typing import Any

import jsonschema_rs
from fastapi.testclient import TestClient
from httpx import Response

from api.schemas.fields import LINES
from tests.contract.document import document

_INNARDS = re.compile(r"Traceback|File \"|\.py\b|pydantic|0x[0-9a-f]{6,}")


def fault_of(method: str, path: str, response: Response) -> str | None:
    """Return what is wrong with an answer: a status, a media type, a header or a body that the document does not tell of, or a look inside; None: nothing."""
    told = _contract()["paths"][path][method.lower()]["responses"].get(str(response.status_code))
    if response.status_code >= 500 or told is None:
        return f"{response.status_code}: {response.text[:300]}"
    form = response.headers.get("content-type", "").partition(";")[0]
    if form not in told.get("content", {}):
        return f"a body of the form {form!r}"
    if missing := [name for name in _needed(told) if name not in response.headers]:
        return f"without {missing}"
    if response.is_error and _INNARDS.search(response.text):
        return f"the inside is shown: {response.text[:300]}"
    schema = json.dumps(told["content"][form]["schema"])
    if form == LINES:
        schema = json.dumps({"type": "array", "items": {"$ref": "#/components/schemas/SyncResult"}})
    wrong = next(_validator(schema).iter_errors(_value(form, response)), None)
    return wrong and f"{response.status_code}, {wrong.message}: {response.text[:300]}"


class ConformingClient(TestClient):
    """A client that holds every answer below 500 to the document, whatever a test asks for."""

    def request(self, method: str, url: Any, **kwargs: Any) -> Response:  # type: ignore[override]
        response = super().request(method, url, **kwargs)
        path = _template(response.request.url.path)
        if path and method.lower() in _contract()["paths"][path] and response.status_code < 500:
            assert not (fault := fault_of(method, path, response)), f"{method} {url}: {fault}"
        return response


@cache
def _addresses() -> list[tuple[re.Pattern[str], str]]:
    paths = sorted(_contract()["paths"], key=lambda path: path.count("{"))
    return [(re.compile(re.sub("{[^}]+}", "[^/]+", path)), path) for path in paths]


def _template(url: str) -> str | None:
    return next((path for pattern, path in _addresses() if pattern.fullmatch(url)), None)


def _value(form: str, response: Response) -> Any:
    return [json.loads(line) for line in response.text.splitlines()] if form == LINES else response.json()


def _needed(told: dict[str, Any]) -> list[str]:
    names = told.get("headers", {})
    return [name for name in names if _contract()["components"]["headers"][name].get("required")]


@cache
def _contract() -> dict[str, Any]:
    return document()


@cache
def _validator(schema: str) -> jsonschema_rs.Validator:
    draft = {"$schema": "https://json-schema.org/draft/2020-12/schema", "components": _contract()["components"]}
    return jsonschema_rs.validator_for({**draft, **json.loads(schema)}, validate_formats=True)
