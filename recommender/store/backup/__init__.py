"""Copies of the database that outlive it: made while others write, and checked before one is put back."""

from recommender.store.backup.backup import back_up, restore

__all__ = ["back_up", "restore"]
