"""Who asks: the key that the gate found, and the site that speaks."""

from typing import Annotated

from fastapi import Depends, Query, Request

from recommender.access import Key, Scope
from recommender.domain import Identifier
from recommender.errors import Forbidden
from recommender.language import Bilingual
from recommender.registry import Caller

_SITE = Query(
    alias="site_id",
    description="The site that speaks. A key of one site speaks as that site; one of several says here as which; "
    "the administrator may speak as any. What a site publishes is its own: no other site can write it.",
    examples=["hub-pingshan"],
)


async def get_caller(request: Request, speaker: Annotated[Identifier | None, _SITE] = None) -> Caller:
    """Return who asks; Forbidden when the key is not that of the site that is to speak."""
    key: Key = request.state.caller
    return Caller(key.key_id, _speaker(key, speaker), key.scopes, key.site_ids, key.enterprise_id)


def _speaker(key: Key, wanted: str | None) -> str | None:
    if Scope.ADMIN in key.scopes:
        return wanted
    if wanted is not None and wanted not in key.site_ids:
        raise Forbidden("site_id", Bilingual("此密钥不属于这个阵地。", "The key is not one of this site."))
    return wanted or (next(iter(key.site_ids)) if len(key.site_ids) == 1 else None)


def check_enterprise(request: Request, enterprise_id: str) -> None:
    """Refuse (Forbidden) to tell a key of one enterprise about another, whether or not it is there."""
    key: Key = request.state.caller
    if Scope.ADMIN not in key.scopes and enterprise_id != key.enterprise_id:
        raise Forbidden("enterprise_id", Bilingual("此密钥不属于这家企业。", "The key is not one of this enterprise."))


def sees_unapproved(request: Request) -> bool:
    """Tell whether the caller may see what review has not approved."""
    key: Key | None = request.state.caller
    return key is not None and not key.scopes.isdisjoint({Scope.REVIEWER, Scope.ADMIN})


CurrentCaller = Annotated[Caller, Depends(get_caller)]
