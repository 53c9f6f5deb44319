"""From the fields of a request to a record: the same words mean the same as in a catalogue's files."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from recommender.catalogue.cells import CellReader
from recommender.catalogue.locations import check_locations
from recommender.catalogue.raw import Cell, RawRow, RawTable, as_cell
from recommender.catalogue.records import read_records
from recommender.catalogue.tables import Table
from recommender.domain import ClusterRelation, IndustryCluster, Learner, Place
from recommender.errors import CatalogueProblem, FieldProblem, InvalidRequest
from recommender.geography import Gazetteer
from recommender.language import Bilingual
from recommender.privacy import PERSONAL_FIELD_NAME, found
from recommender.store import Transaction
from recommender.taxonomy import Taxonomy

_UNKNOWN = Bilingual("没有这个字段，请检查拼写。", "There is no such field; check its spelling.")
_DECIDED = Bilingual(
    "审核结果由审核决定，不能直接写入（见 /v1/courses/{id}/reviews）。",
    "Approval is decided by review and cannot be written (see /v1/courses/{id}/reviews).",
)
_MOST = 20  # wrong fields of one record that are told


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words that records are written in: the store's clusters and places, as of one version of them."""

    version: int
    taxonomy: Taxonomy
    gazetteer: Gazetteer | None

    @classmethod
    def read(cls, transaction: Transaction, known: "Vocabulary | None") -> "Vocabulary":
        """Return the present words; `known` itself while they have not changed."""
        version = transaction.newest("clusters", "cluster_relations", "places")
        if known is not None and known.version == version:
            return known
        clusters: Sequence[IndustryCluster] = _present(transaction, "clusters")
        relations: Sequence[ClusterRelation] = _present(transaction, "cluster_relations")
        places: Sequence[Place] = _present(transaction, "places")
        return cls(version, Taxonomy(clusters, relations), Gazetteer(places) if places else None)


def _present(transaction: Transaction, table: str) -> list[Any]:
    return [stored.record for stored in transaction.stored(table).values() if not stored.deleted]


class FieldReader:
    """Reads records out of JSON fields."""

    def __init__(self, vocabulary: Vocabulary, today: datetime.date) -> None:
        self._vocabulary = vocabulary
        self._cells = CellReader(today, vocabulary.taxonomy)

    def read(self, table: Table, record_id: str, fields: Mapping[str, Any], base: Any | None = None) -> Any:
        """Return the record that `fields` make, over those of `base` where there is one; InvalidRequest names every wrong field."""
        given = {**_fields_of(table, base), **fields, table.key[0]: record_id}
        cells = {name: as_cell(value) for name, value in given.items() if name in table.columns}
        problems = list(_refused(table, record_id, fields))
        found: list[CatalogueProblem] = []
        row = RawRow(1, {name: cell for name, cell in cells.items() if not _is_empty(cell)})
        records = read_records(RawTable(table, table.singular, [row]), self._cells, found)
        if self._vocabulary.gazetteer is not None:
            found += check_locations({table.name: records}, self._vocabulary.gazetteer)
        problems += [FieldProblem(one.column or table.singular, one.message) for one in found]
        if problems:
            raise InvalidRequest(problems[:_MOST])
        return records.records[0]


def _is_empty(cell: Cell) -> bool:
    return cell in ("", ())


def _fields_of(table: Table, record: Any | None) -> dict[str, Any]:
    """Return a record's fields as JSON has them."""
    if record is None:
        return {}
    values = {name: getattr(record, name) for name in table.columns}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def _refused(table: Table, record_id: str, fields: Mapping[str, Any]) -> list[FieldProblem]:
    """Return what is wrong with the names of `fields`, and with an id that is not that of the address."""
    problems = [_unknown(table, name) for name in fields if name not in table.columns]
    if "approval" in fields:
        problems.append(FieldProblem("approval", _DECIDED))
    written = fields.get(table.key[0], record_id)
    if as_cell(written) != record_id:
        problems.append(
            FieldProblem(
                table.key[0],
                Bilingual(
                    "与地址中的编号不同；编号不能修改。", "Differs from the id in the address; an id cannot be changed."
                ),
            )
        )
    return problems


def _unknown(table: Table, name: str) -> FieldProblem:
    return FieldProblem(table.singular, PERSONAL_FIELD_NAME) if found(name) else FieldProblem(name[:100], _UNKNOWN)


def new_fields(table: Table, record: Any, before: Any | None) -> dict[str, Any]:
    """Return the fields that are new, by name; without values where they are about people."""
    values = {name: getattr(record, name) for name in table.columns}
    changed = {
        name: value
        for name, value in values.items()
        if (value not in (None, ()) if before is None else value != getattr(before, name))
    }
    return dict.fromkeys(changed) if isinstance(record, Learner) else changed
