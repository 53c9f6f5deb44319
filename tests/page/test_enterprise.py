"""The enterprise's view: what can be taken to it, customised or attended, and the proposal."""

import csv
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.page.city import serving, write_city
from tests.page.looking import ask, cards, field, settled, titles

Open = Callable[..., Page]
Keep = Callable[[Page, str], None]


@pytest.fixture
def page(opened: Open) -> Page:
    return opened("#view=enterprise")


def choose(page: Page, *rows: int) -> list[str]:
    for row in rows:
        page.locator(".choose input").nth(row).check()
    return [titles(page)[row].strip() for row in rows]


def test_courses_stand_in_three_groups_numbered_through(page: Page, complaints: list[str], keep: Keep) -> None:
    assert page.locator(".group h3[id]").all_inner_texts() == ["送教上门", "可以定制", "附近的阵地"]
    assert len(set(titles(page))) == len(titles(page))
    ranks = [int(re.sub(r"\D", "", text)) for text in page.locator(".rank").all_inner_texts()]
    assert ranks == list(range(1, len(ranks) + 1))
    expect(page.locator(".group.taken .card").first).to_contain_text("送教上门，由")
    for card in page.locator(".group.customised .card").all():
        expect(card).to_contain_text("可定制")
    keep(page, "enterprise")
    assert complaints == []


def test_who_can_teach_a_customisable_course_is_listed_the_nearest_first(page: Page) -> None:
    first = page.locator(".group.taken .card").first
    first.locator(".title").click()
    able = first.locator("h4", has_text="最近的可授课阵地").locator("+ ul li")
    expect(able.first).to_contain_text("公里")


def test_a_class_that_needs_more_people_is_not_taken_to_few(page: Page) -> None:
    field(page, "参加人数").fill("3")
    ask(page)
    settled(page)
    expect(page.locator(".group.taken")).not_to_contain_text(re.compile(r"满 ([4-9]|\d\d+) 人开班"))


def test_what_is_chosen_becomes_a_proposal_that_stands_in_the_address(page: Page, opened: Open) -> None:
    expect(page.locator("#proposal")).to_be_hidden()
    chosen = choose(page, 0, 7)
    rows = page.locator("#proposal tbody tr")
    expect(rows).to_have_count(2)
    for row, title in zip(rows.all(), chosen, strict=True):
        expect(row).to_contain_text(title)
    expect(page.locator("#proposal .asked")).to_contain_text("40 人")
    expect(page.locator(".choose .chip").first).to_contain_text("已选 2 门")
    other = opened(page.url.split("/", 3)[3])
    expect(other.locator("#proposal tbody tr")).to_have_count(2)
    page.locator(".choose input").nth(0).uncheck()
    expect(rows).to_have_count(1)


def test_a_proposal_is_printed_on_one_page_and_alone(page: Page, keep: Keep) -> None:
    choose(page, 0, 1, 6, 12)
    page.emulate_media(media="print")
    expect(page.locator("#proposal")).to_be_visible()
    for hidden in ("header", ".ask", "#map", ".group", "#proposal .buttons", "footer"):
        expect(page.locator(hidden).first).to_be_hidden()
    pdf = page.pdf(format="A4", prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1
    page.set_viewport_size({"width": 720, "height": 1000})
    keep(page, "proposal")


def test_a_proposal_is_kept_as_a_table(page: Page, tmp_path: Path) -> None:
    chosen = choose(page, 0, 7)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="下载表格").click()
    waiting.value.save_as(tmp_path / "proposal.csv")
    assert waiting.value.suggested_filename.startswith("培训方案")
    text = (tmp_path / "proposal.csv").read_bytes().decode("utf-8")
    assert text.startswith("\ufeff")  # by which Excel knows that it is UTF-8
    head, *rows = csv.reader(text.removeprefix("\ufeff").splitlines())
    assert head[:3] == ["课程", "方式", "地点"]
    assert [len(row) for row in rows] == [len(head)] * 2
    assert [row[0].split(" · ")[0] for row in rows] == chosen


def test_a_spreadsheet_takes_no_title_for_a_formula(opened: Open, tmp_path: Path) -> None:
    catalogue = write_city(tmp_path / "catalogue", classes="instance_id,course_id,mode,site_id\nx,pick,at_site,near\n")
    courses = catalogue / "courses.csv"
    courses.write_text(
        courses.read_text(encoding="utf-8").replace("采茶,在", '"=HYPERLINK(""x"")",在', 1), encoding="utf-8"
    )
    with serving(tmp_path / "state", catalogue) as address:
        page = opened("#view=enterprise&needs=茶&place=东湖区", served=address)
        choose(page, 0)
        with page.expect_download() as waiting:
            page.get_by_role("button", name="下载表格").click()
        waiting.value.save_as(tmp_path / "proposal.csv")
        assert '"\'=HYPERLINK(""x"")' in (tmp_path / "proposal.csv").read_text(encoding="utf-8")


FAR = "instance_id,course_id,mode,site_id\nroast-1,roast,at_site,far\n"


def test_what_was_loosened_is_said_to_an_enterprise_too(opened: Open, tmp_path: Path) -> None:
    with serving(tmp_path / "state", write_city(tmp_path / "catalogue", classes=FAR)) as address:
        page = opened("#view=enterprise&needs=炒茶&place=东湖区", served=address)
        expect(page.locator("#enterprise-list .notice")).to_contain_text(
            "距离上限：从 30 公里 放宽到 60 公里，多列出 1 门。"
        )
        expect(page.locator(".group.near .card")).to_contain_text("放宽条件后列入")


CLASSES = "instance_id,course_id,mode,site_id,minimum_headcount\npick-1,pick,at_enterprise,near,20\n"


def test_an_empty_answer_says_what_to_change_and_what_it_brings(opened: Open, tmp_path: Path, keep: Keep) -> None:
    with serving(tmp_path / "state", write_city(tmp_path / "catalogue", classes=CLASSES)) as address:
        page = opened("#view=enterprise&needs=采茶&headcount=5&place=东湖区", served=address)
        expect(page.locator("#enterprise-status")).to_have_text("没有符合条件的课程")
        keep(page, "enterprise-empty")
        page.get_by_role("button", name="参加人数增加到 20 人：1 门").click()
        settled(page)
        expect(cards(page)).to_have_count(1)
        expect(field(page, "参加人数")).to_have_value("20")
