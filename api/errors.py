"""Every error as RFC 9457 problem details: the only place that decides a status."""

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.routing import BaseRoute, Match, Mount
from starlette.types import Scope

from api.dependencies import Json, language_of
from api.preconditions import etag
from recommender.errors import Forbidden, InvalidRequest, JinxueError, NotFound, RecordConflict, StaleRecord
from recommender.language import Bilingual
from recommender.privacy import Kind, found
from recommender.registry import SyncRefused
from recommender.validation import explain

_SHOWN = 50  # a thousand wrong items need no thousand messages
_SHOWN_OF_LINES = 1_000
_HEADERS: Mapping[int, Mapping[str, str]] = {
    401: {"WWW-Authenticate": "Bearer"},
    429: {"Retry-After": "5"},
    503: {"Retry-After": "5"},
}
_NUMBERS = frozenset({Kind.PHONE, Kind.ID_CARD, Kind.EMAIL})
_MASK = "…"
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
_log = logging.getLogger("jinxue")

_TITLES: Mapping[int, Bilingual] = {
    400: Bilingual("请求无法读取", "The request cannot be read"),
    401: Bilingual("需要有效的密钥", "A valid key is needed"),
    403: Bilingual("没有权限", "Not allowed"),
    404: Bilingual("没有找到", "Not found"),
    405: Bilingual("此地址不支持该方法", "This address does not support the method"),
    408: Bilingual("请求没有及时到齐", "The request did not arrive in time"),
    409: Bilingual("与现有记录冲突", "In conflict with what is stored"),
    412: Bilingual("记录已不是您看到的样子", "The record is not what you saw"),
    413: Bilingual("请求太大", "The request is too large"),
    415: Bilingual("请求正文的类型不符", "The body is of another media type"),
    422: Bilingual("请求中有不符合要求的字段", "Some fields of the request are wrong"),
    429: Bilingual("请求太频繁", "Too many requests"),
    431: Bilingual("请求头太大", "The head of the request is too large"),
    500: Bilingual("服务内部出错", "The service failed"),
    503: Bilingual("服务暂时不可用", "The service is not available at present"),
    507: Bilingual("服务器空间不足", "The server has no room"),
}

_UNREADABLE = Bilingual("请求正文不是可以读取的 JSON（UTF-8）。", "The body is not JSON (in UTF-8) that can be read.")


class FieldError(BaseModel):
    """One wrong field."""

    field: str
    message: str
    line: int | None = Field(default=None, description="In a stream of lines: which of them, from 1.")


class Problem(BaseModel):
    """RFC 9457 problem details."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str | None = None
    errors: list[FieldError] = []
    request_id: str | None = Field(default=None, description="Names the request in the log of the service.")


def problems(*statuses: int) -> dict[int | str, dict[str, object]]:
    """Return how the documentation tells of these statuses."""
    return {status: {"model": Problem, "description": _TITLES[status].en} for status in statuses}


PROBLEMS = problems(400, 404, 422)
WRITE_PROBLEMS = problems(400, 404, 409, 412, 422, 503)


class Unacceptable(HTTPException):
    """A request is refused for what it is as a message, before anybody looks at what it says."""

    def __init__(self, status: int, field: str, message: Bilingual) -> None:
        super().__init__(status, message.en)  # one of Starlette's own, which FastAPI lets pass while it reads a body
        self.field = field
        self.message = message


class ProblemResponse(Json):
    """A problem."""

    media_type = "application/problem+json"


def problem(
    request: Request, status: int, *, detail: str | None = None, errors: Sequence[Mapping[str, str | int]] = ()
) -> ProblemResponse:
    """Return a problem response in the language the caller reads; whoever is to come again is told when."""
    title = _TITLES.get(status) or Bilingual(*[HTTPStatus(status).phrase] * 2)
    body = {
        "type": "about:blank",
        "title": title.in_language(language_of(request)),
        "status": status,
        "detail": detail if detail is None else _impersonal(detail),
        "errors": list(errors),
        "request_id": request.scope.get("state", {}).get("request_id"),
    }
    return ProblemResponse(body, status_code=status, headers=_HEADERS.get(status))


def refusal(request: Request, status: int, field: str, message: Bilingual) -> ProblemResponse:
    """Return a problem of one field."""
    told = message.in_language(language_of(request))
    return problem(request, status, detail=told, errors=[_error(field, told)])


def _error(field: str, message: str) -> dict[str, str | int]:
    """Return what is told of a wrong field; it may be named by the caller's own text, of whatever characters."""
    name, told = (text.encode("utf-8", "replace").decode() for text in (field[:200], message))
    return {"field": _impersonal(name) or "body", "message": _impersonal(told)}


def _impersonal(text: str) -> str:
    """Return `text`, or dots where it would tell a number that reaches or identifies somebody."""
    return _MASK if found(text) in _NUMBERS else text


def _field(location: Sequence[object]) -> str:
    """Return where in the request an error is, such as `location.latitude`; the whole body is `body`."""
    return ".".join(str(part) for part in location if part not in ("body", "query", "path", "header", "[key]"))


async def _invalid_fields(request: Request, error: RequestValidationError) -> ProblemResponse:
    language = language_of(request)
    found = list({e["loc"]: e for e in error.errors()}.values())  # two who read the same parameter complain of it once
    if any(e["type"] == "json_invalid" for e in found):
        return _unreadable(request)
    errors = [_error(_field(e["loc"]), explain(e).in_language(language)) for e in found[:_SHOWN]]
    return problem(request, 422, errors=errors)


def _unreadable(request: Request) -> ProblemResponse:
    return refusal(request, 400, "body", _UNREADABLE)


async def _invalid_request(request: Request, error: InvalidRequest) -> ProblemResponse:
    language = language_of(request)
    return problem(request, 422, errors=[_error(p.field, p.message.in_language(language)) for p in error.problems])


async def _gone(request: Request, _: ClientDisconnect) -> ProblemResponse:
    return _unreadable(request)  # nobody is there to read it


async def _lines_refused(request: Request, error: SyncRefused) -> ProblemResponse:
    language = language_of(request)
    errors = [
        {"line": fault.line, **_error(p.field, p.message.in_language(language))}
        for fault in error.faults
        for p in fault.problems
    ]
    return problem(request, 422, detail=error.message.in_language(language), errors=errors[:_SHOWN_OF_LINES])


async def _not_found(request: Request, error: NotFound) -> ProblemResponse:
    return refusal(request, 404, error.field, error.message)


async def _forbidden(request: Request, error: Forbidden) -> ProblemResponse:
    return refusal(request, 403, error.field, error.message)


async def _conflict(request: Request, error: RecordConflict) -> ProblemResponse:
    return refusal(request, 409, error.field, error.message)


async def _stale(request: Request, error: StaleRecord) -> ProblemResponse:
    field = "If-Match" if "if-match" in request.headers else "If-None-Match"
    response = refusal(request, 412, field, error.message)
    if error.version is not None:
        response.headers["ETag"] = etag(error.version)
    return response


async def _unacceptable(request: Request, error: Unacceptable) -> ProblemResponse:
    return refusal(request, error.status_code, error.field, error.message)


async def _unavailable(request: Request, error: JinxueError) -> ProblemResponse:
    _log.error("%s", error)
    return problem(request, 503, detail=error.message.in_language(language_of(request)))


async def _http(request: Request, error: HTTPException) -> ProblemResponse:
    # FastAPI's only 400: bytes that are not UTF-8, brackets too deep, a number of thousands of digits
    response = _unreadable(request) if error.status_code == 400 else problem(request, error.status_code)
    response.headers.update(error.headers or {})
    if error.status_code == 405:
        response.headers["Allow"] = ", ".join(_allowed(request))
    return response


def _allowed(request: Request) -> list[str]:
    """Return the methods of an address: the router names those of the first route only that has it."""
    root = request.scope.get(
        "app_root_path", request.scope.get("root_path", "")
    )  # that of the whole, not of what is mounted
    scopes = {method: {**request.scope, "root_path": root, "method": method} for method in _METHODS}
    return [name for name, scope in scopes.items() if any(_takes(one, scope) for one in request.app.routes)]


def _takes(route: BaseRoute, scope: Scope) -> bool:
    """Tell whether a route is for an address and method; what is mounted are files, which can only be read."""
    return route.matches(scope)[0] is Match.FULL and (
        not isinstance(route, Mount) or scope["method"] in ("GET", "HEAD")
    )


async def _unexpected(request: Request, error: Exception) -> ProblemResponse:
    _log.error("unexpected %s", type(error).__name__)
    return problem(request, 500)


def add_error_handlers(app: FastAPI) -> None:
    """Let every error leave as a problem."""
    app.add_exception_handler(RequestValidationError, _invalid_fields)  # type: ignore[arg-type]
    app.add_exception_handler(InvalidRequest, _invalid_request)  # type: ignore[arg-type]
    app.add_exception_handler(ClientDisconnect, _gone)  # type: ignore[arg-type]
    app.add_exception_handler(SyncRefused, _lines_refused)  # type: ignore[arg-type]
    app.add_exception_handler(NotFound, _not_found)  # type: ignore[arg-type]
    app.add_exception_handler(Forbidden, _forbidden)  # type: ignore[arg-type]
    app.add_exception_handler(RecordConflict, _conflict)  # type: ignore[arg-type]
    app.add_exception_handler(StaleRecord, _stale)  # type: ignore[arg-type]
    app.add_exception_handler(Unacceptable, _unacceptable)  # type: ignore[arg-type]
    app.add_exception_handler(JinxueError, _unavailable)  # type: ignore[arg-type]
    app.add_exception_handler(HTTPException, _http)  # type: ignore[arg-type]
    app.add_exception_handler(Exception, _unexpected)
