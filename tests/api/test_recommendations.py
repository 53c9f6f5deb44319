"""`POST /v1/recommendations` and `GET /v1/learners/{id}/recommendations`."""

import datetime
import json
import math
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.examples import LEARNER_EXAMPLES
from api.schemas import Recommendations
from recommender.domain import Catalogue
from recommender.requests import LearnerRequest
from tests.api.answers import answer_of, chinese, course_ids

URL = "/v1/recommendations"
ROBOTS = {
    "industry": "智能机器人",
    "occupation": "设备维护员",
    "skill_level": "中级工",
    "location": {"place": "坪山区坑梓街道"},
    "goal": "想学工业机器人的操作和维修",
}


def recommend(client: TestClient, **fields: Any) -> dict[str, Any]:
    return answer_of(client.post(URL, json=fields), Recommendations)


@pytest.mark.parametrize("example", LEARNER_EXAMPLES.values(), ids=LEARNER_EXAMPLES)
def test_an_example_of_the_documentation_is_answered_with_as_many_courses_as_it_asks_for(
    client: TestClient, example: dict[str, Any]
) -> None:
    answer = recommend(client, **example["value"])

    assert len(answer["items"]) == example["value"].get("k", 10)


def test_the_design_s_own_request_is_answered(client: TestClient) -> None:
    answer = recommend(
        client,
        **{**ROBOTS, "location": {"latitude": 22.69, "longitude": 114.34, "datum": "gcj02"}},
        completed_course_ids=[],
        modes=["at_site", "online"],
        schedules=["weekend"],
        maximum_distance_km=30,
        half_distance_km=5,
        online_policy="neutral",
        weights={"meaning": 0.5, "place": 0.3, "level": 0.1, "industry": 0.1},
        diversity=0.2,
        k=10,
        offset=0,
        language="zh",
    )

    assert [item["rank"] for item in answer["items"]] == list(range(1, 11))
    assert answer["policy"]["weights"]["schedule"] == 0
    assert math.isclose(sum(answer["policy"]["weights"].values()), 1, abs_tol=1e-6)
    assert answer["policy"]["maximum_distance_km"] == 30


def test_http_says_what_the_library_says(client: TestClient, app: FastAPI, today: datetime.date) -> None:
    computed = app.state.service.matcher.recommend(LearnerRequest(**ROBOTS), today=today)

    assert recommend(client, **ROBOTS) == json.loads(json.dumps(computed))


def test_contributions_add_up_to_the_score_and_each_says_why(client: TestClient) -> None:
    for item in recommend(client, **ROBOTS, schedules=["weekend"], k=100)["items"]:
        parts = item["contributions"]
        assert sum(part["contribution"] for part in parts) == pytest.approx(item["score"], abs=1e-6)
        assert all(part["contribution"] == pytest.approx(part["value"] * part["weight"], abs=1e-6) for part in parts)
        assert {part["name"] for part in parts} == {
            "meaning",
            "words",
            "place",
            "level",
            "industry",
            "schedule",
            "quality",
        }
        assert all(chinese(part["reason"]) and chinese(part["meaning"]) for part in parts)


def test_an_answer_names_the_snapshot_and_the_day(client: TestClient, today: datetime.date) -> None:
    answer = recommend(client, goal="焊工")

    assert answer["snapshot"] == client.get("/readyz").json()["snapshot"]
    assert answer["as_of"] == today.isoformat()
    assert recommend(client, goal="焊工", as_of="2026-12-31")["as_of"] == "2026-12-31"


def test_the_same_request_has_the_same_bytes_however_its_fields_are_ordered(client: TestClient) -> None:
    one = client.post(URL, json=ROBOTS).content
    turned = client.post(URL, json=dict(reversed(ROBOTS.items()))).content

    assert one == client.post(URL, json=ROBOTS).content == turned


@pytest.mark.parametrize("diversity", [0, 0.3])
def test_the_next_page_continues_the_list(client: TestClient, diversity: float) -> None:
    whole = recommend(client, **ROBOTS, diversity=diversity, k=30)["items"]
    pages = [recommend(client, **ROBOTS, diversity=diversity, k=10, offset=at)["items"] for at in (0, 10, 20)]

    assert [item for page in pages for item in page] == whole
    assert len({item["course"]["course_id"] for item in whole}) == 30


def test_an_offset_beyond_the_list_is_an_empty_page(client: TestClient) -> None:
    assert recommend(client, goal="焊工", offset=100_000)["items"] == []


def test_without_diversity_the_scores_fall(client: TestClient) -> None:
    items = recommend(client, **ROBOTS, diversity=0, k=50)["items"]

    assert [item["score"] for item in items] == sorted((item["score"] for item in items), reverse=True)
    assert [item["score_rank"] for item in items] == [item["rank"] for item in items]
    assert all(item["diversity"] is None for item in items)


def test_diversity_moves_items_but_not_their_scores(client: TestClient) -> None:
    plain = {i["course"]["course_id"]: i for i in recommend(client, **ROBOTS, diversity=0, k=100)["items"]}
    mixed = recommend(client, **ROBOTS, diversity=0.5, k=10)["items"]

    assert [i["course"]["course_id"] for i in mixed] != list(plain)[:10]
    for item in mixed:
        same = plain[item["course"]["course_id"]]
        assert (item["score"], item["score_rank"]) == (same["score"], same["rank"])
    assert any(item["diversity"] for item in mixed)


def test_english_is_spoken_on_request(client: TestClient) -> None:
    answer = recommend(client, **ROBOTS, language="en")
    item = answer["items"][0]

    assert course_ids(answer) == course_ids(recommend(client, **ROBOTS))
    assert not any(chinese(part["meaning"]) for part in item["contributions"])
    assert not any(chinese(cluster) for item in answer["items"] for cluster in item["course"]["clusters"])
    assert "km" in next(part["reason"] for part in item["contributions"] if part["name"] == "place")


def test_without_a_location_proximity_has_no_part_and_the_answer_says_so(client: TestClient) -> None:
    answer = recommend(client, goal="焊工")

    assert "place" in answer["policy"]["no_part"]
    assert answer["policy"]["weights"]["place"] == 0
    assert all(item["distance_km"] is None for item in answer["items"])
    assert "too_far" not in answer["excluded"]


def test_a_place_and_its_point_give_the_same_list(client: TestClient) -> None:
    place = next(p for p in client.get("/v1/places?q=坑梓").json()["items"] if p["name"] == "坑梓街道")
    by_name = recommend(client, goal="焊工", location={"place": "坪山區坑梓街道"})
    by_point = recommend(client, goal="焊工", location=place["location"])

    assert course_ids(by_name) == course_ids(by_point)


@pytest.mark.parametrize(("online", "proximity"), [("near", 1), ("neutral", 0.5), ("far", 0)])
def test_online_classes_are_as_near_as_the_stated_policy_has_it(
    client: TestClient, online: str, proximity: float
) -> None:
    answer = recommend(client, **ROBOTS, modes=["online"], online_policy=online)

    assert (answer["policy"]["online"], answer["policy"]["online_proximity"]) == (online, proximity)
    assert answer["items"]
    for item in answer["items"]:
        assert item["instance"]["mode"] == "online"
        assert next(p["value"] for p in item["contributions"] if p["name"] == "place") == proximity


def test_what_was_loosened_is_reported_and_marked(client: TestClient) -> None:
    answer = recommend(client, **ROBOTS, modes=["at_site"], maximum_distance_km=1, k=100)

    assert answer["eligible_courses"] < 100 == len(answer["items"])
    first = answer["relaxations"][0]
    assert (first["constraint"], first["field"], first["from"], first["to"]) == (
        "too_far",
        "maximum_distance_km",
        1.0,
        2.0,
    )
    assert [bool(item["relaxed"]) for item in answer["items"]].index(True) == answer["eligible_courses"]
    assert all(item["distance_km"] <= 1 for item in answer["items"] if not item["relaxed"])


def test_completed_courses_are_counted_and_never_listed(client: TestClient) -> None:
    best = course_ids(recommend(client, **ROBOTS))[:3]
    answer = recommend(client, **ROBOTS, completed_course_ids=best, k=100)

    assert not set(best) & set(course_ids(answer))
    assert answer["excluded"]["already_completed"] > 0


def test_nothing_that_is_not_approved_is_listed_on_any_page(client: TestClient, catalogue: Catalogue) -> None:
    approved = {course.course_id for course in catalogue.courses if course.approval == "approved"}
    listed = [
        course_id
        for offset in range(0, 400, 100)
        for course_id in course_ids(recommend(client, goal="学技术", k=100, offset=offset))
    ]

    assert len(listed) > 300
    assert set(listed) <= approved


def test_counts_equal_what_can_be_listed(client: TestClient) -> None:
    fields = {**ROBOTS, "maximum_distance_km": 8, "k": 5}
    eligible = recommend(client, **fields)["eligible_courses"]
    listed = [recommend(client, **{**fields, "offset": at})["items"] for at in range(0, eligible + 10, 5)]

    assert sum(map(len, listed)) == eligible > 5


def test_a_profile_sent_leaves_nothing_behind(client: TestClient, state: Path) -> None:
    def files() -> dict[Path, bytes]:
        return {path: path.read_bytes() for path in state.rglob("*") if path.is_file()}

    before = files()
    recommend(client, goal="绝无仅有的愿望", location={"place": "坪山区"})

    assert files() == before


def test_a_stored_learner_is_answered_as_the_same_profile_sent(client: TestClient, catalogue: Catalogue) -> None:
    learner = next(one for one in catalogue.learners if one.goal and one.place and one.completed_course_ids)
    stored = answer_of(client.get(f"/v1/learners/{learner.learner_id}/recommendations"), Recommendations)
    sent = recommend(
        client,
        goal=learner.goal,
        occupation=learner.occupation,
        industry=learner.industry,
        skill_level=learner.skill_level,
        location={"place": learner.place},
        completed_course_ids=learner.completed_course_ids,
    )

    assert stored == sent
    assert not set(learner.completed_course_ids) & set(course_ids(stored))


def test_every_stored_learner_is_answered(client: TestClient, catalogue: Catalogue) -> None:
    for learner in catalogue.learners:
        answer = answer_of(client.get(f"/v1/learners/{learner.learner_id}/recommendations?k=2"), Recommendations)
        assert len(answer["items"]) == 2


def test_the_query_cuts_a_stored_learner_s_list(client: TestClient, catalogue: Catalogue) -> None:
    url = f"/v1/learners/{catalogue.learners[0].learner_id}/recommendations"
    whole = answer_of(client.get(url, params={"k": 6, "diversity": 0}), Recommendations)
    page = answer_of(client.get(url, params={"k": 2, "offset": 4, "diversity": 0}), Recommendations)
    english = answer_of(client.get(url, params={"language": "en", "as_of": "2026-12-01"}), Recommendations)
    online = answer_of(client.get(url, params={"modes": ["online"], "schedules": ["self_paced"]}), Recommendations)

    assert page["items"] == whole["items"][4:]
    assert english["as_of"] == "2026-12-01"
    assert not chinese(english["items"][0]["contributions"][0]["meaning"])
    assert {item["instance"]["mode"] for item in online["items"]} == {"online"}
