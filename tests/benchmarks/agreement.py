"""Compare the library with the brute-force twin on many random requests.

    python tests/benchmarks/agreement.py --requests 1000

Over the bundled network and over a random one of 3,000 classes; exit code 1 when anything differs.
"""

import sys
from collections import Counter
from pathlib import Path
from random import Random
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from recommender.catalogue import bundled_catalogue_folder, read_catalogue
from recommender.domain import Catalogue
from recommender.encoder import load_encoder
from recommender.matcher import Matcher
from recommender.policy import load_policy
from recommender.snapshot import build_snapshot
from tests.agreement import COMPARED, TOLERANCE, differences, twin_of
from tests.networks import TODAY, Shape, random_catalogue
from tests.wishes import random_request


def networks(seed: int) -> dict[str, Catalogue]:
    """Return the networks to compare on."""
    return {
        "bundled": read_catalogue(bundled_catalogue_folder(), today=TODAY).catalogue,
        "random, 3,000 classes": random_catalogue(seed, Shape(instances=3_000)),
    }


def compare(matcher: Matcher, seeds: range, advance: Progress, task: int) -> Counter[str]:
    """Return how many of the requests made from `seeds` differ, by what differs."""
    twin, catalogue = twin_of(matcher.snapshot), matcher.snapshot.network.catalogue
    found: Counter[str] = Counter()
    for seed in seeds:
        found.update(differences(matcher, twin, random_request(Random(seed), catalogue), today=TODAY))
        advance.advance(task)  # type: ignore[arg-type]
    return found


def main(
    requests: Annotated[int, typer.Option(min=1, help="Requests per network.")] = 1_000,
    seed: Annotated[int, typer.Option(help="Another seed gives other requests and another random network.")] = 0,
) -> None:
    """Print what agreed and what did not."""
    encoder, policy, console = load_encoder(), load_policy(), Console()
    table = Table("compared", title=f"Requests that agree with the twin, of {requests:,}; numbers within {TOLERANCE:g}")
    columns: list[Counter[str]] = []
    with Progress(console=Console(stderr=True)) as progress:
        for name, catalogue in networks(seed).items():
            matcher = Matcher(build_snapshot(catalogue, 1, encoder, policy))
            table.add_column(name, justify="right")
            task = progress.add_task(name, total=requests)
            columns.append(compare(matcher, range(seed, seed + requests), progress, task))
    for what in COMPARED:
        table.add_row(what, *(f"{requests - column[what]:,}" for column in columns))
    console.print(table)
    raise typer.Exit(code=int(any(columns)))


if __name__ == "__main__":
    typer.run(main)
