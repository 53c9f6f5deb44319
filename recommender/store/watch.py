"""Waits for another write: by NOTIFY where there is PostgreSQL, by looking now and then otherwise."""

import time
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

from sqlalchemy import Engine

from recommender.store.transaction import CHANNEL

if TYPE_CHECKING:
    import psycopg

_POLL_SECONDS = 0.1


class Watch(Protocol):
    """What waits for another write. It belongs to one thread, and may tell of a write that there was none of."""

    def wait(self) -> None:
        """Return when there may have been a write, or after a second at most."""
        ...

    def close(self) -> None:
        """Let go of the connection."""
        ...


class Poll:
    """Looks again ten times a second."""

    def wait(self) -> None:
        """Sleep a little."""
        time.sleep(_POLL_SECONDS)

    def close(self) -> None:
        """Nothing is held."""


class Listener:
    """Listens to PostgreSQL; while it cannot be reached, it is tried once a second."""

    def __init__(self, engine: Engine) -> None:
        arguments = engine.dialect.create_connect_args(engine.url)
        self._arguments = {**dict(arguments[1]), "connect_timeout": 5}
        self._connection: psycopg.Connection[tuple[object, ...]] | None = None

    def wait(self) -> None:
        """Return at a notification, or after a second."""
        import psycopg  # not for those who have no PostgreSQL

        try:
            if self._connection is None:
                self._connection = psycopg.connect(autocommit=True, **self._arguments)
                self._connection.execute(f'LISTEN "{CHANNEL}"')
                return  # whatever was written before it listened
            for _ in self._connection.notifies(timeout=1.0, stop_after=1):
                pass
        except psycopg.Error:
            self.close()
            time.sleep(1.0)

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            with suppress(Exception):
                self._connection.close()
        self._connection = None


def watch(engine: Engine) -> Watch:
    """Return what waits for another write to this database."""
    return Listener(engine) if engine.dialect.name == "postgresql" else Poll()
