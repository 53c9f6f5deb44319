"""Brings a database to the present schema."""

from sqlalchemy import Engine

from recommender.store.schema import metadata


def migrate(engine: Engine) -> None:
    """Make the tables (stand-in until the migrations are there)."""
    metadata.create_all(engine)
