"""A database of every earlier release is brought to the present schema with all that it holds, whole or not at all."""

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, inspect, select, text

from recommender.domain import Course
from recommender.errors import StoreError
from recommender.store import CatalogueStore
from recommender.store.connection import open_engine
from recommender.store.migrating import REVISIONS
from recommender.store.records import RECORDS
from recommender.store.schema import catalogue_versions, metadata
from tests.store.conftest import NewDatabase
from tests.store.released import CONFIG, FIRST, SCRIPTS, dumped_rows, restore, rows_in
from tests.store.saving import save


@pytest.fixture
def released_url(empty_database: NewDatabase) -> Iterator[str]:
    """A database as the first release left it, once of each kind."""
    with empty_database() as url:
        restore(url)
        yield url


@pytest.fixture
def released(released_url: str) -> Iterator[Engine]:
    engine = open_engine(released_url)
    yield engine
    engine.dispose()


def differences(engine: Engine) -> list[Any]:
    """Return in what the tables that are there are not those of the schema."""
    with engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        return compare_metadata(MigrationContext.configure(connection, opts=options), metadata)


def constraints(engine: Engine) -> dict[str, Any]:
    """Return every table's keys and references with their names and options, which `compare_metadata` does not look at."""
    look = inspect(engine)
    return {
        name: (look.get_pk_constraint(name), sorted(look.get_foreign_keys(name), key=lambda one: one["name"]))
        for name in metadata.tables
    }


def test_the_migrations_are_those_that_the_store_knows():
    assert tuple(reversed([script.revision for script in SCRIPTS.walk_revisions()])) == REVISIONS


def test_a_new_database_gets_the_present_schema(empty_database):
    with empty_database() as url:
        CatalogueStore(url).close()
        engine = open_engine(url)
        assert differences(engine) == []
        assert set(inspect(engine).get_table_names()) == {*metadata.tables, "alembic_version"}
        engine.dispose()


def test_a_released_database_gets_the_present_schema(released_url, released):
    assert differences(released)
    CatalogueStore(released_url).close()
    assert differences(released) == []
    assert set(inspect(released).get_table_names()) == {*metadata.tables, "alembic_version"}


def test_migrated_constraints_are_those_of_the_schema(empty_database):
    with empty_database() as url, empty_database() as other_url:
        CatalogueStore(url).close()
        migrated, made = open_engine(url), open_engine(other_url)
        metadata.create_all(made)
        assert constraints(migrated) == constraints(made)
        assert constraints(made)["changes"][1][0]["name"] == "fk_changes_version_catalogue_versions"
        migrated.dispose()
        made.dispose()


def test_a_released_database_keeps_every_value_of_every_record(released_url, released):
    before = dumped_rows()
    assert all(before.values())
    assert rows_in(released, FIRST) == before
    CatalogueStore(released_url).close()
    with released.connect() as connection:
        for table in RECORDS:
            columns = [table.c[column.name] for column in FIRST.tables[table.name].columns]
            found = sorted((dict(row) for row in connection.execute(select(*columns)).mappings()), key=str)
            assert found == before[table.name]


def test_records_of_a_released_database_count_as_changed_by_its_latest_import(released_url, released):
    (_, latest) = dumped_rows()["catalogue_versions"]
    with CatalogueStore(released_url) as store:
        assert (store.version(), store.last_import()) == (store.load().version, store.version())
        assert store.version().version == latest["version"] == 2
        assert store.version().written_at.replace(tzinfo=None) == latest["imported_at"]
        assert (store.version().source, store.version().day) == (latest["source"], latest["day"])
        assert store.version().key_id is None
    with released.connect() as connection:
        assert len(connection.execute(select(catalogue_versions)).all()) == 2
        for table in RECORDS:
            assert set(connection.execute(select(table.c.version, table.c.deleted))) == {(2, False)}


def test_a_released_database_is_loaded_and_written_to(released_url):
    with CatalogueStore(released_url) as store:
        before = store.load()
        assert {table.name: len(getattr(before.catalogue, table.name)) for table in RECORDS} == {
            name: len(rows) for name, rows in dumped_rows().items() if name in {table.name for table in RECORDS}
        }
        new = Course(course_id="new", title="新课")
        assert save(store, new) == 3
        after = store.load_since(before)
        assert new in after.catalogue.courses
        assert after.catalogue.sites is before.catalogue.sites


def test_a_released_database_without_an_import_is_brought_up_to_date(released_url, released):
    with released.begin() as connection:
        for table in reversed(FIRST.sorted_tables):
            if table.name != "schema_versions":
                connection.execute(table.delete())
    with CatalogueStore(released_url) as store:
        assert store.version() is None
        assert save(store, Course(course_id="new", title="新课")) == 1


def test_a_migration_that_fails_leaves_the_database_as_it_was(released_url, released):
    # the last table that is migrated already has what it is to get
    with released.begin() as connection:
        connection.execute(text("ALTER TABLE enterprises ADD COLUMN deleted BOOLEAN"))
    columns = {name: inspect(released).get_columns(name) for name in FIRST.tables}
    with pytest.raises(StoreError, match="deleted"):
        CatalogueStore(released_url)
    assert set(inspect(released).get_table_names()) == set(FIRST.tables)
    assert {name: [c["name"] for c in inspect(released).get_columns(name)] for name in FIRST.tables} == {
        name: [c["name"] for c in found] for name, found in columns.items()
    }
    assert rows_in(released, FIRST) == dumped_rows()
    with released.begin() as connection:
        connection.execute(text("ALTER TABLE enterprises DROP COLUMN deleted"))
    CatalogueStore(released_url).close()
    assert differences(released) == []


_OPEN = """
import sys
from recommender.store import CatalogueStore
print("ready", flush=True)
sys.stdin.readline()
CatalogueStore(sys.argv[1]).close()
print("alembic" in sys.modules)
"""


def start_opening(url: str) -> "subprocess.Popen[str]":
    """Start a process that opens the store when it is told so."""
    pipe = subprocess.PIPE
    process = subprocess.Popen([sys.executable, "-c", _OPEN, url], stdin=pipe, stdout=pipe, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


@pytest.mark.parametrize("how", ["empty", "released"])
def test_processes_that_start_at_once_all_succeed(empty_database, how):
    with empty_database() as url:
        if how == "released":
            restore(url)
        processes = [start_opening(url) for _ in range(4)]
        for process in processes:
            process.stdin.write("\n")
            process.stdin.flush()
        migrated = [process.communicate()[0] for process in processes]
        assert [process.returncode for process in processes] == [0] * 4
        assert migrated.count("True\n") >= 1
        with CatalogueStore(url) as store:
            assert save(store, Course(course_id="new", title="新课")) == (3 if how == "released" else 1)


def test_a_database_that_is_up_to_date_is_opened_without_alembic(store_url):
    CatalogueStore(store_url).close()
    assert start_opening(store_url).communicate("\n") == ("False\n", None)


def test_a_database_of_a_later_release_is_refused_with_what_to_do(store_url):
    CatalogueStore(store_url).close()
    engine = open_engine(store_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match=r"9999.*Update the program") as caught:
        CatalogueStore(store_url)
    assert "升级" in caught.value.message.zh
    with engine.begin() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "9999"
    engine.dispose()


def test_a_database_of_something_else_with_our_tables_names_is_refused(empty_database):
    with empty_database() as url:
        engine = open_engine(url)
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE courses (id INTEGER)"))
        with pytest.raises(StoreError, match=r"courses.*empty database"):
            CatalogueStore(url)
        assert inspect(engine).get_table_names() == ["courses"]
        engine.dispose()


def test_a_database_with_other_tables_takes_ours_beside_them(empty_database):
    with empty_database() as url:
        engine = open_engine(url)
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE others (id INTEGER)"))
        CatalogueStore(url).close()
        assert {"others", *metadata.tables} < set(inspect(engine).get_table_names())
        engine.dispose()


def test_learners_who_were_deleted_are_forgotten_and_others_points_rounded(released_url, released):
    with released.begin() as connection:
        CONFIG.attributes["connection"] = connection
        command.stamp(CONFIG, "0001")
        command.upgrade(CONFIG, "0002")
        point = {"datum": "wgs84", "latitude": 22.123456, "longitude": 113.987654, "completed_course_ids": "[]"}
        row = text(
            "INSERT INTO learners (learner_id, latitude, longitude, datum, completed_course_ids, illustrative, version, deleted) "
            "VALUES (:name, :latitude, :longitude, :datum, :completed_course_ids, false, 2, :deleted)"
        )
        for position, (name, deleted) in enumerate({"gone": True, "there": False}.items(), 1):
            connection.execute(row, {**point, "name": name, "deleted": deleted})
            change = {"position": position, "name": name}
            connection.execute(
                text("INSERT INTO changes VALUES (2, :position, 'learners', :name, 'created', '{}')"), change
            )
    with CatalogueStore(released_url) as store:
        there = next(one for one in store.load().catalogue.learners if one.learner_id == "there")
        assert [change.record_id for change in store.changes_after(0, limit=9)] == ["there"]
    assert (there.latitude, there.longitude) == (22.123, 113.988)
    with released.connect() as connection:
        kept = dict(connection.execute(text("SELECT learner_id, latitude FROM learners")).all())
    assert kept["there"] == 22.123
    assert "gone" not in kept
