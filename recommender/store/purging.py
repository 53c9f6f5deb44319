"""Finds and deletes what is older than an instant."""

import datetime

from sqlalchemy import Connection, delete, func, or_, select

from recommender.store.schema import api_keys, catalogue_versions, changes, idempotency_keys, learners


def unwritten_since(connection: Connection, before: datetime.datetime) -> list[str]:
    """Return the ids of the learners whose record was last written before an instant, in order."""
    written = select(catalogue_versions.c.written_at).where(catalogue_versions.c.version == learners.c.version)
    query = select(learners.c.learner_id).where(written.scalar_subquery() < _plain(before))
    return sorted(connection.scalars(query))


def purge_rows(connection: Connection, before: datetime.datetime) -> dict[str, int]:
    """Delete the history, kept answers and keys of before; return how many of each."""
    instant = _plain(before)
    first_kept = connection.scalar(
        select(func.min(catalogue_versions.c.version)).where(catalogue_versions.c.written_at >= instant)
    )
    # all before the first that is young enough, so that what is left has no gaps whatever clocks have said
    old = changes.c.version < first_kept if first_kept is not None else changes.c.version.is_not(None)
    history = connection.execute(delete(changes).where(old)).rowcount
    answers = connection.execute(delete(idempotency_keys).where(idempotency_keys.c.kept_at < instant)).rowcount
    over = or_(api_keys.c.revoked_at < instant, api_keys.c.expires_at < instant)
    keys = connection.execute(delete(api_keys).where(over)).rowcount
    return {"history_entries": history, "sync_answers": answers, "keys": keys}


def whole_since(connection: Connection) -> int:
    """Return the catalogue version from which on the history is whole: purging takes what is before."""
    first = connection.scalar(select(func.min(changes.c.version)))
    latest = connection.scalar(select(func.max(catalogue_versions.c.version))) or 0
    return latest + 1 if first is None else int(first)


def _plain(instant: datetime.datetime) -> datetime.datetime:
    return instant.astimezone(datetime.UTC).replace(tzinfo=None)
