"""A log that is listened to, and a small application that is told of in it."""

import io
import json
from typing import Any

from fastapi import FastAPI, Request
from fastapi.testclient import TestClient
from starlette.datastructures import State

from api.metrics import Metrics
from api.tracing import Tracing

SECRET = "想学-13800138000-机器人"
"""What must never be logged."""


class Heard:
    """A log that is listened to."""

    def __init__(self, *, terminal: bool = False) -> None:
        self.raw = io.BytesIO()
        self.stream = io.TextIOWrapper(self.raw, encoding="utf-8", write_through=True)
        self.stream.isatty = lambda: terminal  # type: ignore[method-assign]

    @property
    def text(self) -> str:
        return self.raw.getvalue().decode()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]


def traced() -> TestClient:
    """A small application with the layer before it."""
    app = FastAPI()
    state = State({"service": None})
    state.metrics = Metrics(state)

    @app.get("/healthz")
    def healthz() -> str:
        return "ok"

    @app.get("/people/{name}")
    def answer(name: str, request: Request) -> str:
        return f"{name}: {request.state.request_id}"

    @app.get("/fails/{name}")
    def fail(name: str) -> str:
        raise ValueError(f"{name} and {SECRET}")

    app.add_middleware(Tracing, state=state)
    return TestClient(app)
