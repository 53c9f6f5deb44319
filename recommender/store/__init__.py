"""The store: the only place that speaks SQL."""

from recommender.store.audit import AuditEntry
from recommender.store.history import BEHIND_ALL, Among, CatalogueVersion, Change, Operation
from recommender.store.loading import Loaded
from recommender.store.reading import Draft, KeptAnswer, KeptFit, Reading
from recommender.store.records import Key, Stored, plain_json
from recommender.store.store import CatalogueStore
from recommender.store.transaction import Transaction
from recommender.store.watch import Watch

__all__ = [
    "BEHIND_ALL",
    "Among",
    "AuditEntry",
    "CatalogueStore",
    "CatalogueVersion",
    "Change",
    "Draft",
    "KeptAnswer",
    "KeptFit",
    "Key",
    "Loaded",
    "Operation",
    "Reading",
    "Stored",
    "Transaction",
    "Watch",
    "plain_json",
]
