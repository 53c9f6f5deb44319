"""Reads records, and what is kept beside them, within one transaction."""

import datetime
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Select, Table, func, or_, select, true, tuple_

from recommender.access import Key as AccessKey
from recommender.domain import Approval
from recommender.store.audit import AuditEntry, AuditHashes, broken_at, read_entries
from recommender.store.erasing import erased_since, standing
from recommender.store.history import Change, history_of
from recommender.store.keys import keys_state, read_keys
from recommender.store.loading import Loaded, load
from recommender.store.purging import unwritten_since, whole_since
from recommender.store.records import TABLES, Key, Stored, key_of, to_stored
from recommender.store.schema import catalogue_versions, course_drafts, courses, fits, idempotency_keys


@dataclass(frozen=True, slots=True)
class Draft:
    """The text of an approved course that waits for review. `version` is the catalogue version that submitted it."""

    course_id: str
    title: str
    description: str
    occupations: tuple[str, ...]
    credential: str | None
    version: int = 0


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """What was answered to a call that may be repeated."""

    request_digest: str
    status: int
    answer: bytes


@dataclass(frozen=True, slots=True)
class KeptFit:
    """What was learnt from all texts together for one encoder, as bytes, and their digest."""

    encoder: str
    digest: str
    content: bytes


class Reading:
    """Reads of one transaction. Tables go by their names."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @property
    def latest(self) -> int:
        """The catalogue version that is read, 0 before the first write; in a transaction that has written, its own."""
        return int(self._connection.scalar(select(func.max(catalogue_versions.c.version))) or 0)

    def load(self) -> Loaded | None:
        """Return what can be seen of all records, None before the first write."""
        return load(self._connection)

    def history(self, kind: str, record_id: str) -> list[Change]:
        """Return everything that was done to a record, oldest first."""
        return history_of(self._connection, kind, record_id)

    def import_versions(self) -> frozenset[int]:
        """Return the catalogue versions that imports made."""
        query = select(catalogue_versions.c.version).where(catalogue_versions.c.source.is_not(None))
        return frozenset(self._connection.scalars(query))

    def stored(self, table: str, keys: Collection[Key] | None = None) -> dict[Key, Stored]:
        """Return what is stored under `keys` (all of the table for None), tombstones too."""
        target = TABLES[table]
        rows = self._connection.execute(select(target).where(_is_among(target, keys))).mappings()
        found = (to_stored(target, row) for row in rows)
        return {key_of(target, one.record): one for one in found}

    def present(self, table: str, keys: Collection[Key]) -> set[str]:
        """Return the ids among `keys` that are stored and not deleted."""
        target = TABLES[table]
        (column,) = target.primary_key
        query = select(column).where(_is_among(target, keys), target.c.deleted.is_(False))
        return set(self._connection.scalars(query))

    def newest(self, *tables: str) -> int:
        """Return the latest catalogue version that changed any of these tables, 0 when they are empty."""
        newest = (self._connection.scalar(select(func.max(TABLES[name].c.version))) for name in tables)
        return max(version or 0 for version in newest)

    def count(self, table: str, **values: Any) -> int:
        """Return how many records of `table` that are not deleted have these values."""
        target = TABLES[table]
        conditions = [target.c[name] == value for name, value in values.items()]
        query = select(func.count()).select_from(target).where(target.c.deleted.is_(False), *conditions)
        return int(self._connection.scalar(query) or 0)

    def prerequisites(self) -> dict[str, tuple[str, ...]]:
        """Return what every course that is not deleted requires."""
        rows = self._connection.execute(select(courses.c.course_id, courses.c.prerequisites).where(~courses.c.deleted))
        return {row.course_id: tuple(row.prerequisites) for row in rows}

    def drafts(self, course_ids: Collection[str]) -> dict[str, Draft]:
        """Return the texts of these courses that wait for review."""
        query = select(course_drafts).where(course_drafts.c.course_id.in_(course_ids))
        found = [Draft(**{**row, "occupations": tuple(row["occupations"])}) for row in self._rows(query)]
        return {draft.course_id: draft for draft in found}

    def waiting(self, *, limit: int, offset: int) -> tuple[list[Stored], int]:
        """Return a part of the courses that wait for review, or a text of which does, in the order of their ids; and how many there are."""
        drafted = courses.c.course_id.in_(select(course_drafts.c.course_id))
        condition = (~courses.c.deleted, or_(courses.c.approval == Approval.PENDING.value, drafted))
        query = (
            select(courses)
            .where(*condition)
            .order_by(self._by_code_point(courses.c.course_id))
            .limit(limit)
            .offset(offset)
        )
        found = [to_stored(courses, row) for row in self._connection.execute(query).mappings()]
        return found, int(self._connection.scalar(select(func.count()).select_from(courses).where(*condition)) or 0)

    def _by_code_point(self, column: Column[Any]) -> ColumnElement[Any]:
        """Return `column` so that it orders as Python orders text: SQLite does, PostgreSQL goes by its language."""
        return column.collate("C") if self._connection.dialect.name == "postgresql" else column

    def of_site(self, table: str, site_id: str) -> list[Stored]:
        """Return the records of `table` that belong to a site or are taught there, and are not deleted."""
        target = TABLES[table]
        columns = [target.c[name] for name in ("owner", "site_id") if name in target.columns]
        query = select(target).where(~target.c.deleted, or_(*(column == site_id for column in columns)))
        return [to_stored(target, row) for row in self._connection.execute(query).mappings()]

    def fit(self, encoder: str) -> KeptFit | None:
        """Return what was learnt from all texts together for an encoder, None when nothing was yet."""
        row = self._connection.execute(select(fits).where(fits.c.encoder == encoder)).first()
        return None if row is None else KeptFit(row.encoder, row.digest, row.content)

    def fit_digest(self, encoder: str) -> str | None:
        """Return the digest of what `fit` would return."""
        return self._connection.scalar(select(fits.c.digest).where(fits.c.encoder == encoder))

    def api_keys(self) -> list[AccessKey]:
        """Return all keys of callers, oldest first."""
        return read_keys(self._connection)

    def keys_state(self) -> tuple[object, ...]:
        """Return what is another after every change of any key."""
        return keys_state(self._connection)

    def kept_answer(self, key: str, *, key_id: str | None) -> KeptAnswer | None:
        """Return what was answered to the earlier call of `key_id` under an idempotency key, None when there was none."""
        mine = (idempotency_keys.c.key_id == (key_id or ""), idempotency_keys.c.key == key)
        row = self._connection.execute(select(idempotency_keys).where(*mine)).first()
        return None if row is None else KeptAnswer(row.request_digest, row.status, row.answer)

    @cached_property
    def audit_hashes(self) -> AuditHashes:
        """What hashes the subjects and contents of the audit log."""
        return AuditHashes(self._connection)

    def audit_entries(
        self,
        *,
        after: int = 0,
        since: datetime.datetime | None = None,
        subject: str | None = None,
        limit: int,
    ) -> list[AuditEntry]:
        """Return at most `limit` of what was done behind a position, not before `since`, to a subject (its hash), in order."""
        return read_entries(self._connection, after=after, since=since, subject=subject, limit=limit)

    def audit_broken_at(self) -> int | None:
        """Return the position of the first audit entry that does not fit the one before it, None when all do."""
        return broken_at(self._connection)

    def erased_since(self, version: int) -> bool:
        """Tell whether a write later than a catalogue version erased somebody."""
        return erased_since(self._connection, version)

    def standing_learners(self, version: int) -> set[str]:
        """Return the ids of the learners who have been there without a break since a catalogue version."""
        return standing(self._connection, version)

    def learners_unwritten_since(self, before: datetime.datetime) -> list[str]:
        """Return the ids of the learners whose record was last written before an instant, in order."""
        return unwritten_since(self._connection, before)

    def whole_since(self) -> int:
        """Return the catalogue version from which on the history is whole: purging takes what is before."""
        return whole_since(self._connection)

    def kept_answers(self) -> Iterator[tuple[str, str, bytes]]:
        """Yield the caller's key, the call's and the answer of every call that may be repeated."""
        columns = idempotency_keys.c.key_id, idempotency_keys.c.key, idempotency_keys.c.answer
        with self._connection.execute(select(*columns), execution_options={"yield_per": 100}) as found:
            for row in found:
                yield row.key_id, row.key, row.answer

    def _rows(self, query: Select[Any]) -> Iterator[dict[str, Any]]:
        for row in self._connection.execute(query).mappings():
            yield dict(row)


def _is_among(table: Table, keys: Collection[Key] | None) -> ColumnElement[bool]:
    if keys is None:
        return true()
    columns = list(table.primary_key)
    return columns[0].in_([key[0] for key in keys]) if len(columns) == 1 else tuple_(*columns).in_(keys)
