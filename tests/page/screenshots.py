"""Takes the pictures of the page that stand in the READMEs, of a demo of the bundled network.

python -m tests.page.screenshots
"""

import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright
from rich.console import Console

from tests.page.browsers import chromium
from tests.page.city import serving
from tests.page.looking import settled

FOLDER = Path(__file__).parents[2] / ".pictures"
VIEWS = {"learner": "#view=learner", "union": "#view=union&spot=440310002000"}
SIZE = {"width": 1360, "height": 850}


def main() -> None:
    """Write them."""
    path = chromium()
    if path is None:
        raise SystemExit(
            "Chromium is needed, and a font with Chinese characters: apt-get install chromium fonts-noto-cjk"
        )
    FOLDER.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as state,
        serving(Path(state)) as address,
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=path) as browser,
    ):
        for name, at in VIEWS.items():
            page = browser.new_page(viewport=SIZE)  # type: ignore[arg-type]
            page.goto(f"{address}/{at}")
            settled(page)
            page.wait_for_timeout(1_000)  # whatever slides or fades is where it belongs
            page.screenshot(path=FOLDER / f"{name}.png")
            Console().print(f"{FOLDER.name}/{name}.png")


if __name__ == "__main__":
    main()
