"""Copies of a SQLite file, by SQLite's own online backup."""

import shutil
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from sqlalchemy import create_engine, make_url
from sqlalchemy.engine import URL
from sqlalchemy.pool import NullPool

from recommender.errors import StoreError
from recommender.language import Bilingual
from recommender.store.backup.file import beside, no_backup, settle
from recommender.store.migrating import BORN_WITH, revision

_BUSY_SECONDS = 15.0
_DAMAGED = {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}


def write_copy(url: str, file: Path) -> None:
    """Copy the database as it is at one instant into `file`; StoreError when there is none, or it is damaged."""
    path = _path(url)
    if not path.is_file():
        raise StoreError(Bilingual(f"没有数据库文件 {path}，无可备份。", f"There is no database {path} to back up."))
    try:
        with closing(_open(path)) as live, closing(_open(file)) as copy:
            _copy(live, copy)
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, with nothing beside it that could be forgotten
            flaw = _flaw(copy)
    except sqlite3.Error as error:
        flaw = str(error)
    if flaw:
        raise StoreError(
            Bilingual(
                f"无法备份 {path}：{flaw}。请检查磁盘，必要时恢复以前的备份。",
                f"{path} cannot be backed up: {flaw}. Check the disk; restore an earlier backup if need be.",
            )
        )


def holds_anything(url: str) -> bool:
    """Tell whether any table has a row, or the file cannot be read."""
    path = _path(url)
    if not path.exists() or path.stat().st_size == 0:
        return False
    try:
        with closing(_open(path)) as live:
            names = {name for (name,) in live.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            return any(live.execute(f'SELECT 1 FROM "{name}" LIMIT 1').fetchone() for name in names - BORN_WITH)
    except sqlite3.Error:
        return True


def put_back(url: str, source: Path) -> None:
    """Put `source` in the place of the database, once a copy of it has been found whole.

    A database that can be opened is overwritten in one transaction of its own: readers see the old or the new state, writers wait, and none writes
    into a file that has been moved away. What is missing or damaged is replaced by the file.
    """
    path = _path(url)
    path.parent.mkdir(parents=True, exist_ok=True)
    with beside(path) as aside:
        shutil.copyfile(source, aside)
        _check(aside, source)
        try:
            if not _overwritten(path, aside):
                for rest in ("-wal", "-shm"):  # of the database that is gone: they would be taken for the new one's
                    path.with_name(path.name + rest).unlink(missing_ok=True)
                settle(aside, path)
        except sqlite3.Error as error:
            raise StoreError(
                Bilingual(
                    f"无法写入 {path}：{error}，未作任何改动。请检查磁盘和权限。",
                    f"{path} cannot be written: {error}; nothing was changed. Check the disk and the permissions.",
                )
            ) from error


def _overwritten(path: Path, aside: Path) -> bool:
    if not path.exists():
        return False
    try:
        with closing(_open(aside)) as copy, closing(_open(path)) as live:
            _copy(copy, live)
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF in _DAMAGED:
            return False
        raise
    return True


def _check(aside: Path, source: Path) -> None:
    """Raise StoreError unless `aside`, the copy of `source`, is a whole database of ours, of a release up to this one."""
    try:
        with closing(_open(aside)) as copy:
            flaw = _flaw(copy)
    except sqlite3.Error as error:
        flaw = str(error)
    if flaw:
        raise no_backup(source, flaw, flaw)
    engine = create_engine(URL.create("sqlite", database=str(aside)), poolclass=NullPool)
    with engine.connect() as connection:
        found = revision(connection)
    if found is None:
        raise no_backup(source, "其中没有近学的表", "it has none of its tables")


def _flaw(connection: sqlite3.Connection) -> str | None:
    """Return what is wrong with a database, None when it is whole."""
    (told,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    return None if told == "ok" else str(told).splitlines()[-1]


def _copy(source: sqlite3.Connection, target: sqlite3.Connection) -> None:
    """Copy everything in one step; `sqlite3.OperationalError` when somebody holds one of them for too long."""
    deadline = time.monotonic() + _BUSY_SECONDS

    def patience(status: int, _remaining: int, _total: int) -> None:
        if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) and time.monotonic() > deadline:
            raise sqlite3.OperationalError("database is locked")

    source.backup(target, progress=patience)


def _open(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True, timeout=_BUSY_SECONDS)


def _path(url: str) -> Path:
    return Path(make_url(url).database or ":memory:")
