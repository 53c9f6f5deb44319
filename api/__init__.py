"""The HTTP face of the recommender."""

from api.app import create_app

__all__ = ["create_app"]
