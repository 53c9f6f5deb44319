"""Three times as much as the service can do, and how soon it is itself again.

python -m tests.benchmarks.overload [--seconds 20] [--times 3]

A real `jinxue serve` with keys, on the bundled network. Distinct recommendations come evenly at a multiple of the capacity that 8 callers find,
whatever becomes of them. Told are how many are refused and how quickly, how long accepted ones take, and when after the end all are answered again.
"""

import argparse
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import uvloop
from rich.console import Console

from tests.benchmarks.load import capacity_of
from tests.live import LiveService
from tests.load.asking import Crowd, Noted, mixed, percentile
from tests.load.scene import distinct, port_of

_WELL_FOR_SECONDS = 1.0


@dataclass
class Overload:
    """What was measured."""

    capacity: float
    rate: float
    noted: Noted
    unsent: int
    recovery_seconds: float

    @property
    def accepted(self) -> list[float]:
        """The seconds that accepted requests took."""
        return self.noted.kinds().get("recommend", [])

    @property
    def refused(self) -> list[float]:
        """The seconds that refusals took."""
        return self.noted.kinds().get("refused", [])


async def _overload(live: LiveService, seconds: float, times: float, pressed_seconds: float) -> Overload:
    capacity = await capacity_of(live, ["recommend"], pressed_seconds)
    requests = mixed({"recommend": distinct(live.key)}, ["recommend"])
    crowd = Crowd(port_of(live))
    ended = time.perf_counter() + seconds
    await crowd.ask_evenly(requests, rate=times * capacity, seconds=seconds)
    crowd.leave()
    well_since = time.perf_counter()
    while time.perf_counter() - well_since < _WELL_FOR_SECONDS and time.perf_counter() - ended < 30:
        after = Crowd(port_of(live))
        await after.ask_evenly(requests, rate=capacity / 2, seconds=0.25)
        after.leave()
        if set(after.noted.statuses()) != {200} or after.noted.lost:
            well_since = time.perf_counter()
    return Overload(
        capacity, sum(crowd.noted.statuses().values()) / seconds, crowd.noted, crowd.unsent, well_since - ended
    )


def measure(state: Path, *, seconds: float, times: float, pressed_seconds: float = 5) -> Overload:
    """Overload a service for so long."""
    with LiveService(state) as live:
        return uvloop.run(_overload(live, seconds, times, pressed_seconds))


def tell(found: Overload) -> str:
    """Return what was measured, for people."""
    told = [
        f"capacity {found.capacity:.0f}/s, asked and answered {found.rate:.0f}/s, lost {found.noted.lost}, unsent {found.unsent}",
        f"refused {len(found.refused) / max(sum(found.noted.statuses().values()), 1):.0%}, statuses {dict(found.noted.statuses())}",
    ]
    for name, seconds in (("accepted", found.accepted), ("refused", found.refused)):
        p50, p99, most = (1_000 * percentile(seconds, share) for share in (0.5, 0.99, 1))
        told.append(f"{name}: p50 {p50:.1f} ms, p99 {p99:.1f} ms, most {most:.0f} ms")
    return "\n".join([*told, f"full service {found.recovery_seconds:.2f} s after the end"])


def main() -> None:
    """Print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--times", type=float, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        Console().print(tell(measure(Path(folder) / "state", seconds=options.seconds, times=options.times)))


if __name__ == "__main__":
    main()
