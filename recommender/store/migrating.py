"""Brings a database to the present schema, by the migrations in `migrations/`."""

from sqlalchemy import Connection, Engine, inspect, text

from recommender.errors import StoreError
from recommender.language import Bilingual
from recommender.store.connection import reading, writing
from recommender.store.schema import metadata

# in order; they stand here too so that a database which is up to date is opened without Alembic
REVISIONS = ("0001", "0002", "0003")
BORN_WITH = frozenset({"alembic_version", "salts"})
"""Tables that have a row as soon as they are there."""
_LOCK = "SELECT pg_advisory_xact_lock(20261122)"  # any number that all our processes agree on


def migrate(engine: Engine) -> None:
    """Make the tables in an empty database and bring an earlier release's up to date; StoreError for those of a later one, or not ours."""
    with reading(engine) as connection:
        if revision(connection) == REVISIONS[-1]:
            return
    with writing(engine, lock=_LOCK) as connection:
        found = revision(connection)  # again: another process may have been faster
        if found != REVISIONS[-1]:
            _upgrade(connection, found)


def revision(connection: Connection) -> str | None:
    """Return the revision of our tables, None when there are none; StoreError for one of a later release, and for tables not ours."""
    names = set(inspect(connection).get_table_names())
    found: list[str] = []
    if "alembic_version" in names:
        found = list(connection.scalars(text("SELECT version_num FROM alembic_version")))
    elif "schema_versions" in names:  # the first release counted without Alembic
        found = [f"{version:04}" for version in connection.scalars(text("SELECT version FROM schema_versions"))]
    if not set(found) <= set(REVISIONS):
        raise _unknown(found)
    if not found and (taken := names & set(metadata.tables)):
        raise _taken(sorted(taken))
    return found[0] if found else None


def _upgrade(connection: Connection, found: str | None) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", "recommender.store:migrations")
    if found is not None:
        command.stamp(config, found)
    command.upgrade(config, "head")


def _unknown(found: list[str]) -> StoreError:
    revisions = ", ".join(found)
    return StoreError(
        Bilingual(
            f"数据库的结构版本为 {revisions}，本程序只认识到 {REVISIONS[-1]}。请升级本程序，或另选一个空数据库并重新导入目录。",
            f"The database has schema revision {revisions}, this program knows them up to {REVISIONS[-1]}. "
            "Update the program, or choose an empty database and import the catalogue again.",
        )
    )


def _taken(tables: list[str]) -> StoreError:
    names = ", ".join(tables)
    return StoreError(
        Bilingual(
            f"数据库中已有不属于本程序的同名表：{names}。请另选一个空数据库。",
            f"The database holds tables of these names that are not ours: {names}. Choose an empty database.",
        )
    )
