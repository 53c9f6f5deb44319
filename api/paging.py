"""Which part of a list is asked for."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from recommender.requests import MAXIMUM_OFFSET


class Paged(BaseModel):
    """At most `limit` entries, after the first `offset`."""

    model_config = ConfigDict(extra="forbid")

    limit: Annotated[int, Field(ge=1, le=100)] = 100
    offset: Annotated[int, Field(ge=0, le=MAXIMUM_OFFSET)] = 0
