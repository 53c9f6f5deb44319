"""Who did what, only ever added to: hashes in place of ids and content, and each entry chained to the one before."""

import datetime
import hashlib
import hmac
import json
from collections.abc import Generator, Iterable
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Select, insert, select

from recommender.store.history import utc
from recommender.store.schema import audit_entries, salts

_SALT = "audit"
_DIGITS = 32
_ROWS = 1_000  # read at once


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One thing done: when (UTC), by whose key, and to what.

    `subject` and `content` are hashes under a key that this database alone holds; `chain` hashes the entry and the one before.
    """

    position: int
    at: datetime.datetime
    key_id: str | None
    action: str
    kind: str | None
    subject: str | None
    content: str | None
    chain: str = ""

    def chained(self, before: str) -> "AuditEntry":
        """Return the entry as it stands behind the one whose chain is `before`."""
        told = [self.position, self.at.isoformat(), self.key_id, self.action, self.kind, self.subject, self.content]
        line = json.dumps([before, *told], ensure_ascii=False, separators=(",", ":"))
        return replace(self, chain=hashlib.sha256(line.encode()).hexdigest())


class AuditHashes:
    """Hashes of what may not be kept itself, alike for the same database only."""

    def __init__(self, connection: Connection) -> None:
        self._key = bytes(connection.execute(select(salts.c.value).where(salts.c.name == _SALT)).scalar_one())

    def subject(self, kind: str | None, subject: str) -> str:
        """Return the hash of what was acted upon."""
        return self.content(f"{kind or ''}\0{subject}".encode(errors="surrogatepass"))

    def content(self, content: bytes) -> str:
        """Return the hash of what was written."""
        return hmac.new(self._key, content, hashlib.sha256).hexdigest()[:_DIGITS]


def last_entry(connection: Connection) -> AuditEntry | None:
    """Return the newest entry, None before the first."""
    row = connection.execute(select(audit_entries).order_by(audit_entries.c.position.desc()).limit(1)).first()
    return None if row is None else _entry(row._asdict())


def add_entries(connection: Connection, entries: Iterable[AuditEntry]) -> None:
    """Write entries behind the last one, whatever positions they say."""
    last = last_entry(connection)
    rows = []
    for entry in entries:
        place = replace(entry, position=last.position + 1 if last else 1)
        last = place.chained(last.chain if last else "")
        row = {name: getattr(last, name) for name in AuditEntry.__dataclass_fields__}
        rows.append(row | {"at": last.at.replace(tzinfo=None)})
    if rows:
        connection.execute(insert(audit_entries), rows)


def read_entries(
    connection: Connection, *, after: int, since: datetime.datetime | None, subject: str | None, limit: int
) -> list[AuditEntry]:
    """Return at most `limit` entries behind a position, not older than `since`, about a subject (its hash), in order."""
    query = select(audit_entries).where(audit_entries.c.position > after)
    if since is not None:
        query = query.where(audit_entries.c.at >= since.astimezone(datetime.UTC).replace(tzinfo=None))
    if subject is not None:
        query = query.where(audit_entries.c.subject == subject)
    return list(_entries(connection, query.order_by(audit_entries.c.position).limit(limit)))


def broken_at(connection: Connection) -> int | None:
    """Return the position of the first entry that does not fit the one before it, None when all do."""
    chain, expected = "", 1
    with closing(_entries(connection, select(audit_entries).order_by(audit_entries.c.position))) as entries:
        for entry in entries:
            if entry.position != expected or entry.chained(chain) != entry:
                return expected
            chain, expected = entry.chain, expected + 1
    return None


def _entries(connection: Connection, query: Select[Any]) -> Generator[AuditEntry]:
    with connection.execute(query, execution_options={"yield_per": _ROWS}) as found:
        for row in found.mappings():
            yield _entry(dict(row))


def _entry(row: dict[str, Any]) -> AuditEntry:
    return AuditEntry(**row | {"at": utc(row["at"])})
