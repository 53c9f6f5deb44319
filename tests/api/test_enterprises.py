"""`POST /v1/enterprise-recommendations` and `GET /v1/enterprises/{id}/recommendations`."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.examples import ENTERPRISE_EXAMPLES
from api.schemas import Recommendations
from recommender.domain import Catalogue, Mode
from tests.api.answers import answer_of, chinese, course_ids

URL = "/v1/enterprise-recommendations"
TEAM_LEADERS = {"needs": "新提拔的线长不会带班，想请老师到厂里讲班组管理", "location": {"place": "光明区凤凰街道"}}


def recommend(client: TestClient, **fields: Any) -> dict[str, Any]:
    return answer_of(client.post(URL, json=fields), Recommendations)


@pytest.mark.parametrize("example", ENTERPRISE_EXAMPLES.values(), ids=ENTERPRISE_EXAMPLES)
def test_an_example_of_the_documentation_is_answered_with_as_many_courses_as_it_asks_for(
    client: TestClient, example: dict[str, Any]
) -> None:
    assert len(recommend(client, **example["value"])["items"]) == example["value"]["k"]


def test_courses_come_to_an_enterprise_inside_the_radius_with_people_enough(
    client: TestClient, catalogue: Catalogue
) -> None:
    answer = recommend(client, **TEAM_LEADERS, headcount=40, modes=["at_enterprise"], k=100)
    strict = [item for item in answer["items"] if not item["relaxed"]]

    assert strict
    for item in strict:
        assert item["instance"]["mode"] == "at_enterprise"
        assert item["distance_km"] <= (item["instance"]["service_radius_km"] or float("inf"))
        assert (item["instance"]["minimum_headcount"] or 0) <= 40
    total = sum(instance.mode is not Mode.AT_ENTERPRISE for instance in catalogue.course_instances)
    assert answer["excluded"]["mode_unwanted"] == total


def test_too_few_people_bring_no_teacher(client: TestClient, catalogue: Catalogue) -> None:
    many = recommend(client, **TEAM_LEADERS, headcount=500, modes=["at_enterprise"], k=1)
    few = recommend(client, **TEAM_LEADERS, headcount=2, modes=["at_enterprise"], k=1)
    demanding = sum((i.minimum_headcount or 0) > 2 for i in catalogue.course_instances if i.mode == "at_enterprise")

    assert "too_few_people" not in many["excluded"]
    assert few["excluded"]["too_few_people"] == demanding
    assert all((item["instance"]["minimum_headcount"] or 0) <= 2 for item in few["items"])


def test_what_a_provider_demands_is_never_loosened(client: TestClient) -> None:
    answer = recommend(client, **TEAM_LEADERS, headcount=1, modes=["at_enterprise"], k=100)

    for item in answer["items"]:
        if item["instance"]["mode"] == "at_enterprise":
            assert (item["instance"]["minimum_headcount"] or 0) <= 1
            assert item["distance_km"] <= (item["instance"]["service_radius_km"] or float("inf"))


def test_a_customisable_course_says_so_and_lists_the_nearest_sites_able_to_teach_it(client: TestClient) -> None:
    items = recommend(client, **TEAM_LEADERS, headcount=40, k=50)["items"]
    customisable = [item for item in items if item["course"]["customisable"]]

    assert customisable
    assert len(customisable) < len(items)
    for item in items:
        assert ("nearest_sites" in item) is item["course"]["customisable"]
        assert any("定制" in reason for reason in item["reasons"]) is item["course"]["customisable"]
    for item in customisable:
        by_basis = [(site["basis"] != "teaches_it", site["distance_km"]) for site in item["nearest_sites"]]
        assert by_basis == sorted(by_basis)
    assert any(item["nearest_sites"] for item in customisable)


def test_an_industry_alone_is_a_need(client: TestClient) -> None:
    items = recommend(client, industry="智能机器人", k=5)["items"]

    assert all("智能机器人" in item["course"]["clusters"] for item in items[:3])


def test_an_industry_that_is_no_cluster_still_says_something(client: TestClient) -> None:
    answer = recommend(client, industry="城市公共交通")

    assert "industry" in answer["policy"]["no_part"]
    assert answer["items"]


def test_english_is_spoken_on_request(client: TestClient) -> None:
    answer = recommend(client, **TEAM_LEADERS, headcount=40, language="en")

    assert course_ids(answer) == course_ids(recommend(client, **TEAM_LEADERS, headcount=40))
    assert not any(chinese(part["meaning"]) for item in answer["items"] for part in item["contributions"])


def test_a_stored_enterprise_is_answered_as_the_same_need_sent(client: TestClient, catalogue: Catalogue) -> None:
    enterprise = next(one for one in catalogue.enterprises if one.place and one.needs and one.headcount)
    stored = answer_of(client.get(f"/v1/enterprises/{enterprise.enterprise_id}/recommendations?k=7"), Recommendations)

    assert stored == recommend(
        client,
        industry=enterprise.industry,
        needs=enterprise.needs,
        headcount=enterprise.headcount,
        location={"place": enterprise.place},
        k=7,
    )


def test_every_stored_enterprise_is_answered(client: TestClient, catalogue: Catalogue) -> None:
    for one in catalogue.enterprises:
        answer = answer_of(client.get(f"/v1/enterprises/{one.enterprise_id}/recommendations"), Recommendations)
        assert len(answer["items"]) == 10
