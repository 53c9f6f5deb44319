"""Brings a catalogue's files into the store: what changed is updated, what others wrote meanwhile stays."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from recommender.catalogue.tables import TABLES, Table
from recommender.domain import Catalogue, PlaceKind
from recommender.errors import CatalogueError, CatalogueProblem, InvalidRequest
from recommender.geography import Gazetteer
from recommender.language import Bilingual
from recommender.registry.erasure import erase
from recommender.registry.fields import new_fields
from recommender.store import Key, Operation, Stored, Transaction

TableCounts = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Merge:
    """How many records of each table were `added`, `changed`, `unchanged`, `removed`, or `kept` although the files do not hold them."""

    counts: Mapping[str, TableCounts]

    def total(self, what: str) -> int:
        """Return how many records of all tables that happened to."""
        return sum(counts.get(what, 0) for counts in self.counts.values())


def merge(transaction: Transaction, catalogue: Catalogue, *, remove_missing: bool) -> Merge:
    """Write what `catalogue` says differently; with `remove_missing` also remove what an earlier import brought, nobody has written since, and it lacks.

    CatalogueError when what is kept would not fit what is new: another city, a cluster that is gone.
    """
    imports = transaction.import_versions() if remove_missing else frozenset()
    counts: dict[str, TableCounts] = {}
    living: dict[str, dict[Key, Any]] = {}
    for name, table in TABLES.items():
        stored = transaction.stored(name)
        records = [_as_kept(table, record, stored) for record in getattr(catalogue, name)]
        given = {_key(table, record): record for record in records}
        missing = {key: one for key, one in stored.items() if key not in given and not one.deleted}
        removed = {key: one for key, one in missing.items() if one.version in imports}
        written = dict(_written(given, stored))
        _write(transaction, table, written, stored)
        _remove(transaction, table, removed)
        counts[name] = Counter(
            added=sum(key not in stored or stored[key].deleted for key in written),
            changed=sum(key in stored and not stored[key].deleted for key in written),
            unchanged=len(given) - len(written),
            removed=len(removed),
            kept=len(missing) - len(removed),
        )
        living[name] = given | {key: one.record for key, one in missing.items() if key not in removed}
    if problems := list(_misfits(living)):
        raise CatalogueError(problems)
    return Merge(counts)


def _key(table: Table, record: Any) -> Key:
    return tuple(getattr(record, column) for column in table.key)


def _as_kept(table: Table, record: Any, stored: Mapping[Key, Stored]) -> Any:
    """Return a record the way round it is stored, where either way means the same."""
    turned = _key(table, record)[::-1]
    if table.symmetric and turned in stored and not stored[turned].deleted:
        return replace(record, **dict(zip(table.key, turned, strict=True)))
    return record


def _written(given: Mapping[Key, Any], stored: Mapping[Key, Stored]) -> Iterator[tuple[Key, Stored]]:
    """Yield what must be written for the store to hold what is given."""
    for key, record in given.items():
        before = stored.get(key)
        if before is None or before.deleted or before.record != record:
            yield key, Stored(record, owner=before.owner if before else None)


def _write(transaction: Transaction, table: Table, written: Mapping[Key, Stored], stored: Mapping[Key, Stored]) -> None:
    transaction.put(table.name, list(written.values()))
    for (course_id,) in written.keys() & stored.keys() if table.name == "courses" else ():
        transaction.drop_draft(course_id)  # the files' text is what holds now
    transaction.log_all([_entry(table, key, one, stored.get(key)) for key, one in written.items()])


def _entry(table: Table, key: Key, one: Stored, before: Stored | None) -> tuple[str, str, Operation, Mapping[str, Any]]:
    """Return the log's entry; without fields for what is all new, as the files tell them."""
    if before is None or before.deleted:
        return table.name, "|".join(key), Operation.RESTORED if before else Operation.CREATED, {}
    return table.name, "|".join(key), Operation.UPDATED, new_fields(table, one.record, before.record)


def _remove(transaction: Transaction, table: Table, removed: Mapping[Key, Stored]) -> None:
    if table.name == "learners":
        if removed:
            erase(transaction, [learner_id for (learner_id,) in removed])
            transaction.log_all([(table.name, "", Operation.ERASED, {})] * len(removed))
        return
    transaction.put(table.name, [replace(one, deleted=True) for one in removed.values()])
    transaction.log_all([(table.name, "|".join(key), Operation.DELETED, {}) for key in removed])


def _misfits(living: Mapping[str, Mapping[Key, Any]]) -> Iterator[CatalogueProblem]:
    """Yield why what would be in the store does not fit together."""
    cities = [place.name for place in living["places"].values() if place.kind is PlaceKind.CITY]
    if len(cities) > 1:
        yield _problem(
            "places",
            f"库中已有另一座城市（{'、'.join(cities)}）。请另选 JINXUE_STATE，或加 --remove-missing 换掉原目录。",
            f"The store holds another city ({', '.join(cities)}); choose another JINXUE_STATE, or add --remove-missing to replace the former catalogue.",
        )
        return
    clusters = {key[0] for key in living["clusters"]}
    for name in ("sites", "courses"):
        for (record_id, *_), record in living[name].items():
            if lost := set(record.clusters) - clusters:
                yield _lost(name, record_id, ", ".join(sorted(lost)))
    gazetteer = Gazetteer(tuple(living["places"].values())) if cities else None
    for (site_id, *_), site in living["sites"].items() if gazetteer else ():
        if written := (site.district or "") + (site.subdistrict or ""):
            try:
                gazetteer.find(written)  # type: ignore[union-attr]
            except InvalidRequest:
                yield _lost("sites", site_id, written)


def _lost(name: str, record_id: str, lost: str) -> CatalogueProblem:
    return _problem(
        name,
        f"库中的 {record_id} 用到 {lost}，而新目录中没有。请在目录中保留它，或先修改 {record_id}。",
        f"{record_id} in the store uses {lost}, which the new catalogue lacks; keep it there, or change {record_id} first.",
    )


def _problem(name: str, zh: str, en: str) -> CatalogueProblem:
    return CatalogueProblem(name, Bilingual(zh, en))
