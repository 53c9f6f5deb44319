"""A caller who has written something can ask for an answer that already knows of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api import create_app
from recommender.bootstrap import Workshop
from recommender.registry import KINDS, Action, Caller, Edit
from recommender.settings import Settings
from tests.callers import issue_key, showing
from tests.networks import TODAY, random_catalogue
from tests.serving import import_records


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    settings = Settings(state=tmp_path)
    import_records(Workshop(settings), random_catalogue(3), day=TODAY)
    with TestClient(create_app(settings)) as opened:
        opened.headers.update(showing(issue_key(opened.app.state.service.store)))  # type: ignore[attr-defined]
        yield opened


def test_an_answer_waits_for_the_version_that_it_must_know_of(client: TestClient) -> None:
    registry = client.app.state.service.registry  # type: ignore[attr-defined]
    for number in range(5):
        learner = Edit(KINDS["learner"], f"new-{number}", Action.PUT, {"goal": "想学叉车"})
        version = registry.edit(learner, Caller()).catalogue_version
        answer = client.get(
            f"/v1/learners/new-{number}/recommendations", headers={"Minimum-Catalogue-Version": str(version)}
        )
        assert answer.status_code == 200
        assert int(answer.json()["snapshot"].split("-")[0]) >= version


def test_a_version_that_does_not_come_is_said_to_be_missing(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.dependencies._TRIES", 2)
    answer = client.get("/v1/sites", headers={"Minimum-Catalogue-Version": "999999"})
    assert answer.status_code == 503
    assert "999999" in answer.json()["detail"]
    assert answer.headers["retry-after"].isdecimal()


@pytest.mark.parametrize("wanted", ["", "-1", "x", "1.5", "９", "1" * 30])
def test_a_version_that_is_none_is_refused(client: TestClient, wanted: str) -> None:
    answer = client.get("/v1/sites", headers={"Minimum-Catalogue-Version": wanted.encode()})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "Minimum-Catalogue-Version"
