"""One write: all of it or nothing, one catalogue version."""

import datetime
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, delete, func, insert, select, true, tuple_
from sqlalchemy.dialects import postgresql, sqlite

from recommender.store.history import Operation
from recommender.store.records import TABLES, Key, Stored, key_of, plain_json, to_row, to_stored
from recommender.store.schema import catalogue_versions, changes, course_drafts, courses, idempotency_keys

CHANNEL = "jinxue_catalogue"


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


class Transaction:
    """Reads and writes of one transaction. `version` is the catalogue version that its changes get.

    Tables go by their names. Nothing is checked here but what the database itself can.
    """

    def __init__(self, connection: Connection, entry: Mapping[str, Any]) -> None:
        """`entry` holds the columns of the catalogue version but its number; an import's is written also when it changes nothing."""
        self._connection = connection
        self.version = int(connection.scalar(select(func.max(catalogue_versions.c.version))) or 0) + 1
        self._entry = entry
        self._changes = 0
        self._begun = False
        if entry["source"] is not None:
            self._begin()

    @property
    def changed(self) -> bool:
        """Tell whether this write has raised the catalogue version."""
        return self._begun

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

    def put(self, table: str, records: Sequence[Stored]) -> None:
        """Write records in place of what is stored under their keys, as of this version."""
        target = TABLES[table]
        rows = [{**to_row(target, one), "version": self.version} for one in records]
        self._upsert(target, rows)

    def drafts(self, course_ids: Collection[str]) -> dict[str, Draft]:
        """Return the texts of these courses that wait for review."""
        query = select(course_drafts).where(course_drafts.c.course_id.in_(course_ids))
        found = [Draft(**{**row, "occupations": tuple(row["occupations"])}) for row in self._rows(query)]
        return {draft.course_id: draft for draft in found}

    def put_draft(self, draft: Draft) -> None:
        """Let `draft` wait for review, in place of an earlier one."""
        row = {name: plain_json(getattr(draft, name)) for name in Draft.__dataclass_fields__}
        self._upsert(course_drafts, [{**row, "version": self.version}])

    def drop_draft(self, course_id: str) -> None:
        """Remove what waits for review of a course."""
        self._connection.execute(delete(course_drafts).where(course_drafts.c.course_id == course_id))

    def log(self, kind: str, record_id: str, operation: Operation, fields: Mapping[str, Any]) -> None:
        """Keep what was done to a record; every change is to be logged, as the version is only raised by it."""
        self.log_all([(kind, record_id, operation, fields)])

    def log_all(self, done: Sequence[tuple[str, str, Operation, Mapping[str, Any]]]) -> None:
        """Keep what was done to several records, in this order."""
        if not done:
            return
        self._begin()
        rows = [
            {
                "version": self.version,
                "position": self._changes + place,
                "kind": kind,
                "record_id": record_id,
                "operation": operation.value,
                "fields": {name: plain_json(value) for name, value in fields.items()},
            }
            for place, (kind, record_id, operation, fields) in enumerate(done, 1)
        ]
        self._connection.execute(insert(changes), rows)
        self._changes += len(rows)

    def kept_answer(self, key: str) -> KeptAnswer | None:
        """Return what was answered to the caller's earlier call under `key`."""
        return kept_answer(self._connection, key, key_id=self._entry["key_id"])

    def keep_answer(self, key: str, kept: KeptAnswer) -> None:
        """Keep what is answered to the caller's call under `key`."""
        row = {"key_id": self._entry["key_id"] or "", "key": key, "kept_at": self._entry["written_at"]}
        self._connection.execute(
            insert(idempotency_keys).values(
                **row, request_digest=kept.request_digest, status=kept.status, answer=kept.answer
            )
        )

    def forget_answers(self, *, before: datetime.datetime) -> None:
        """Remove the answers kept before that instant (UTC, without a zone)."""
        self._connection.execute(delete(idempotency_keys).where(idempotency_keys.c.kept_at < before))

    def announce(self) -> None:
        """Let the processes that listen know of the new version as soon as this is committed."""
        if self.changed and self._connection.dialect.name == "postgresql":
            self._connection.execute(select(func.pg_notify(CHANNEL, str(self.version))))

    def _begin(self) -> None:
        if not self._begun:
            self._begun = True
            self._connection.execute(insert(catalogue_versions).values(version=self.version, **self._entry))

    def _rows(self, query: Select[Any]) -> Iterator[dict[str, Any]]:
        for row in self._connection.execute(query).mappings():
            yield dict(row)

    def _upsert(self, table: Table, rows: Sequence[dict[str, Any]]) -> None:
        if not rows:
            return
        dialect = postgresql if self._connection.dialect.name == "postgresql" else sqlite
        statement = dialect.insert(table)
        keys = list(table.primary_key)
        others = {column.name: statement.excluded[column.name] for column in table.columns if column not in keys}
        self._connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=others), rows)


def kept_answer(connection: Connection, key: str, *, key_id: str | None) -> KeptAnswer | None:
    """Return what was answered to the earlier call of `key_id` under `key`, None when there was none."""
    mine = (idempotency_keys.c.key_id == (key_id or ""), idempotency_keys.c.key == key)
    row = connection.execute(select(idempotency_keys).where(*mine)).first()
    return None if row is None else KeptAnswer(row.request_digest, row.status, row.answer)


def _is_among(table: Table, keys: Collection[Key] | None) -> ColumnElement[bool]:
    if keys is None:
        return true()
    columns = list(table.primary_key)
    return columns[0].in_([key[0] for key in keys]) if len(columns) == 1 else tuple_(*columns).in_(keys)
