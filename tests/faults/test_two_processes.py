"""Several processes on one state, and several machines on one database: all follow the same version, none is in the way of another."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from random import Random

import httpx
import pytest

from recommender.encoder import Encoder
from tests.faults.conftest import Serve
from tests.faults.town import COUNTERS, QUESTION, TWINS, found_town, workshop_at
from tests.live import ServiceProcess, eventually


@pytest.fixture(scope="module", params=["one state", "one PostgreSQL"])
def pair(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[ServiceProcess]]:
    """Two services on one machine, or on two machines with a state folder each."""
    here = there = tmp_path_factory.mktemp("pair") / "here"
    with ExitStack() as opened:
        url = None
        if request.param == "one PostgreSQL":
            url, there = opened.enter_context(request.getfixturevalue("postgres").database()), here.with_name("there")
        found_town(here, url)
        services = [ServiceProcess(state, database_url=url, refit_seconds=0) for state in (here, there)]
        for service in services:
            opened.callback(service.kill)
            service.launch()
        yield [service.await_ready() for service in services]


def shows(http: httpx.Client, fee: float, version: int) -> bool:
    """Tell whether an answer is made from that catalogue version or a later one; AssertionError when it then shows another fee of the first twin."""
    answer = http.post("/v1/recommendations", json=QUESTION).raise_for_status().json()
    found = {item["course"]["course_id"]: item["instance"]["fee_yuan"] for item in answer["items"]}
    reached = int(answer["snapshot"].split("-")[0]) >= version
    assert not reached or [found[twin] for twin in TWINS] == [fee, 0]
    return reached


def test_what_is_written_through_one_is_answered_by_both_from_the_same_snapshot(pair: list[ServiceProcess]) -> None:
    with ExitStack() as opened:
        clients = [opened.enter_context(service.client()) for service in pair]
        for fee in range(1, 7):
            answer = clients[fee % 2].patch("/v1/course-instances/twin-a", json={"fee_yuan": fee})
            version = answer.raise_for_status().json()["catalogue_version"]
            for http in clients:
                eventually(partial(shows, http, fee, version), seconds=20)
            assert len({service.ready()["snapshot"] for service in pair}) == 1


def test_two_writers_at_two_services_do_not_lose_each_others_writes(pair: list[ServiceProcess]) -> None:
    with ExitStack() as opened:
        clients = [opened.enter_context(service.client()) for service in pair]
        for number in range(40):
            answer = clients[number % 2].put(f"/v1/enterprises/firm-{number}", json={"name": "厂", "headcount": number})
            assert answer.raise_for_status().status_code == 201
        for number in range(40):
            record = clients[(number + 1) % 2].get(f"/v1/enterprises/firm-{number}/record").raise_for_status().json()
            assert record["record"]["headcount"] == number
    for service in pair:
        eventually(lambda service=service: (service.ready()["store_version"] or 0) >= 42)


def test_a_change_of_texts_by_which_words_are_fitted_anew_brings_both_to_one_snapshot(
    pair: list[ServiceProcess],
) -> None:
    before = pair[0].ready()
    with pair[0].client() as http:
        course = {"title": "石墨烯电池拆装", "description": "石墨烯电池的拆装与检测"}
        http.put("/v1/courses/new", json=course).raise_for_status()
    done = pair[1].run_command("jinxue build", cwd=Path.cwd())
    assert done.returncode == 0, done.stderr
    eventually(
        lambda: (
            pair[0].ready()["snapshot"] == pair[1].ready()["snapshot"] != before["snapshot"]
            and pair[0].ready()["catalogue_version"] >= before["catalogue_version"] + 2
        ),
        told=lambda: f"{pair[0].ready()} {pair[1].ready()}",
    )


def test_a_storm_of_changes_leads_to_few_snapshots(state: Path, serve: Serve) -> None:
    service, rng = serve(state), Random(0)
    with service.client() as http:
        for number in range(300):
            fields = {"enrolled": number, "fee_yuan": rng.randrange(1_000)}
            written = http.patch(f"/v1/course-instances/{rng.choice(COUNTERS)}", json=fields).raise_for_status().json()
        version = written["catalogue_version"]
        eventually(lambda: service.ready()["catalogue_version"] == version, told=lambda: service.said)
    assert 1 <= service.log.count("now serving snapshot") <= 150
    eventually(lambda: workshop_at(state).snapshots.current() == service.ready()["snapshot"], told=lambda: service.said)


def test_builds_at_once_beside_a_service_corrupt_nothing(state: Path, serve: Serve, encoder: Encoder) -> None:
    service, workshop = serve(state), workshop_at(state)
    words = [sys.executable, "-m", "recommender.cli", "build"]
    builds = [
        subprocess.Popen(words, env=service.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for _ in range(3)
    ]
    with service.client() as http:
        fee = 0
        while any(build.poll() is None for build in builds):
            fee += 1
            http.patch("/v1/course-instances/twin-a", json={"fee_yuan": fee}).raise_for_status()
            http.post("/v1/recommendations", json=QUESTION).raise_for_status()
    told = [build.communicate()[0] for build in builds]
    assert [build.returncode for build in builds] == [0, 0, 0], told
    for version in workshop.snapshots.versions():
        assert workshop.snapshots.load(encoder, workshop.policy, version).version == version
    eventually(lambda: workshop.snapshots.current() == service.ready()["snapshot"], told=lambda: service.said)
    assert not list(workshop.snapshots.path.glob(".building-*"))
    assert service.ready()["status"] == "ready"
