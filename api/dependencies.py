"""What routes are given."""

from typing import Annotated

import orjson
from fastapi import Depends, Request, Response

from recommender.bootstrap import Service
from recommender.language import Language
from recommender.requests import ListingOptions


async def get_service(request: Request) -> Service:
    """Return the service that the application opened at its start; async, as FastAPI would send a plain function to a thread."""
    service: Service = request.app.state.service
    return service


CurrentService = Annotated[Service, Depends(get_service)]


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
