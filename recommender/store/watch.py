"""Waits for another write: by NOTIFY where there is PostgreSQL, by looking often otherwise."""

import sqlite3
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

from sqlalchemy import Engine, PoolProxiedConnection
from sqlalchemy.exc import SQLAlchemyError

from recommender.store.connection import was_replaced
from recommender.store.transaction import CHANNEL

if TYPE_CHECKING:
    import psycopg

_LOOK_SECONDS, _LOOKS = 0.1, 10


class Watch(Protocol):
    """What waits for another write. It belongs to one thread, and may tell of a write that there was none of."""

    def wait(self, stopping: threading.Event) -> None:
        """Return when there may have been a write, after a second at most; earlier, if it can, when it is time to stop."""
        ...

    def close(self) -> None:
        """Let go of the connection."""
        ...


class Poll:
    """Asks SQLite ten times a second whether another connection has written, which costs it no more than a look at shared memory.

    https://sqlite.org/pragma.html#pragma_data_version
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: PoolProxiedConnection | None = None
        self._version: object = None

    def wait(self, stopping: threading.Event) -> None:
        """Return within a tenth of a second of a write, after a second otherwise."""
        for _ in range(_LOOKS):
            if stopping.wait(_LOOK_SECONDS) or self._written():
                return

    def _written(self) -> bool:
        try:
            connection = self._connection or self._connect()
            before, self._version = self._version, connection.cursor().execute("PRAGMA data_version").fetchone()
            replaced = was_replaced(connection)
        except (SQLAlchemyError, sqlite3.Error, OSError):
            replaced = True
        if replaced:  # what is wrong, who is told will find out
            self.close()
        return replaced or before != self._version

    def _connect(self) -> PoolProxiedConnection:
        self._connection = self._engine.raw_connection()
        self._connection.detach()
        return self._connection

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            with suppress(Exception):
                self._connection.close()
        self._connection, self._version = None, None


class Listener:
    """Listens to PostgreSQL; while it cannot be reached, it is tried once a second."""

    def __init__(self, engine: Engine) -> None:
        arguments = engine.dialect.create_connect_args(engine.url)
        self._arguments = {**dict(arguments[1]), "connect_timeout": 5}
        self._connection: psycopg.Connection[tuple[object, ...]] | None = None

    def wait(self, stopping: threading.Event) -> None:
        """Return at a notification, or after a second."""
        import psycopg  # not for those who have no PostgreSQL

        try:
            if self._connection is None:
                self._connection = psycopg.connect(autocommit=True, **self._arguments)
                self._connection.execute(f'LISTEN "{CHANNEL}"')
                return  # whatever was written before it listened
            for _ in self._connection.notifies(timeout=1.0, stop_after=1):
                pass
        except psycopg.Error:
            self.close()
            stopping.wait(1.0)

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            with suppress(Exception):
                self._connection.close()
        self._connection = None


def watch(engine: Engine) -> Watch:
    """Return what waits for another write to this database."""
    return Listener(engine) if engine.dialect.name == "postgresql" else Poll(engine)
