"""`POST /v1/audiences`: the recommendation backwards."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.examples import AUDIENCE_EXAMPLES
from api.schemas import AudienceAnswer, Recommendations
from recommender.domain import Catalogue, Mode
from recommender.matcher import Matcher
from tests.api.answers import answer_of
from tests.live import PATIENCE_SECONDS

EXAMPLE = AUDIENCE_EXAMPLES["class"]["value"]["instance_id"]


def audience(client: TestClient, instance_id: str = EXAMPLE, **fields: Any) -> dict[str, Any]:
    return answer_of(client.post("/v1/audiences", json={"instance_id": instance_id, **fields}), AudienceAnswer)


@pytest.mark.parametrize("example", AUDIENCE_EXAMPLES.values(), ids=AUDIENCE_EXAMPLES)
def test_an_example_of_the_documentation_is_answered(client: TestClient, example: dict[str, Any]) -> None:
    assert len(audience(client, **example["value"])["items"]) == example["value"]["k"]


def test_only_ids_and_scores_come_out_best_first(client: TestClient, catalogue: Catalogue) -> None:
    answer = audience(client, k=1_000)

    assert all(set(item) == {"rank", "learner_id", "score"} for item in answer["items"])
    assert [item["rank"] for item in answer["items"]] == list(range(1, len(answer["items"]) + 1))
    assert [item["score"] for item in answer["items"]] == sorted((i["score"] for i in answer["items"]), reverse=True)
    assert {item["learner_id"] for item in answer["items"]} <= {one.learner_id for one in catalogue.learners}
    assert len(answer["items"]) == answer["eligible_learners"] < len(catalogue.learners)


def test_the_next_page_continues_the_list(client: TestClient) -> None:
    whole = audience(client, k=40)["items"]

    assert [item for at in (0, 20) for item in audience(client, k=20, offset=at)["items"]] == whole
    assert audience(client, offset=100_000)["items"] == []


def test_a_learner_who_completed_the_course_is_not_sought_for_it(client: TestClient, catalogue: Catalogue) -> None:
    completed = {course_id for one in catalogue.learners for course_id in one.completed_course_ids}
    instance = next(i for i in catalogue.course_instances if i.course_id in completed and i.mode is Mode.ONLINE)
    done = {one.learner_id for one in catalogue.learners if instance.course_id in one.completed_course_ids}
    answer = audience(client, instance.instance_id, k=1_000)

    assert answer["items"]
    assert answer["excluded"]["already_completed"] == len(done)
    assert not done & {item["learner_id"] for item in answer["items"]}


def test_nobody_is_sought_for_a_course_that_is_not_approved(client: TestClient, catalogue: Catalogue) -> None:
    refused = {course.course_id for course in catalogue.courses if course.approval != "approved"}
    instance = next(i for i in catalogue.course_instances if i.course_id in refused)
    answer = audience(client, instance.instance_id)

    assert (answer["items"], answer["eligible_learners"]) == ([], 0)
    assert answer["excluded"]["not_approved"] == len(catalogue.learners)


def test_a_learner_found_for_a_class_has_it_with_the_same_score_in_their_own_list(client: TestClient) -> None:
    compared = 0
    for found in audience(client, k=20)["items"]:
        url = f"/v1/learners/{found['learner_id']}/recommendations?k=100&diversity=0"
        pages = [answer_of(client.get(f"{url}&offset={at}"), Recommendations)["items"] for at in (0, 100, 200, 300)]
        items = [item for page in pages for item in page]
        scores = {i["instance"]["instance_id"]: i["score"] for i in items if not i["relaxed"]}
        scores |= {other["instance_id"]: other["score"] for item in items for other in item["alternatives"]}
        if EXAMPLE in scores:
            assert found["score"] == scores[EXAMPLE]
            compared += 1
    assert compared >= 10


def test_the_day_and_the_distance_may_be_given(client: TestClient) -> None:
    assert audience(client, as_of="2026-12-01")["as_of"] == "2026-12-01"
    near, far = audience(client, maximum_distance_km=5), audience(client, maximum_distance_km=500)

    assert near["eligible_learners"] < far["eligible_learners"]
    assert near["excluded"]["too_far"] > 0
    assert "too_far" not in far["excluded"]


def test_a_class_that_is_over_has_no_audience(client: TestClient) -> None:
    answer = audience(client, as_of="9999-12-31")

    assert answer["items"] == []
    assert answer["excluded"]["ended"] > 0


def test_few_are_found_at_once(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """All who ask are answered; those behind them wait without holding anybody up."""
    find, going, most = Matcher.find_audience, Counter[str](), Counter[str]()
    counting, two = threading.Lock(), threading.Barrier(2)

    def note(*arguments: Any, **options: Any) -> dict[str, Any]:
        with counting:
            going["on"] += 1
            most["on"] = max(most["on"], going["on"])
        two.wait(PATIENCE_SECONDS)
        answer = find(*arguments, **options)
        with counting:
            going["on"] -= 1
        return answer

    monkeypatch.setattr(Matcher, "find_audience", note)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda k: audience(client, k=k), range(41, 49)))

    assert [len(answer["items"]) for answer in answers] == list(range(41, 49))
    assert most["on"] == 2
