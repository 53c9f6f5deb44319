"""axe-core finds nothing wrong with any view: WCAG 2.2 A and AA, and its best practices."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.page.looking import settled

Open = Callable[..., Page]
VIEWS = ("learner", "enterprise", "union")
_EVERY_RULE = {"rules": {"target-size": {"enabled": True}}}


def violations(page: Page) -> list[str]:
    """Return what axe-core complains of: the rule, and the first element that breaks it."""
    page.wait_for_timeout(500)  # colours that fade in are judged when they are there
    found = Axe().run(page, options=_EVERY_RULE).response
    assert len(found["passes"]) > 20
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found["violations"]]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("view", VIEWS)
def test_a_view_is_accessible_with_an_entry_opened(opened: Open, view: str, scheme: str, language: str) -> None:
    page = opened(f"#view={view}&lang={language}", color_scheme=scheme)
    if view != "union":
        page.locator(".title:visible").first.click()
        page.locator(".classes table").first.wait_for()
    assert violations(page) == []


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_is_accessible_on_a_phone(opened: Open, view: str) -> None:
    assert violations(opened(f"#view={view}", viewport={"width": 390, "height": 844})) == []


def test_errors_a_search_and_an_explanation_are_accessible(page: Page) -> None:
    page.get_by_text("为什么没有某门课？").click()
    page.locator("#why-course").fill("电工")
    page.locator(".options li").first.wait_for()
    assert violations(page) == []
    page.locator(".options li").first.click()
    page.locator(".standing").wait_for()
    page.locator("#learner-place").fill("火星街道")
    page.locator("#learner .go").click()
    page.locator(".error").wait_for()
    settled(page)
    assert violations(page) == []


@pytest.mark.parametrize("view", VIEWS)
def test_a_proposal_and_a_spot_are_accessible(opened: Open, view: str) -> None:
    page = opened(f"#view={view}&spot=440310002000")
    if view == "enterprise":
        page.locator(".choose input").first.check()
        page.locator("#proposal table").wait_for()
    assert violations(page) == []
