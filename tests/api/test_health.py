"""Alive, and ready with which snapshot."""

from fastapi.testclient import TestClient

from api.routes.health import Alive, Ready
from recommender.domain import Catalogue
from recommender.encoder import Encoder
from recommender.snapshot import Snapshot
from tests.api.answers import answer_of


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
    }
