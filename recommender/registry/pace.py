"""How a stream is gone through: each byte digested, and time left to others."""

import hashlib
import time
from typing import BinaryIO

_WORTH_RESTING_SECONDS, _LONGEST_REST_SECONDS = 0.001, 0.01


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


class Pace:
    """Leaves some of the interpreter's time to whoever is waiting for an answer."""

    def __init__(self) -> None:
        self._since = time.perf_counter()

    def rest(self) -> None:
        """Sleep as long as was worked since the last time, where that is worth it."""
        worked = time.perf_counter() - self._since
        if worked > _WORTH_RESTING_SECONDS:
            time.sleep(min(worked, _LONGEST_REST_SECONDS))
            self._since = time.perf_counter()
