"""Work whose end is in the hands of a test."""

import threading

from tests.live import PATIENCE_SECONDS


class Work:
    """Work in a thread, as for a database, or in the loop, which lets nobody else in: once begun it goes on until it is let go."""

    def __init__(self) -> None:
        self._gate = threading.Event()
        self.renew()

    def renew(self) -> None:
        """Begin anew, with nothing done and nothing let go."""
        self.begun: threading.Semaphore = threading.Semaphore(0)
        self.done: list[str] = []
        self._gate.clear()

    def let_go(self) -> None:
        """Let what has begun come to its end, and what begins later, too."""
        self._gate.set()

    def in_thread(self) -> str:
        """Wait in a thread."""
        return self._do("thread")

    async def in_loop(self) -> str:
        """Wait, and let nobody else in meanwhile."""
        return self._do("loop")

    def _do(self, where: str) -> str:
        self.begun.release()
        assert self._gate.wait(PATIENCE_SECONDS)
        self.done.append(where)
        return where
