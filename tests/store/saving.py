"""Writes records the short way."""

import datetime
from dataclasses import fields, replace
from typing import Any

from recommender.domain import Catalogue
from recommender.store import CatalogueStore, Operation, Stored
from recommender.store.records import RECORDS, key_of

NOON = datetime.datetime(2026, 3, 1, 12, 0, tzinfo=datetime.UTC)


def save(store: CatalogueStore, *records: Any, deleted: bool = False, **entry: Any) -> int:
    """Write records, or their tombstones, in one transaction; return its catalogue version."""
    with store.write(**{"now": NOON, **entry}) as transaction:
        for record in records:
            (table,) = (table for table, kind in RECORDS.items() if type(record) is kind)
            key = key_of(table, record)
            before = transaction.stored(table.name, [key]).get(key)
            transaction.put(table.name, [Stored(record, deleted=deleted, owner=before and before.owner)])
            restored = before is not None and before.deleted
            operation = Operation.DELETED if deleted else Operation.RESTORED if restored else Operation.UPDATED
            transaction.log(table.name, "/".join(key), operation, {})
        return transaction.version


def enrol(store: CatalogueStore, instance_id: str) -> None:
    """Read how many are enrolled in a class, and write one more."""
    with store.write() as transaction:
        (one,) = transaction.stored("course_instances", [(instance_id,)]).values()
        enrolled = one.record.enrolled + 1
        transaction.put("course_instances", [replace(one, record=replace(one.record, enrolled=enrolled))])
        transaction.log("course_instances", instance_id, Operation.UPDATED, {"enrolled": enrolled})


def records_of(catalogue: Catalogue) -> list[Any]:
    """Return all records, those that others refer to first."""
    order = [table.name for table in RECORDS]
    assert set(order) == {field.name for field in fields(catalogue)}
    return [record for name in order for record in getattr(catalogue, name)]
