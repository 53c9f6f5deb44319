"""The store keeps one catalogue, whole."""

import datetime
import sqlite3
import threading
from dataclasses import fields, replace

import pytest

from recommender.catalogue import read_catalogue
from recommender.domain import Catalogue, Course, CourseInstance, Mode
from recommender.errors import CatalogueError, StoreError
from recommender.store import CatalogueStore, CatalogueVersion
from recommender.store.records import RECORDS
from recommender.store.schema import metadata


def test_what_is_stored_is_loaded_again(store, catalogue, imported):
    assert all(getattr(catalogue, field.name) for field in fields(catalogue))
    store.replace(catalogue, **imported)
    assert store.load() == catalogue


def test_it_is_still_there_when_the_store_is_opened_again(url, catalogue, imported):
    with CatalogueStore(url) as store:
        store.replace(catalogue, **imported)
    with CatalogueStore(url) as store:
        assert store.load() == catalogue
        assert store.version() == CatalogueVersion(1, **imported)


def test_a_new_store_is_empty(store):
    assert store.load() == Catalogue()
    assert store.version() is None


def test_records_are_loaded_in_the_order_of_their_ids_by_code_point(store, imported):
    courses = tuple(Course(course_id=name, title="课") for name in ("b", "é", "B", "课", "a", "10", "9"))
    store.replace(Catalogue(courses=courses), **imported)
    assert [course.course_id for course in store.load().courses] == ["10", "9", "B", "a", "b", "é", "课"]


def test_every_import_raises_the_version_and_leaves_nothing_of_the_last(store, catalogue, imported):
    assert store.replace(catalogue, **imported) == 1
    smaller = replace(catalogue, learners=(), enterprises=())
    assert store.replace(smaller, **imported) == 2
    assert store.load() == smaller
    assert store.version().version == 2


def test_the_instant_of_import_is_kept_in_utc(store, catalogue, imported):
    shenzhen = datetime.timezone(datetime.timedelta(hours=8))
    imported["imported_at"] = datetime.datetime(2026, 3, 1, 9, 0, tzinfo=shenzhen)
    store.replace(catalogue, **imported)
    kept = store.version().imported_at
    assert (kept, kept.tzinfo) == (datetime.datetime(2026, 3, 1, 1, 0, tzinfo=datetime.UTC), datetime.UTC)


def test_an_instant_without_a_zone_is_refused(store, catalogue, imported):
    imported["imported_at"] = datetime.datetime(2026, 3, 1)
    with pytest.raises(ValueError, match="time zone"):
        store.replace(catalogue, **imported)


def test_a_replacement_that_fails_changes_nothing(store, catalogue, imported):
    store.replace(catalogue, **imported)
    astray = CourseInstance(instance_id="z", course_id="nowhere", mode=Mode.ONLINE)
    with pytest.raises(StoreError):
        store.replace(replace(catalogue, learners=(), course_instances=(astray,)), **imported)
    twice = replace(catalogue, sites=(*catalogue.sites, *catalogue.sites))
    with pytest.raises(StoreError):
        store.replace(twice, **imported)
    assert store.load() == catalogue
    assert store.version().version == 1
    assert store.replace(catalogue, **imported) == 2


def test_a_catalogue_with_an_error_changes_nothing(store, catalogue, imported, tmp_path):
    store.replace(catalogue, **imported)
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "sites.csv").write_text("site_id,name,kind\nhub,学院,castle\n", encoding="utf-8")

    def import_it() -> None:
        store.replace(read_catalogue(tmp_path / "new", today=imported["day"]).catalogue, **imported)

    with pytest.raises(CatalogueError):
        import_it()
    assert store.load() == catalogue
    assert store.version().version == 1


def test_a_reader_sees_one_import_whole_while_others_write(url, catalogue, imported):
    """Each import carries its number in every table; no load may see two numbers."""

    def numbered(number: int) -> Catalogue:
        course = Course(course_id="a", title=str(number))
        return replace(
            Catalogue(),
            courses=(course,),
            providers=(),
            learners=tuple(replace(x, goal=str(number)) for x in catalogue.learners),
        )

    with CatalogueStore(url) as writer, CatalogueStore(url) as reader:
        writer.replace(numbered(0), **imported)
        work = threading.Thread(target=lambda: [writer.replace(numbered(n), **imported) for n in range(1, 60)])
        work.start()
        seen = []
        while work.is_alive():
            loaded = reader.load()
            seen.append((loaded.courses[0].title, loaded.learners[0].goal))
        work.join()
        assert len(seen) > 3
        assert all(title == goal for title, goal in seen)


def test_every_table_has_the_columns_of_its_record():
    for table, record in RECORDS.items():
        assert [column.name for column in table.columns] == [field.name for field in fields(record)]
        required = {field.name for field in fields(record)} - {c.name for c in table.columns if c.nullable}
        assert {c.name for c in table.primary_key} <= required
    assert {table.name for table in RECORDS} == {field.name for field in fields(Catalogue)}


def test_everything_has_a_name_that_a_migration_can_use():
    for table in metadata.tables.values():
        assert all(constraint.name for constraint in table.constraints)


def test_sqlite_writes_ahead(store, tmp_path):
    connection = sqlite3.connect(tmp_path / "jinxue.db")
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()
