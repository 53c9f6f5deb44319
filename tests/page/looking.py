"""What a person would look for on the page."""

import re

from playwright.sync_api import Locator, Page, expect

HAN = re.compile(r"[一-鿿]")


def settled(page: Page) -> None:
    """Wait until the present view shows an answer, or says why there is none."""
    answered = page.locator("#answer > :not([hidden]) > .list:not([aria-busy], :empty, :has(.waiting))")
    expect(answered).to_be_visible(timeout=15_000)


def cards(page: Page) -> Locator:
    return page.locator(".card:visible")


def titles(page: Page) -> list[str]:
    settled(page)
    return page.locator(".title:visible").all_inner_texts()


def field(page: Page, label: str) -> Locator:
    """The field of the form that is shown."""
    return page.locator("form:not([hidden])").get_by_label(label)


def ask(page: Page) -> None:
    page.locator("form:not([hidden]) .go").click()


def move(slider: Locator, value: float) -> None:
    """Move a slider, as a finger would: the page hears of it."""
    slider.evaluate(
        "(input, value) => { input.value = value; input.dispatchEvent(new Event('input', {bubbles: true})); }", value
    )


def kilometres(page: Page) -> list[float]:
    """How far away the courses listed are, those that say so."""
    found = [re.search(r"([\d.]+) 公里", text) for text in page.locator(".whereabouts:visible").all_inner_texts()]
    return [float(one.group(1)) for one in found if one]
