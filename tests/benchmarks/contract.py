"""Hold the service to its contract: schemathesis, with all its checks, over every operation.

python -m tests.benchmarks.contract --examples 200
"""

import logging
import tempfile
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from tests.contract.town import make_town, open_town
from tests.contract.trial import CHECKS, Plan, Trial, hold

_COLUMNS = ("borders, examples", "positive", "negative", "stateful")


def try_out(examples: int, seed: int) -> Trial:
    """Return what came of so many random examples an operation that are meant to be right, as many that are not, and as many chains."""
    plans = (
        Plan(examples, ("examples", "coverage", "stateful"), "all", seed),
        Plan(examples, ("fuzzing",), "positive", seed),
        Plan(examples, ("fuzzing",), "negative", seed),
    )
    with tempfile.TemporaryDirectory() as folder:
        make_town(Path(folder))
        return hold(open_town(Path(folder)), *plans)


def table_of(trial: Trial) -> Table:
    """Return what was sent of each operation and how it was answered."""
    table = Table(title="Requests sent, by what the schema says of them")
    table.add_column("operation", no_wrap=True)
    for name in (*_COLUMNS, "2xx", "4xx", "5xx"):
        table.add_column(name, justify="right")
    for operation in sorted(trial.operations(), key=lambda one: (one.split()[1], one)):
        sent = dict.fromkeys(_COLUMNS, 0)
        for (one, phase, mode), count in trial.sent.items():
            if one == operation:
                sent[mode if phase == "fuzzing" else phase if phase == "stateful" else _COLUMNS[0]] += count
        answered = [
            sum(count for (one, status), count in trial.answered.items() if one == operation and status // 100 == kind)
            for kind in (2, 4, 5)
        ]
        table.add_row(operation, *(f"{count:,}" for count in (*sent.values(), *answered)))
    return table


def main(
    examples: Annotated[int, typer.Option(min=1, help="Random requests an operation, of each kind.")] = 200,
    seed: Annotated[int, typer.Option(help="Another seed gives other requests.")] = 1,
) -> None:
    """Print what was sent and what was found; exit with 1 when anything was."""
    console, began = Console(width=140), time.perf_counter()
    logging.getLogger("jinxue").setLevel(logging.CRITICAL)
    trial = try_out(examples, seed)
    console.print(table_of(trial))
    for title, told in trial.failures.items():
        console.print(f"{len(told)} × {title}\n{told[0][:2_000]}", markup=False)
    verified = sum(trial.checked.values())
    console.print(
        f"{sum(trial.sent.values()):,} requests, {trial.chains:,} chains, {verified:,} results of {len(CHECKS)} checks, {trial.excused:,} excused, "
        f"{sum(map(len, trial.failures.values())):,} failures; {time.perf_counter() - began:.0f} s"
    )
    raise typer.Exit(code=int(bool(trial.failures)))


if __name__ == "__main__":
    typer.run(main)
