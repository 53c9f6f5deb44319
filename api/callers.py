"""Who asks for a change."""

import hashlib
from typing import Annotated

from fastapi import Depends, Query
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from recommender.domain import Identifier
from recommender.registry import Caller

_KEY = HTTPBearer(
    auto_error=False,
    description="The caller's key. It is not checked yet, and never kept: the history names it by the first 12 hexadecimal digits of its SHA-256.",
)
_SITE = Query(
    alias="site_id",
    description="The site that speaks; the platform itself without it. What a site publishes is its own: no other site can write it.",
    examples=["hub-pingshan"],
)


async def get_caller(
    key: Annotated[HTTPAuthorizationCredentials | None, Depends(_KEY)],
    speaker: Annotated[Identifier | None, _SITE] = None,
) -> Caller:
    """Return who asks; without a key, nobody in particular."""
    key_id = hashlib.sha256(key.credentials.encode()).hexdigest()[:12] if key else None
    return Caller(key_id, speaker)


CurrentCaller = Annotated[Caller, Depends(get_caller)]
