"""Which part of a list is asked for."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from recommender.domain import Identifier
from recommender.requests import MAXIMUM_OFFSET


class Paged(BaseModel):
    """At most `limit` entries, after the first `offset`."""

    model_config = ConfigDict(extra="forbid")

    limit: Annotated[int, Field(ge=1, le=100)] = 100
    offset: Annotated[int, Field(ge=0, le=MAXIMUM_OFFSET)] = 0


class SpeakersPaged(Paged):
    """The same of what callers of several sites ask as one of them (see `get_caller`)."""

    site_id: Identifier | None = None
