"""The rules by which records change: who may write what, what is reviewed, what is kept of it."""

from recommender.registry.digest import SiteDigest
from recommender.registry.edits import KINDS, Action, Caller, Edit, Expected, Outcome, Status
from recommender.registry.registry import Registry, Waiting, Written
from recommender.registry.review import Decision
from recommender.registry.rules import BOUND, READERS, WRITERS
from recommender.registry.sync import Repeatable, Synced, Synchroniser, SyncMode, SyncRefused

__all__ = [
    "BOUND",
    "KINDS",
    "READERS",
    "WRITERS",
    "Action",
    "Caller",
    "Decision",
    "Edit",
    "Expected",
    "Outcome",
    "Registry",
    "Repeatable",
    "SiteDigest",
    "Status",
    "SyncMode",
    "SyncRefused",
    "Synced",
    "Synchroniser",
    "Waiting",
    "Written",
]
