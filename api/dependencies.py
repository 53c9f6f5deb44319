"""What routes are given."""

import datetime
from dataclasses import dataclass
from typing import Annotated

import orjson
from fastapi import Depends, Request, Response

from recommender.language import Language
from recommender.matcher import Matcher
from recommender.registry import Registry
from recommender.requests import ListingOptions
from recommender.service import Service


async def get_service(request: Request) -> Service:
    """Return the service that the application opened at its start; async, as FastAPI would send a plain function to a thread."""
    service: Service = request.app.state.service
    return service


async def get_registry(request: Request) -> Registry:
    """Return the record of truth. All of it waits for the database: only for functions that run in a thread."""
    registry: Registry = request.app.state.service.registry
    return registry


@dataclass(frozen=True, slots=True)
class Standpoint:
    """What one request is answered from, from its beginning to its end."""

    matcher: Matcher
    today: datetime.date


async def get_standpoint(request: Request) -> Standpoint:
    """Return the request's standpoint: chosen when it is first asked for, and kept although another snapshot may come to serve meanwhile."""
    chosen: Standpoint | None = getattr(request.state, "standpoint", None)
    if chosen is None:
        service = await get_service(request)
        chosen = request.state.standpoint = Standpoint(service.matcher, service.today())
    return chosen


CurrentStandpoint = Annotated[Standpoint, Depends(get_standpoint)]
CurrentRegistry = Annotated[Registry, Depends(get_registry)]


def language_of(request: Request) -> Language:
    """Return the language for messages: that of the request's body once it is known, else English if it is asked for first, else Chinese."""
    chosen = getattr(request.state, "language", None)
    if chosen is not None:
        return Language(chosen)
    return Language.EN if request.headers.get("accept-language", "").strip().lower().startswith("en") else Language.ZH


def speak(request: Request, listing: ListingOptions) -> None:
    """Let errors be told in the language that a request's own field asks for, if it does."""
    if "language" in listing.model_fields_set:
        request.state.language = listing.language


class Json(Response):
    """An answer of plain data, written once."""

    media_type = "application/json"

    def render(self, content: object) -> bytes:
        """Return `content` as JSON bytes, in UTF-8."""
        return orjson.dumps(content)
