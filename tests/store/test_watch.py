"""SQLite is asked often and cheaply whether anybody wrote, and tells of nothing else."""

import os
import threading
from pathlib import Path

import pytest

from recommender.domain import Course
from recommender.store import CatalogueStore, Watch
from tests.store.saving import save


class Looks(threading.Event):
    """Counts how often it was waited for, and does not wait."""

    def __init__(self, *, stop_at: int | None = None) -> None:
        super().__init__()
        self.count, self._stop_at = 0, stop_at

    def wait(self, timeout: float | None = None) -> bool:
        assert timeout is not None
        assert timeout <= 0.1
        self.count += 1
        return self.count == self._stop_at


def looks(watch: Watch, *, stop_at: int | None = None) -> int:
    """Wait, and return how many looks it took."""
    counting = Looks(stop_at=stop_at)
    watch.wait(counting)
    return counting.count


@pytest.fixture
def path(tmp_path):
    return tmp_path / "jinxue.db"


@pytest.fixture
def watched(path):
    """A store, and a watch on it that has told of what was there before it."""
    with CatalogueStore(f"sqlite:///{path}") as store:
        save(store, Course(course_id="a", title="课"))
        watch = store.watch()
        assert looks(watch) == 1
        yield store, watch
        watch.close()


def test_without_a_write_it_looks_for_a_second(watched):
    _, watch = watched
    assert looks(watch) == 10


def test_reading_is_no_write(watched):
    store, watch = watched
    store.load()
    assert looks(watch) == 10


def test_a_write_is_told_once(watched):
    store, watch = watched
    save(store, Course(course_id="b", title="课"))
    assert looks(watch) == 1
    assert looks(watch) == 10


def test_a_write_between_two_waits_of_another_store_is_told(watched, path):
    _, watch = watched
    with CatalogueStore(f"sqlite:///{path}") as other:
        save(other, Course(course_id="b", title="课"))
    assert looks(watch) == 1


def test_it_ends_at_once_when_it_is_time_to_stop(watched):
    _, watch = watched
    assert looks(watch, stop_at=3) == 3


def test_a_copy_put_in_its_place_is_told_and_watched_from_then_on(watched, path):
    _, watch = watched
    copy = Path(f"{path}.copy")
    with CatalogueStore(f"sqlite:///{copy}") as other:
        save(other, Course(course_id="b", title="课"))
    for end in ("-wal", "-shm"):
        Path(f"{path}{end}").unlink(missing_ok=True)
    os.replace(copy, path)
    assert looks(watch) == 1
    assert looks(watch) == 1  # whatever was written before the new file was opened
    assert looks(watch) == 10
    with CatalogueStore(f"sqlite:///{path}") as other:
        save(other, Course(course_id="c", title="课"))
    assert looks(watch) == 1


def test_a_file_that_cannot_be_opened_is_told(tmp_path):
    with CatalogueStore(f"sqlite:///{tmp_path / 'jinxue.db'}") as store:
        save(store, Course(course_id="a", title="课"))
        store.close()
        (tmp_path / "jinxue.db").write_bytes(b"no database at all, but long enough to be looked at" * 100)
        watch = store.watch()
        assert [looks(watch), looks(watch)] == [1, 1]
