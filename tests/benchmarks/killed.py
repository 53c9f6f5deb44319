"""Whether anything that was acknowledged is lost when the service is killed, or anything half done is seen.

python -m tests.benchmarks.killed [--trials 100] [--seed 0] [--database-url postgresql://…]
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.progress import track

from tests.faults.killing import Trial, Victim


def main() -> None:
    """Print how many of the trials went well, and what went wrong in the others."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0, help="of the first trial; each has one more than the one before")
    parser.add_argument("--database-url", help="an empty PostgreSQL database; a SQLite file by default")
    options = parser.parse_args()
    told, begun, good = Console(), time.monotonic(), 0
    with tempfile.TemporaryDirectory() as folder, Victim(Path(folder) / "state", options.database_url) as victim:
        seeds = range(options.seed, options.seed + options.trials)
        for seed in track(seeds, "…", console=Console(stderr=True)):
            failures = victim.undergo(Trial(seed))
            good += not failures
            for failure in failures:
                told.print(f"seed {seed} ({Trial(seed).phase}): {failure}", markup=False, highlight=False)
    told.print(f"{good} of {options.trials} ({time.monotonic() - begun:.0f} s)")
    sys.exit(good != options.trials)


if __name__ == "__main__":
    main()
