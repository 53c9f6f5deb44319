"""Databases as earlier releases left them."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, MetaData, create_engine, delete, insert, select, text

from recommender.store.connection import open_engine

Rows = dict[str, list[dict[str, Any]]]

CONFIG = Config()
CONFIG.set_main_option("script_location", "recommender.store:migrations")
SCRIPTS = ScriptDirectory.from_config(CONFIG)
FIRST: MetaData = SCRIPTS.get_revision("0001").module.metadata


def restore(url: str) -> None:
    """Put the first release's database into an empty one at `url`: its dump in SQLite, the same rows in PostgreSQL."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as file:
            _run_dump(file)
        return
    engine = open_engine(url)
    with engine.begin() as connection:
        CONFIG.attributes["connection"] = connection
        command.upgrade(CONFIG, "0001")
        connection.execute(text("DROP TABLE alembic_version"))
        connection.execute(delete(FIRST.tables["schema_versions"]))
        for name, rows in dumped_rows().items():
            connection.execute(insert(FIRST.tables[name]), rows)
    engine.dispose()


def dumped_rows() -> Rows:
    """Return what the first release's database holds."""
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        _run_dump(connection.connection.dbapi_connection)
    found = rows_in(engine, FIRST)
    engine.dispose()
    return found


def rows_in(engine: Engine, tables: MetaData) -> Rows:
    """Return the rows of all `tables`, in the columns that stand there and in some fixed order."""
    with engine.connect() as connection:
        return {
            name: sorted((dict(row) for row in connection.execute(select(table)).mappings()), key=str)
            for name, table in tables.tables.items()
        }


def _run_dump(connection: sqlite3.Connection) -> None:
    connection.executescript((Path(__file__).parent / "released" / "0001.sql").read_text("utf-8"))
