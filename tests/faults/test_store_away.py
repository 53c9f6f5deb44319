"""While the store is away, answers go on from the snapshot, and writes are told to come again."""

import itertools
import os
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg
import pytest

from recommender.bootstrap import Workshop
from tests.callers import issue_key
from tests.faults.conftest import Serve
from tests.faults.town import QUESTION, TWINS, found_town, workshop_at
from tests.live import ServiceProcess, eventually
from tests.postgres import PostgresServer


@pytest.fixture
def stoppable(postgres: PostgresServer, postgres_url: str) -> Iterator[PostgresServer]:
    """The server of all tests, which runs again when this one is over."""
    yield postgres
    try:
        psycopg.connect(postgres_url).close()
    except psycopg.OperationalError:
        postgres.start()


def key_of(workshop: Workshop) -> str:
    """Return an administrator's key, which the store knows before any service starts."""
    with workshop.open_store() as store:
        return issue_key(store).presented


def answered(http: httpx.Client) -> list[str]:
    """Ask what the twins answer best; return the courses."""
    items = http.post("/v1/recommendations", json=QUESTION).raise_for_status().json()["items"]
    return [item["course"]["course_id"] for item in items]


def assert_degraded(service: ServiceProcess, http: httpx.Client) -> None:
    """Answers go on, `/readyz` says what is wrong, and no write is taken."""
    told = eventually(lambda: (now := service.ready())["status"] == "degraded" and now, told=lambda: service.said)
    assert [problem["part"] for problem in told["problems"]] == ["store"]
    assert "数据库" in told["problems"][0]["message"]
    assert set(answered(http)) >= set(TWINS)
    for refused in (
        http.patch("/v1/course-instances/twin-a", json={"fee_yuan": 1}),
        http.put("/v1/enterprises/new", json={"name": "新厂"}),
        http.delete("/v1/course-instances/twin-a"),
        http.post("/v1/sync", content=b'{"type": "enterprise", "enterprise_id": "new", "name": "x"}'),
    ):
        assert refused.status_code == 503
        assert int(refused.headers["Retry-After"]) >= 1
        assert refused.headers["content-type"] == "application/problem+json"
        assert "数据库" in refused.json()["detail"]


def assert_recovers(service: ServiceProcess, http: httpx.Client) -> None:
    """Without help it is ready again, and a write is taken and seen."""
    eventually(lambda: service.ready()["status"] == "ready", told=lambda: service.said)
    written = http.patch("/v1/course-instances/twin-a", json={"fee_yuan": 7}).raise_for_status().json()
    eventually(lambda: service.ready()["catalogue_version"] >= written["catalogue_version"], told=lambda: service.said)
    classes = http.get("/v1/courses/twin-a").json()["course_instances"]
    assert [each["fee_yuan"] for each in classes] == [7]


def test_a_postgresql_that_goes_and_comes_back_while_serving(
    stoppable: PostgresServer, postgres_url: str, tmp_path: Path, serve: Serve
) -> None:
    found_town(tmp_path / "state", postgres_url)
    service = serve(tmp_path / "state", database_url=postgres_url)
    with service.client() as http:
        assert answered(http)  # from here on the key is known
        stoppable.stop()
        assert_degraded(service, http)
        stoppable.start()
        assert_recovers(service, http)


def test_saving_a_snapshot_meanwhile_does_not_make_the_store_seem_to_be_back(
    stoppable: PostgresServer, postgres_url: str, tmp_path: Path, serve: Serve
) -> None:
    workshop = found_town(tmp_path / "state", postgres_url)
    service = serve(tmp_path / "state", database_url=postgres_url)
    fees = itertools.count(1)

    def answers_what_is_not_saved(http: httpx.Client) -> bool:
        http.patch("/v1/course-instances/twin-a", json={"fee_yuan": next(fees)}).raise_for_status()
        return service.ready()["snapshot"] != workshop.snapshots.current()

    with service.client() as http:
        eventually(lambda: answers_what_is_not_saved(http), told=lambda: service.said)
    stoppable.stop()
    eventually(lambda: service.ready()["snapshot"] == workshop.snapshots.current(), told=lambda: service.said)
    eventually(lambda: service.ready()["status"] == "degraded", told=lambda: service.said)
    assert [line for line in service.log.splitlines() if "works again" in line] == []


def test_a_service_that_starts_while_its_postgresql_is_away(
    stoppable: PostgresServer, postgres_url: str, tmp_path: Path, serve: Serve
) -> None:
    key = key_of(found_town(tmp_path / "state", postgres_url))
    before = serve(tmp_path / "state", key, database_url=postgres_url)
    with before.client() as http:
        assert_recovers(before, http)  # it has read the keys, and left a copy
    before.end()
    stoppable.stop()
    service = serve(tmp_path / "state", key, database_url=postgres_url)
    with service.client() as http:
        assert_degraded(service, http)
        stoppable.start()
        assert_recovers(service, http)


def test_a_service_that_never_saw_the_keys_lets_nobody_in_by_one_while_its_postgresql_is_away(
    stoppable: PostgresServer, postgres_url: str, tmp_path: Path, serve: Serve
) -> None:
    key = key_of(found_town(tmp_path / "state", postgres_url))
    stoppable.stop()
    service = serve(tmp_path / "state", key, database_url=postgres_url, demo=True)
    with service.client() as http, httpx.Client(base_url=service.url, trust_env=False) as anybody:
        assert set(answered(anybody)) >= set(TWINS)
        for refused in (http.get("/readyz"), http.patch("/v1/course-instances/twin-a", json={"fee_yuan": 1})):
            assert (refused.status_code, "Retry-After" in refused.headers) == (503, True)
            assert "密钥" in refused.json()["detail"]
        stoppable.start()
        eventually(lambda: http.get("/readyz").is_success, told=lambda: service.said)
        assert_recovers(service, http)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """The town's database in a folder of its own.

    That can be exchanged in one step with what SQLite keeps beside the file: who opens one file with the log of another reads neither.
    """
    folder = tmp_path / "database"
    folder.mkdir()
    found_town(tmp_path / "state", url_in(folder))
    return folder


def url_in(folder: Path) -> str:
    """Return the URL of the database in a folder."""
    return f"sqlite:///{folder / 'town.sqlite3'}"


def exchange(folder: Path, other: Path, *, aside: Path) -> None:
    """Put another folder in the place of one that is moved aside."""
    folder.rename(aside)
    other.rename(folder)


def test_an_sqlite_file_that_goes_and_comes_back_while_serving(database: Path, serve: Serve, tmp_path: Path) -> None:
    service = serve(tmp_path / "state", database_url=url_in(database))
    away, empty = tmp_path / "away", tmp_path / "empty"
    empty.mkdir()
    with service.client() as http:
        http.patch("/v1/course-instances/twin-a", json={"fee_yuan": 5}).raise_for_status()
        exchange(database, empty, aside=away)
        assert_degraded(service, http)
        exchange(database, away, aside=empty)
        assert_recovers(service, http)
    with workshop_at(tmp_path / "state", url_in(database)).open_store() as store:
        fees = [change.fields.get("fee_yuan") for change in store.history("course_instances", "twin-a")]
    assert fees == [None, 5, 7]


def test_a_copy_that_is_put_back_in_the_place_of_an_sqlite_file_is_followed_and_written(
    database: Path, serve: Serve, tmp_path: Path
) -> None:
    workshop = workshop_at(tmp_path / "state", url_in(database))
    key, copy = key_of(workshop), tmp_path / "copy"
    shutil.copytree(database, copy)
    service = serve(tmp_path / "state", key, database_url=url_in(database))
    with service.client() as http:
        for fee in range(1, 6):
            http.patch("/v1/course-instances/twin-b", json={"fee_yuan": fee}).raise_for_status()
        eventually(lambda: fee_of_b(http) == 5, told=lambda: service.said)
        exchange(database, copy, aside=tmp_path / "away")
        eventually(lambda: fee_of_b(http) == 0, told=lambda: service.said)
        assert_recovers(service, http)
    with workshop.open_store() as store:
        (_, change) = store.history("course_instances", "twin-a")
        assert change.fields == {"fee_yuan": 7}
        assert len(store.history("course_instances", "twin-b")) == 1


def fee_of_b(http: httpx.Client) -> float:
    """Return the fee of the second twin's class, as it is answered."""
    return float(http.get("/v1/courses/twin-b").raise_for_status().json()["course_instances"][0]["fee_yuan"])


def test_an_sqlite_file_that_is_no_database_any_more(state: Path, serve: Serve) -> None:
    service = serve(state)
    with service.client() as http:
        assert answered(http)  # from here on the key is known
        (state / "jinxue.sqlite3").write_bytes(os.urandom(100_000))
        assert_degraded(service, http)


def test_while_another_program_holds_an_sqlite_file_answers_go_on_and_a_write_is_told_to_come_again(
    state: Path, serve: Serve
) -> None:
    service = serve(state)
    holding = sqlite3.connect(state / "jinxue.sqlite3", isolation_level=None)
    holding.execute("BEGIN IMMEDIATE")
    with service.client() as http:
        refused = http.patch("/v1/course-instances/twin-a", json={"fee_yuan": 1})
        assert (refused.status_code, "Retry-After" in refused.headers) == (503, True)
        assert set(answered(http)) >= set(TWINS)
        holding.execute("ROLLBACK")
        assert_recovers(service, http)
    holding.close()
