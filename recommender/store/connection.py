"""Opens the database and makes sure that it is ours, and of this version."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Connection, Engine, create_engine, event, insert, inspect, make_url, select
from sqlalchemy.exc import SQLAlchemyError

from recommender.errors import StoreError
from recommender.language import Bilingual
from recommender.store.schema import SCHEMA_VERSION, metadata, schema_versions

_BUSY_TIMEOUT_MILLISECONDS = 5_000


def open_engine(url: str) -> Engine:
    """Return an engine, not yet connected, whose transactions see one state of the database from begin to end."""
    engine = create_engine(url, isolation_level="SERIALIZABLE")
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    for setting in (f"busy_timeout = {_BUSY_TIMEOUT_MILLISECONDS}", "journal_mode = WAL", "foreign_keys = ON"):
        cursor.execute(f"PRAGMA {setting}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # Python's driver begins a transaction at the first write only; reads before it would each see a state of their own
    connection.exec_driver_sql("BEGIN")


def prepare_schema(engine: Engine) -> None:
    """Make the tables in an empty database; StoreError when it holds those of another version, or of something else."""
    with engine.begin() as connection:
        present = set(inspect(connection).get_table_names()) & set(metadata.tables)
        if not present:
            metadata.create_all(connection)
            connection.execute(insert(schema_versions).values(version=SCHEMA_VERSION))
            return
        known = schema_versions.name in present
        found = list(connection.scalars(select(schema_versions.c.version))) if known else []
    if found != [SCHEMA_VERSION]:
        raise _other_version(found)


def _other_version(found: list[int]) -> StoreError:
    version = ", ".join(map(str, found)) or "?"
    return StoreError(
        Bilingual(
            f"数据库的结构版本为 {version}，本程序需要 {SCHEMA_VERSION}。请另选一个空数据库并重新导入目录。",
            f"The database has schema version {version}, this program needs {SCHEMA_VERSION}. "
            "Choose an empty database and import the catalogue again.",
        )
    )


@contextmanager
def store_errors(url: str) -> Iterator[None]:
    """Turn every failure of the database into a StoreError that says what to check."""
    try:
        yield
    except ValidationError as error:
        raise StoreError(
            Bilingual(
                f"数据库中有 {error.error_count()} 处数据不合要求（{error.title}）。请重新导入目录。",
                f"The database holds {error.error_count()} value(s) that make no sense ({error.title}); "
                "import the catalogue again.",
            )
        ) from error
    except (SQLAlchemyError, ImportError, OSError, ValueError) as error:
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
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
