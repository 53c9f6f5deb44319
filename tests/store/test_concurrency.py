"""Readers see one state while others write; writers wait for each other, in one process and in several; watchers are told."""

import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from recommender.domain import Course, CourseInstance, Enterprise, Learner, Mode
from recommender.store import CatalogueStore, Operation
from recommender.store.transaction import CHANNEL
from tests.store.saving import enrol, save

PATIENCE_SECONDS = 60
COURSE = Course(course_id="a", title="课")
CLASS = CourseInstance(instance_id="i", course_id="a", mode=Mode.ONLINE)

ROOT = Path(__file__).parents[2]
_ENROL = """
import sys
from recommender.store import CatalogueStore
from tests.store.saving import enrol
with CatalogueStore(sys.argv[1]) as store:
    for _ in range(int(sys.argv[2])):
        enrol(store, "i")
"""


def start_enrolling(url, times):
    """Let a process of its own read how many are enrolled, and write one more, so often."""
    return subprocess.Popen([sys.executable, "-c", _ENROL, url, str(times)], cwd=ROOT)


def assert_enrolled(store, times):
    """Every one of so many enrolments was counted, and is a version of its own."""
    assert store.load().catalogue.course_instances[0].enrolled == times
    changes = store.changes_after(1, limit=1000)
    assert [change.version for change in changes] == list(range(2, times + 2))
    assert [change.fields["enrolled"] for change in changes] == list(range(1, times + 1))


def test_writers_in_threads_wait_for_each_other(store, store_url):
    save(store, COURSE, CLASS)
    with CatalogueStore(store_url) as other:
        threads = [
            threading.Thread(target=lambda s=s: [enrol(s, "i") for _ in range(8)]) for s in (store, store, other)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert_enrolled(store, 24)


def test_writers_in_processes_wait_for_each_other(store, store_url):
    save(store, COURSE, CLASS)
    processes = [start_enrolling(store_url, 6) for _ in range(3)]
    for _ in range(6):
        enrol(store, "i")
    assert [process.wait(PATIENCE_SECONDS) for process in processes] == [0, 0, 0]
    assert_enrolled(store, 24)


def test_a_reader_sees_one_write_whole_while_others_write(store, store_url):
    """Each write carries its number in two tables; no load may see two numbers."""

    def write(number):
        save(store, Enterprise(enterprise_id="e", name=str(number)), Learner(learner_id="l", goal=str(number)))

    write(0)
    done = threading.Event()

    def write_on():
        for number in range(1, 40):
            write(number)
        done.set()

    with CatalogueStore(store_url) as reader:
        work = threading.Thread(target=write_on)
        work.start()
        seen, before = [], reader.load()
        while not done.is_set():
            for loaded in (reader.load(), before := reader.load_since(before)):
                seen.append(
                    (loaded.catalogue.enterprises[0].name, loaded.catalogue.learners[0].goal, loaded.version.version)
                )
        work.join()
    assert len({version for *_, version in seen}) > 3
    assert {(name, goal) for name, goal, _ in seen} == {(str(version - 1),) * 2 for *_, version in seen}


def test_a_reading_block_sees_one_state_to_its_end(store, store_url):
    save(store, COURSE)
    with CatalogueStore(store_url) as other, store.read() as reading:
        before = reading.stored("courses")
        save(other, replace(COURSE, title="新"), CLASS)
        assert reading.stored("courses") == before
        assert (reading.latest, reading.count("course_instances")) == (1, 0)
    with store.read() as reading:
        assert (reading.latest, reading.count("course_instances")) == (2, 1)


def test_who_opens_and_reads_does_not_wait_for_a_writer(store, store_url):
    save(store, COURSE)
    with store.write() as transaction:
        transaction.log("courses", "a", Operation.UPDATED, {})
        with CatalogueStore(store_url) as other:
            assert other.load().version.version == 1
    assert store.version().version == 2


def test_sqlite_writes_ahead(tmp_path):
    CatalogueStore(f"sqlite:///{tmp_path / 'jinxue.db'}").close()
    with closing(sqlite3.connect(tmp_path / "jinxue.db")) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_write_in_another_process_wakes_who_watches(store, store_url):
    save(store, COURSE, CLASS)
    watch = store.watch()
    watch.wait(threading.Event())
    process = start_enrolling(store_url, 1)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while store.version().version == 1:
        assert time.monotonic() < deadline
        watch.wait(threading.Event())
    watch.close()
    assert process.wait(PATIENCE_SECONDS) == 0
    assert_enrolled(store, 1)


def test_postgresql_tells_of_every_write_that_was_committed_and_of_nothing_else(postgres_url):
    with CatalogueStore(postgres_url) as store, psycopg.connect(postgres_url, autocommit=True) as listening:
        listening.execute(f"LISTEN {CHANNEL}")
        write_and_fail(store)
        told = list(listening.notifies(timeout=PATIENCE_SECONDS, stop_after=2))
    assert [int(one.payload) for one in told] == [1, 2]


def write_and_fail(store):
    """Write twice; between, fail once and once write nothing."""
    save(store, COURSE)
    with pytest.raises(KeyError), store.write() as transaction:
        transaction.log_all([("courses", "a", Operation.UPDATED, {}), ("courses", {}["b"], Operation.UPDATED, {})])
    with store.write() as transaction:
        assert transaction.stored("courses")
    save(store, COURSE)
