"""The documentation: whole, with examples, and readable without a network."""

import re
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api import create_app
from recommender.access import Scope
from recommender.settings import Settings

PROBLEM = {"schema": {"$ref": "#/components/schemas/Problem"}}
SHOWN = {
    ("post", "/v1/recommendations"),
    ("post", "/v1/recommendations/explain"),
    ("post", "/v1/enterprise-recommendations"),
    ("get", "/v1/courses"),
    ("get", "/v1/courses/{course_id}"),
    ("get", "/v1/sites"),
    ("get", "/v1/sites/{site_id}"),
    ("get", "/v1/places"),
    ("get", "/v1/taxonomy"),
    ("get", "/v1/map"),
    ("get", "/v1/policy"),
    ("get", "/v1/insights/coverage"),
}
PROMISED = {
    *SHOWN,
    ("post", "/v1/audiences"),
    ("get", "/v1/learners/{learner_id}/recommendations"),
    ("get", "/v1/enterprises/{enterprise_id}/recommendations"),
    ("get", "/healthz"),
    ("get", "/readyz"),
    ("get", "/metrics"),
    ("get", "/v1/reviews"),
    ("post", "/v1/courses/{course_id}/reviews"),
    ("post", "/v1/sync"),
    ("get", "/v1/sync/digest"),
    ("get", "/v1/learners/{learner_id}/export"),
    ("get", "/v1/insights/learners"),
    ("get", "/v1/sync/changes"),
    *(
        (method, f"/v1/{address}{part}")
        for address in (
            "sites/{site_id}",
            "courses/{course_id}",
            "course-instances/{instance_id}",
            "learners/{learner_id}",
            "enterprises/{enterprise_id}",
        )
        for method, part in (("get", "/record"), ("get", "/history"), ("put", ""), ("patch", ""), ("delete", ""))
    ),
}
LINES = ("post", "/v1/sync")
OPEN = {("get", "/healthz")}
TEXT = {("get", "/metrics")}


@pytest.fixture(scope="module")
def document(client: TestClient) -> dict[str, Any]:
    response = client.get("/openapi.json")
    assert response.status_code == 200
    return response.json()


@pytest.fixture(scope="module")
def operations(document: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    return {(method, path): one for path, methods in document["paths"].items() for method, one in methods.items()}


@pytest.mark.parametrize("url", ["/docs", "/redoc"])
def test_the_documentation_is_read_without_a_network(client: TestClient, url: str) -> None:
    page = client.get(url)
    parts = re.findall(r'(?:src|href)="([^"]+)"', page.text)

    assert page.status_code == 200
    assert "/openapi.json" in page.text
    assert not re.search(r"https?://", page.text)
    assert any(part.endswith(".js") for part in parts)
    for part in parts:
        assert part.startswith("/")
        assert client.get(part).status_code == 200
        assert len(client.get(part).content) > 1_000


def test_exactly_the_promised_addresses_are_documented(operations: dict[tuple[str, str], dict[str, Any]]) -> None:
    assert set(operations) == PROMISED


def test_every_operation_says_what_it_does_and_belongs_to_a_subject(
    operations: dict[tuple[str, str], dict[str, Any]],
) -> None:
    assert len({one["operationId"] for one in operations.values()}) == len(operations)
    for one in operations.values():
        assert one["summary"]
        assert len(one["description"]) > 20
        assert one["tags"]


def test_every_answer_has_a_schema(operations: dict[tuple[str, str], dict[str, Any]]) -> None:
    for operation, one in operations.items():
        if operation in TEXT:
            assert list(one["responses"]["200"]["content"]) == ["text/plain", "application/openmetrics-text"]
            continue
        form = "application/x-ndjson" if operation == LINES else "application/json"
        assert list(one["responses"]["200"]["content"]) == [form]
        assert one["responses"]["200"]["content"][form]["schema"]["$ref"]


def test_problems_are_documented_as_what_they_are(operations: dict[tuple[str, str], dict[str, Any]]) -> None:
    for (_, path), one in operations.items():
        if path.startswith("/v1"):
            assert one["responses"]["422"]["content"] == {"application/problem+json": PROBLEM}
            assert one["responses"]["400"]["content"] == {"application/problem+json": PROBLEM}
        assert "HTTPValidationError" not in str(one)


def test_every_body_and_every_id_has_an_example(operations: dict[tuple[str, str], dict[str, Any]]) -> None:
    for operation, one in operations.items():
        if operation[0] in ("post", "put", "patch"):
            form = "application/x-ndjson" if operation == LINES else "application/json"
            assert one["requestBody"]["content"][form]["examples"]
            assert one["requestBody"]["content"][form]["schema"]
        for parameter in one.get("parameters", []):
            if parameter["in"] == "path":
                assert parameter["schema"]["examples"]


def test_every_id_given_as_an_example_exists(
    client: TestClient, operations: dict[tuple[str, str], dict[str, Any]]
) -> None:
    for (method, path), one in operations.items():
        for parameter in one.get("parameters", []) if method == "get" else []:
            for example in parameter["schema"].get("examples", []) if parameter["in"] == "path" else []:
                assert client.get(path.replace("{" + parameter["name"] + "}", example)).status_code == 200


def test_what_changes_records_says_who_asks_and_what_they_saw(
    operations: dict[tuple[str, str], dict[str, Any]],
) -> None:
    for (method, path), one in operations.items():
        if method in ("put", "patch", "delete") or path.endswith("/{course_id}/reviews"):
            named = {parameter["name"] for parameter in one["parameters"]}
            assert named >= {"site_id", "If-Match", "If-None-Match"}
            assert {"409", "412", "422", "503"} <= set(one["responses"])


def test_every_operation_says_which_keys_reach_it_and_how_it_refuses_others(
    document: dict[str, Any], operations: dict[tuple[str, str], dict[str, Any]]
) -> None:
    assert [document["components"]["securitySchemes"]["key"][name] for name in ("type", "scheme")] == ["http", "bearer"]
    assert {operation for operation, one in operations.items() if not one["security"]} == OPEN
    for operation, one in operations.items():
        assert all(set(alternative) == {"key"} for alternative in one["security"])
        scopes = [Scope(name) for alternative in one["security"] for name in alternative["key"]]
        assert len(scopes) == len(set(scopes)) == len(one["security"])
        assert operation in OPEN or Scope.ADMIN in scopes
        for status in () if operation in OPEN else ("401", "403", "429"):
            assert one["responses"][status]["content"] == {"application/problem+json": PROBLEM}


def test_only_a_demo_offers_to_do_without_a_key() -> None:
    paths = create_app(Settings(demo=True)).openapi()["paths"]
    shown = {
        (method, path) for path, methods in paths.items() for method, one in methods.items() if {} in one["security"]
    }

    assert shown == SHOWN


def test_what_may_be_sent_of_a_record_is_what_is_read_of_it_but_for_what_may_be_left_out(
    document: dict[str, Any], operations: dict[tuple[str, str], dict[str, Any]]
) -> None:
    for (method, path), one in operations.items():
        if method in ("put", "patch"):
            body = one["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
            sent = document["components"]["schemas"][body]
            written = one["responses"]["200"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
            shown = document["components"]["schemas"][written]["properties"]["record"]["$ref"].rpartition("/")[2]
            record = document["components"]["schemas"][shown]
            assert sent["properties"].keys() == record["properties"].keys() == set(record["required"])
            assert sent["additionalProperties"] is record["additionalProperties"] is False
            assert bool(sent.get("required")) == (method == "put" and "learners" not in path)


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    named = set(re.findall(r"#/components/schemas/([\w.-]+)", str(document)))

    assert named <= set(document["components"]["schemas"])
    assert "Problem" in named


def test_the_page_is_served_at_the_root_and_loads_nothing_from_elsewhere(client: TestClient) -> None:
    page = client.get("/")

    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert page.headers["content-security-policy"].startswith("default-src 'self'; frame-ancestors 'none'")
