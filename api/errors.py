"""Every error as RFC 9457 problem details: the only place that decides a status."""

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from api.dependencies import Json, language_of
from recommender.errors import InvalidRequest, JinxueError, NotFound
from recommender.language import Bilingual
from recommender.validation import explain

_SHOWN = 50  # a thousand wrong items need no thousand messages
_log = logging.getLogger("jinxue")

_TITLES: Mapping[int, Bilingual] = {
    400: Bilingual("请求无法读取", "The request cannot be read"),
    404: Bilingual("没有找到", "Not found"),
    405: Bilingual("此地址不支持该方法", "This address does not support the method"),
    413: Bilingual("请求太大", "The request is too large"),
    422: Bilingual("请求中有不符合要求的字段", "Some fields of the request are wrong"),
    500: Bilingual("服务内部出错", "The service failed"),
    503: Bilingual("服务暂时不可用", "The service is not available at present"),
}

_UNREADABLE = Bilingual("请求正文不是可以读取的 JSON（UTF-8）。", "The body is not JSON (in UTF-8) that can be read.")


class FieldError(BaseModel):
    """One wrong field."""

    field: str
    message: str


class Problem(BaseModel):
    """RFC 9457 problem details."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str | None = None
    errors: list[FieldError] = []


PROBLEMS: dict[int | str, dict[str, object]] = {
    status: {"model": Problem, "description": _TITLES[status].en} for status in (400, 404, 422)
}


class ProblemResponse(Json):
    """A problem."""

    media_type = "application/problem+json"


def problem(
    request: Request, status: int, *, detail: str | None = None, errors: Sequence[dict[str, str]] = ()
) -> ProblemResponse:
    """Return a problem response in the language the caller reads."""
    title = _TITLES.get(status) or Bilingual(*[HTTPStatus(status).phrase] * 2)
    body = {
        "type": "about:blank",
        "title": title.in_language(language_of(request)),
        "status": status,
        "detail": detail,
        "errors": list(errors),
    }
    return ProblemResponse(body, status_code=status)


def _field(location: Sequence[object]) -> str:
    """Return where in the request an error is, such as `location.latitude`; the whole body is `body`."""
    parts = [str(part) for part in location if part not in ("body", "query", "path", "[key]")]
    return ".".join(parts).encode("utf-8", "replace").decode()[:200] or "body"


async def _invalid_fields(request: Request, error: RequestValidationError) -> ProblemResponse:
    language = language_of(request)
    found = list(error.errors())
    if any(e["type"] == "json_invalid" for e in found):
        return _unreadable(request)
    errors = [{"field": _field(e["loc"]), "message": explain(e).in_language(language)} for e in found[:_SHOWN]]
    return problem(request, 422, errors=errors)


def _unreadable(request: Request) -> ProblemResponse:
    detail = _UNREADABLE.in_language(language_of(request))
    return problem(request, 400, detail=detail, errors=[{"field": "body", "message": detail}])


async def _invalid_request(request: Request, error: InvalidRequest) -> ProblemResponse:
    language = language_of(request)
    return problem(
        request, 422, errors=[{"field": p.field, "message": p.message.in_language(language)} for p in error.problems]
    )


async def _not_found(request: Request, error: NotFound) -> ProblemResponse:
    message = error.message.in_language(language_of(request))
    return problem(request, 404, detail=message, errors=[{"field": error.field, "message": message}])


async def _unavailable(request: Request, error: JinxueError) -> ProblemResponse:
    _log.error("%s", error)
    return problem(request, 503, detail=error.message.in_language(language_of(request)))


async def _http(request: Request, error: HTTPException) -> ProblemResponse:
    # FastAPI's only 400: bytes that are not UTF-8, brackets too deep, a number of thousands of digits
    response = _unreadable(request) if error.status_code == 400 else problem(request, error.status_code)
    response.headers.update(error.headers or {})
    return response


async def _unexpected(request: Request, error: Exception) -> ProblemResponse:
    _log.error("unexpected %s", type(error).__name__)
    return problem(request, 500)


def add_error_handlers(app: FastAPI) -> None:
    """Let every error leave as a problem."""
    app.add_exception_handler(RequestValidationError, _invalid_fields)  # type: ignore[arg-type]
    app.add_exception_handler(InvalidRequest, _invalid_request)  # type: ignore[arg-type]
    app.add_exception_handler(NotFound, _not_found)  # type: ignore[arg-type]
    app.add_exception_handler(JinxueError, _unavailable)  # type: ignore[arg-type]
    app.add_exception_handler(HTTPException, _http)  # type: ignore[arg-type]
    app.add_exception_handler(Exception, _unexpected)
