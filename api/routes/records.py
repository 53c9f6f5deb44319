"""Sites, courses, classes, learners and enterprises as they are kept: read, written and deleted one at a time."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Body, Path, Query, Request

from api.access import ScopedRoute, allow
from api.callers import CurrentCaller
from api.dependencies import CurrentRegistry, Json
from api.errors import PROBLEMS, WRITE_PROBLEMS
from api.examples import RECORD_CHANGES, RECORD_IDS, RECORDS
from api.limits import within
from api.paging import SpeakersPaged
from api.preconditions import CurrentExpected
from api.schemas import Page
from api.schemas.fields import fields_schema
from api.schemas.registry import HistoryEntry
from api.schemas.writing import SCHEMAS, Deleted
from api.showing import deleted_answer, history_entry, stored_answer, written_answer
from recommender.access import Scope
from recommender.catalogue.tables import Table
from recommender.domain import Identifier, Learner
from recommender.privacy import OPAQUE
from recommender.registry import BOUND, KINDS, READERS, WRITERS, Action, Edit

router = APIRouter(route_class=ScopedRoute, prefix="/v1", tags=["records 数据"])

Fields = Annotated[dict[str, Any], Body()]


def _address(table: Table) -> str:
    return f"/{table.name.replace('_', '-')}/{{{table.key[0]}}}"


def _in_address(table: Table, *, written: bool = False) -> Any:
    opaque = written and table.record is Learner
    told: dict[str, Any] = {"json_schema_extra": {"pattern": f"^{OPAQUE}$"}} if opaque else {}
    return Path(alias=table.key[0], examples=[RECORD_IDS[table.singular]], **told)


def _allowed(scopes: frozenset[Scope]) -> dict[str, Any]:
    """Return how a route declares these scopes, of which some are bound to records of their own."""
    return allow(*(scopes - BOUND), own=scopes & BOUND)


def _body(table: Table, *, partial: bool) -> dict[str, Any]:
    """Return how the documentation tells of a body whose fields the registry reads itself, as it reads those of files."""
    example = (RECORD_CHANGES if partial else RECORDS)[table.singular]
    content = {"schema": fields_schema(table, partial=partial), "examples": {table.singular: {"value": example}}}
    forms = ["application/json", *(["application/merge-patch+json"] if partial else [])]
    return {"requestBody": {"content": dict.fromkeys(forms, content)}}


def _add_reading(table: Table) -> None:
    in_address, readers = _in_address(table), _allowed(READERS[table.name])

    @router.get(
        _address(table) + "/record",
        response_model=SCHEMAS[table.singular].stored,
        responses=PROBLEMS,
        openapi_extra=readers,
        summary=f"A {table.singular} as it was last submitted",
    )
    def record(registry: CurrentRegistry, caller: CurrentCaller, record_id: Annotated[Identifier, in_address]) -> Json:
        """Return the record's own fields, as in a catalogue's files; its version is the `ETag`."""
        return stored_answer(registry.record(table, record_id, caller))

    @router.get(
        _address(table) + "/history",
        response_model=Page[HistoryEntry],
        responses=PROBLEMS,
        openapi_extra=readers,
        summary=f"What was done to a {table.singular}",
    )
    def history(
        registry: CurrentRegistry,
        caller: CurrentCaller,
        wanted: Annotated[SpeakersPaged, Query()],
        record_id: Annotated[Identifier, in_address],
    ) -> Json:
        """Return who did what and when, oldest first; it outlives the record, unless that is a person's."""
        found = registry.history(table, record_id, caller)
        part = found[wanted.offset : wanted.offset + wanted.limit]
        items = [history_entry(change) for change in part]
        return Json({"items": items, "total": len(found), "limit": wanted.limit, "offset": wanted.offset})


def _editing(table: Table, action: Action) -> Callable[..., Json]:
    """Return the function that writes a record, wholly or in part."""

    def edit(
        request: Request,
        registry: CurrentRegistry,
        caller: CurrentCaller,
        expected: CurrentExpected,
        fields: Fields,
        record_id: Annotated[Identifier, _in_address(table, written=True)],
    ) -> Json:
        within(request.app.state.settings, fields)
        return written_answer(registry.edit(Edit(table, record_id, action, fields, expected), caller))

    return edit


def _add_writing(table: Table) -> None:
    address, written = _address(table), SCHEMAS[table.singular].written
    writers = _allowed(WRITERS[table.name])
    router.put(
        address,
        response_model=written,
        responses={201: {"model": written, "description": "It was not there before."}, **WRITE_PROBLEMS},
        openapi_extra=writers | _body(table, partial=False),
        name="put",
        summary=f"Write a {table.singular}",
        description="Let the record be exactly this: what is left out is empty. To do it again changes nothing.",
    )(_editing(table, Action.PUT))
    router.patch(
        address,
        response_model=written,
        responses=WRITE_PROBLEMS,
        openapi_extra=writers | _body(table, partial=True),
        name="patch",
        summary=f"Change a {table.singular}",
        description="Change these fields only; `null` empties one (JSON Merge Patch, RFC 7396).",
    )(_editing(table, Action.PATCH))


def _add_deleting(table: Table) -> None:
    @router.delete(
        _address(table),
        response_model=Deleted,
        responses=WRITE_PROBLEMS,
        openapi_extra=_allowed(WRITERS[table.name]),
        summary=f"Delete a {table.singular}",
    )
    def delete(
        registry: CurrentRegistry,
        caller: CurrentCaller,
        expected: CurrentExpected,
        record_id: Annotated[Identifier, _in_address(table)],
    ) -> Json:
        """Leave a tombstone, and say what can no longer be seen because of it: nothing else is deleted, and a PUT brings all of it back."""
        return deleted_answer(registry.edit(Edit(table, record_id, Action.DELETE, {}, expected), caller))


for _table in KINDS.values():
    _add_reading(_table)
    _add_writing(_table)
    if _table.record is not Learner:  # people are erased
        _add_deleting(_table)
