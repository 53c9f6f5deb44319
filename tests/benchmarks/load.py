"""Half an hour of mixed load at a share of what the service can do.

python -m tests.benchmarks.load [--minutes 30] [--share 0.7]

A real `jinxue serve` with keys, on the bundled network. First its capacity for the mix is measured: 8 callers who ask as fast as answers come, on
the other core. Then the mix comes evenly at a share of that: distinct and repeated recommendations, audiences, courses, bad requests; beside it a
site syncs every ten seconds, and 20 clients drip. Told are rates, latencies by kind, statuses, and the memory after warming up and at the end.
"""

import argparse
import tempfile
from dataclasses import dataclass
from pathlib import Path

import uvloop
from rich.console import Console
from rich.table import Table

from tests.live import LiveService
from tests.load.asking import Crowd, Noted, mixed, percentile
from tests.load.scene import Watch, kinds_of, port_of, shuffled, slow_clients, syncing


@dataclass
class Load:
    """What was measured."""

    capacity: float
    rate: float
    noted: Noted
    unsent: int
    synced: list[int]
    stood_still: float
    """Seconds for which the callers' machine did nothing at all."""
    memory: list[float]
    """In MB, by sixths of the time after warming up."""

    @property
    def growth(self) -> float:
        """How much more memory there was at the end, as a share."""
        return self.memory[-1] / self.memory[0] - 1


async def capacity_of(live: LiveService, turns: list[str], seconds: float) -> float:
    """Return how many requests of a mix are answered a second at most."""
    crowd, requests = Crowd(port_of(live)), mixed(kinds_of(live), turns)
    await crowd.press(requests, seconds=seconds / 4)
    rate = await crowd.press(requests, seconds=seconds)
    crowd.leave()
    return rate


async def _load(live: LiveService, seconds: float, share: float, pressed_seconds: float) -> Load:
    capacity = await capacity_of(live, shuffled(), pressed_seconds)
    crowd, requests, synced = Crowd(port_of(live)), mixed(kinds_of(live), shuffled()), list[int]()
    with slow_clients(live), syncing(live, synced):
        await crowd.ask_evenly(
            requests, rate=share * capacity, seconds=max(seconds / 5, 45)
        )  # until all memories are full
        crowd.leave()
        crowd = Crowd(port_of(live))
        watch = Watch(live)
        watch.start()
        await crowd.ask_evenly(requests, rate=share * capacity, seconds=seconds)
        watch.stop()
    width = seconds / 6
    memory = [watch.around(width * (sixth + 0.5), width=width) for sixth in range(6)]
    crowd.leave()
    rate = sum(crowd.noted.statuses().values()) / seconds
    return Load(capacity, rate, crowd.noted, crowd.unsent, synced, crowd.stood_still, memory)


def measure(state: Path, *, seconds: float, share: float, pressed_seconds: float = 10) -> Load:
    """Load a service for so long."""
    with LiveService(state) as live:
        return uvloop.run(_load(live, seconds, share, pressed_seconds))


def tell(load: Load) -> Table:
    """Return what was measured, for people."""
    table = Table("kind", "answers", "p50 ms", "p99 ms", "p99/p50", "most ms")
    kinds = load.noted.kinds()
    for kind, seconds in {**kinds, "all": [one for each in kinds.values() for one in each]}.items():
        p50, p99, most = (1_000 * percentile(seconds, share) for share in (0.5, 0.99, 1))
        table.add_row(kind, str(len(seconds)), f"{p50:.2f}", f"{p99:.2f}", f"{p99 / p50:.1f}", f"{most:.0f}")
    return table


def main() -> None:
    """Print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--share", type=float, default=0.7)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        load = measure(Path(folder) / "state", seconds=60 * options.minutes, share=options.share)
    console = Console()
    console.print(
        f"capacity {load.capacity:.0f}/s, load {load.rate:.0f}/s, lost {load.noted.lost}, unsent {load.unsent}"
    )
    console.print(tell(load))
    console.print(
        f"statuses {dict(sorted(load.noted.statuses().items()))}, syncs {len(load.synced)}: {set(load.synced)}"
    )
    memory = " → ".join(f"{each:.0f}" for each in load.memory)
    console.print(f"memory {memory} MB ({load.growth:+.1%}); this machine stood still for {load.stood_still:.2f} s")


if __name__ == "__main__":
    main()
