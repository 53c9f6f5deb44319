"""Copies of our tables in a PostgreSQL database, by its own programs."""

import os
import re
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from psycopg.conninfo import make_conninfo
from sqlalchemy import Connection, inspect, select

from recommender.errors import StoreError
from recommender.language import Bilingual
from recommender.store.backup.file import no_backup
from recommender.store.connection import open_engine, reading
from recommender.store.migrating import BORN_WITH, REVISIONS, revision
from recommender.store.schema import metadata

_COUNTED_BY = ("alembic_version", "schema_versions")  # the tables that hold the schema's revision
# pg_dump takes tables with their triggers, but not the function that one of them calls
_GUARD = (
    "CREATE OR REPLACE FUNCTION refuse_audit_entries() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'audit entries are only ever added'; END $$"
)
_PATIENCE = "-c lock_timeout=15s"


def write_copy(url: str, file: Path) -> None:
    """Let pg_dump write our tables as they are at one instant into `file`; StoreError when it is not there, or fails."""
    words = ["pg_dump", "--format=custom", "--no-owner", "--no-privileges"]
    _need(("pg_dump",), [*words, "--file=FILE"], url)
    tables = _our_tables(url)
    if not tables:
        raise StoreError(
            Bilingual("数据库中没有近学的表，无可备份。", "The database has none of our tables to back up.")
        )
    done = _run([*words, f"--file={file}", *(f"--table={name}" for name in tables)], url)
    if done.returncode:
        raise _failed("pg_dump", done.stderr)


def holds_anything(url: str) -> bool:
    """Tell whether any of our tables has a row."""
    with _connected(url) as connection:
        names = set(_tables(connection)) - BORN_WITH
        ours = (table for table in metadata.sorted_tables if table.name in names)
        return any(connection.execute(select(1).select_from(table).limit(1)).first() for table in ours)


def put_back(url: str, source: Path) -> None:
    """Put the tables of `source` in the place of ours, in one transaction that is committed once the whole file has been read."""
    by_hand = ["pg_restore", "--clean", "--if-exists", "--single-transaction", "--no-owner", str(source)]
    _need(("pg_restore", "psql"), by_hand, url)
    _check(source, url)
    # pg_restore itself would leave tables behind that a later release than the backup's has made
    tables = _our_tables(url)
    before = [*([f"DROP TABLE {', '.join(tables)}"] if tables else []), _GUARD]
    conninfo, environment = _connection(url)
    words = ["psql", "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"]
    words += [*(f"--command={statement}" for statement in before), "--file=-"]
    with (
        tempfile.TemporaryFile() as told,
        subprocess.Popen(
            [*words, f"--dbname={conninfo}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=told,
            env=environment,
        ) as writer,
    ):
        assert writer.stdin is not None
        read = _read(source, writer.stdin)
        if read.returncode:
            writer.kill()  # before it sees an end of its script, at which it would commit
        with suppress(BrokenPipeError):
            writer.stdin.close()
        failed = writer.wait()
        told.seek(0)
        said = told.read()
    if said.strip() and failed:
        raise _failed("psql", said)
    if failed:
        raise no_backup(source, *2 * (_reason(read.stderr),))


def _read(source: Path, script: IO[bytes]) -> subprocess.CompletedProcess[bytes]:
    """Let pg_restore write `source` as SQL into `script`; that of a whole database made by hand drops what else it brings first."""
    words = ["pg_restore", "--clean", "--if-exists", "--no-owner", "--no-privileges", "--file=-", str(source)]
    return subprocess.run(words, stdout=script, stderr=subprocess.PIPE, check=False)


def _check(source: Path, url: str) -> None:
    """Raise StoreError unless `source` is a dump that says it is ours, of a release up to this one."""
    words = ["pg_restore", "--data-only", *(f"--table={name}" for name in _COUNTED_BY), "--file=-", str(source)]
    done = _run(words, url, connect=False)
    if done.returncode:
        raise no_backup(source, *2 * (_reason(done.stderr),))
    found = {f"{int(number):04}" for number in re.findall(rb"^\d+", done.stdout, flags=re.MULTILINE)}
    if not found:
        raise no_backup(source, "其中没有近学的表", "it has none of its tables")
    if not found <= set(REVISIONS):
        later = ", ".join(sorted(found))
        raise no_backup(source, f"结构版本 {later} 来自更新的程序", f"schema revision {later} is a later release's")


def _our_tables(url: str) -> list[str]:
    with _connected(url) as connection:
        revision(connection)  # tables of our names that are not ours are left alone
        return _tables(connection)


@contextmanager
def _connected(url: str) -> Iterator[Connection]:
    engine = open_engine(url)
    try:
        with reading(engine) as connection:
            yield connection
    finally:
        engine.dispose()


def _tables(connection: Connection) -> list[str]:
    return sorted({*metadata.tables, *_COUNTED_BY} & set(inspect(connection).get_table_names()))


def _connection(url: str) -> tuple[str, dict[str, str]]:
    """Return what PostgreSQL's programs connect by, and their environment with the password, which other users could see among the arguments."""
    engine = open_engine(url)
    parts = dict(engine.dialect.create_connect_args(engine.url)[1])
    password, _ = parts.pop("password", None), parts.pop("context", None)  # the latter is for the driver only
    secret = {"PGPASSWORD": str(password)} if password else {}
    return make_conninfo("", **parts), {**os.environ, "PGOPTIONS": _PATIENCE, "LC_ALL": "C.UTF-8", **secret}


def _run(words: list[str], url: str, *, connect: bool = True) -> subprocess.CompletedProcess[bytes]:
    conninfo, environment = _connection(url)
    target = [f"--dbname={conninfo}"] if connect else []
    return subprocess.run([*words, *target], capture_output=True, env=environment, check=False)


def _need(programs: tuple[str, ...], words: list[str], url: str) -> None:
    """Raise StoreError with what to run elsewhere when one of the `programs` is not on the path."""
    missing = [name for name in programs if shutil.which(name) is None]
    if missing:
        names, command = ", ".join(missing), f"{shlex.join(words)} --dbname={shlex.quote(_connection(url)[0])}"
        raise StoreError(
            Bilingual(
                f"找不到程序 {names}（软件包 postgresql-client）。请安装，或在有它的机器上运行：{command}",
                f"There is no {names} on the path (package postgresql-client); install it, or run where it is: {command}",
            )
        )


def _failed(program: str, told: bytes) -> StoreError:
    reason = _reason(told)
    return StoreError(
        Bilingual(
            f"{program} 失败，未作任何改动：{reason}",
            f"{program} failed, and nothing was changed: {reason}",
        )
    )


def _reason(told: bytes) -> str:
    """Return the line that says what went wrong; those behind it may show rows."""
    lines = told.decode(errors="replace").strip().splitlines() or ["?"]
    return next((line for line in lines if "error:" in line.lower()), lines[0])
