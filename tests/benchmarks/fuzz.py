"""Send fuzz to each endpoint that takes a body, and hold every answer to the contract.

python -m tests.benchmarks.fuzz --bytes 1000000
"""

import logging
import tempfile
import time
from pathlib import Path
from typing import Annotated

import typer
from fastapi.testclient import TestClient
from rich.console import Console
from rich.progress import track
from rich.table import Table

from tests.contract.fuzzing import Endpoint, Fuzzed, endpoints, fuzz
from tests.contract.town import make_town, open_town


def send_all(least: int, seed: int) -> list[tuple[Endpoint, Fuzzed]]:
    """Return what came of at least so many bytes for each endpoint."""
    with tempfile.TemporaryDirectory() as folder:
        make_town(Path(folder))
        town = open_town(Path(folder))
        with TestClient(town.app, headers={"authorization": f"Bearer {town.key}"}) as client:
            shown = track(endpoints(), console=Console(stderr=True))
            return [(endpoint, fuzz(client, endpoint, least=least, seed=seed)) for endpoint in shown]


def main(
    least: Annotated[int, typer.Option("--bytes", min=1, help="For each endpoint.")] = 1_000_000,
    seed: Annotated[int, typer.Option(help="Another seed gives other bytes.")] = 0,
) -> None:
    """Print how the endpoints answered; exit with 1 when an answer was none of the contract."""
    console, began = Console(width=140), time.perf_counter()
    logging.getLogger("jinxue").setLevel(logging.CRITICAL)
    table = Table(title="Fuzz")
    table.add_column("endpoint", no_wrap=True)
    for name in ("bytes", "requests", "2xx", "4xx", "5xx", "not of the contract"):
        table.add_column(name, justify="right")
    found = send_all(least, seed)
    for endpoint, fuzzed in found:
        kinds = [sum(n for status, n in fuzzed.answered.items() if status // 100 == kind) for kind in (2, 4, 5)]
        numbers = (fuzzed.bytes, fuzzed.answered.total(), *kinds, len(fuzzed.faults))
        table.add_row(str(endpoint), *(f"{number:,}" for number in numbers))
    console.print(table)
    faults = [fault for _, fuzzed in found for fault in fuzzed.faults]
    for fault in faults[:20]:
        console.print(fault, markup=False)
    sent = sum(fuzzed.bytes for _, fuzzed in found)
    console.print(f"{sent:,} bytes, {len(faults):,} answers not of the contract; {time.perf_counter() - began:.0f} s")
    raise typer.Exit(code=int(bool(faults)))


if __name__ == "__main__":
    typer.run(main)
