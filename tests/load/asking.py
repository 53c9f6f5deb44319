"""Many requests for little work: callers that keep their connections, send bytes made beforehand, and note what came of them."""

import asyncio
import contextlib
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle

_TICK_SECONDS = 0.001
_KEPT_SECONDS = 4.0
_LATE_SECONDS = 0.05
Requests = Iterator[tuple[str, bytes]]
"""Kinds and whole requests, without an end."""


def raw(method: str, path: str, key: str, body: bytes = b"", form: str = "application/json") -> bytes:
    """Return a whole request."""
    sent = f"Content-Type: {form}\r\nContent-Length: {len(body)}\r\n" if body else ""
    return f"{method} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\n{sent}\r\n".encode() + body


@dataclass
class Noted:
    """What came of requests: seconds by kind and status, and how many got no answer."""

    seconds: dict[tuple[str, int], list[float]] = field(default_factory=lambda: defaultdict(list))
    lost: int = 0

    def statuses(self) -> Counter[int]:
        """Return how many answers there were of each status."""
        counted: Counter[int] = Counter()
        for (_, status), taken in self.seconds.items():
            counted[status] += len(taken)
        return counted

    def kinds(self) -> Mapping[str, list[float]]:
        """Return the seconds that answers took by kind; refusals for want of capacity apart."""
        found: dict[str, list[float]] = defaultdict(list)
        for (kind, status), taken in sorted(self.seconds.items()):
            found["refused" if status == 503 else kind].extend(taken)
        return found


def percentile(seconds: Sequence[float], share: float) -> float:
    """Return a percentile in seconds, NaN of nothing."""
    ordered = sorted(seconds)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)] if ordered else float("nan")


class Caller(asyncio.Protocol):
    """One connection that asks one thing at a time."""

    def __init__(self, noted: Noted, rested: Callable[["Caller"], None]) -> None:
        self._noted, self._rested = noted, rested
        self._kind, self._begun, self._buffered = "", 0.0, b""
        self.is_open, self.rested_at = True, 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Be ready."""
        self._transport = transport

    def ask(self, kind: str, request: bytes) -> None:
        """Send a request."""
        self._kind, self._begun, self._buffered = kind, time.perf_counter(), b""
        self._transport.write(request)  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        """Take an answer in, and note it when it is whole."""
        self._buffered += data
        head = self._buffered.find(b"\r\n\r\n")
        if head < 0:
            return
        length = int(self._buffered[:head].split(b"content-length: ", 1)[1].split(b"\r\n", 1)[0])
        if len(self._buffered) >= head + 4 + length:
            taken = time.perf_counter() - self._begun
            self._noted.seconds[self._kind, int(self._buffered[9:12])].append(taken)
            self._kind, self.rested_at = "", time.perf_counter()
            self._rested(self)

    def connection_lost(self, error: Exception | None) -> None:
        """Note that no answer will come."""
        self.is_open = False
        self._noted.lost += bool(self._kind)
        self._rested(self)

    def close(self) -> None:
        """Hang up."""
        self._kind = ""
        self._transport.close()


class Crowd:
    """Callers to one port; new ones come when all others are waiting."""

    def __init__(self, port: int, *, most: int = 900) -> None:
        self._port, self._most = port, most
        self.noted = Noted()
        self._resting: list[Caller] = []
        self._all: set[Caller] = set()
        self._pressing: Requests | None = None
        self.unsent = 0
        self.stood_still = 0.0

    async def press(self, requests: Requests, *, seconds: float, callers: int = 8) -> float:
        """Ask as fast as answers come, by so many callers; return answers per second."""
        before = sum(self.noted.statuses().values())
        self._pressing = requests
        for _ in range(callers):
            (await self._come()).ask(*next(requests))
        await asyncio.sleep(seconds)
        self._pressing = None
        return (sum(self.noted.statuses().values()) - before) / seconds

    async def ask_evenly(self, requests: Requests, *, rate: float, seconds: float) -> None:
        """Ask so often a second whatever becomes of it, then wait for the last answers.

        When this machine stands still, what it would have sent meanwhile is not sent all at once: `stood_still` tells for how many seconds it did.
        """
        begun, sent, before = time.perf_counter(), 0, 0.0
        while (now := time.perf_counter() - begun) < seconds:
            if (late := now - before - _LATE_SECONDS) > 0:
                self.stood_still += late
                begun, now, seconds = begun + late, now - late, seconds - late
            before = now
            for _ in range(int(now * rate) - sent):
                sent += 1
                await self._send(*next(requests))
            await asyncio.sleep(_TICK_SECONDS)
        for _ in range(5_000):
            if len(self._resting) == len(self._all):
                break
            await asyncio.sleep(_TICK_SECONDS)

    async def _send(self, kind: str, request: bytes) -> None:
        while self._resting and time.perf_counter() - self._resting[-1].rested_at > _KEPT_SECONDS:
            self._resting.pop().close()  # it may be about to be closed by the other side
        if not self._resting and len(self._all) >= self._most:
            self.unsent += 1
            return
        caller = self._resting.pop() if self._resting else await self._come()
        if caller.is_open:
            caller.ask(kind, request)
        else:
            self.unsent += 1

    async def _come(self) -> Caller:
        loop = asyncio.get_running_loop()
        _, caller = await loop.create_connection(lambda: Caller(self.noted, self._rest), "127.0.0.1", self._port)
        self._all.add(caller)
        return caller

    def _rest(self, caller: Caller) -> None:
        if caller.is_open and self._pressing is not None:
            caller.ask(*next(self._pressing))
        elif caller.is_open:
            self._resting.append(caller)
        else:
            self._all.discard(caller)
            with contextlib.suppress(ValueError):
                self._resting.remove(caller)

    def leave(self) -> None:
        """Hang up, all of them."""
        for caller in self._all:
            caller.close()


def mixed(kinds: Mapping[str, Sequence[bytes]], turns: Sequence[str]) -> Requests:
    """Yield requests of the kinds by turns, each kind's own one after the other."""
    sources = {kind: cycle(requests) for kind, requests in kinds.items()}
    for kind in cycle(turns):
        yield kind, next(sources[kind])
