"""How the service stands, as Prometheus reads it."""

import datetime
import time

from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.vitals import expiring
from recommender.access import Key, Scope, issue, succeed
from recommender.language import Bilingual
from tests.callers import issue_key
from tests.live import eventually
from tests.watch.counting import number, numbers, rise

NOW = datetime.datetime(2026, 11, 27, tzinfo=datetime.UTC)
DAY = datetime.timedelta(days=1)


def test_the_snapshot_and_the_store_are_told_of_and_a_write_is_seen_in_both(client: TestClient, app: FastAPI) -> None:
    service, before = app.state.service, numbers(client)
    assert number(before, "jinxue_snapshot_info", version=service.matcher.snapshot.version) == 1
    assert 0 <= number(before, "jinxue_snapshot_age_seconds") < 600
    assert 0 < number(before, "jinxue_snapshot_build_seconds") < 60

    written = client.patch("/v1/course-instances/twin-a", json={"fee_yuan": 12}).json()["catalogue_version"]
    eventually(lambda: service.matcher.snapshot.catalogue_version >= written)

    after = numbers(client)
    assert number(after, "jinxue_snapshot_catalogue_version") == number(after, "jinxue_store_catalogue_version")
    assert number(after, "jinxue_snapshot_catalogue_version") == written
    assert number(after, "jinxue_snapshot_lag_versions") == number(after, "jinxue_snapshot_pinned") == 0
    swapped = number(after, "jinxue_snapshot_swapped_timestamp_seconds")
    assert number(before, "jinxue_snapshot_swapped_timestamp_seconds") < swapped <= time.time()


def test_a_snapshot_behind_its_store_lags_by_so_many_versions(client: TestClient, app: FastAPI) -> None:
    service = app.state.service
    seen = service.store_version
    service.store_version = seen + 3
    try:
        assert number(numbers(client), "jinxue_snapshot_lag_versions") == 3
    finally:
        service.store_version = seen


def test_a_part_that_does_not_work_is_a_one(client: TestClient, app: FastAPI) -> None:
    follower = app.state.follower
    assert number(numbers(client), "jinxue_part_degraded", part="disk") == 0
    before, follower.faults = follower.faults, {"disk": Bilingual("磁盘已满", "The disk is full")}
    try:
        found = numbers(client)
    finally:
        follower.faults = before
    assert number(found, "jinxue_part_degraded", part="disk") == 1
    assert number(found, "jinxue_part_degraded", part="store") == 0


def test_texts_that_have_changed_since_words_were_fitted_show(client: TestClient, app: FastAPI) -> None:
    assert number(numbers(client), "jinxue_fit_outdated") == 0
    fields = {"title": "全新的课程", "description": "从未见过的词语"}
    written = client.put("/v1/courses/brand-new", json=fields).json()["catalogue_version"]
    eventually(lambda: app.state.service.matcher.snapshot.catalogue_version >= written)

    assert number(numbers(client), "jinxue_fit_outdated") == 1
    assert number(numbers(client), "jinxue_catalogue_records", table="courses") == len(
        app.state.service.matcher.snapshot.network.courses
    )


def test_keys_count_by_scope(client: TestClient, app: FastAPI) -> None:
    def issue_one() -> None:
        key = issue_key(app.state.service.store, Scope.REVIEWER).key
        eventually(lambda: key.key_id in {one.key_id for one in app.state.keys.known})

    assert rise(client, issue_one, "jinxue_keys", scope="reviewer") == 1
    assert rise(client, issue_one, "jinxue_keys_expiring", scope="reviewer") == 1  # tests' keys hold for a day


def test_a_key_expires_soon_when_it_ends_within_30_days_and_nothing_has_taken_its_place() -> None:
    def key(days: float | None) -> Key:
        lifetime = None if days is None else days * DAY
        return issue("k", [Scope.REVIEWER], now=NOW - DAY, lifetime=lifetime and lifetime + DAY).key

    for_good, later, soon, ended, replaced = key(None), key(30), key(29), key(-0.5), key(2)
    successor = succeed(replaced, now=NOW, lifetime=None).key

    assert expiring([for_good, later, soon, ended, replaced, successor], NOW) == [soon]
    assert expiring([replaced], NOW) == [replaced]
