"""What every answer is held to: its model when it succeeds, RFC 9457 when it does not."""

import re
from typing import Any, TypeVar

from httpx import Response
from pydantic import BaseModel

Answer = TypeVar("Answer", bound=BaseModel)

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
INNARDS = re.compile(r"Traceback|File \"|\.py\b|pydantic|Error\(|0x[0-9a-f]{6,}")


def chinese(text: str) -> bool:
    return bool(_CHINESE.search(text))


def answer_of(response: Response, model: type[Answer]) -> dict[str, Any]:
    """Return a successful answer, which must be of `model` exactly: nothing missing, nothing more, nothing converted."""
    assert response.status_code == 200, response.text[:500]
    assert response.headers["content-type"] == "application/json"
    model.model_validate_json(response.content, strict=True)
    return response.json()


def problem_of(response: Response, status: int | None = None) -> dict[str, Any]:
    """Return a refusal, which must be a problem of the one shape, and show nothing of the inside."""
    assert 400 <= response.status_code < 500, response.text[:500]
    assert status in (None, response.status_code), response.text[:500]
    assert response.headers["content-type"] == "application/problem+json"
    assert not INNARDS.search(response.text), response.text[:500]
    problem = response.json()
    assert set(problem) == {"type", "title", "status", "detail", "errors", "request_id"}
    assert problem["type"] == "about:blank"
    assert problem["status"] == response.status_code
    assert isinstance(problem["title"], str)
    assert problem["title"]
    for error in problem["errors"]:
        assert set(error) == {"field", "message"}
        assert error["field"]
        assert error["message"]
    if response.status_code in (400, 422):
        assert problem["errors"]
    return problem


def fields_of(response: Response, status: int = 422) -> list[str]:
    """Return the fields that a refusal names."""
    return [error["field"] for error in problem_of(response, status)["errors"]]


def course_ids(answer: dict[str, Any]) -> list[str]:
    return [item["course"]["course_id"] for item in answer["items"]]
