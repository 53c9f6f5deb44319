"""Keys for tests."""

import datetime
from collections.abc import Collection

from recommender.access import Issued, Scope
from recommender.keyring import Bounds, KeyOffice
from recommender.store import CatalogueStore


def issue_key(
    store: CatalogueStore, *scopes: Scope, site_ids: Collection[str] = (), enterprise_id: str | None = None
) -> Issued:
    """Return a key of these scopes, the administrator's without any, that holds for a day."""
    bounds = Bounds(scopes or (Scope.ADMIN,), site_ids, enterprise_id)
    return KeyOffice(store).create("tests", bounds, lifetime=datetime.timedelta(days=1))


def showing(issued: Issued) -> dict[str, str]:
    """Return the headers of a caller who shows a key."""
    return {"authorization": f"Bearer {issued.presented}"}
