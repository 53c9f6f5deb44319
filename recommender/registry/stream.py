"""A stream as it is gone through."""

import hashlib
from typing import BinaryIO


class Digesting:
    """A stream whose bytes are digested as they are read."""

    def __init__(self, source: BinaryIO) -> None:
        self._source, self._digest = source, hashlib.sha256()

    def readline(self, limit: int) -> bytes:
        """Read a line."""
        line = self._source.readline(limit)
        self._digest.update(line)
        return line

    def hexdigest(self) -> str:
        """Return the SHA-256 of what was read so far."""
        return self._digest.hexdigest()
