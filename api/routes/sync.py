"""Sites bring what they have, and see whether they have drifted."""

import contextlib
import tempfile
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse
from pydantic import Field
from starlette.requests import ClientDisconnect

from api.access import ScopedRoute, allow
from api.callers import CurrentCaller
from api.dependencies import CurrentRegistry, Json, language_of
from api.errors import PROBLEMS, Unacceptable, problems
from api.examples import SYNC_EXAMPLE
from api.schemas.fields import LINES
from api.schemas.registry import Changes, Digest
from api.showing import change_entry, version_header
from api.uploads import blocks_of, upload
from recommender.access import Scope
from recommender.domain import Identifier
from recommender.errors import InvalidRequest
from recommender.language import Bilingual
from recommender.registry import Repeatable, Synchroniser, SyncMode

router = APIRouter(route_class=ScopedRoute, prefix="/v1/sync", tags=["sync 同步"])

_NO_ROOM = Bilingual(
    "服务器的临时空间不足，请稍后重发；整批重发无害。",
    "The server has no room for it at present; send all of it again later, which does no harm.",
)
_FORMS = (LINES, "application/ndjson", "application/jsonl", "text/plain")
_SENT = {"schema": {"$ref": "#/components/schemas/SyncLines"}, "examples": {"lines": {"value": SYNC_EXAMPLE}}}
_TOLD = {"schema": {"$ref": "#/components/schemas/SyncResults"}}
_DOCUMENTED = {
    "requestBody": {"content": {LINES: _SENT}},
    "responses": {"200": {"content": {LINES: _TOLD}}},
}


class Lines(StreamingResponse):
    """JSON Lines, sent as they are read."""

    media_type = LINES


@router.post(
    "",
    response_class=Lines,
    responses=problems(400, 413, 415, 422, 503, 507),
    openapi_extra=allow(own=[Scope.PLATFORM, Scope.SITE]) | _DOCUMENTED,
    summary="Write and delete many records at once",
)
async def synchronise(
    request: Request,
    registry: CurrentRegistry,
    caller: CurrentCaller,
    mode: SyncMode = SyncMode.ALL_OR_NOTHING,
    idempotency_key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            json_schema_extra={"minLength": 1, "maxLength": 255, "pattern": "^[ -~]*$"},
            description="Makes a repeated call harmless: it gets the answer of the first, for a week.",
        ),
    ] = None,
) -> Response:
    """Take JSON Lines: `type` and a record's fields, and an `action`: `put` (unless said otherwise), `patch` or `delete`.

    The answer has a line for each of them, then a `summary` with the catalogue version from which all of it is seen. When all or nothing is asked for,
    one wrong line leaves everything as it was (422, which names the lines); line by line, the others are done.
    """
    _check_form(request)
    _check_key(idempotency_key)
    with contextlib.ExitStack() as kept:
        results = kept.enter_context(tempfile.TemporaryFile())
        longest = request.app.state.settings.maximum_text_length
        work = Synchroniser(registry, caller, results, language=language_of(request), longest_text=longest)
        try:
            async with upload(request, request.app.state.settings) as sent:
                content = f"{mode} {caller.site_id or ''} {sent.digest}"
                repeatable = Repeatable(idempotency_key, content) if idempotency_key else None
                synced = await run_in_threadpool(work.run, sent.file, mode, repeatable)
        except ClientDisconnect:
            return Response(status_code=400)  # nobody is there to read it
        except OSError as error:
            raise Unacceptable(507, "body", _NO_ROOM) from error
        kept.pop_all()  # the answer closes it
    headers = version_header(synced.catalogue_version)
    headers |= {"Idempotency-Replayed": "true"} if synced.replayed else {}
    return Lines(blocks_of(results), headers=headers)


def _check_form(request: Request) -> None:
    form = request.headers.get("content-type", LINES).partition(";")[0].strip().lower()
    if form not in _FORMS:
        message = Bilingual(f"应为 {LINES}，每行一个 JSON 对象。", f"Expected {LINES}: one JSON object a line.")
        raise Unacceptable(415, "Content-Type", message)


def _check_key(key: str | None) -> None:
    if key is not None and not (1 <= len(key) <= 255 and key.isascii() and key.isprintable()):
        raise InvalidRequest.of(
            "Idempotency-Key", "应为 1 至 255 个可见的 ASCII 字符。", "Expected 1 to 255 printable ASCII characters."
        )


@router.get(
    "/digest",
    response_model=Digest,
    responses=PROBLEMS,
    openapi_extra=allow(own=[Scope.SITE]),
    summary="What is stored of a site, counted and hashed",
)
def digest(
    registry: CurrentRegistry,
    caller: CurrentCaller,
    site_id: Annotated[Identifier, Query(examples=["hub-pingshan"])],
    detail: Annotated[bool, Query(description="Tell each record's hash, too.")] = False,
) -> Json:
    """Return counts and a content hash of the site, the courses it published and its classes, so that it can see that it has drifted."""
    found = registry.digest(site_id, caller)
    body: dict[str, Any] = {
        "site_id": found.site_id,
        "catalogue_version": found.catalogue_version,
        "counts": found.counts,
        "content": found.content,
        "records": None,
    }
    if detail:
        body["records"] = [{"type": kind, "id": name, "hash": told} for kind, name, told in found.records]
    return Json(body)


@router.get(
    "/changes",
    response_model=Changes,
    responses=PROBLEMS,
    openapi_extra=allow(own=[Scope.PLATFORM, Scope.SITE]),
    summary="What has changed since then",
)
def changes(
    registry: CurrentRegistry,
    caller: CurrentCaller,
    since: Annotated[
        str,
        Query(
            description="A catalogue version, or `next` of an earlier answer.",
            json_schema_extra={"pattern": r"^[0-9]{1,9}(:[0-9]{1,9})?$"},
        ),
    ] = "0",
    limit: Annotated[int, Field(ge=1, le=1_000)] = 100,
) -> Json:
    """Return changes in order, as they were made; `next` goes on behind them. A site's key sees those of its own, the platform's those of learners."""
    version = registry.store.version()
    found, end = registry.changes(since, limit=limit, caller=caller)
    items = [change_entry(change) for change in found]
    told = {"items": items, "next": end, "catalogue_version": version.version if version else 0}
    return Json(told | {"whole_since": registry.whole_since()})
