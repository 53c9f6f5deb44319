"""The application: routes, errors, and what is opened at start and closed at the end."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from functools import partial
from typing import Any

import anyio
from fastapi import FastAPI
from fastapi_offline import FastAPIOffline

from api.capacity import Capacity
from api.compression import Compression
from api.contract import describe
from api.errors import add_error_handlers
from api.gate import Gate
from api.headers import CrossOrigin, SecurityHeaders
from api.limits import BodyLimit
from api.metrics import Metrics
from api.rates import Rates
from api.repeats import AnswerCache
from api.routes import (
    audiences,
    catalogue,
    health,
    insights,
    metrics,
    page,
    people,
    recommendations,
    records,
    reviews,
    sync,
)
from api.tracing import Tracing
from recommender.bootstrap import Workshop
from recommender.following import Follower
from recommender.keyring import KeyRing
from recommender.service import Service
from recommender.settings import Settings, load_settings

_AUDIENCES_AT_ONCE = _EXPLANATIONS_AT_ONCE = 2
_SURVEYS_AT_ONCE = 1
_DESCRIPTION = """
近学 recommends training courses by what they mean and how near they are taught, and says why.

* `POST /v1/recommendations` – a learner's profile in, the best courses out, each at its best class.
* `POST /v1/recommendations/explain` – the same profile and a course in, where that course stands and what would raise it out.
* `POST /v1/enterprise-recommendations` – a need in free text, a headcount and an address in, courses that can be taught there out.
* `POST /v1/audiences` – a class in, the learners whom it suits best out.

Every answer names the snapshot it was made from, how many classes each condition excluded, what was loosened, and the policy applied.
Errors are `application/problem+json` (RFC 9457); messages are Chinese, or English with `Accept-Language: en`.
"""


def create_app(
    settings: Settings | None = None, service: Service | None = None, keys: KeyRing | None = None
) -> FastAPI:
    """Return the application over `service` and the `keys` of its store; without them, nothing is opened before it starts."""
    app = FastAPIOffline(
        title="近学 Jinxue",
        version="0.1.0",
        description=_DESCRIPTION,
        lifespan=_lifespan,
        redirect_slashes=False,  # to wherever the caller's Host says, without a cipher behind some proxies
    )
    app.state.settings = settings or load_settings()
    app.state.service = service
    app.state.keys = keys
    app.state.rates = Rates(app.state.settings)
    app.state.on_ready = None
    app.state.metrics = Metrics(app.state)
    app.state.audiences = anyio.CapacityLimiter(_AUDIENCES_AT_ONCE)
    app.state.surveys = anyio.CapacityLimiter(_SURVEYS_AT_ONCE)
    app.state.explanations = anyio.CapacityLimiter(_EXPLANATIONS_AT_ONCE)
    app.state.answers = AnswerCache(app.state.settings.kept_answers)
    add_error_handlers(app)
    for routes in _ROUTES:
        app.include_router(routes.router)
    app.openapi = partial(describe, app.openapi, demo=app.state.settings.demo)  # type: ignore[method-assign]
    page.mount_files(app)
    for layer, arguments in _LAYERS:
        app.add_middleware(layer, **dict.fromkeys(arguments, app.state))
    return app


_ROUTES = (
    *(recommendations, audiences, catalogue, records, people, insights, reviews, sync),
    *(health, metrics, page),
)
"""In the order in which the documentation tells of them."""

_LAYERS: Sequence[tuple[Any, Sequence[str]]] = (
    (Compression, []),
    (BodyLimit, ["state"]),
    (Gate, ["state"]),
    (Capacity, ["state"]),
    (CrossOrigin, ["state"]),
    (SecurityHeaders, ["state"]),
    (Tracing, ["state"]),
)
"""What is in front of the routes, innermost first; each looks at the application's state."""


@contextlib.asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    service = app.state.service = app.state.service or Service(Workshop(app.state.settings))
    follower = app.state.follower = Follower(service, refit_seconds=app.state.settings.refit_seconds)
    keys = app.state.keys = app.state.keys or KeyRing(service.store, copy=app.state.settings.state / "keys.json")
    follower.start()
    keys.start()
    if app.state.on_ready is not None:
        app.state.on_ready(service)
    yield
    await asyncio.to_thread(keys.stop)
    await asyncio.to_thread(follower.stop)
    service.close()
