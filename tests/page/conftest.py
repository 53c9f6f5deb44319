"""The page in a real browser, against the real service."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from tests.page.browsers import chromium
from tests.page.city import prepared, served
from tests.page.looking import cards, settled

KEPT = Path(__file__).parents[2] / "build" / "screenshots"
Open = Callable[..., Page]
EXPECTED = ("Failed to load resource",)
"""Of what a test does on purpose: asking for what is refused, or being offline."""


@pytest.fixture(
    scope="module"
)  # while it is there, this thread has an event loop, which other tests want to bring themselves
def browser() -> Iterator[Browser]:
    path = chromium()
    if path is None:
        message = "The page is tested in Chromium, and there is none here: apt-get install chromium (or brew install --cask chromium)."
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepared(tmp_path_factory.mktemp("state"))


@pytest.fixture(scope="module")
def address(state: Path) -> Iterator[str]:
    with served(state) as address:
        yield address


@pytest.fixture
def complaints() -> list[str]:
    """What the browser complained about."""
    return []


@pytest.fixture
def opened(browser: Browser, address: str, complaints: list[str]) -> Iterator[Open]:
    """Open the page, or what `at` says of it, in a browser as told; whatever it complains of is kept, and fails the test."""
    contexts = []

    def note(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            complaints.append(message.text)

    def open_page(at: str = "", *, served: str | None = None, **settings: Any) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **settings})
        contexts.append(context)
        page = context.new_page()
        page.on("console", note)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{served or address}/{at}")
        settled(page)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [one for one in complaints if not one.startswith(EXPECTED)] == []


@pytest.fixture
def page(opened: Open) -> Page:
    """The learner's view with its first list."""
    page = opened()
    expect(cards(page)).to_have_count(10)
    return page


@pytest.fixture
def keep() -> Callable[[Page, str], None]:
    """Keep a picture of what is seen, for whoever wants to look at it after the tests: `build/screenshots`."""

    def taken(page: Page, name: str) -> None:
        KEPT.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=KEPT / f"{name}.png")

    return taken
