"""A database that goes away is an error of ours for as long as it is away; when it is back, the same store goes on."""

import os
import shutil
import sqlite3
import threading
from contextlib import closing

import pytest

from recommender.domain import Course
from recommender.errors import StoreError
from recommender.store import CatalogueStore
from tests.store.saving import save

A, B = Course(course_id="a", title="一"), Course(course_id="b", title="二")


@pytest.fixture
def stopped(postgres):
    """The server of all tests, stopped until `start` or the end of the test."""
    running = True

    class Switch:
        def stop(self):
            nonlocal running
            postgres.stop()
            running = False

        def start(self):
            nonlocal running
            if not running:
                postgres.start()
            running = True

    switch = Switch()
    yield switch
    switch.start()


def assert_away(store, before):
    """Whatever is asked of the store is refused with an error that says why."""
    for act in (
        store.version,
        store.load,
        lambda: store.load_since(before),
        lambda: store.changes_after(0, limit=1),
        lambda: save(store, B),
    ):
        with pytest.raises(StoreError) as caught:
            act()
        assert "无法使用数据库" in caught.value.message.zh


def test_postgresql_that_is_stopped_and_started_again(stopped, postgres_url):
    with CatalogueStore(postgres_url) as store:
        save(store, A)
        before, watch = store.load(), store.watch()
        watch.wait(threading.Event())
        stopped.stop()
        assert_away(store, before)
        watch.wait(threading.Event())
        stopped.start()
        assert store.load() == before
        assert save(store, B) == 2
        assert store.load_since(before).catalogue.courses == (A, B)
        watch.wait(threading.Event())
        watch.close()


def test_postgresql_that_was_restarted_unnoticed_is_used_as_if_nothing_had_been(stopped, postgres_url):
    with CatalogueStore(postgres_url) as store:
        save(store, A)
        for act in (store.version, store.load, lambda: save(store, B)):
            stopped.stop()
            stopped.start()
            act()
        assert store.load().catalogue.courses == (A, B)


def test_postgresql_that_ends_connections_in_use_leaves_nothing_of_a_write(stopped, postgres_url):
    with CatalogueStore(postgres_url) as store:
        save(store, A)

        def write_while_it_ends() -> None:
            with store.write() as transaction:
                transaction.put("courses", [])
                stopped.stop()
                transaction.count("courses")

        with pytest.raises(StoreError):
            write_while_it_ends()
        stopped.start()
        assert save(store, B) == 2


def test_a_store_may_be_opened_while_its_database_is_away(stopped, postgres_url):
    stopped.stop()
    with pytest.raises(StoreError):
        CatalogueStore(postgres_url)
    with CatalogueStore(postgres_url, at_once=False) as store:
        with pytest.raises(StoreError):
            store.version()
        stopped.start()
        assert save(store, A) == 1


@pytest.fixture
def path(tmp_path):
    return tmp_path / "jinxue.db"


def copy_of(path):
    """Return a whole copy of the database, beside it."""
    copy = path.with_name("copy.db")
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    return copy


def put_in_place(path, other):
    """Put another file in the place of the database, as one that restores a copy does."""
    os.replace(other, path)
    for rest in ("-wal", "-shm"):
        path.with_name(path.name + rest).unlink(missing_ok=True)


def test_an_sqlite_file_that_an_older_copy_is_put_in_place_of(path):
    with CatalogueStore(f"sqlite:///{path}") as store, CatalogueStore(f"sqlite:///{path}") as other:
        save(store, A)
        copy = copy_of(path)
        save(other, B)
        newer = store.load()
        put_in_place(path, copy)
        older = store.load_since(newer)
        assert (older.version.version, older.catalogue.courses) == (1, (A,))
        assert save(store, Course(course_id="c", title="三")) == 2
        assert other.load().catalogue == store.load_since(older).catalogue
        assert [course.course_id for course in other.load().catalogue.courses] == ["a", "c"]


@pytest.mark.parametrize("content", [b"", b"not a database" * 1000, None])
def test_an_sqlite_file_that_is_lost_and_put_back(path, tmp_path, content):
    with CatalogueStore(f"sqlite:///{path}") as store:
        save(store, A)
        before, good = store.load(), copy_of(path)
        if content is None:
            put_in_place(path, shutil.copy(good, tmp_path / "gone.db"))
            path.unlink()
        else:
            (tmp_path / "bad.db").write_bytes(content)
            put_in_place(path, tmp_path / "bad.db")
        assert_away(store, before)
        put_in_place(path, good)
        assert store.load_since(before) == before
        assert save(store, B) == 2
