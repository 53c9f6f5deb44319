"""The store: the only place that speaks SQL."""

from recommender.store.history import CatalogueVersion, Change, Operation
from recommender.store.loading import Loaded
from recommender.store.records import Key, Stored
from recommender.store.store import CatalogueStore, KeptFit
from recommender.store.transaction import Draft, KeptAnswer, Transaction
from recommender.store.watch import Watch

__all__ = [
    "CatalogueStore",
    "CatalogueVersion",
    "Change",
    "Draft",
    "KeptAnswer",
    "KeptFit",
    "Key",
    "Loaded",
    "Operation",
    "Stored",
    "Transaction",
    "Watch",
]
