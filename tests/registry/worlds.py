"""A small city with a store, a registry and a service, on a day that stands still."""

import dataclasses
import datetime
import json
from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import Any

from recommender.bootstrap import Workshop
from recommender.domain import Catalogue
from recommender.encoder import Encoder
from recommender.registry import KINDS, Action, Caller, Edit, Expected, Outcome, Registry, Written
from recommender.settings import Settings
from tests import handmade
from tests.networks import TODAY
from tests.registry.model import Fields, Key

PLATFORM = Caller("platform-key")


class StillWorkshop(Workshop):
    """A workshop on a day that stands still, with an encoder that is loaded once for all tests."""

    def __init__(self, settings: Settings, encoder: Encoder) -> None:
        super().__init__(settings)
        self._encoder = encoder

    def today(self) -> datetime.date:
        return TODAY

    def load_encoder(self) -> Encoder:
        return self._encoder


def small_catalogue() -> Catalogue:
    """Return two approved courses and one that waits, taught at two sites, a learner and an enterprise."""
    sites = tuple(site for site in handmade.SITES if site.site_id in ("at-0", "at-5"))
    courses = [
        handmade.course("a", description="叉车的驾驶和保养"),
        handmade.course("b", description="电工入门", prerequisites=("a",)),
        handmade.course("c", description="焊接", approval="pending"),
    ]
    classes = [
        handmade.taught("a-1", "a", "at-0", seats=30),
        handmade.taught("b-1", "b", "at-5"),
        handmade.taught("c-1", "c", "at-0"),
    ]
    return handmade.catalogue(courses, classes, sites=sites)


def write_files(
    path: Path, records: Mapping[Key, Fields], *, clusters: Any = None, places: Any = None, relations: Any = None
) -> Path:
    """Write a catalogue of JSON Lines with these records, clusters and places."""
    shared = {"cluster": clusters or handmade.CLUSTERS, "cluster_relation": relations or handmade.RELATIONS}
    shared["place"] = places or handmade.PLACES
    lines = [{"type": kind, **as_json(record)} for kind, found in shared.items() for record in found]
    lines += [{"type": kind, **fields} for (kind, _), fields in records.items()]
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    return path


def as_json(record: Any) -> Fields:
    """Return a record's fields as JSON has them, without the empty ones."""
    values = {field.name: _plain(getattr(record, field.name)) for field in dataclasses.fields(record)}
    return {name: value for name, value in values.items() if value not in (None, [])}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime.date):
        return value.isoformat()
    return value.value if isinstance(value, Enum) else list(value) if isinstance(value, tuple) else value


def put(registry: Registry, kind: str, record_id: str, /, *, by: Caller = PLATFORM, **fields: Any) -> Outcome:
    """Put a record; return what became of it."""
    return registry.edit(Edit(KINDS[kind], record_id, Action.PUT, fields), by).outcome


def patch(
    registry: Registry,
    kind: str,
    record_id: str,
    /,
    *,
    by: Caller = PLATFORM,
    expected: Expected | None = None,
    **fields: Any,
) -> Outcome:
    """Change some fields of a record; return what became of it."""
    return registry.edit(Edit(KINDS[kind], record_id, Action.PATCH, fields, expected), by).outcome


def delete(registry: Registry, kind: str, record_id: str, /, *, by: Caller = PLATFORM) -> Written:
    """Delete a record; return what became of it."""
    return registry.edit(Edit(KINDS[kind], record_id, Action.DELETE), by)


def seen(registry: Registry) -> Catalogue:
    """Return what can be seen of the store."""
    return registry.store.load().catalogue


def ids(registry: Registry, table: str) -> set[str]:
    """Return the ids that can be seen of a table of which they are the first field."""
    return {getattr(record, dataclasses.fields(record)[0].name) for record in getattr(seen(registry), table)}
