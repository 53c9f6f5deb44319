"""Records as they are written and read back: one schema per kind, made from the record itself."""

import dataclasses
from collections.abc import Mapping
from typing import Any, get_type_hints

from pydantic import BaseModel, Field, create_model

from api.schemas.records import Answer
from recommender.catalogue.tables import Kind, Table
from recommender.domain import Approval
from recommender.registry import KINDS, Status

DECIDED = "approval"
"""The one column that is decided by review, and cannot be written."""


class _Versioned(Answer):
    version: int = Field(description="The catalogue version that last changed the record: its ETag.")


class _Written(_Versioned):
    status: Status
    catalogue_version: int = Field(description="The catalogue version from which everybody sees it.")


class _Reviewed(Answer):
    approval: Approval
    waiting: bool = Field(description="Whether a new text waits for review, while the approved one is recommended.")


class Deleted(Answer):
    """What a deletion did: `deleted`, or `unchanged` when there was nothing left to delete."""

    status: Status
    catalogue_version: int = Field(description="The catalogue version from which everybody sees it.")
    hides: dict[str, int] = Field(description="How many records of each table can no longer be seen because of it.")


@dataclasses.dataclass(frozen=True, slots=True)
class Schemas:
    """The models of one kind: of its record, of an answer that shows it, and of one that has written it."""

    record: type[BaseModel]
    stored: type[BaseModel]
    written: type[BaseModel]


def _schemas(table: Table) -> Schemas:
    hints = get_type_hints(table.record, include_extras=True)
    noun = table.record.__name__
    lists = (Kind.LIST, Kind.CLUSTERS)
    columns = {name: list[str] if kind in lists else hints[name] for name, kind in table.columns.items()}
    fields: dict[str, Any] = {name: (hint, ...) for name, hint in columns.items() if name != DECIDED}
    record = create_model(
        f"{noun}Record", __base__=Answer, __doc__=f"A {table.singular} as it was last submitted.", **fields
    )
    reviewed = (_Reviewed,) if DECIDED in table.columns else ()
    shown: Any = (record, ...)
    stored = create_model(f"Stored{noun}", __base__=(_Versioned, *reviewed), record=shown)
    written = create_model(f"Written{noun}", __base__=(_Written, *reviewed), record=shown)
    return Schemas(record, stored, written)


SCHEMAS: Mapping[str, Schemas] = {kind: _schemas(table) for kind, table in KINDS.items()}
"""By the record's `type`."""
