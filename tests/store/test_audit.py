"""The audit log: only ever added to, without ids and content, and what was tampered with is found."""

import contextlib
import datetime
from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from recommender.store import AuditEntry, CatalogueStore
from recommender.store.connection import open_engine

SECRET = "learner-of-whom-nobody-knows"


@pytest.fixture
def log(store: CatalogueStore) -> CatalogueStore:
    """A store with three entries in its audit log."""
    for number in range(3):
        with store.write(key_id=f"key-{number}") as transaction:
            transaction.audit("put", kind="learner", subject=SECRET, content=f"{number}".encode())
    return store


@pytest.fixture
def tampering(store_url: str, log: CatalogueStore) -> Iterator[Connection]:
    """A connection past the triggers, as somebody who owns the database can make one."""
    engine = open_engine(store_url)
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("ALTER TABLE audit_entries DISABLE TRIGGER USER"))
        else:
            for event in ("update", "delete"):
                connection.execute(text(f"DROP TRIGGER refuse_{event}_of_audit_entries"))
        yield connection
    engine.dispose()


def entries(store: CatalogueStore, **wanted: object) -> list[AuditEntry]:
    with store.read() as reading:
        return reading.audit_entries(limit=100, **wanted)  # type: ignore[arg-type]


def broken_at(store: CatalogueStore) -> int | None:
    with store.read() as reading:
        return reading.audit_broken_at()


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_entries SET key_id = 'me'", "DELETE FROM audit_entries", "TRUNCATE audit_entries"]
)
def test_the_database_itself_refuses_to_change_what_was_noted(
    log: CatalogueStore, store_url: str, statement: str
) -> None:
    before = entries(log)
    engine = open_engine(store_url)
    with pytest.raises(DBAPIError), engine.begin() as connection:
        connection.execute(text(statement))  # SQLite knows no TRUNCATE, which is as good
    engine.dispose()
    assert entries(log) == before
    assert len(before) == 3


def test_an_entry_says_who_did_what_and_not_to_whom(log: CatalogueStore) -> None:
    found = entries(log)
    assert [(one.position, one.key_id, one.action, one.kind) for one in found] == [
        (number + 1, f"key-{number}", "put", "learner") for number in range(3)
    ]
    assert len({one.subject for one in found}) == 1
    assert len({one.content for one in found}) == 3
    assert all(SECRET not in str(one) for one in found)
    assert broken_at(log) is None


def test_a_subject_is_the_same_hash_in_one_database_alone(log: CatalogueStore) -> None:
    with log.read() as reading, CatalogueStore("sqlite://") as another, another.read() as other:
        here = reading.audit_hashes.subject("learner", SECRET)
        assert here == entries(log)[0].subject
        assert here not in (
            reading.audit_hashes.subject("course", SECRET),
            reading.audit_hashes.subject("learner", SECRET + "x"),
            other.audit_hashes.subject("learner", SECRET),
        )


def test_entries_are_found_by_subject_instant_and_position(log: CatalogueStore) -> None:
    later = datetime.datetime(2126, 1, 1, tzinfo=datetime.UTC)
    with log.write(now=later) as transaction:
        transaction.audit_all("erasure", ["a", "b"], kind="learner")
        subject = transaction.audit_hashes.subject("learner", "b")
    assert [one.position for one in entries(log, since=later)] == [4, 5]
    assert [one.position for one in entries(log, subject=subject)] == [5]
    assert [one.position for one in entries(log, after=2)] == [3, 4, 5]
    assert broken_at(log) is None


def test_what_is_undone_was_not_done(log: CatalogueStore) -> None:
    with log.write(dry_run=True) as transaction:
        transaction.audit("put")
    with contextlib.suppress(KeyError), log.write() as transaction:
        transaction.audit("put")
        raise KeyError
    assert len(entries(log)) == 3


@pytest.mark.parametrize(
    ("statement", "position"),
    [
        ("UPDATE audit_entries SET key_id = 'me' WHERE position = 2", 2),
        ("UPDATE audit_entries SET key_id = NULL WHERE position = 1", 1),
        ("UPDATE audit_entries SET at = '2001-01-01 00:00:00' WHERE position = 3", 3),
        ("UPDATE audit_entries SET subject = content WHERE position = 3", 3),
        ("DELETE FROM audit_entries WHERE position = 2", 2),
        ("DELETE FROM audit_entries WHERE position = 1", 1),
        ("UPDATE audit_entries SET chain = 'x' WHERE position = 3", 3),
    ],
)
def test_tampering_is_found_where_it_begins(
    tampering: Connection, log: CatalogueStore, statement: str, position: int
) -> None:
    tampering.execute(text(statement))
    tampering.commit()
    assert broken_at(log) == position
