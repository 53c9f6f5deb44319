"""Who may do what: scopes, and the keys that carry them."""

from recommender.access.copy import read_copy, write_copy
from recommender.access.keys import Issued, Key, issue, parse, succeed
from recommender.access.scopes import Scope

__all__ = ["Issued", "Key", "Scope", "issue", "parse", "read_copy", "succeed", "write_copy"]
