"""The command `jinxue`."""

from recommender.cli.program import app, main

__all__ = ["app", "main"]
