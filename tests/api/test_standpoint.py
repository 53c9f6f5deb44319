"""One request is answered from one snapshot and one day, whatever comes to serve meanwhile."""

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api import create_app
from recommender.keyring import KeyRing
from recommender.matcher import Matcher
from recommender.settings import Settings
from recommender.store import CatalogueStore
from tests.callers import issue_key, showing

ASKED = {"goal": "工业机器人", "k": 3}


class RestlessService:
    """A service that is another one at every look: its snapshot as well as its day."""

    def __init__(self, matchers: list[Matcher], day: datetime.date) -> None:
        self.matchers, self.looks = matchers, 0
        self.day, self.days = day, 0

    @property
    def matcher(self) -> Matcher:
        self.looks += 1
        return self.matchers[self.looks % 2]

    def today(self) -> datetime.date:
        self.days += 1
        return self.day + datetime.timedelta(days=self.days % 2)


@pytest.fixture
def restless(matchers: list[Matcher], today: datetime.date) -> RestlessService:
    return RestlessService(matchers[:2], today)


@pytest.fixture
def client(restless: RestlessService, tmp_path: Path) -> Iterator[TestClient]:
    with CatalogueStore(f"sqlite:///{tmp_path / 'keys.db'}") as store:
        app = create_app(Settings(kept_answers=100), restless, KeyRing(store))  # type: ignore[arg-type]
        yield TestClient(app, headers=showing(issue_key(store)))


def ask(client: TestClient, address: str) -> Any:
    answer = client.get(address) if "learners" in address else client.post(address, json=ASKED)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("address", ["/v1/recommendations", "/v1/learners/learner-000/recommendations"])
def test_an_answer_is_kept_under_the_snapshot_and_the_day_it_was_made_from(
    client: TestClient, restless: RestlessService, address: str
) -> None:
    answers = [ask(client, address) for _ in range(6)]
    snapshots = [matcher.snapshot.version for matcher in restless.matchers]

    # one look a request, so that each sees the other of the two
    assert [answer["snapshot"] for answer in answers] == [snapshots[1], snapshots[0]] * 3
    assert len({answer["as_of"] for answer in answers}) == 2
    assert answers[0] == answers[2] == answers[4]
    assert answers[1] == answers[3] == answers[5]


def test_an_answer_agrees_with_itself(client: TestClient, restless: RestlessService) -> None:
    """Every course and site that is named exists in the snapshot that is named, and is what it is there."""
    by_version = {matcher.snapshot.version: matcher.snapshot.network for matcher in restless.matchers}
    for number in range(6):
        answer = client.post("/v1/recommendations", json={"goal": f"电工{number}", "k": 5}).json()
        titles = {course.course_id: course.title for course in by_version[answer["snapshot"]].courses}
        assert answer["items"]
        assert all(titles[item["course"]["course_id"]] == item["course"]["title"] for item in answer["items"])
