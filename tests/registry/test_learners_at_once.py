"""Ten thousand learners arrive by one sync and are recommended to at once, none from what they were before.

The suite asks for a seeded thousand of them; `LEARNERS_ASKED=10000 pytest tests/registry/test_learners_at_once.py` for all.
"""

import io
import json
import os
from random import Random
from typing import Any

import pytest

from recommender.errors import NotFound
from recommender.language import Language
from recommender.registry import Caller, Synchroniser, SyncMode
from recommender.requests import AudienceRequest, LearnerRequest
from recommender.service import Service
from tests.networks import TODAY
from tests.registry.model import Fields
from tests.registry.worlds import StillWorkshop

MANY, ASKED = 10_000, int(os.environ.get("LEARNERS_ASKED", "1000"))
GOALS = {"a": "想学叉车的驾驶", "b": "想学电工"}
LATITUDES = (22.45, 22.5)


@pytest.fixture
def service(workshop: StillWorkshop) -> Any:
    service = Service(workshop)
    yield service
    service.close()


def learner(number: int, rng: Random) -> Fields:
    """Return a learner whose goal, place, level and completed course are drawn."""
    fields: Fields = {
        "learner_id": f"learner-{number:05}",
        "goal": rng.choice(tuple(GOALS.values())) + "☆" * (number % 3),
    }
    fields |= rng.choice(({}, {"latitude": rng.choice(LATITUDES), "longitude": 114.0}, {"place": "东山区"}))
    return fields | rng.choice(({}, {"skill_level": "中级工"}, {"completed_course_ids": ["b"]}))


def send(service: Service, learners: list[Fields]) -> int:
    """Sync learners; return the catalogue version from which they are seen."""
    lines = b"".join(json.dumps({"type": "learner", **one}).encode() + b"\n" for one in learners)
    run = Synchroniser(service.registry, Caller("platform"), io.BytesIO(), language=Language.EN)
    done = run.run(io.BytesIO(lines), SyncMode.ALL_OR_NOTHING)
    assert done.counts.keys() <= {"created", "updated", "unchanged"}
    return done.catalogue_version


def asked(fields: Fields) -> LearnerRequest:
    """Return what that learner would ask by itself."""
    where = {name: fields[name] for name in ("latitude", "longitude", "place") if name in fields}
    own = {name: value for name, value in fields.items() if name not in where and name != "learner_id"}
    return LearnerRequest(**own, location=where or None)


def answers_as(service: Service, fields: Fields, told: dict[tuple[str, str], Fields]) -> bool:
    """Tell whether a stored learner is answered just what its fields would be if they were sent with the request."""
    matcher = service.matcher
    stored = matcher.recommend_to_learner(fields["learner_id"], today=TODAY)
    key = matcher.snapshot.version, json.dumps({**fields, "learner_id": None})
    if key not in told:  # many of them ask the same
        told[key] = matcher.recommend(asked(fields), today=TODAY)
    return bool(stored == told[key])


def test_ten_thousand_learners_are_recommended_to_as_soon_as_they_are_there(service: Service) -> None:
    rng, told = Random(20261122), {}
    first = [learner(number, rng) for number in range(MANY)]
    version = send(service, first)
    chosen = rng.sample(range(MANY), ASKED)
    for number in chosen[:20]:  # not there yet: nobody, rather than somebody half known
        with pytest.raises(NotFound):
            service.matcher.recommend_to_learner(first[number]["learner_id"], today=TODAY)

    assert service.catch_up()
    answer = service.matcher.recommend_to_learner(first[0]["learner_id"], today=TODAY)
    assert int(answer["snapshot"].partition("-")[0]) == service.matcher.snapshot.catalogue_version >= version
    for number in chosen:
        assert answers_as(service, first[number], told)

    second = [
        {**learner(number, rng), "goal": GOALS["b" if GOALS["a"] in one["goal"] else "a"]}
        for number, one in enumerate(first)
    ]
    later = send(service, second)
    assert later == version + 1
    for number in chosen[:50]:  # what they were, whole, until the service has caught up
        assert answers_as(service, first[number], told)
        assert not answers_as(service, second[number], told)
    assert service.catch_up()
    assert service.matcher.snapshot.catalogue_version == later
    for number in chosen:
        assert answers_as(service, second[number], told)


def test_a_learners_goal_decides_what_comes_first(service: Service) -> None:
    send(service, [{"learner_id": course, "goal": goal} for course, goal in GOALS.items()])
    service.catch_up()
    for course in GOALS:
        items = service.matcher.recommend_to_learner(course, today=TODAY, diversity=0)["items"]
        assert items[0]["course"]["course_id"] == course


def test_a_deleted_learner_is_nobody_and_no_audience(service: Service) -> None:
    send(service, [{"learner_id": name, "goal": GOALS["a"]} for name in "xy"])
    service.catch_up()
    send_deletion = json.dumps({"type": "learner", "action": "delete", "learner_id": "x"}).encode()
    Synchroniser(service.registry, Caller(), io.BytesIO(), language=Language.EN).run(
        io.BytesIO(send_deletion), SyncMode.LINE_BY_LINE
    )
    service.catch_up()
    with pytest.raises(NotFound):
        service.matcher.recommend_to_learner("x", today=TODAY)
    found = service.matcher.find_audience(AudienceRequest(instance_id="a-1"), today=TODAY)
    assert [one["learner_id"] for one in found["items"]] == ["y"]
