"""What was backed up while others wrote is there again, whole, after everything was lost; what is no backup takes nothing away."""

import sqlite3
import stat
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, inspect, select, text
from sqlalchemy.exc import DBAPIError

from recommender.access import Scope
from recommender.bootstrap import Workshop
from recommender.domain import Course
from recommender.errors import StoreError
from recommender.keyring import Bounds, KeyOffice
from recommender.store import CatalogueStore, Operation
from recommender.store.backup import back_up, restore
from recommender.store.connection import open_engine
from recommender.store.migrating import REVISIONS
from recommender.store.schema import metadata
from tests.faults.town import TWINS
from tests.store.saving import save

Rows = dict[str, list[tuple[Any, ...]]]


@pytest.fixture
def url(town: Workshop) -> str:
    """A database with records, history, a fit, a key and an audit log."""
    with town.open_store() as store:
        KeyOffice(store).create("平台", Bounds([Scope.PLATFORM]), lifetime=None)
        save(store, Course(course_id="secret-free", title="一"), key_id="somebody")
    return town.settings.store_url


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    """Give a transaction that is not the store's."""
    engine = open_engine(url)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def content(url: str) -> Rows:
    """Return every row of every table."""
    with connected(url) as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=str)
            for table in metadata.sorted_tables
        }


def destroy(url: str) -> None:
    """Lose everything."""
    if url.startswith("sqlite"):
        for suffix in ("", "-wal", "-shm"):
            Path(url.removeprefix("sqlite:///") + suffix).unlink(missing_ok=True)
        return
    with connected(url) as connection:
        for name in inspect(connection).get_table_names():
            connection.execute(text(f'DROP TABLE "{name}" CASCADE'))
        connection.execute(text("DROP FUNCTION refuse_audit_entries"))


def set_fees(store: CatalogueStore, fee: float) -> int:
    """Change the fees of the twins, which only ever change together."""
    with store.write() as transaction:
        for (name,), one in transaction.stored("course_instances", [(twin,) for twin in TWINS]).items():
            transaction.put("course_instances", [replace(one, record=replace(one.record, fee_yuan=fee))])
            transaction.log("course_instances", name, Operation.UPDATED, {"fee_yuan": fee})
        return transaction.version


def fees(store: CatalogueStore) -> set[float | None]:
    with store.read() as reading:
        return {one.record.fee_yuan for one in reading.stored("course_instances", [(twin,) for twin in TWINS]).values()}


@contextmanager
def writing(url: str) -> Iterator[Callable[[], int]]:
    """Write without a pause while the block runs; give what tells the version written last."""
    stop, last = threading.Event(), [0]

    def write() -> None:
        with CatalogueStore(url) as store:
            while not stop.is_set():
                last[0] = set_fees(store, float(last[0]))

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield lambda: last[0]
    finally:
        stop.set()
        thread.join()


def test_everything_is_there_again_after_all_was_lost(url: str, tmp_path: Path) -> None:
    before = content(url)
    assert all(before[name] for name in ("courses", "changes", "fits", "api_keys", "audit_entries", "learners"))
    back_up(url, tmp_path / "backup")
    destroy(url)

    restore(url, tmp_path / "backup")

    assert content(url) == before
    with connected(url) as connection, pytest.raises(DBAPIError, match="audit entries are only ever added"):
        connection.execute(text("DELETE FROM audit_entries"))
    with CatalogueStore(url) as store:
        assert set_fees(store, 9.0) == store.version().version  # type: ignore[union-attr]
    assert sorted(path.name for path in tmp_path.iterdir() if "partial" in path.name) == []


def test_a_backup_under_writes_is_the_state_after_one_of_them(url: str, tmp_path: Path) -> None:
    with writing(url) as last:
        while last() == 0:
            pass
        begun = last()
        back_up(url, tmp_path / "backup")
        ended = last()
        assert ended > begun or not url.startswith("sqlite")
    destroy(url)
    restore(url, tmp_path / "backup")

    with CatalogueStore(url) as store:
        latest = store.version()
        assert latest is not None
        assert begun <= latest.version <= ended + 1
        assert len(fees(store)) == 1
        (change, other) = store.changes_after(latest.version - 1, limit=9)
        assert {change.fields["fee_yuan"]} == {other.fields["fee_yuan"]} == fees(store)


def test_only_its_owner_may_read_a_backup_and_none_is_overwritten(url: str, tmp_path: Path) -> None:
    back_up(url, tmp_path / "backup")
    first = (tmp_path / "backup").read_bytes()
    assert stat.S_IMODE((tmp_path / "backup").stat().st_mode) == 0o600

    with pytest.raises(StoreError, match="exists and is not overwritten"):
        back_up(url, tmp_path / "backup")
    assert (tmp_path / "backup").read_bytes() == first


def test_what_is_there_is_only_replaced_by_force(url: str, tmp_path: Path) -> None:
    back_up(url, tmp_path / "backup")
    saved = content(url)
    with CatalogueStore(url) as store:
        set_fees(store, 77.0)
    newer = content(url)

    with pytest.raises(StoreError, match="--force"):
        restore(url, tmp_path / "backup")
    assert content(url) == newer
    restore(url, tmp_path / "backup", force=True)
    assert content(url) == saved


def spoilt(source: Path, kind: str) -> Path:
    """Return a file that is no whole backup, made of one that is."""
    whole, bad = source.read_bytes(), source.with_name(f"{kind} backup")
    spoiled = {
        "truncated": whole[: len(whole) * 2 // 3],
        "shorter by a little": whole[:-5000],
        "foreign": b"PK\x03\x04 something else entirely" * 100,
        "empty": b"",
    }
    bad.write_bytes(spoiled[kind])
    return bad


@pytest.mark.parametrize("kind", ["truncated", "shorter by a little", "foreign", "empty"])
def test_what_is_no_whole_backup_is_refused_and_nothing_is_lost(url: str, tmp_path: Path, kind: str) -> None:
    back_up(url, tmp_path / "backup")
    bad, before = spoilt(tmp_path / "backup", kind), content(url)

    with pytest.raises(StoreError, match="is no whole backup of Jinxue"):
        restore(url, bad, force=True)
    assert content(url) == before
    with pytest.raises(StoreError, match="There is no backup file"):
        restore(url, tmp_path / "nowhere", force=True)
    assert content(url) == before


def test_a_backup_of_a_later_release_is_refused(url: str, tmp_path: Path) -> None:
    _set_revision(url, "9999")
    back_up_anyway(url, tmp_path / "backup")
    _set_revision(url, REVISIONS[-1])
    before = content(url)

    with pytest.raises(StoreError, match="9999"):
        restore(url, tmp_path / "backup", force=True)
    assert content(url) == before


def back_up_anyway(url: str, target: Path) -> None:
    """Back up as a later release would, to which this revision is known."""
    with pytest.MonkeyPatch.context() as later:
        later.setattr("recommender.store.migrating.REVISIONS", (*REVISIONS, "9999"))
        back_up(url, target)


def _set_revision(url: str, number: str) -> None:
    with connected(url) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :number"), {"number": number})


def test_a_backup_of_an_earlier_release_is_brought_up_to_date(url: str, tmp_path: Path) -> None:
    with connected(url) as connection:  # as the release before keys left it
        for name in ("api_keys", "audit_entries", "salts"):
            connection.execute(text(f"DROP TABLE IF EXISTS {name}"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0002'"))
    back_up(url, tmp_path / "backup")
    CatalogueStore(url).close()  # the present release comes: its tables are there when the old backup is put back

    restore(url, tmp_path / "backup", force=True)

    with CatalogueStore(url) as store:
        assert fees(store) == {0.0}
    with connected(url) as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == REVISIONS[-1]
        assert connection.scalar(text("SELECT count(*) FROM api_keys")) == 0


def test_a_backup_may_be_restored_while_somebody_writes(url: str, tmp_path: Path) -> None:
    back_up(url, tmp_path / "backup")
    with CatalogueStore(url) as store:
        saved = store.version()
    with writing(url) as last:
        while last() == 0:
            pass
        restore(url, tmp_path / "backup", force=True)
        restored_at = last()
        while last() in (0, restored_at):
            pass
    with CatalogueStore(url) as store:
        versions = [one.version for one in store.changes_after(saved.version, limit=10**6)]  # type: ignore[union-attr]
        assert len(fees(store)) == 1
        assert sorted(versions) == sorted([*range(saved.version + 1, store.version().version + 1)] * 2)  # type: ignore[union-attr]


def test_a_restore_waits_for_whoever_is_writing(url: str, tmp_path: Path) -> None:
    back_up(url, tmp_path / "backup")
    before = content(url)
    restoring = threading.Thread(target=restore, args=(url, tmp_path / "backup"), kwargs={"force": True})
    with CatalogueStore(url) as store:
        with store.write() as transaction:
            transaction.audit("anything")
            restoring.start()
            restoring.join(timeout=0.5)
            assert restoring.is_alive()
        restoring.join()
    assert content(url) == before


def test_a_damaged_sqlite_file_is_replaced_by_force(tmp_path: Path) -> None:
    path, backup = tmp_path / "jinxue.db", tmp_path / "backup"
    url, log = f"sqlite:///{path}", path.with_name("jinxue.db-wal")
    with CatalogueStore(url) as store:
        save(store, Course(course_id="a", title="一"))
        back_up(url, backup)
        before = content(url)
        with connected(url) as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.exec_driver_sql("BEGIN")
            connection.execute(text("UPDATE courses SET title = '二'"))  # a page in the middle, not the first one
        written = log.read_bytes()
    assert written
    path.write_bytes(b"damaged" * 5000)
    log.write_bytes(written)  # as a crash leaves it: SQLite would carry it into any database that lies beside it

    with pytest.raises(StoreError, match="cannot be backed up"):
        back_up(url, tmp_path / "another")
    assert not (tmp_path / "another").exists()
    with pytest.raises(StoreError, match="--force"):
        restore(url, backup)
    restore(url, backup, force=True)
    assert content(url) == before


def test_damage_within_an_sqlite_backup_is_found(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'jinxue.db'}"
    with CatalogueStore(url) as store:
        save(store, *(Course(course_id=f"c-{number}", title="课" * 50) for number in range(500)))
    back_up(url, tmp_path / "backup")
    bad = bytearray((tmp_path / "backup").read_bytes())
    bad[len(bad) // 2 : len(bad) // 2 + 4096] = b"\xff" * 4096
    (tmp_path / "backup").write_bytes(bad)
    before = content(url)

    with pytest.raises(StoreError, match="is no whole backup"):
        restore(url, tmp_path / "backup", force=True)
    assert content(url) == before


def test_an_sqlite_database_that_is_another_program_s_is_no_backup(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'jinxue.db'}"
    CatalogueStore(url).close()
    with closing(sqlite3.connect(tmp_path / "other")) as other:
        other.execute("CREATE TABLE invoices (number INTEGER)")
    with pytest.raises(StoreError, match="none of its tables"):
        restore(url, tmp_path / "other")


def test_without_postgresql_s_programs_the_command_to_run_is_said_without_a_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    url = "postgresql://jinxue:geheim@db.example:5433/city"
    with pytest.raises(StoreError) as refused:
        back_up(url, tmp_path / "backup")
    assert "pg_dump --format=custom --no-owner --no-privileges --file=FILE" in str(refused.value)
    assert "host=db.example" in str(refused.value)
    assert "geheim" not in str(refused.value)
    (tmp_path / "backup").write_bytes(b"x")
    with pytest.raises(StoreError) as refused:
        restore(url, tmp_path / "backup", force=True)
    assert "pg_restore --clean --if-exists --single-transaction" in str(refused.value)
    assert "geheim" not in str(refused.value)


def test_other_kinds_of_databases_are_left_to_their_own_tools(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="mysql"):
        back_up("mysql://host/database", tmp_path / "backup")


def test_another_program_s_rows_survive_a_restore(postgres_url: str, programs: None, tmp_path: Path) -> None:
    with connected(postgres_url) as connection:
        connection.execute(text("CREATE TABLE invoices (number INTEGER)"))
        connection.execute(text("INSERT INTO invoices VALUES (1)"))
    back_up(postgres_url, tmp_path / "backup")
    with connected(postgres_url) as connection:
        connection.execute(text("UPDATE invoices SET number = 2"))
    restore(postgres_url, tmp_path / "backup", force=True)
    with connected(postgres_url) as connection:
        assert connection.scalar(text("SELECT number FROM invoices")) == 2


def test_a_whole_database_dumped_by_hand_is_a_backup_too(postgres_url: str, programs: None, tmp_path: Path) -> None:
    with CatalogueStore(postgres_url) as store:
        save(store, Course(course_id="a", title="一"))
    before = content(postgres_url)
    words = ["pg_dump", "--format=custom", "--no-owner", f"--file={tmp_path / 'by hand'}", f"--dbname={postgres_url}"]
    subprocess.run(words, check=True)
    for lose in (lambda: None, lambda: destroy(postgres_url)):
        lose()
        restore(postgres_url, tmp_path / "by hand", force=True)
        assert content(postgres_url) == before
