"""Keys as rows."""

from typing import Any

from sqlalchemy import Connection, func, select

from recommender.access import Key, Scope
from recommender.store.history import utc
from recommender.store.schema import api_keys


def keys_version(connection: Connection) -> int:
    """Return a number that rises with every change of any key, 0 before the first."""
    return int(connection.scalar(select(func.max(api_keys.c.version))) or 0)


def keys_state(connection: Connection) -> tuple[object, ...]:
    """Return what is another after every change of any key, also after one that follows a restored backup, whose numbers begin again."""
    columns = (func.max(api_keys.c[name]) for name in ("version", "created_at", "revoked_at"))
    return tuple(connection.execute(select(func.count(), *columns).select_from(api_keys)).one())


def read_keys(connection: Connection) -> list[Key]:
    """Return all keys, oldest first."""
    rows = connection.execute(select(api_keys).order_by(api_keys.c.created_at, api_keys.c.key_id)).mappings()
    return [_key(dict(row)) for row in rows]


def key_row(key: Key) -> dict[str, Any]:
    """Return a key as a row, without its version."""
    return {
        "key_id": key.key_id,
        "name": key.name,
        "secret_hash": key.secret_hash,
        "scopes": sorted(key.scopes),
        "site_ids": sorted(key.site_ids),
        "enterprise_id": key.enterprise_id,
        "created_at": key.created_at.replace(tzinfo=None),
        "expires_at": key.expires_at and key.expires_at.replace(tzinfo=None),
        "revoked_at": key.revoked_at and key.revoked_at.replace(tzinfo=None),
        "replaces": key.replaces,
    }


def _key(row: dict[str, Any]) -> Key:
    row.pop("version")
    instants = {name: row[name] and utc(row[name]) for name in ("created_at", "expires_at", "revoked_at")}
    return Key(
        **{
            **row,
            **instants,
            "scopes": frozenset(map(Scope, row["scopes"])),
            "site_ids": frozenset(row["site_ids"]),
        }
    )
