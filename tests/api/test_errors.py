"""What bad input gets: a problem that names the field, in the caller's language, and never a 5xx."""

import json
import math
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api import create_app
from recommender.errors import InvalidRequest, StoreError
from recommender.language import Bilingual
from recommender.settings import Settings
from tests.api.answers import chinese, fields_of, problem_of

LEARNER, ENTERPRISE, AUDIENCE = "/v1/recommendations", "/v1/enterprise-recommendations", "/v1/audiences"
BASES: dict[str, dict[str, Any]] = {
    LEARNER: {"goal": "想学焊工"},
    ENTERPRISE: {"needs": "班组管理"},
    AUDIENCE: {"instance_id": "team-leader-training@hub-pingshan-1"},
}
JSON = {"content-type": "application/json"}
ENGLISH = {"accept-language": "en-GB,en;q=0.9"}

EVERYWHERE: list[tuple[dict[str, Any], str]] = [
    ({"k": 0}, "k"),
    ({"k": -1}, "k"),
    ({"k": 10_000}, "k"),
    ({"k": 10**400}, "k"),
    ({"k": 2.5}, "k"),
    ({"k": "ten"}, "k"),
    ({"k": None}, "k"),
    ({"k": math.nan}, "k"),
    ({"offset": -1}, "offset"),
    ({"offset": 10**18}, "offset"),
    ({"maximum_distance_km": -1}, "maximum_distance_km"),
    ({"maximum_distance_km": math.inf}, "maximum_distance_km"),
    ({"maximum_distance_km": 10**400}, "maximum_distance_km"),
    ({"maximum_distance_km": [30]}, "maximum_distance_km"),
    ({"as_of": "2026-02-30"}, "as_of"),
    ({"as_of": "31/12/2026"}, "as_of"),
    ({"as_of": "tomorrow"}, "as_of"),
    ({"as_of": ""}, "as_of"),
    ({"as_of": "0000-01-01"}, "as_of"),
    ({"as_of": "10000-01-01"}, "as_of"),
    ({"as_of": 0}, "as_of"),
    ({"as_of": "86400"}, "as_of"),
    ({"as_of": 20260301}, "as_of"),
    ({"as_of": "20260301"}, "as_of"),
    ({"as_of": True}, "as_of"),
    ({"as_of": 1e300}, "as_of"),
    ({"radius": 3}, "radius"),
    ({"K": 3}, "K"),
    ({"\u0000": 3}, "\u0000"),
]
PROFILES: list[tuple[dict[str, Any], str]] = [
    ({"weights": {"meaning": -1}}, "weights.meaning"),
    ({"weights": {"meaning": math.nan}}, "weights.meaning"),
    ({"weights": {"meaning": -math.inf}}, "weights.meaning"),
    ({"weights": {"meaning": "much"}}, "weights.meaning"),
    ({"weights": {"taste": 1}}, "weights.taste"),
    ({"weights": [1, 2]}, "weights"),
    ({"weights": {"place": 1}}, "weights"),  # without a location there is nothing to weigh
    ({"diversity": 1.5}, "diversity"),
    ({"diversity": math.nan}, "diversity"),
    ({"half_distance_km": 0}, "half_distance_km"),
    ({"half_distance_km": math.inf}, "half_distance_km"),
    ({"online_policy": "everywhere"}, "online_policy"),
    ({"language": "fr"}, "language"),
    ({"modes": []}, "modes"),
    ({"modes": ["by_post"]}, "modes.0"),
    ({"modes": "online"}, "modes"),
    ({"modes": ["online"] * 4}, "modes"),
    ({"schedules": ["night"]}, "schedules.0"),
    ({"schedules": {"weekend": True}}, "schedules"),
    ({"starts_by": "soon"}, "starts_by"),
    ({"starts_by": 1e9}, "starts_by"),
    ({"skill_level": "大师"}, "skill_level"),
    ({"skill_level": 3}, "skill_level"),
    ({"skill_level": "\ud800"}, "skill_level"),
    ({"industry": "x" * 201}, "industry"),
    ({"industry": "\x07"}, "industry"),
    ({"industry": ["智能机器人"]}, "industry"),
    ({"location": {}}, "location"),
    ({"location": "坪山区"}, "location"),
    ({"location": {"latitude": 22.5}}, "location"),
    ({"location": {"longitude": 114.1}}, "location"),
    ({"location": {"latitude": 22.5, "place": "坪山区"}}, "location"),
    ({"location": {"latitude": 114.1, "longitude": 22.5}}, "location.latitude"),
    ({"location": {"latitude": 39.9, "longitude": 116.4}}, "location"),
    ({"location": {"latitude": math.nan, "longitude": 114.1}}, "location.latitude"),
    ({"location": {"latitude": 22.5, "longitude": math.inf}}, "location.longitude"),
    ({"location": {"latitude": 22.5, "longitude": 114.1, "datum": "mars"}}, "location.datum"),
    ({"location": {"latitude": 22.5, "longitude": 114.1, "height": 3}}, "location.height"),
    ({"location": {"place": "火星"}}, "location.place"),
    ({"location": {"place": "龙岗"}}, "location.place"),
    ({"location": {"place": ""}}, "location.place"),
    ({"location": {"place": "\udfff"}}, "location.place"),
    ({"location": {"place": "坪山\x00区"}}, "location.place"),
    ({"location": {"place": "坪" * 100_000}}, "location.place"),
]
LEARNERS: list[tuple[dict[str, Any], str]] = [
    ({"goal": "学" * 100_000}, "goal"),
    ({"goal": "a\x00b"}, "goal"),
    ({"goal": "a\x7fb"}, "goal"),
    ({"goal": "\ud800"}, "goal"),
    ({"goal": 3}, "goal"),
    ({"goal": {"zh": "焊工"}}, "goal"),
    ({"occupation": "\udfff"}, "occupation"),
    ({"needs": "班组管理"}, "needs"),
    ({"completed_course_ids": ["no-such-course"]}, "completed_course_ids"),
    ({"completed_course_ids": "no-such-course"}, "completed_course_ids"),
    ({"completed_course_ids": [""]}, "completed_course_ids.0"),
    ({"completed_course_ids": ["\ud800"]}, "completed_course_ids.0"),
    ({"completed_course_ids": ["x"] * 1_001}, "completed_course_ids"),
]
ENTERPRISES: list[tuple[dict[str, Any], str]] = [
    ({"needs": "学" * 100_000}, "needs"),
    ({"needs": "\ud800"}, "needs"),
    ({"headcount": 0}, "headcount"),
    ({"headcount": -5}, "headcount"),
    ({"headcount": 10**9}, "headcount"),
    ({"headcount": "many"}, "headcount"),
    ({"goal": "焊工"}, "goal"),
    ({"completed_course_ids": []}, "completed_course_ids"),
]
AUDIENCES: list[tuple[dict[str, Any], str]] = [
    ({"instance_id": ""}, "instance_id"),
    ({"instance_id": None}, "instance_id"),
    ({"instance_id": ["x"]}, "instance_id"),
    ({"instance_id": "x" * 129}, "instance_id"),
    ({"instance_id": "\ud800"}, "instance_id"),
    ({"instance_id": "a\x00"}, "instance_id"),
]
WRONG = [
    *((url, *case) for url in BASES for case in EVERYWHERE),
    *((url, *case) for url in (LEARNER, ENTERPRISE) for case in PROFILES),
    *((LEARNER, *case) for case in LEARNERS),
    *((ENTERPRISE, *case) for case in ENTERPRISES),
    *((AUDIENCE, *case) for case in AUDIENCES),
]


def send(client: TestClient, url: str, fields: dict[str, Any], **headers: str) -> Any:
    """Post `fields` as Python's own JSON, which has NaN, Infinity and lone surrogates."""
    return client.post(url, content=json.dumps(fields).encode(), headers=JSON | headers)


@pytest.mark.parametrize(("url", "fields", "field"), WRONG, ids=lambda value: repr(value)[:48])
def test_a_wrong_field_is_named_in_chinese_and_in_english(
    client: TestClient, url: str, fields: dict[str, Any], field: str
) -> None:
    asked = BASES[url] | fields
    zh = problem_of(send(client, url, asked), 422)
    en = problem_of(send(client, url, asked, **ENGLISH), 422)

    named = [error["field"] for error in zh["errors"]]
    assert named == [error["field"] for error in en["errors"]]
    assert named[0] == field
    assert {name.split(".")[0] for name in named} == {field.split(".")[0]}
    assert chinese(zh["title"])
    assert chinese(zh["errors"][0]["message"])
    assert en["title"] == "Some fields of the request are wrong"
    assert en["errors"][0]["message"][0].isascii()
    assert en["errors"][0]["message"].endswith(".")
    assert not en["errors"][0]["message"].startswith("Value error")


@pytest.mark.parametrize("url", [LEARNER, ENTERPRISE])
@pytest.mark.parametrize("weights", [{}, {"meaning": 0}, {"meaning": 0, "place": 0.0}])
def test_weights_that_are_all_zero_are_refused(client: TestClient, url: str, weights: dict[str, float]) -> None:
    problem = problem_of(send(client, url, BASES[url] | {"weights": weights}), 422)

    assert "权重" in problem["errors"][0]["message"]


@pytest.mark.parametrize("profile", [{}, {"goal": ""}, {"goal": " \n\t　"}, {"occupation": "", "industry": None}])
def test_an_empty_profile_is_told_what_it_lacks(client: TestClient, profile: dict[str, Any]) -> None:
    message = problem_of(send(client, LEARNER, profile), 422)["errors"][0]["message"]

    assert all(name in message for name in ("goal", "occupation", "industry"))


@pytest.mark.parametrize("need", [{}, {"needs": ""}, {"headcount": 30}])
def test_an_empty_need_is_told_what_it_lacks(client: TestClient, need: dict[str, Any]) -> None:
    message = problem_of(send(client, ENTERPRISE, need), 422)["errors"][0]["message"]

    assert all(name in message for name in ("needs", "industry"))


def test_swapped_coordinates_are_said_to_be_swapped_and_far_ones_are_told_the_bounds(client: TestClient) -> None:
    def message(latitude: float, longitude: float) -> str:
        location = {"latitude": latitude, "longitude": longitude}
        problem = problem_of(send(client, LEARNER, {"goal": "电工", "location": location}, **ENGLISH), 422)
        return str(problem["errors"][0]["message"])

    assert "longitude" in message(114.1, 22.5)
    assert "22.39" in message(39.9, 80)
    assert "114.63" in message(39.9, 80)


def test_an_unknown_place_gets_suggestions_and_an_ambiguous_one_its_meanings(client: TestClient) -> None:
    def message(place: str) -> str:
        problem = problem_of(send(client, LEARNER, {"goal": "电工", "location": {"place": place}}), 422)
        return str(problem["errors"][0]["message"])

    assert "粤海街道" in message("粤海街到")
    assert all(name in message("龙岗") for name in ("龙岗区、", "龙岗区龙岗街道"))


def test_every_wrong_field_is_reported_at_once(client: TestClient) -> None:
    fields = {"k": 0, "diversity": 2, "modes": ["x"], "location": {"latitude": 91, "longitude": 181}, "nope": 1}

    assert set(fields_of(send(client, LEARNER, {"goal": "x"} | fields))) - {"modes"} == {
        "k",
        "diversity",
        "modes.0",
        "location.latitude",
        "location.longitude",
        "nope",
    }


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
@pytest.mark.parametrize("url", BASES)
def test_the_first_and_the_last_day_there_are_can_be_asked_for(client: TestClient, url: str, day: str) -> None:
    response = send(client, url, BASES[url] | {"as_of": day})

    assert (response.status_code, response.json()["as_of"]) == (200, day)


@pytest.mark.parametrize(
    "fields",
    [
        {"modes": ["online", "online"]},
        {"schedules": ["weekend", "weekend"]},
        {"weights": {"meaning": 1e-320}},
        {"weights": {"meaning": 1_000_000, "quality": 1e-300}},
        {"maximum_distance_km": 0, "location": {"place": "坪山区"}},
        {"half_distance_km": 0.05, "location": {"place": "坪山区"}},
        {"starts_by": "0001-01-01"},
        {"goal": "👩\u200d🔧" * 400},
        {"goal": "\u202e\ufeff\u200b"},
        {"goal": "。！？"},
        {"goal": "<script>alert(1)</script>' OR 1=1 -- {} %s"},
        {"location": None, "weights": None, "modes": None},
    ],
    ids=lambda fields: repr(fields)[:48],
)
def test_what_is_odd_but_means_something_is_answered(client: TestClient, fields: dict[str, Any]) -> None:
    response = send(client, LEARNER, BASES[LEARNER] | fields)

    assert response.status_code == 200, response.text
    assert len(response.json()["items"]) == 10


DEEP = 100_000
UNREADABLE = {
    "half an object": b'{"goal": "x"',
    "a trailing comma": b'{"goal": "x",}',
    "no quotes": b"goal=x",
    "not utf-8": b'{"goal": "\xff\xfe"}',
    "gb18030": '{"goal": "焊工"}'.encode("gb18030"),
    "a number of 5000 digits": b'{"goal":"x","k":1' + b"0" * 5_000 + b"}",
    "a raw control character": b'{"goal": "a\x00b"}',
    "two objects": b'{"goal":"x"}{"goal":"y"}',
    "an empty line": b"\n",
}


@pytest.mark.parametrize("url", BASES)
@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE)
def test_a_body_that_is_not_json_cannot_be_read(client: TestClient, url: str, body: bytes) -> None:
    problem = problem_of(client.post(url, content=body, headers=JSON), 400)
    english = problem_of(client.post(url, content=body, headers=JSON | ENGLISH), 400)

    assert [error["field"] for error in problem["errors"]] == ["body"]
    assert chinese(problem["detail"])
    assert "JSON" in english["detail"]


TOO_DEEP = {
    "deep lists": b"[" * DEEP,
    "deep closed lists": b"[" * DEEP + b"]" * DEEP,
    "deep objects": b'{"a":' * DEEP,
    "a deep field": b'{"goal":' + b"[" * DEEP + b"]" * DEEP + b"}",
    "a field one too deep": b'{"goal":' + b"[" * 16 + b"]" * 16 + b"}",
}


@pytest.mark.parametrize("url", BASES)
@pytest.mark.parametrize("body", TOO_DEEP.values(), ids=TOO_DEEP)
def test_a_body_of_too_many_levels_is_refused(client: TestClient, url: str, body: bytes) -> None:
    assert fields_of(client.post(url, content=body, headers=JSON)) == ["body"]
    assert "16" in problem_of(client.post(url, content=body, headers=JSON | ENGLISH))["detail"]


@pytest.mark.parametrize("url", BASES)
@pytest.mark.parametrize("body", [b"", b"[]", b"[{}]", b"null", b'"goal"', b"3", b"true", b"NaN", b"1e400"])
def test_a_body_that_is_no_object_is_refused(client: TestClient, url: str, body: bytes) -> None:
    assert fields_of(client.post(url, content=body, headers=JSON)) == ["body"]


@pytest.mark.parametrize(
    "form", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "image/png", ""]
)
def test_a_body_of_another_content_type_is_refused(client: TestClient, form: str) -> None:
    body = json.dumps({"goal": "焊工"}).encode()
    assert client.post(LEARNER, content=body, headers=JSON).status_code == 200

    assert fields_of(client.post(LEARNER, content=body, headers={"content-type": form})) == ["body"]


@pytest.mark.parametrize("number", [b"1e400", b"-1e400", b"Infinity", b"-Infinity", b"NaN", b"1" + b"0" * 400])
@pytest.mark.parametrize("field", ["k", "diversity", "half_distance_km"])
def test_numbers_beyond_all_numbers_are_refused(client: TestClient, field: str, number: bytes) -> None:
    body = b'{"goal": "x", "%s": %s}' % (field.encode(), number)

    assert fields_of(client.post(LEARNER, content=body, headers=JSON)) == [field]


@pytest.mark.parametrize(
    "body",
    [b'{"goal":"x","\\ud800":1}', b'{"goal":"x","weights":{"\\udfff":1}}', b'{"goal":"x","location":{"\\ud800":1}}'],
)
def test_lone_surrogates_in_names_are_refused(client: TestClient, body: bytes) -> None:
    assert len(fields_of(client.post(LEARNER, content=body, headers=JSON))) >= 1


@pytest.mark.parametrize(("method", "url"), [("GET", "/v1/courses/"), ("POST", f"{LEARNER}/"), ("GET", "/page")])
def test_nobody_is_sent_elsewhere(client: TestClient, method: str, url: str) -> None:
    answer = client.request(method, url, headers={"host": "example.org"}, follow_redirects=False)

    problem_of(answer, 404)
    assert "location" not in answer.headers


UNKNOWN = {
    "/v1/courses/{}": "course_id",
    "/v1/sites/{}": "site_id",
    "/v1/learners/{}/recommendations": "learner_id",
    "/v1/enterprises/{}/recommendations": "enterprise_id",
}


@pytest.mark.parametrize(("url", "field"), UNKNOWN.items())
@pytest.mark.parametrize(
    "text", ["nope", "%ff%fe", "%ed%a0%80", "%00", "%20", "不存在", "..", "a%0d%0ab", "x" * 128, "{}"]
)
def test_an_id_that_does_not_exist_is_not_found(client: TestClient, url: str, field: str, text: str) -> None:
    if text == "..":
        problem_of(client.get(url.replace("{}", "%2e%2e")))
        return
    problem = problem_of(client.get(url.replace("{}", text)), 404)

    assert [error["field"] for error in problem["errors"]] == [field]
    assert chinese(problem["detail"])
    assert field in problem_of(client.get(url.replace("{}", text), headers=ENGLISH), 404)["detail"]


@pytest.mark.parametrize(("url", "field"), UNKNOWN.items())
def test_an_id_that_is_far_too_long_is_refused(client: TestClient, url: str, field: str) -> None:
    assert fields_of(client.get(url.replace("{}", "x" * 10_000))) == [field]


def test_a_class_that_does_not_exist_has_no_audience(client: TestClient) -> None:
    problem = problem_of(send(client, AUDIENCE, {"instance_id": "nope"}), 404)

    assert problem["errors"][0]["field"] == "instance_id"


@pytest.mark.parametrize(
    ("url", "field"),
    [
        ("/v1/courses?limit=0", "limit"),
        ("/v1/courses?limit=101", "limit"),
        ("/v1/courses?limit=many", "limit"),
        ("/v1/courses?limit=" + "9" * 5_000, "limit"),
        ("/v1/courses?offset=-1", "offset"),
        ("/v1/courses?offset=", "offset"),
        ("/v1/courses?order=title", "order"),
        ("/v1/courses?cluster=nope", "cluster"),
        ("/v1/courses?cluster=%ff", "cluster"),
        ("/v1/courses?skill_level=nope", "skill_level"),
        ("/v1/courses?customisable=maybe", "customisable"),
        ("/v1/courses?approval=sure", "approval"),
        ("/v1/courses?q=%00", "q"),
        ("/v1/courses?q=" + "x" * 201, "q"),
        ("/v1/sites?kind=castle", "kind"),
        ("/v1/sites?status=lost", "status"),
        ("/v1/sites?cluster=nope", "cluster"),
        ("/v1/sites?place=火星", "place"),
        ("/v1/sites?place=龙岗", "place"),
        ("/v1/sites?place=%ed%a0%80", "place"),
        ("/v1/sites?limit=1.5", "limit"),
        ("/v1/places?kind=planet", "kind"),
        ("/v1/places?within=火星", "within"),
        ("/v1/places?limit=-1", "limit"),
        ("/v1/learners/learner-0001/recommendations?k=0", "k"),
        ("/v1/learners/learner-0001/recommendations?k=10000", "k"),
        ("/v1/learners/learner-0001/recommendations?goal=x", "goal"),
        ("/v1/learners/learner-0001/recommendations?as_of=20260301", "as_of"),
        ("/v1/learners/learner-0001/recommendations?diversity=nan", "diversity"),
        ("/v1/learners/learner-0001/recommendations?modes=online&modes=by_post", "modes.1"),
        ("/v1/learners/learner-0001/recommendations?language=fr", "language"),
        ("/v1/enterprises/foxconn/recommendations?offset=-1", "offset"),
        ("/v1/enterprises/foxconn/recommendations?maximum_distance_km=inf", "maximum_distance_km"),
        ("/v1/enterprises/foxconn/recommendations?headcount=3", "headcount"),
    ],
    ids=lambda value: value[:60],
)
def test_a_wrong_parameter_is_named(client: TestClient, url: str, field: str) -> None:
    assert fields_of(client.get(url)) == [field]
    assert problem_of(client.get(url, headers=ENGLISH), 422)["title"] == "Some fields of the request are wrong"


def test_a_name_that_is_not_there_gets_suggestions(client: TestClient) -> None:
    cluster = problem_of(client.get("/v1/courses?cluster=机器"), 422)["errors"][0]["message"]
    level = problem_of(client.get("/v1/courses?skill_level=大师", headers=ENGLISH), 422)["errors"][0]["message"]

    assert "智能机器人" in cluster
    assert "chief_technician" in level


@pytest.mark.parametrize(
    "url", ["/nope", "/v1", "/v1/", "/v1//courses", "/page/nope", "/page/..%2fapp.py", "/v1/courses/a/b"]
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_unknown_address_is_not_found(client: TestClient, method: str, url: str) -> None:
    problem = problem_of(client.request(method, url))

    assert problem["status"] in (404, 405)
    assert chinese(problem["title"])
    assert not chinese(problem_of(client.request(method, url, headers=ENGLISH))["title"])


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "FOO"])
@pytest.mark.parametrize("url", BASES)
def test_another_method_is_refused_and_the_right_one_named(client: TestClient, url: str, method: str) -> None:
    response = client.request(method, url)

    problem_of(response, 405)
    assert response.headers["allow"] == "POST"


@pytest.mark.parametrize("url", ["/", "/healthz", "/readyz", "/docs", "/openapi.json", "/v1/courses", "/v1/taxonomy"])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_what_can_only_be_read_is_not_written(client: TestClient, url: str, method: str) -> None:
    problem_of(client.request(method, url), 405)


@pytest.mark.parametrize("url", ["/", "/healthz", "/v1/courses", "/nope", LEARNER, "/page/scripts/page.js"])
def test_asking_for_the_head_alone_never_fails(client: TestClient, url: str) -> None:
    response = client.head(url)

    assert response.status_code < 500
    assert response.content == b""


@pytest.mark.parametrize("wanted", ["en", "EN", "en-US,en;q=0.5", " en;q=1"])
def test_english_is_spoken_to_those_who_ask_for_it_first(client: TestClient, wanted: str) -> None:
    assert problem_of(client.get("/nope", headers={"accept-language": wanted}))["title"] == "Not found"


@pytest.mark.parametrize("wanted", ["", "zh-CN", "fr", "zh,en;q=0.5", "*", "\t;;;,,q=", "x" * 5_000])
def test_chinese_is_spoken_to_all_others(client: TestClient, wanted: str) -> None:
    assert problem_of(client.get("/nope", headers={"accept-language": wanted}))["title"] == "没有找到"


def test_the_language_of_a_request_goes_before_that_of_the_browser(client: TestClient) -> None:
    asked = {"goal": "电工", "location": {"place": "火星"}, "language": "en"}

    assert problem_of(send(client, LEARNER, asked))["title"] == "Some fields of the request are wrong"


def test_a_failure_inside_is_a_problem_that_tells_nothing() -> None:
    app: FastAPI = create_app(Settings(demo=True))

    @app.get("/broken")
    def _broken() -> None:
        raise RuntimeError("/home/somebody/secret")

    response = TestClient(app).get("/broken", headers=ENGLISH)

    assert response.status_code == 500
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json() == {
        "type": "about:blank",
        "title": "The service failed",
        "status": 500,
        "detail": None,
        "errors": [],
        "request_id": response.headers["x-request-id"],
    }


def test_a_store_that_cannot_be_used_makes_the_service_unavailable() -> None:
    app: FastAPI = create_app(Settings(demo=True))

    @app.get("/store")
    def _store() -> None:
        raise StoreError(Bilingual("数据库不可用。", "The database cannot be used."))

    response = TestClient(app).get("/store", headers=ENGLISH)

    assert response.status_code == 503
    assert response.json()["detail"] == "The database cannot be used."
    assert response.json()["title"] == "The service is not available at present"
    assert int(response.headers["retry-after"]) >= 1


@pytest.mark.parametrize("number", ["13800138000", "11010519491231002X", "a.b@example.com"])
def test_a_number_that_reaches_somebody_is_masked_wherever_it_came_from(number: str) -> None:
    app: FastAPI = create_app(Settings(demo=True))

    @app.get("/wrong")
    def _wrong() -> None:
        raise InvalidRequest.of(f"field {number}", f"收到了 {number}。", f"There was {number}.")

    response = TestClient(app).get("/wrong")

    assert number not in response.text
    assert fields_of(response) == ["…"]


@pytest.mark.parametrize("url", ["/nope", "/page/nope", "/static-offline-docs/nope", "/v1/nope", "/docs/nope", "/"])
@pytest.mark.parametrize("method", ["POST", "OPTIONS", "DELETE"])
def test_every_problem_names_its_request(client: TestClient, method: str, url: str) -> None:
    first, second = client.request(method, url), client.request(method, url)

    assert problem_of(first)["request_id"] == first.headers["x-request-id"]
    assert first.headers["x-request-id"] != second.headers["x-request-id"]


@pytest.mark.parametrize("url", ["/page/page.js", "/static-offline-docs/redoc.standalone.js"])
def test_files_can_only_be_read(client: TestClient, url: str) -> None:
    response = client.post(url)

    problem_of(response, 405)
    assert response.headers["allow"] == "GET, HEAD"


def test_whoever_shows_no_key_is_told_how(app: FastAPI) -> None:
    response = TestClient(app).get("/v1/taxonomy")

    problem_of(response, 401)
    assert response.headers["www-authenticate"] == "Bearer"
