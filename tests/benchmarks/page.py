"""The page in Chromium: how soon something useful is painted, how soon the first list stands, and how many bytes that takes.

python -m tests.benchmarks.page [--rounds 5]
"""

import argparse
import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright
from rich.console import Console
from rich.progress import track
from rich.table import Table

from tests.page.browsers import chromium
from tests.page.city import serving
from tests.page.looking import move, settled

VIEWS = ("learner", "enterprise", "union")
_PAINTED = "performance.getEntriesByName('first-contentful-paint')[0].startTime"


def visit(browser: Browser, address: str, view: str) -> tuple[float, float, int]:
    """Return milliseconds until the first paint and until an answer stands, and the bytes sent, for somebody who comes for the first time."""
    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        page = context.new_page()
        sent: list[int] = []
        page.on(
            "requestfinished",
            lambda one: sent.append(one.sizes()["responseBodySize"] + one.sizes()["responseHeadersSize"]),
        )
        begun = time.perf_counter()
        page.goto(f"{address}/#view={view}")
        settled(page)
        answered = 1000 * (time.perf_counter() - begun)
        painted = float(page.evaluate(_PAINTED))
        page.wait_for_load_state("networkidle")
        return painted, answered, sum(sent)


def rerank(page: Page) -> float:
    """Return milliseconds from the move of a slider until the new list stands."""
    begun = time.perf_counter()
    move(page.locator("#weight-place"), 15 + 5 * (int(begun * 1000) % 15))
    settled(page)
    return 1000 * (time.perf_counter() - begun)


def main() -> None:
    """Print the medians of the rounds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    path = chromium()
    if path is None:
        parser.exit(1, "Chromium is needed: apt-get install chromium\n")
    table = Table("view", "first paint", "answer stands", "bytes, compressed")
    with (
        tempfile.TemporaryDirectory() as state,
        serving(Path(state)) as address,
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=path) as browser,
    ):
        for view in track(VIEWS, "…", console=Console(stderr=True)):
            visits = [visit(browser, address, view) for _ in range(rounds)]
            painted, answered, sent = (statistics.median(column) for column in zip(*visits, strict=True))
            table.add_row(view, f"{painted:.0f} ms", f"{answered:.0f} ms", f"{sent:,.0f}")
        page = browser.new_page()
        page.goto(address)
        settled(page)
        moved = statistics.median(rerank(page) for _ in range(4 * rounds))
    Console().print(table)
    Console().print(f"a slider moved → the new list stands: {moved:.0f} ms")


if __name__ == "__main__":
    main()
