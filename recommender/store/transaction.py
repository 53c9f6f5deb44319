"""One write: all of it or nothing, one catalogue version."""

import datetime
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Table, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from recommender.access import Key
from recommender.store.audit import AuditEntry, add_entries
from recommender.store.erasing import erase_rows
from recommender.store.history import Operation, utc
from recommender.store.keys import key_row, keys_version
from recommender.store.purging import purge_rows
from recommender.store.reading import Draft, KeptAnswer, KeptFit, Reading
from recommender.store.records import TABLES, Stored, plain_json, to_row
from recommender.store.schema import api_keys, catalogue_versions, changes, course_drafts, fits, idempotency_keys

CHANNEL = "jinxue_catalogue"


class Transaction(Reading):
    """Reads and writes of one transaction. `version` is the catalogue version that its changes get.

    Nothing is checked here but what the database itself can.
    """

    def __init__(self, connection: Connection, entry: Mapping[str, Any]) -> None:
        """`entry` holds the columns of the catalogue version but its number; an import's is written also when it changes nothing."""
        super().__init__(connection)
        self.version = self.latest + 1
        self._entry = entry
        self._changes = 0
        self._begun = False
        self._announced = False
        if entry["source"] is not None:
            self._begin()

    @property
    def changed(self) -> bool:
        """Tell whether this write has raised the catalogue version."""
        return self._begun

    def put(self, table: str, records: Sequence[Stored]) -> None:
        """Write records in place of what is stored under their keys, as of this version."""
        target = TABLES[table]
        rows = [{**to_row(target, one), "version": self.version} for one in records]
        self._upsert(target, rows)

    def erase(self, learner_ids: Collection[str]) -> tuple[int, int]:
        """Delete people and all that was done to them; return how many records and how many changes that were. To be logged, as every change is."""
        erased = erase_rows(self._connection, learner_ids)
        self.audit_all("erasure", sorted(learner_ids), kind="learner")
        return erased

    def purge(self, before: datetime.datetime) -> dict[str, int]:
        """Delete the history, kept answers and keys of before an instant; return how many of each."""
        return purge_rows(self._connection, before)

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

    def put_fit(self, kept: KeptFit) -> None:
        """Keep what was learnt from all texts together, in place of what was there for its encoder. It raises the version: answers will change."""
        self._begin()
        row = {"encoder": kept.encoder, "digest": kept.digest, "content": kept.content}
        self._upsert(fits, [row])

    def put_key(self, key: Key) -> None:
        """Keep a caller's key, in place of what was kept of it. The catalogue version stays."""
        self._upsert(api_keys, [{**key_row(key), "version": keys_version(self._connection) + 1}])
        self._announced = True

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

    def audit(
        self, action: str, *, kind: str | None = None, subject: str | None = None, content: bytes | None = None
    ) -> None:
        """Keep that the caller did `action`, to what and with what content: hashes of both. The catalogue version stays."""
        self.audit_all(action, [subject], kind=kind, content=content)

    def audit_all(
        self, action: str, subjects: Iterable[str | None], *, kind: str | None, content: bytes | None = None
    ) -> None:
        """Keep that the caller did the same to each of several."""
        told = AuditEntry(
            position=0,
            at=utc(self._entry["written_at"]),
            key_id=self._entry["key_id"],
            action=action,
            kind=kind,
            subject=None,
            content=None if content is None else self.audit_hashes.content(content),
        )
        hashed = (None if one is None else self.audit_hashes.subject(kind, one) for one in subjects)
        add_entries(self._connection, [replace(told, subject=subject) for subject in hashed])

    def keep_answer(self, key: str, kept: KeptAnswer) -> None:
        """Keep what is answered to the caller's call under `key`."""
        row = {"key_id": self._entry["key_id"] or "", "key": key, "kept_at": self._entry["written_at"]}
        self._connection.execute(
            insert(idempotency_keys).values(
                **row, request_digest=kept.request_digest, status=kept.status, answer=kept.answer
            )
        )

    def rewrite_answers(self, answers: Mapping[tuple[str, str], bytes]) -> None:
        """Put other answers in place of those that are kept under these keys: the caller's and the call's."""
        for (key_id, key), answer in answers.items():
            mine = (idempotency_keys.c.key_id == key_id, idempotency_keys.c.key == key)
            self._connection.execute(update(idempotency_keys).where(*mine).values(answer=answer))

    def forget_answers(self, *, before: datetime.datetime) -> None:
        """Remove the answers kept before that instant (UTC, without a zone)."""
        self._connection.execute(delete(idempotency_keys).where(idempotency_keys.c.kept_at < before))

    def announce(self) -> None:
        """Let the processes that listen know that something is new, as soon as this is committed."""
        if (self.changed or self._announced) and self._connection.dialect.name == "postgresql":
            self._connection.execute(select(func.pg_notify(CHANNEL, str(self.version))))

    def _begin(self) -> None:
        if not self._begun:
            self._begun = True
            self._connection.execute(insert(catalogue_versions).values(version=self.version, **self._entry))

    def _upsert(self, table: Table, rows: Sequence[dict[str, Any]]) -> None:
        if not rows:
            return
        dialect = postgresql if self._connection.dialect.name == "postgresql" else sqlite
        statement = dialect.insert(table)
        keys = list(table.primary_key)
        others = {column.name: statement.excluded[column.name] for column in table.columns if column not in keys}
        self._connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=others), rows)
