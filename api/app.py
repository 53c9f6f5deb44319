"""The application: routes, errors, and what is opened at start and closed at the end."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from fastapi_offline import FastAPIOffline

from api.errors import add_error_handlers
from api.repeats import AnswerCache
from api.routes import audiences, catalogue, health, page, recommendations, records, reviews, sync
from recommender.bootstrap import Workshop
from recommender.following import Follower
from recommender.service import Service
from recommender.settings import Settings, load_settings

_DESCRIPTION = """
近学 recommends training courses by what they mean and how near they are taught, and says why.

* `POST /v1/recommendations` – a learner's profile in, the best courses out, each at its best class.
* `POST /v1/enterprise-recommendations` – a need in free text, a headcount and an address in, courses that can be taught there out.
* `POST /v1/audiences` – a class in, the learners whom it suits best out.

Every answer names the snapshot it was made from, how many classes each condition excluded, what was loosened, and the policy applied.
Errors are `application/problem+json` (RFC 9457); messages are Chinese, or English with `Accept-Language: en`.
"""


def create_app(settings: Settings | None = None, service: Service | None = None) -> FastAPI:
    """Return the application over `service`; without one, nothing is opened before it starts."""
    app = FastAPIOffline(title="近学 Jinxue", version="0.1.0", description=_DESCRIPTION, lifespan=_lifespan)
    app.state.settings = settings or load_settings()
    app.state.service = service
    app.state.on_ready = None
    app.state.answers = AnswerCache(app.state.settings.kept_answers)
    app.state.maximum_sync_bytes = app.state.settings.maximum_sync_bytes
    add_error_handlers(app)
    for routes in (recommendations, audiences, catalogue, records, reviews, sync, health, page):
        app.include_router(routes.router)
    app.openapi = partial(_describe, app.openapi)  # type: ignore[method-assign]
    app.mount("/page", StaticFiles(directory=Path(__file__).parent / "page"), name="page")
    return app


def _describe(openapi: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Return the OpenAPI document, its problems under the media type they are sent with; FastAPI knows only the answers' own."""
    document = openapi()
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    for response in (response for operation in operations for response in operation["responses"].values()):
        content = response.get("content", {})
        for media_type, told in list(content.items()):
            if told.get("schema") == {"$ref": "#/components/schemas/Problem"}:
                content["application/problem+json"] = content.pop(media_type)
    return document


@contextlib.asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    service = app.state.service = app.state.service or Service(Workshop(app.state.settings))
    follower = app.state.follower = Follower(service, refit_seconds=app.state.settings.refit_seconds)
    follower.start()
    if app.state.on_ready is not None:
        app.state.on_ready(service)
    yield
    await asyncio.to_thread(follower.stop)
    service.close()
