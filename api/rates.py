"""How often a caller may ask: counted in a sliding window, in the memory of one process."""

import time
from collections import OrderedDict
from functools import lru_cache
from ipaddress import ip_address
from typing import Literal

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage, Storage
from limits.strategies import RateLimiter, SlidingWindowCounterRateLimiter

from recommender.settings import Settings

Kind = Literal["key", "address", "refusals"]

_KEPT = 50_000
_SHORTEST_SECONDS = 1.0
_LONGEST_ADDRESS = 45  # characters; what is longer is none
_NETWORK_BYTES = 8  # of an IPv6 address: whoever has one has all that share them


class Rates:
    """Counts requests by `key`, by `address`, and `refusals` by address; settings say how many each may make. It never waits, and is not for threads."""

    def __init__(self, settings: Settings) -> None:
        rates: dict[Kind, str] = {
            "key": settings.rate_per_key,
            "address": settings.rate_per_address,
            "refusals": settings.rate_of_refusals,
        }
        # apart, so that a flood of addresses cannot make us forget what keys have asked
        self._kinds = {
            kind: (parse(rate), SlidingWindowCounterRateLimiter(_Counters(_KEPT))) for kind, rate in rates.items()
        }

    def take(self, kind: Kind, identity: str) -> float | None:
        """Count one; return None, or without counting the seconds to wait when there have been enough."""
        rate, window = self._kinds[kind]
        whose = identity if kind == "key" else _holder(identity)
        return None if window.hit(rate, whose) else _seconds(window, rate, whose)

    def spent(self, kind: Kind, identity: str) -> float | None:
        """Return what `take` would, and count nothing."""
        rate, window = self._kinds[kind]
        whose = identity if kind == "key" else _holder(identity)
        return None if window.test(rate, whose) else _seconds(window, rate, whose)


def _seconds(window: RateLimiter, rate: RateLimitItem, whose: str) -> float:
    return max(window.get_window_stats(rate, whose).reset_time - time.time(), _SHORTEST_SECONDS)


class _Counters(MemoryStorage):
    """The library's counting, on counters that need no thread to be cleared and stay few: beyond `size` the oldest is forgotten.

    Its own storage starts a thread every 10 ms and grows with every address that ever asks.
    """

    def __init__(self, size: int) -> None:
        Storage.__init__(self)
        self._size = size
        self._counters: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count, and return how many there are now."""
        now = time.time()
        ends, count = self._counters.get(key, (0.0, 0))
        if ends <= now:
            ends, count = now + expiry, 0
            self._counters.pop(key, None)
        self._counters[key] = ends, count + amount
        while len(self._counters) > self._size:
            self._counters.popitem(last=False)
        return count + amount

    def decr(self, key: str, amount: int = 1) -> int:
        """Take back what was counted."""
        ends, count = self._counters.get(key, (0.0, 0))
        if ends > time.time():
            self._counters[key] = ends, max(count - amount, 0)
        return self.get(key)

    def get(self, key: str) -> int:
        """Return how many there are."""
        ends, count = self._counters.get(key, (0.0, 0))
        return count if ends > time.time() else 0

    def clear(self, key: str) -> None:
        """Forget a counter."""
        self._counters.pop(key, None)


@lru_cache(maxsize=4096)
def _holder(address: str) -> str:
    """Return what stands for all addresses that the holder of one has."""
    known = address[:_LONGEST_ADDRESS]
    if ":" not in known:
        return known
    try:
        parsed = ip_address(known.partition("%")[0])
    except ValueError:
        return known
    mapped = getattr(parsed, "ipv4_mapped", None)
    return str(mapped) if mapped else parsed.packed[:_NETWORK_BYTES].hex()
