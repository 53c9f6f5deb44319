"""Who may do what: scopes, and the keys that carry them."""

from recommender.access.keys import Issued, Key, issue, parse, succeed
from recommender.access.scopes import Scope

__all__ = ["Issued", "Key", "Scope", "issue", "parse", "succeed"]
