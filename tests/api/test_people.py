"""What people can ask for: everything that is held of them, and to be erased; and what others are told of many only."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api import create_app
from api.schemas import AudienceAnswer
from api.schemas.insights import LearnerCounts
from api.schemas.people import Erased, LearnerExport
from recommender.access import Scope
from recommender.encoder import Encoder
from recommender.service import Service
from recommender.settings import Settings
from tests.api.answers import answer_of
from tests.callers import issue_key, showing
from tests.registry.conftest import fill
from tests.registry.worlds import StillWorkshop

LEARNER = {"goal": "想学叉车", "skill_level": "intermediate", "latitude": 22.456, "longitude": 114.001}


@pytest.fixture
def service(tmp_path: Path, encoder: Encoder) -> Iterator[Service]:
    (tmp_path / "state").mkdir()
    settings = Settings(state=tmp_path / "state", kept_answers=100, refit_seconds=0)
    fill(settings.store_url)
    service = Service(StillWorkshop(settings, encoder))
    yield service
    service.close()


@pytest.fixture
def http(service: Service) -> Iterator[TestClient]:
    """The small city's service, as the administrator asks it, with two learners."""
    app = create_app(service.workshop.settings, service)
    with TestClient(app, headers=showing(issue_key(service.store))) as client:
        for name in ("li", "wang"):
            client.put(f"/v1/learners/{name}", json=LEARNER).raise_for_status()
        yield client


def as_key(service: Service, *scopes: Scope, **bounds: Any) -> dict[str, str]:
    return showing(issue_key(service.store, *scopes, **bounds))


def seen(answer: Any) -> dict[str, str]:
    return {"minimum-catalogue-version": answer.headers["catalogue-version"]}


def test_a_learner_who_is_erased_is_not_answered_any_more(http: TestClient) -> None:
    last = http.patch("/v1/learners/li", json={"goal": "学叉车的驾驶"})
    asked = {"instance_id": "a-1"}
    for _ in range(2):  # the second is a kept answer
        before = http.post("/v1/audiences", json=asked, headers=seen(last)).json()
    answer = http.delete("/v1/learners/li", headers={"if-match": last.headers["etag"]})
    told = answer_of(answer, Erased)

    assert [item["learner_id"] for item in before["items"]] == ["li", "wang"]
    assert told["erased"] == {
        "records": 1,
        "history_entries": 2,
        "sync_answers": 0,
        "snapshots": told["erased"]["snapshots"],
    }
    assert told["in_effect"]
    assert answer.headers["catalogue-version"] == str(told["catalogue_version"])
    for _ in range(2):
        after = http.post("/v1/audiences", json=asked).json()
        assert [item["learner_id"] for item in after["items"]] == ["wang"]
    assert http.get("/v1/learners/li/recommendations").status_code == 404
    assert http.delete("/v1/learners/li").status_code == 404
    assert "li" not in http.delete("/v1/learners/nobody-of-that-name").json()["errors"][0]["message"].split()


def test_everything_held_of_a_learner_is_told(http: TestClient, service: Service) -> None:
    line = b'{"type": "learner", "action": "patch", "learner_id": "li", "goal": "\xe5\xad\xa6\xe7\x94\xb5\xe5\xb7\xa5"}'
    headers = {"content-type": "application/x-ndjson", "idempotency-key": "night"}
    synced = http.post("/v1/sync", content=line, headers=headers).raise_for_status()
    http.get("/v1/learners/li/recommendations", headers=seen(synced)).raise_for_status()
    service.save()
    told = answer_of(http.get("/v1/learners/li/export"), LearnerExport)
    snapshot = service.matcher.snapshot
    vector = snapshot.learners.vectors[snapshot.network.learner_row["li"]]

    assert told["record"]["goal"] == "学电工"
    assert told["record"]["latitude"] == LEARNER["latitude"]
    assert [entry["operation"] for entry in told["history"]] == ["created", "updated"]
    assert told["since"] == told["history"][0]["at"]
    assert [value for block in told["request_vector"]["blocks"] for value in block["values"]] == pytest.approx(
        vector.tolist()
    )
    assert [block["name"] for block in told["request_vector"]["blocks"]] == list(map(str, snapshot.layout.preferences))
    assert told["request_vector"]["snapshot"] in told["snapshots"]
    assert [(one["idempotency_key"], one["lines"][0]["id"]) for one in told["sync_answers"]] == [("night", "li")]
    assert [entry["action"] for entry in told["audit"]] == ["put", "export"]
    again = answer_of(http.get("/v1/learners/li/export"), LearnerExport)
    assert [entry["action"] for entry in again["audit"]] == ["put", "export", "export"]


def test_only_the_platform_may_ask_for_people(http: TestClient, service: Service) -> None:
    for scope, bounds in (
        (Scope.INSIGHT, {}),
        (Scope.REVIEWER, {}),
        (Scope.SITE, {"site_ids": ["at-0"]}),
    ):
        headers = as_key(service, scope, **bounds)
        assert http.get("/v1/learners/li/export", headers=headers).status_code == 403
        assert http.delete("/v1/learners/li", headers=headers).status_code == 403
    assert http.get("/v1/learners/li/export", headers=as_key(service, Scope.PLATFORM)).status_code == 200


def test_counts_of_few_learners_are_told_to_nobody(http: TestClient, service: Service) -> None:
    headers = as_key(service, Scope.INSIGHT)
    few = answer_of(http.get("/v1/insights/learners", headers=headers), LearnerCounts)
    assert (few["learners"], few["districts"]) == (None, {"groups": [], "hidden": None})
    for number in range(4):
        last = http.put(f"/v1/learners/more-{number}", json=LEARNER)
    many = answer_of(http.get("/v1/insights/learners", headers=headers | seen(last)), LearnerCounts)
    assert many["learners"] == 6
    assert many["districts"]["groups"] == [{"id": "east", "name": "东山区", "learners": 6}]


def test_a_site_is_not_told_how_few_its_class_would_suit(http: TestClient, service: Service) -> None:
    mine = as_key(service, Scope.SITE, site_ids=["at-0"])
    last = http.patch("/v1/course-instances/a-1", json={"seats": 20})
    told = answer_of(http.post("/v1/audiences", json={"instance_id": "a-1"}, headers=mine | seen(last)), AudienceAnswer)
    whole = answer_of(http.post("/v1/audiences", json={"instance_id": "a-1"}), AudienceAnswer)
    assert (told["eligible_learners"], whole["eligible_learners"]) == (None, 2)
