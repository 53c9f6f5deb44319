"""What may be sent of a record, and of many as lines: JSON schemas made from the records themselves, each a component of the documentation."""

from collections.abc import Mapping
from functools import cache
from typing import Any, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, create_model
from pydantic.json_schema import models_json_schema

from api.schemas.registry import SyncResult
from api.schemas.writing import DECIDED
from recommender.catalogue.tables import Kind, Table
from recommender.registry import KINDS, Action
from recommender.taxonomy import level_names

Schema = dict[str, Any]

LINES = "application/x-ndjson"

_REF = "#/components/schemas/{model}"
_HOW = 'Fields may also be written as in a catalogue\'s files: `"40"`, `是`, `钳工|焊工`; an empty text is none.'
_LEVEL = "Any name of the level; several for one level may stand together, as in 三级/高级工."
_NUMBER, _NOTHING = {"type": "number"}, {"type": "null"}
_WHOLE_POINT: Schema = {
    "anyOf": [
        {"required": ["latitude", "longitude"], "properties": {"latitude": _NUMBER, "longitude": _NUMBER}},
        {"properties": {"latitude": _NOTHING, "longitude": _NOTHING}},
    ]
}
_SITE_UNLESS_ONLINE: Schema = {
    "anyOf": [
        {"properties": {"mode": {"const": "online"}}},
        {"required": ["site_id"], "properties": {"site_id": {"type": "string"}}},
    ]
}


def fields_schema(table: Table, *, partial: bool) -> Schema:
    """Return the schema of what may be sent of a record; `partial` lets everything be left out, and null empty a field."""
    return {"$ref": _REF.format(model=_name(table, partial=partial))}


def _name(table: Table, *, partial: bool) -> str:
    return f"{table.record.__name__}{'Changes' if partial else 'Fields'}"


def _fields(table: Table, *, partial: bool) -> Schema:
    hints = get_type_hints(table.record, include_extras=True)
    fields: dict[str, Any] = {}
    for name in table.columns:
        key = name in table.key  # it may be left out, as the address has it
        needed = name in table.required_columns and not key
        if name != DECIDED:
            default = ... if needed and not partial else None
            fields[name] = (hints[name] if needed or key else hints[name] | None, Field(default))
    model: type[BaseModel] = create_model(
        _name(table, partial=partial), __config__=ConfigDict(extra="forbid"), **fields
    )
    schema = model.model_json_schema(ref_template=_REF)
    for name, told in schema["properties"].items():
        told.pop("default", None)
        told.pop("title", None)
        if table.columns[name] is Kind.SKILL_LEVEL:
            named = {"type": "string", "enum": level_names()}
            schema["properties"][name] = {"anyOf": [named, _NOTHING], "description": _LEVEL}
    return {name: value for name, value in schema.items() if name != "$defs"}  # they are those of the answers


def _whole(table: Table) -> Schema:
    conditions = _WHOLE_POINT if "latitude" in table.columns else {}
    conditions = _SITE_UNLESS_ONLINE if table.singular == "course_instance" else conditions
    return {**_fields(table, partial=False), **conditions, "description": f"The whole of a {table.singular}. {_HOW}"}


def _changes(table: Table) -> Schema:
    return {**_fields(table, partial=True), "description": f"What is to change of a {table.singular}. {_HOW}"}


def _line(table: Table) -> Schema:
    key, *_ = table.key
    action = {"enum": [str(action) for action in Action], "default": Action.PUT}
    properties = {"type": {"const": table.singular}, "action": action, **_fields(table, partial=True)["properties"]}
    return {
        "type": "object",
        "title": table.singular,
        "required": ["type", key],
        "properties": properties,
        "additionalProperties": False,
    }


def _lines(item: str, told: str) -> Schema:
    return {
        "type": "string",
        "contentMediaType": LINES,
        "contentSchema": {"type": "array", "items": {"$ref": _REF.format(model=item)}},
        "description": told,
    }


@cache
def components() -> Mapping[str, Schema]:
    """Return the schemas by name; they are made when somebody first reads the documentation."""
    return {
        **{_name(table, partial=False): _whole(table) for table in KINDS.values()},
        **{_name(table, partial=True): _changes(table) for table in KINDS.values()},
        "SyncLine": {
            "oneOf": [_line(table) for table in KINDS.values()],
            "description": f"A record's fields with its `type`, and what is to be done with it. {_HOW}",
        },
        "SyncLines": _lines(
            "SyncLine", "One JSON object a line; a line may refer to what is stored or stands above it."
        ),
        **models_json_schema([(SyncResult, "serialization")], ref_template=_REF)[1]["$defs"],
        "SyncResults": _lines(
            "SyncResult", "One JSON object a line: one for each line that was sent, then the summary."
        ),
    }
