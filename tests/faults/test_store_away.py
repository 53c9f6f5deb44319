"""While the store is away, answers go on from the snapshot, and writes are told to come again."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg
import pytest

from tests.faults.conftest import Serve
from tests.faults.town import QUESTION, TWINS, found_town
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


def answered(http: httpx.Client) -> list[str]:
    """Ask what the twins answer best; return the courses."""
    items = http.post("/v1/recommendations", json=QUESTION).raise_for_status().json()["items"]
    return [item["course"]["course_id"] for item in items]


def assert_degraded(service: ServiceProcess, http: httpx.Client) -> None:
    """Answers go on, `/readyz` says what is wrong, and no write is taken."""
    told = eventually(lambda: (now := service.ready())["status"] == "degraded" and now, told=lambda: service.log)
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
    eventually(lambda: service.ready()["status"] == "ready", told=lambda: service.log)
    written = http.patch("/v1/course-instances/twin-a", json={"fee_yuan": 7}).raise_for_status().json()
    eventually(lambda: service.ready()["catalogue_version"] >= written["catalogue_version"], told=lambda: service.log)
    classes = http.get("/v1/courses/twin-a").json()["course_instances"]
    assert [each["fee_yuan"] for each in classes] == [7]


def test_a_postgresql_that_goes_and_comes_back_while_serving(
    stoppable: PostgresServer, postgres_url: str, tmp_path: Path, serve: Serve
) -> None:
    found_town(tmp_path / "state", postgres_url)
    service = serve(tmp_path / "state", database_url=postgres_url)
    with service.client() as http:
        stoppable.stop()
        assert_degraded(service, http)
        stoppable.start()
        assert_recovers(service, http)


def test_a_service_that_starts_while_its_postgresql_is_away(
    stoppable: PostgresServer, postgres_url: str, tmp_path: Path, serve: Serve
) -> None:
    found_town(tmp_path / "state", postgres_url)
    stoppable.stop()
    service = serve(tmp_path / "state", database_url=postgres_url)
    with service.client() as http:
        assert_degraded(service, http)
        stoppable.start()
        assert_recovers(service, http)


def test_an_sqlite_file_that_is_no_database_any_more_and_is_put_back(state: Path, serve: Serve) -> None:
    service, database = serve(state), state / "jinxue.sqlite3"
    with sqlite3.connect(database) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    good = state / "aside.sqlite3"
    shutil.copy(database, good)
    with service.client() as http:
        database.write_bytes(os.urandom(100_000))
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
