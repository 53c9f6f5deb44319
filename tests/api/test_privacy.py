"""Whatever says who somebody is, is refused at every endpoint that takes texts, told as what it is, and repeated nowhere."""

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings

from recommender.privacy import Kind
from recommender.registry import KINDS
from tests.api.answers import fields_of, problem_of
from tests.api.recording import BARE, WHOLE, Records, lines_of
from tests.planting import personal, planted

every_kind = pytest.mark.parametrize("kind", list(KINDS))
few = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

LISTING: dict[str, Any] = {
    "location": {"place": "坪山区"},
    "weights": {"meaning": 1},
    "modes": ["online"],
    "language": "zh",
}
BODIES: dict[str, dict[str, Any]] = {
    "/v1/recommendations": {"goal": "叉车", "occupation": "焊工", "completed_course_ids": [], **LISTING},
    "/v1/recommendations/explain": {
        "goal": "叉车",
        "occupation": "焊工",
        "course_id": "team-leader-training",
        **LISTING,
    },
    "/v1/enterprise-recommendations": {"needs": "叉车", "headcount": 3, **LISTING},
    "/v1/audiences": {"instance_id": "team-leader-training@hub-pingshan-1", "k": 3},
}


def as_json(body: Any) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()


@pytest.mark.parametrize("url", BODIES)
@few
@given(text=personal)
def test_no_request_takes_it(client: TestClient, url: str, text: str) -> None:
    for place, body in planted(BODIES[url], text):
        answer = client.post(url, content=as_json(body), headers={"content-type": "application/json"})
        problem_of(answer, 422)
        assert text not in json.dumps(answer.json(), ensure_ascii=False), place


@every_kind
@settings(few, max_examples=3)
@given(text=personal)
def test_no_record_takes_it(records: Records, kind: str, text: str) -> None:
    version = records.version
    for place, body in planted(WHOLE[kind], text):
        line = [{"type": kind, **body}]
        for answer in (records.put(kind, "new", body), records.sync(line)):
            assert answer.status_code == 422, place
            assert text not in json.dumps(answer.json(), ensure_ascii=False), place
        told = lines_of(records.sync(line, "mode=line_by_line"))
        assert [one["status"] for one in told] == ["refused"], place
        assert text not in json.dumps(told, ensure_ascii=False), place
    assert records.version == version


@every_kind
def test_a_record_is_told_what_was_found(records: Records, kind: str) -> None:
    records.put(kind, "new", WHOLE[kind])
    field = {"site": "operator", "course": "occupations", "course_instance": "course_id"}.get(kind, "industry")
    told = problem_of(records.patch(kind, "new", {field: "找 13812345678"}), 422)["errors"]
    assert told == [{"field": field, "message": Kind.PHONE.message.zh}]
    assert records.record(kind, "new").json()["record"] == WHOLE[kind]


@every_kind
@pytest.mark.parametrize("name", ["13812345678", "u-440301199003071234", "zhang@qq.com"])
def test_no_id_of_a_record_says_who_somebody_is(records: Records, kind: str, name: str) -> None:
    for answer in (records.put(kind, name, BARE[kind]), records.patch(kind, name, {})):
        assert answer.status_code in (404, 422)
        assert name not in answer.text
    told = records.sync(
        [{"type": kind, "action": one, KINDS[kind].key[0]: name} for one in ("put", "delete")], "mode=line_by_line"
    )
    assert [line["status"] for line in lines_of(told)] == ["refused"] * 2
    assert name not in told.text


@pytest.mark.parametrize("name", ["张伟", "zhang wei", "a+b"])
def test_the_id_of_a_learner_is_opaque(records: Records, name: str) -> None:
    assert fields_of(records.put("learner", name, {})) == ["learner_id"]
    told = records.sync([{"type": "learner", "learner_id": name}], "mode=line_by_line")
    assert name not in told.text


def test_where_a_learner_is_is_kept_to_a_hundred_metres(records: Records) -> None:
    fine = {"latitude": 22.512345, "longitude": 114.256789}
    records.put("learner", "a", fine)
    records.put("learner", "b", {})
    records.patch("learner", "b", fine)
    records.sync([{"type": "learner", "learner_id": "c", **fine}])
    for name in "abc":
        record = records.record("learner", name).json()["record"]
        assert (record["latitude"], record["longitude"]) == (22.512, 114.257)


def test_a_learner_who_is_not_there_is_not_named(client: TestClient) -> None:
    told = problem_of(client.get("/v1/learners/somebody/recommendations"), 404)
    assert "somebody" not in json.dumps(told)


def test_the_reason_of_a_review_is_about_the_course_only(records: Records) -> None:
    url = "/v1/courses/night/reviews"
    answer = records.client.post(url, json={"decision": "rejected", "reason": "请联系我 13812345678"})
    assert fields_of(answer) == ["reason"]
    assert "13812345678" not in answer.text
