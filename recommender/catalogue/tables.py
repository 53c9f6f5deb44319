"""The tables of a catalogue: their names, the record each row becomes, and how each column's cells are read."""

import datetime
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from enum import Enum, StrEnum, auto
from functools import cached_property
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

from recommender import domain


class Kind(Enum):
    """How a column's cells are read."""

    PLAIN = auto()  # text and numbers: the record reads them itself
    BOOLEAN = auto()
    DATE = auto()
    CHOICE = auto()
    SKILL_LEVEL = auto()
    LIST = auto()
    CLUSTERS = auto()


@dataclass(frozen=True)
class Table:
    """One table. `name` is its file or sheet, `singular` its `type` in JSON Lines; `key` identifies a row.

    What stands in the `personal` columns is never repeated in a message.
    """

    name: str
    singular: str
    record: type[Any]
    key: tuple[str, ...]
    required: bool = False
    symmetric: bool = False
    personal: tuple[str, ...] = ()

    @cached_property
    def columns(self) -> Mapping[str, Kind]:
        """Every column in the order of export, with the kind of its cells."""
        return {name: _kind(self.record, name, hint) for name, hint in get_type_hints(self.record).items()}

    @cached_property
    def required_columns(self) -> tuple[str, ...]:
        """The columns that a table cannot do without."""
        return tuple(f.name for f in fields(self.record) if f.default is MISSING and f.default_factory is MISSING)

    def key_of(self, values: tuple[str, ...]) -> tuple[str, ...]:
        """Return what identifies the row with these `key` values; a symmetric table's order makes no difference."""
        return tuple(sorted(values)) if self.symmetric else values


def _kind(record: type[Any], name: str, hint: Any) -> Kind:
    if get_origin(hint) is tuple:
        names_clusters = name == "clusters" and record in (domain.TrainingSite, domain.Course)
        return Kind.CLUSTERS if names_clusters else Kind.LIST
    plain = next((part for part in get_args(hint) if part is not NoneType), hint)
    if plain is domain.SkillLevel:
        return Kind.SKILL_LEVEL
    if issubclass(plain, StrEnum):
        return Kind.CHOICE
    return {bool: Kind.BOOLEAN, datetime.date: Kind.DATE}.get(plain, Kind.PLAIN)


_ALL = (
    Table("clusters", "cluster", domain.IndustryCluster, ("cluster_id",)),
    Table(
        "cluster_relations",
        "cluster_relation",
        domain.ClusterRelation,
        ("cluster_id", "related_cluster_id"),
        symmetric=True,
    ),
    Table("places", "place", domain.Place, ("place_id",)),
    Table("sites", "site", domain.TrainingSite, ("site_id",), required=True),
    Table("providers", "provider", domain.Provider, ("name",)),
    Table("courses", "course", domain.Course, ("course_id",), required=True),
    Table("course_instances", "course_instance", domain.CourseInstance, ("instance_id",), required=True),
    Table(
        "learners",
        "learner",
        domain.Learner,
        ("learner_id",),
        personal=("learner_id", "industry", "occupation", "latitude", "longitude", "place", "goal"),
    ),
    Table("enterprises", "enterprise", domain.Enterprise, ("enterprise_id",)),
)
TABLES: Mapping[str, Table] = {table.name: table for table in _ALL}
TABLE_NAMES = "、".join(TABLES), ", ".join(TABLES)


def table_named(name: str) -> Table | None:
    """Return the table with this name, singular or plural, whatever its case; None if there is none."""
    key = name.strip().lower()
    return TABLES.get(key) or next((table for table in _ALL if table.singular == key), None)
