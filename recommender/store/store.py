"""The record of truth: one catalogue, replaced as a whole."""

import datetime
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from sqlalchemy import delete, insert, select

from recommender.domain import Catalogue
from recommender.store.connection import open_engine, prepare_schema, store_errors
from recommender.store.records import RECORDS, to_records, to_rows
from recommender.store.schema import catalogue_versions


@dataclass(frozen=True, slots=True)
class CatalogueVersion:
    """One import: its number (from 1, rising), instant (UTC), files' fingerprint, and the day its dates count from."""

    version: int
    imported_at: datetime.datetime
    source: str
    day: datetime.date


class CatalogueStore:
    """A catalogue in a database. Every method raises StoreError when the database cannot be used."""

    def __init__(self, url: str) -> None:
        """Open the database at `url`, such as `sqlite:///jinxue.db`; an empty one gets its tables."""
        self._url = url
        with store_errors(url):
            self._engine = open_engine(url)
            try:
                prepare_schema(self._engine)
            except BaseException:
                self._engine.dispose()
                raise

    def replace(self, catalogue: Catalogue, *, imported_at: datetime.datetime, source: str, day: datetime.date) -> int:
        """Put `catalogue` in place of what is stored, all of it or nothing, and return the new catalogue version.

        `imported_at` carries its zone and is kept as UTC. What records refer to must be there, as in any that was read.
        """
        if imported_at.tzinfo is None:
            raise ValueError("imported_at needs a time zone")
        version = {
            "imported_at": imported_at.astimezone(datetime.UTC).replace(tzinfo=None),
            "source": source,
            "day": day,
        }
        with store_errors(self._url), self._engine.begin() as connection:
            for table in reversed(RECORDS):
                connection.execute(delete(table))
            for table in RECORDS:
                if rows := to_rows(table, getattr(catalogue, table.name)):
                    connection.execute(insert(table), rows)
            inserted = connection.execute(insert(catalogue_versions).values(version)).inserted_primary_key
            return int(inserted[0])  # type: ignore[index]

    def load(self) -> Catalogue:
        """Return what is stored, each table ordered by id; an empty catalogue before the first import."""
        with store_errors(self._url), self._engine.begin() as connection:
            rows = {table: list(connection.execute(select(table)).mappings()) for table in RECORDS}
        with store_errors(self._url):
            return Catalogue(**{table.name: to_records(table, found) for table, found in rows.items()})

    def version(self) -> CatalogueVersion | None:
        """Return the latest import, None before the first."""
        latest = select(catalogue_versions).order_by(catalogue_versions.c.version.desc()).limit(1)
        with store_errors(self._url), self._engine.begin() as connection:
            row = connection.execute(latest).first()
        if row is None:
            return None
        return CatalogueVersion(row.version, row.imported_at.replace(tzinfo=datetime.UTC), row.source, row.day)

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
