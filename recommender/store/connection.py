"""Opens the database, begins its transactions, and says in a sentence what is wrong with it."""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from json import JSONDecodeError
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import DisconnectionError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry, ManagesConnection

from recommender.errors import StoreError
from recommender.language import Bilingual
from recommender.pace import rest

BUSY_SECONDS = 15
"""How long one who would write waits for another."""
_WRITES = "jinxue_writes"
_DRIVER = "postgresql+psycopg"
# a server that falls silent, or a cut cable, is noticed within about ten seconds
_NOTICED_WHEN_GONE = {"keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 3, "tcp_user_timeout": 10_000}
_ONE_WRITER = "LOCK TABLE catalogue_versions IN SHARE ROW EXCLUSIVE MODE"


def open_engine(url: str) -> Engine:
    """Return an engine, not yet connected."""
    parts = make_url(url)
    if parts.get_backend_name() == "postgresql":
        parts = parts.set(drivername=_DRIVER) if parts.drivername == "postgresql" else parts
        options = {"connect_timeout": 5, "options": f"-c lock_timeout={BUSY_SECONDS}s", **_NOTICED_WHEN_GONE}
        engine = create_engine(parts, pool_pre_ping=True, connect_args=options)
    else:
        engine = create_engine(parts)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "checkout", _check_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    event.listen(engine, "after_cursor_execute", lambda *_: rest())
    return engine


def _prepare_sqlite(connection: Any, record: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    (_, _, path) = cursor.execute("PRAGMA database_list").fetchone()
    if path:  # none in memory
        with suppress(OSError):  # a file of somebody else's is theirs to guard
            Path(path).chmod(0o600)
    record.info["file"] = (path, _identity(path))
    cursor.execute(f"PRAGMA busy_timeout = {1000 * BUSY_SECONDS}")
    _write_ahead(cursor)
    # synchronous FULL: what was committed outlives a power cut, also in WAL mode
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    # what is deleted is overwritten with zeros
    cursor.execute("PRAGMA secure_delete = ON")
    cursor.close()


def was_replaced(connection: ManagesConnection) -> bool:
    """Tell whether another file stands where this connection's stood, as when a copy is restored: what is written into it would be lost."""
    path, identity = connection.info["file"]
    return _identity(path) != identity


def _check_sqlite(_connection: Any, record: ConnectionPoolEntry, _proxy: object) -> None:
    if was_replaced(record):
        raise DisconnectionError


def _identity(path: str) -> tuple[int, int] | None:
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _write_ahead(cursor: sqlite3.Cursor) -> None:
    # the busy timeout does not hold for this: processes that open a new file at once were told that it is locked
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
        time.sleep(0.01)


def _begin_sqlite(connection: Connection) -> None:
    # Python's driver begins a transaction at the first write only: reads before it would each see a state of their own, and two writers
    # that have both read could not both go on
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get(_WRITES) else "BEGIN")


_ALWAYS = (
    SQLAlchemyError,
    OverflowError,
    UnicodeError,
    JSONDecodeError,
)  # the last ones for values that no database keeps
_OPENING = (ImportError, OSError, ValueError)  # no such driver, no such file, no URL


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Give a connection that sees one state of the database from begin to end."""
    options = {} if engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
    with engine.connect().execution_options(**options) as connection, connection.begin():
        yield connection


@contextmanager
def writing(engine: Engine, *, lock: str = _ONE_WRITER) -> Iterator[Connection]:
    """Give the one connection that may write: others wait for it to commit. What was done is undone when the block raises.

    `lock` is what PostgreSQL makes them wait by; SQLite has one writer at any time.
    """
    with engine.connect().execution_options(**{_WRITES: True}) as connection, connection.begin():
        if engine.dialect.name == "postgresql":
            connection.execute(text(lock))
        yield connection


@contextmanager
def store_errors(url: str, *, opening: bool = False) -> Iterator[None]:
    """Turn every failure of the database into a StoreError that says what to check; `opening` it can fail in more ways."""
    failures = (*_ALWAYS, *_OPENING) if opening else _ALWAYS
    try:
        yield
    except ValidationError as error:
        raise StoreError(
            Bilingual(
                f"数据库中有 {error.error_count()} 处数据不合要求（{error.title}）。请运行 jinxue doctor。",
                f"The database holds {error.error_count()} value(s) that make no sense ({error.title}); run jinxue doctor.",
            )
        ) from error
    except failures as error:
        reason = (str(getattr(error, "orig", None) or error).strip() or type(error).__name__).splitlines()[0]
        shown = _shown(url)
        raise StoreError(
            Bilingual(
                f"无法使用数据库 {shown}：{reason}。请检查地址、文件和权限。",
                f"The database {shown} cannot be used: {reason}. Check the URL, the file and its permissions.",
            )
        ) from error


def _shown(url: str) -> str:
    """Return the URL without its password; nothing of one that cannot be understood."""
    try:
        return make_url(url).render_as_string(hide_password=True)
    except (SQLAlchemyError, ValueError):
        return "?"
