"""What browsers are told: what a page may do, who may call, and that nothing is kept."""

import re
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from tests.api.edge import Edge, edge

EVERYWHERE = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
ALLOWED, FOREIGN = "https://peixun.example", "https://elsewhere.example"
PAGES = ["/", "/page/page.js", "/page/index.html", "/docs", "/redoc"]
ANSWERS = ["/healthz", "/readyz", "/v1/courses?limit=1", "/v1/taxonomy", "/nope", "/v1/nope", "/openapi.json"]


@pytest.mark.parametrize("url", [*PAGES, *ANSWERS])
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST"])
def test_every_answer_says_what_browsers_may_not_do(client: TestClient, method: str, url: str) -> None:
    headers = client.request(method, url).headers

    assert headers.items() >= EVERYWHERE.items()
    assert "geolocation=()" in headers["permissions-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "strict-transport-security" not in headers
    assert not {"server", "x-powered-by", "access-control-allow-origin"} & set(headers)
    assert len(headers.get_list("content-security-policy")) == 1


@pytest.mark.parametrize("url", ANSWERS)
def test_an_answer_is_kept_by_nobody_and_nothing_is_made_of_it(client: TestClient, url: str) -> None:
    headers = client.get(url).headers

    assert headers["cache-control"] == "no-store"
    assert headers["content-security-policy"].startswith("default-src 'none'")


@pytest.mark.parametrize("url", PAGES)
def test_a_page_runs_its_own_scripts_only(client: TestClient, url: str) -> None:
    page = client.get(url)
    policy = dict(part.strip().split(" ", 1) for part in page.headers["content-security-policy"].split(";"))
    scripts = policy.get("script-src", policy["default-src"])

    assert policy["default-src"] == "'self'"
    assert "unsafe" not in scripts
    assert len(re.findall(r"<script>", page.text)) == scripts.count("sha256-")


def test_an_encrypted_connection_is_to_stay_one(app: FastAPI) -> None:
    headers = TestClient(app, base_url="https://peixun.example").get("/healthz").headers

    assert headers["strict-transport-security"] == "max-age=31536000"


@pytest.fixture(scope="module")
def open_to_one() -> Iterator[Edge]:
    with edge(allowed_origins=f"{ALLOWED}, https://other.example") as opened:
        yield opened


def test_no_page_may_call_unless_it_is_allowed(open_to_one: Edge) -> None:
    with edge() as closed:
        assert "access-control-allow-origin" not in closed.ask("GET", "/quick", b"", f"Origin: {ALLOWED}").headers
        preflight = closed.ask("OPTIONS", "/length", b"", f"Origin: {ALLOWED}", "Access-Control-Request-Method: POST")
        assert preflight.problem["status"] == 405
    assert "access-control-allow-origin" not in open_to_one.ask("GET", "/quick", b"", f"Origin: {FOREIGN}").headers
    assert "access-control-allow-origin" not in open_to_one.ask("GET", "/quick", b"", "Origin: null").headers


def test_an_allowed_page_may_call_and_read_what_it_needs(open_to_one: Edge) -> None:
    for path in ("/quick", "/nope"):
        headers = open_to_one.ask("GET", path, b"", f"Origin: {ALLOWED}").headers

        assert headers["access-control-allow-origin"] == ALLOWED
        assert {"ETag", "Catalogue-Version", "X-Request-ID", "Retry-After"} <= set(
            headers["access-control-expose-headers"].split(", ")
        )
        assert "access-control-allow-credentials" not in headers


def test_a_browser_that_asks_first_is_told(open_to_one: Edge) -> None:
    asked = [
        "Access-Control-Request-Method: PUT",
        "Access-Control-Request-Headers: authorization,content-type,if-match",
    ]
    welcome = open_to_one.ask("OPTIONS", "/length", b"", f"Origin: {ALLOWED}", *asked)
    refused = open_to_one.ask("OPTIONS", "/length", b"", f"Origin: {FOREIGN}", *asked)

    assert (welcome.status, welcome.headers["access-control-allow-origin"]) == (200, ALLOWED)
    assert (refused.status, refused.fields) == (403, ["Origin"])
    assert "access-control-allow-origin" not in refused.headers


def test_who_may_call_can_change_while_the_service_runs() -> None:
    with edge() as changing:
        for allowed in (ALLOWED, FOREIGN, ""):
            settings = changing.app.state.settings
            changing.app.state.settings = settings.model_copy(update={"allowed_origins": allowed})
            told = [changing.ask("GET", "/quick", b"", f"Origin: {one}").headers for one in (ALLOWED, FOREIGN)]

            assert [headers.get("access-control-allow-origin") == allowed for headers in told] == [
                allowed == ALLOWED,
                allowed == FOREIGN,
            ]
