"""A copy of all keys in a file, for a process that starts while the store is away: slow hashes, as in the store, and nobody else may read it."""

import os
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from recommender.access.keys import Key

_keys = TypeAdapter(tuple[Key, ...])


def write_copy(path: Path, keys: Collection[Key]) -> None:
    """Put `keys` in the file in place of what it held; where that cannot be, nothing is left."""
    aside = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        aside.touch(mode=0o600)
        aside.write_bytes(_keys.dump_json(tuple(keys)))
        aside.replace(path)
    except OSError:  # an old copy would let in whom the store no longer does
        for left in (aside, path):
            with suppress(OSError):
                left.unlink(missing_ok=True)


def read_copy(path: Path) -> Collection[Key] | None:
    """Return what the file holds; None when there is none that can be read."""
    try:
        return _keys.validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None
