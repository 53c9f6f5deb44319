"""The record of truth."""

import datetime
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from types import TracebackType
from typing import Self

from sqlalchemy import Connection, Engine

from recommender.errors import StoreError
from recommender.language import Bilingual
from recommender.store.connection import open_engine, reading, store_errors, writing
from recommender.store.history import (
    ALL,
    BEHIND_ALL,
    Among,
    CatalogueVersion,
    Change,
    changes_after,
    history_of,
    latest_version,
)
from recommender.store.loading import Loaded, load, load_since
from recommender.store.migrating import migrate
from recommender.store.reading import Reading
from recommender.store.scrubbing import scrub
from recommender.store.transaction import Transaction
from recommender.store.watch import Watch, watch


class CatalogueStore:
    """Records in a database. Every method raises StoreError when the database cannot be used; it may be used from several threads."""

    def __init__(self, url: str, *, at_once: bool = True) -> None:
        """Open the database at `url`, such as `sqlite:///jinxue.db`; an empty one gets its tables, an older one is brought up to date.

        Not `at_once` leaves that to the first use, so that a service may start while its database is away.
        """
        self._url = url
        self._ready = False
        self._opening = threading.Lock()
        with store_errors(url, opening=True):
            self._engine = open_engine(url)
            if at_once:
                self._open()

    def _open(self) -> None:
        with self._opening:
            if self._ready:
                return
            try:
                migrate(self._engine)
            except BaseException:
                self._engine.dispose()
                raise
            self._ready = True

    @contextmanager
    def write(
        self,
        *,
        now: datetime.datetime | None = None,
        key_id: str | None = None,
        source: str | None = None,
        day: datetime.date | None = None,
        dry_run: bool = False,
    ) -> Iterator[Transaction]:
        """Give a transaction that is committed when the block ends, and undone when it raises, or on a dry run. Writers wait for each other.

        An import has its files' fingerprint for a `source`, and the `day` its dates count from.
        """
        instant = (now or datetime.datetime.now(datetime.UTC)).astimezone(datetime.UTC).replace(tzinfo=None)
        entry = {"written_at": instant, "key_id": key_id, "source": source, "day": day}
        with store_errors(self._url), self._connected(writing) as connection:
            transaction = Transaction(connection, entry)
            yield transaction
            if dry_run:
                connection.rollback()
            else:
                transaction.announce()

    @contextmanager
    def read(self) -> Iterator[Reading]:
        """Give a transaction that only reads, and sees one state of the database from begin to end."""
        with self._read() as connection:
            yield Reading(connection)

    @contextmanager
    def _read(self) -> Iterator[Connection]:
        with store_errors(self._url), self._connected(reading) as connection:
            yield connection

    @contextmanager
    def _connected(self, begin: Callable[[Engine], AbstractContextManager[Connection]]) -> Iterator[Connection]:
        if not self._ready:
            with store_errors(self._url, opening=True):
                self._open()
        with begin(self._engine) as connection:
            yield connection

    def version(self) -> CatalogueVersion | None:
        """Return the latest write, None before the first."""
        with self._read() as connection:
            return latest_version(connection)

    def last_import(self) -> CatalogueVersion | None:
        """Return the latest import, None before the first."""
        with self._read() as connection:
            return latest_version(connection, imports_only=True)

    def load(self) -> Loaded:
        """Return what can be seen, each table ordered by id; StoreError before the first write."""
        with self._read() as connection:
            return _some(load(connection))

    def load_since(self, before: Loaded) -> Loaded:
        """Return what `load` would; tables in which nothing has changed since `before` are the very same objects."""
        with self._read() as connection:
            return _some(load_since(connection, before))

    def changes_after(
        self, version: int, position: int = BEHIND_ALL, *, limit: int, among: Among = ALL
    ) -> list[Change]:
        """Return at most `limit` of the changes behind that one (behind all of that version), in order."""
        with self._read() as connection:
            return changes_after(connection, version, position, limit=limit, among=among)

    def history(self, kind: str, record_id: str) -> list[Change]:
        """Return everything that was done to a record, oldest first."""
        with self._read() as connection:
            return history_of(connection, kind, record_id)

    def scrub(self) -> bool:
        """Let nothing of what was deleted linger where it can be read; False while others, reading, keep it from that."""
        with store_errors(self._url):
            return scrub(self._engine)

    def watch(self) -> Watch:
        """Return what waits for another write."""
        return watch(self._engine)

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _some(loaded: Loaded | None) -> Loaded:
    if loaded is None:
        raise StoreError(
            Bilingual(
                "尚未导入目录。请先运行 jinxue import。", "No catalogue has been imported; run jinxue import first."
            )
        )
    return loaded
