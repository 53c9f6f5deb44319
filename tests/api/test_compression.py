"""What is large and seldom asked for is sent compressed to whoever accepts it; learners' recommendations are not."""

import pytest
from fastapi.testclient import TestClient

NEED = {"needs": "班组管理", "k": 20}
LARGE = ["/", "/page/styles/page.css", "/page/leaflet/leaflet.js", "/v1/map", "/v1/taxonomy", "/v1/insights/coverage"]


@pytest.mark.parametrize("url", LARGE)
def test_what_is_large_is_compressed_for_whoever_accepts_it(client: TestClient, url: str) -> None:
    plain = client.get(url, headers={"Accept-Encoding": "identity"})
    packed = client.get(url, headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["vary"]
    assert packed.content == plain.content


def test_long_lists_are_compressed_and_learners_recommendations_are_not(client: TestClient) -> None:
    accepted = {"Accept-Encoding": "gzip"}
    assert (
        client.post("/v1/enterprise-recommendations", json=NEED, headers=accepted).headers["content-encoding"] == "gzip"
    )
    answer = client.post("/v1/recommendations", json={"goal": "电工", "k": 20}, headers=accepted)
    assert "content-encoding" not in answer.headers
    assert answer.json()["items"]
