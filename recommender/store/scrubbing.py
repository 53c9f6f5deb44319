"""What was deleted lingers in a database's files until they are scrubbed: in the log of writes ahead, in dead rows, in samples of statistics."""

import time
from contextlib import closing

from sqlalchemy import Engine, text

from recommender.store.connection import BUSY_SECONDS

_TRIES, _PAUSE_SECONDS = 20, 0.05
# the index is cleaned however few the dead rows are, and the planner's samples are drawn anew
_VACUUM = "VACUUM (SKIP_LOCKED, INDEX_CLEANUP ON, ANALYZE) learners, changes, idempotency_keys"


def scrub(engine: Engine) -> bool:
    """Let nothing of what was deleted linger where it can be read; False while others, reading, keep it from that."""
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(_VACUUM))
        return True
    return _empty_write_ahead_log(engine)


def _empty_write_ahead_log(engine: Engine) -> bool:
    with closing(engine.raw_connection()) as connection, closing(connection.cursor()) as cursor:
        cursor.execute("PRAGMA busy_timeout = 0")  # who waits here keeps writers waiting
        try:
            for _ in range(_TRIES):
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                busy, *_ = cursor.fetchone() or (1,)
                if not busy:
                    return True
                time.sleep(_PAUSE_SECONDS)
            return False
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {1000 * BUSY_SECONDS}")
