"""Why not this one: any course is looked up, and what would raise it can be tried."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.page.city import serving, write_city
from tests.page.looking import cards, settled, titles

Open = Callable[..., Page]
Keep = Callable[[Page, str], None]


def look_up(page: Page, title: str) -> Locator:
    """Search a course, take the first that is found, and return what is said of it."""
    if not page.locator("#why-course").is_visible():
        page.get_by_text("为什么没有某门课？").click()
    search = page.get_by_role("combobox", name="查一门课的名次")
    search.fill(title)
    page.locator(".options li").first.click()
    said = page.locator(".standing")
    expect(said).to_be_visible()
    return said


def place(page: Page, title: str) -> int:
    return titles(page).index(title) + 1


def test_the_first_is_said_to_be_the_first(page: Page) -> None:
    said = look_up(page, titles(page)[0])
    expect(said.locator(".verdict")).to_contain_text("排在第 1 位")


def test_a_listed_course_is_compared_with_the_first_and_tells_its_rank(page: Page, keep: Keep) -> None:
    third = titles(page)[2]
    said = look_up(page, third)
    expect(said.locator(".verdict")).to_contain_text("排在第 3 位")
    scores = [float(text) for text in said.locator(".line strong").all_inner_texts()]
    assert scores == sorted(scores, reverse=True)
    expect(said.locator(".differences li").first).to_contain_text("−")
    keep(page, "why")


def test_what_is_said_to_raise_a_course_raises_it_to_that_place(page: Page) -> None:
    wanted = titles(page)[-1]
    said = look_up(page, wanted)
    change = said.locator(".changes li").first
    told = re.search(r"第 (\d+) 位", change.inner_text())
    assert told
    change.get_by_role("button").click()
    settled(page)
    assert place(page, wanted) == int(told.group(1)) < 10
    expect(said.locator(".verdict")).to_contain_text(f"排在第 {told.group(1)} 位")


def test_an_opened_course_leads_to_what_would_raise_it(page: Page) -> None:
    cards(page).first.locator(".title").click()
    expect(cards(page).first.get_by_role("button", name="怎样让它靠前？")).to_have_count(0)
    last = cards(page).last
    title = last.locator(".title").inner_text()
    last.locator(".title").click()
    last.get_by_role("button", name="怎样让它靠前？").click()
    expect(page.locator(".standing h3")).to_have_text(title)
    expect(page.locator("#why-course")).to_be_focused()
    expect(page.locator("#why")).to_be_in_viewport()


def test_the_search_works_by_keyboard_and_closes(page: Page) -> None:
    page.get_by_text("为什么没有某门课？").focus()
    page.keyboard.press("Enter")
    search = page.get_by_role("combobox", name="查一门课的名次")
    search.focus()
    page.keyboard.type("电工")
    expect(page.locator(".options li").first).to_be_visible()
    expect(search).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    second = page.locator(".options li").nth(1)
    expect(second).to_have_attribute("aria-selected", "true")
    assert search.get_attribute("aria-activedescendant") == second.get_attribute("id")
    title = second.locator("span").inner_text()
    page.keyboard.press("Enter")
    expect(page.locator(".standing h3")).to_have_text(title)
    page.keyboard.press("Control+A")
    page.keyboard.type("叉车")
    expect(page.locator(".options li").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".options li")).to_have_count(0)
    assert "why=" in page.url


CLASSES = (
    "instance_id,course_id,mode,site_id,seats,enrolled,end_date\n"
    "pick-1,pick,at_site,near,,,\nroast-1,roast,at_site,near,20,20,\nroast-2,roast,at_site,near,,,2020-01-31\n"
)


def test_what_excludes_a_course_is_said_class_by_class(opened: Open, tmp_path: Path, keep: Keep) -> None:
    with serving(tmp_path / "state", write_city(tmp_path / "catalogue", classes=CLASSES)) as address:
        page = opened(served=address)
        said = look_up(page, "炒茶")
        expect(said.locator(".verdict")).to_contain_text("没有列入")
        expect(said.locator(".refusals > li")).to_have_count(2)
        expect(said).to_contain_text("名额已满（20 席）")
        expect(said).to_contain_text("2020-01-31")
        expect(said).to_contain_text("这不是改条件能解决的")
        keep(page, "why-not")


def test_a_course_too_far_away_is_listed_when_one_goes_farther(opened: Open, tmp_path: Path) -> None:
    with serving(tmp_path / "state", write_city(tmp_path / "catalogue")) as address:
        page = opened("#view=learner&goal=学炒茶&place=东湖区&k=1", served=address)
        expect(cards(page)).to_have_count(1)
        said = look_up(page, "炒茶")
        expect(said).to_contain_text("公里，超出")
        said.locator(".changes button").first.click()
        settled(page)
        assert titles(page) == ["炒茶"]
        assert page.locator("#learner-distance").input_value() == "51"
