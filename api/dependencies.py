"""What routes are given."""

import asyncio
import datetime
from dataclasses import dataclass
from typing import Annotated, Any

import orjson
from fastapi import Depends, Request, Response

from recommender.errors import InvalidRequest, SnapshotError
from recommender.language import Bilingual, Language
from recommender.matcher import Matcher
from recommender.registry import Registry
from recommender.requests import ListingOptions
from recommender.service import Service

MINIMUM_VERSION = "Minimum-Catalogue-Version"
"""A request's header: the catalogue version that the answer must at least be from, as a write was answered with it."""

_PATIENCE_SECONDS, _TRIES = 5.0, 500


async def get_service(request: Request) -> Service:
    """Return the service that the application opened at its start; async, as FastAPI would send a plain function to a thread."""
    service: Service | None = request.app.state.service
    if service is None:
        raise SnapshotError(Bilingual("服务正在启动，请稍后再试。", "The service is starting; try again in a while."))
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
        await _reach(service, request.headers.get(MINIMUM_VERSION))
        chosen = request.state.standpoint = Standpoint(service.matcher, service.today())
    return chosen


async def _reach(service: Service, wanted: str | None) -> None:
    """Wait until the service answers from a catalogue version that the caller wants to see; SnapshotError when that takes too long."""
    if wanted is None:
        return
    if not (wanted.isascii() and wanted.isdecimal() and len(wanted) < 19):
        raise InvalidRequest.of(MINIMUM_VERSION, "应为目录版本号。", "Expected a catalogue version.")
    for _ in range(_TRIES):
        if service.matcher.snapshot.catalogue_version >= int(wanted):
            return
        await asyncio.sleep(_PATIENCE_SECONDS / _TRIES)
    present = service.matcher.snapshot.catalogue_version
    raise SnapshotError(
        Bilingual(
            f"目前的快照是目录版本 {present}，还没有到 {wanted}。请稍后再试。",
            f"The snapshot is that of catalogue version {present}, not yet of {wanted}; try again in a while.",
        )
    )


CurrentStandpoint = Annotated[Standpoint, Depends(get_standpoint)]
CurrentService = Annotated[Service, Depends(get_service)]
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

    def render(self, content: Any) -> bytes:
        """Return `content`, which stays at hand as `told`, as JSON bytes in UTF-8."""
        self.told = content
        return orjson.dumps(content)
