"""Long work beside short answers: both share one interpreter, which takes turns without knowing which of them has no hurry.

Whoever works long does so `unhurried`, and what it calls says by `rest` where it can pause. Elsewhere, `rest` does nothing.
"""

import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_WORTH_RESTING_SECONDS, _LONGEST_REST_SECONDS = 0.001, 0.02
_TIMES = 8
_HELD_UP = 0.2
_threads = threading.local()


class Pace:
    """Pauses while others want to work: several times as long as was worked, and just as long once that took `patience_seconds` in all.

    That others want to work is seen from work that takes longer than the processor worked for it.
    """

    def __init__(
        self,
        patience_seconds: float = math.inf,
        *,
        clock: Callable[[], float] = time.perf_counter,
        worked: Callable[[], float] = time.thread_time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`clock` tells the time and `worked` how long this thread has had a processor, both in seconds."""
        self._patience, self._clock, self._worked, self._sleep = patience_seconds, clock, worked, sleep
        self._since, self._worked_before = clock(), worked()

    def rest(self) -> None:
        """Pause where it is worth it."""
        taken = self._clock() - self._since
        if taken < _WORTH_RESTING_SECONDS:
            return
        worked = self._worked() - self._worked_before
        if taken - worked > _HELD_UP * taken:
            pause = min((_TIMES if self._patience > 0 else 1) * worked, _LONGEST_REST_SECONDS)
            self._patience -= pause
            self._sleep(pause)
        self._since, self._worked_before = self._clock(), self._worked()


@contextmanager
def unhurried(patience_seconds: float = math.inf) -> Iterator[None]:
    """Let `rest` pause in this thread while the block runs, as a `Pace` of its own does."""
    outer = getattr(_threads, "pace", None)
    _threads.pace = Pace(patience_seconds)
    try:
        yield
    finally:
        _threads.pace = outer


def rest() -> None:
    """Leave the interpreter to others for a while, in work that is unhurried."""
    pace: Pace | None = getattr(_threads, "pace", None)
    if pace is not None:
        pace.rest()
