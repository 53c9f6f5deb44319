"""The store: the only place that speaks SQL."""

from recommender.store.store import CatalogueStore, CatalogueVersion

__all__ = ["CatalogueStore", "CatalogueVersion"]
