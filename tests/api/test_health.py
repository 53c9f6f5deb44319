"""Alive, and ready with which snapshot."""

from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.datastructures import State

from api import create_app
from api.routes.health import Alive, Ready
from api.vitals import PARTS, faults_of
from recommender.access import Scope
from recommender.domain import Catalogue
from recommender.encoder import Encoder
from recommender.keyring import KeyRing
from recommender.language import Bilingual
from recommender.snapshot import Snapshot
from tests.api.answers import answer_of
from tests.callers import issue_key, showing


def test_a_living_process_says_so(client: TestClient) -> None:
    assert answer_of(client.get("/healthz"), Alive) == {"status": "ok"}


def test_a_ready_service_names_its_snapshot_its_encoder_and_what_it_holds(
    client: TestClient, bundled_snapshot: Snapshot, catalogue: Catalogue, encoder: Encoder
) -> None:
    assert answer_of(client.get("/readyz"), Ready) == {
        "status": "ready",
        "snapshot": bundled_snapshot.version,
        "catalogue_version": 1,
        "store_version": 1,
        "pinned": None,
        "problems": [],
        "encoder": encoder.name,
        "counts": {
            "sites": len(catalogue.sites),
            "courses": len(catalogue.courses),
            "course_instances": len(catalogue.course_instances),
            "learners": len(catalogue.learners),
            "enterprises": len(catalogue.enterprises),
        },
        "parts": {part: {"status": "ok", "message": None} for part in PARTS},
    }


def test_a_part_that_does_not_work_says_why_and_the_others_are_well(client: TestClient, app: FastAPI) -> None:
    follower, fault = app.state.follower, Bilingual("磁盘已满。", "The disk is full.")
    follower.faults = {"disk": fault}
    try:
        zh, en = (client.get("/readyz", headers={"accept-language": language}) for language in ("zh", "en"))
    finally:
        follower.faults = {}

    assert answer_of(zh, Ready)["status"] == "degraded"
    assert zh.json()["problems"] == [{"part": "disk", "message": fault.zh}]
    assert en.json()["parts"]["disk"] == {"status": "degraded", "message": fault.en}
    assert {name for name, part in en.json()["parts"].items() if part["status"] == "ok"} == {*PARTS} - {"disk"}


def test_keys_that_could_never_be_read_are_a_part_that_does_not_work(client: TestClient, app: FastAPI) -> None:
    assert "keys" not in faults_of(app.state)
    unread = State({"follower": app.state.follower, "keys": KeyRing(app.state.service.store)})

    assert faults_of(unread)["keys"].en == "The keys could not be read from the database yet."


def test_a_service_that_has_no_snapshot_yet_is_not_ready(app: FastAPI) -> None:
    starting = create_app(app.state.settings, keys=app.state.keys)
    headers = showing(issue_key(app.state.service.store))

    answer = TestClient(starting, headers=headers).get("/readyz")

    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert int(answer.headers["retry-after"]) >= 1


def test_readyz_is_for_every_key_and_for_nobody_without(app: FastAPI, client: TestClient) -> None:
    stranger = TestClient(app)

    assert stranger.get("/readyz").status_code == 401
    assert stranger.get("/readyz", headers=showing(issue_key(app.state.service.store, Scope.REVIEWER))).is_success
