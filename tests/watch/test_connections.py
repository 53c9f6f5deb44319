"""Of a request nothing stays with the connection that it came by, least of all the snapshot that it was answered from."""

from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.types import Receive, Scope, Send


def test_what_was_known_of_a_request_is_forgotten_when_it_is_answered(app: FastAPI, client: TestClient) -> None:
    """A connection that waits for its next request holds the last one's scope."""
    held: list[dict[str, Any]] = []
    answered_from: list[object] = []

    async def connection(scope: Scope, receive: Receive, send: Send) -> None:
        async def look(message: Any) -> None:
            answered_from.append(scope["state"].get("standpoint"))
            await send(message)

        held.append(dict(scope))
        held[-1]["state"] = scope["state"] = scope.get("state", {})
        await app(scope, receive, look)

    answer = TestClient(connection, headers=client.headers).post("/v1/recommendations", json={"goal": "叉车"})
    assert answer.status_code == 200
    assert all(answered_from)
    assert [scope["state"] for scope in held] == [{}]
