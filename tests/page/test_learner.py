"""The learner's view: courses, why they stand where they do, and what moves them."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.page.city import serving, write_city
from tests.page.looking import ask, cards, field, kilometres, move, settled, titles

Open = Callable[..., Page]
Keep = Callable[[Page, str], None]


def test_the_page_opens_on_ten_courses_and_no_complaint(page: Page, complaints: list[str], keep: Keep) -> None:
    assert len(set(titles(page))) == 10
    expect(page.locator("#learner-status")).to_contain_text("列出 10 门")
    keep(page, "learner")
    assert complaints == []


def test_another_goal_puts_another_course_first(page: Page) -> None:
    before = titles(page)
    field(page, "想学什么").fill("想学做蛋糕和面包")
    field(page, "行业").fill("")
    field(page, "职业").fill("面包师")
    ask(page)
    expect(page.locator(".title").first).not_to_have_text(before[0])
    assert len(titles(page)) == 10


def test_one_may_try_somebody_else(page: Page) -> None:
    page.get_by_role("button", name="叉车工").click()
    expect(page.locator(".title").first).to_contain_text("叉车")
    expect(field(page, "在哪里")).to_have_value("龙岗区平湖街道")


def test_the_parts_shown_add_up_to_the_score_shown(page: Page) -> None:
    for card in cards(page).all():
        score = float(card.locator(".score strong").inner_text())
        parts = [float(re.findall(r"-?\d+\.\d+", text)[-1]) for text in card.locator(".legend li").all_inner_texts()]
        assert sum(parts) == pytest.approx(score, abs=0.04)
        bar = card.locator(".bar").bounding_box()
        pieces = [piece.bounding_box() for piece in card.locator(".part").all()]
        assert bar
        assert sum(piece["width"] for piece in pieces if piece) / bar["width"] == pytest.approx(score, abs=0.04)


def test_a_course_opens_to_its_reasons_its_sum_its_classes_and_other_places(page: Page, keep: Keep) -> None:
    first = cards(page).first
    first.locator(".title").click()
    expect(first.locator(".title")).to_have_attribute("aria-expanded", "true")
    expect(first.locator(".reasons li").first).to_contain_text("课程内容与")
    rows = first.locator(".sum tbody tr")
    parts = [float(text) for text in rows.locator("td:last-child").all_inner_texts()]
    assert sum(parts[:-1]) == pytest.approx(parts[-1], abs=0.04)
    classes = first.locator(".classes table tbody tr")
    expect(classes.first).to_contain_text("席")
    expect(classes.first).to_contain_text(re.compile(r"\d{4}-\d\d-\d\d"))
    keep(page, "learner-open")
    assert "open=" in page.url
    first.locator(".title").click()
    expect(first.locator(".more")).to_be_hidden()


def test_moving_a_weight_ranks_anew_and_entries_slide_to_their_places(page: Page) -> None:
    before = titles(page)
    slides = page.evaluate_handle(
        """() => { const seen = []; const animate = Element.prototype.animate;
        Element.prototype.animate = function (frames, timing) {
          if (frames[0].transform) seen.push(this.dataset.key);
          return animate.call(this, frames, timing);
        };
        return seen; }"""
    )
    for name in ("meaning", "words", "level", "industry", "schedule", "quality"):
        move(page.locator(f"#weight-{name}"), 0)
    move(page.locator("#weight-place"), 100)
    expect(page.locator("#weight-place + output")).to_have_text("100%")
    settled(page)
    near = kilometres(page)
    assert near == sorted(near)
    assert titles(page) != before
    assert "weights=" in page.url
    page.get_by_role("button", name="恢复默认").click()
    expect(page.locator("#weight-meaning + output")).to_have_text("42%")
    assert titles(page) == before
    moved = slides.json_value()
    assert set(moved) & set(page.locator(".card").evaluate_all("cards => cards.map((card) => card.dataset.key)"))


def test_a_half_distance_moves_the_ring_and_the_scores(page: Page) -> None:
    before = page.locator(".score strong").all_inner_texts()
    move(page.locator("#half-distance"), 1)
    expect(page.locator(".ring-label").first).to_have_text("1.0 公里")
    expect(page.locator(".score strong").first).not_to_have_text(before[0])


def test_a_part_that_nothing_was_said_to_cannot_be_weighed(page: Page) -> None:
    expect(page.locator("#weight-level")).to_be_enabled()
    field(page, "目前技能等级").select_option("")
    expect(page.locator("#weight-level")).to_be_disabled()
    expect(page.locator("#weight-level + output")).to_have_text("不计分")


def test_a_click_on_the_map_is_where_the_learner_is(page: Page) -> None:
    before, away = titles(page), kilometres(page)
    box = page.locator("#map").bounding_box()
    assert box
    page.mouse.click(box["x"] + 60, box["y"] + box["height"] - 60)
    expect(field(page, "在哪里")).to_have_value(re.compile("地图上的点 22"))
    expect(page.locator(".title").first).to_be_visible()
    settled(page)
    latitude, longitude = map(float, re.findall(r"at=([\d.]+)(?:%2C|,)([\d.]+)", page.url)[0])
    assert (latitude < 22.73, longitude < 114.36) == (True, True)  # to the south-west of where the map's middle was
    assert kilometres(page) != away
    field(page, "在哪里").fill("坪山区坑梓街道")
    ask(page)
    expect(page.locator(".title").first).to_have_text(before[0])


def test_the_map_numbers_the_classes_and_a_number_opens_its_course(page: Page) -> None:
    numbers = page.locator(".number:not(.sign)")
    expect(numbers.first).to_be_visible()
    shown = {int(number) for text in numbers.all_inner_texts() for number in re.findall(r"\d+", text)}
    assert 1 in shown
    assert shown <= set(range(1, 11))
    numbers.filter(has_text=re.compile(r"^1")).first.dispatch_event("click")
    expect(cards(page).first.locator(".title")).to_have_attribute("aria-expanded", "true")
    cards(page).first.hover()
    expect(page.locator(".number.pointed")).to_have_count(1)


def test_an_unknown_place_is_reported_at_its_field(page: Page) -> None:
    place = field(page, "在哪里")
    place.fill("火星街道")
    ask(page)
    expect(place).to_have_attribute("aria-invalid", "true")
    error = place.get_attribute("aria-describedby")
    expect(page.locator(f"id={error}")).to_contain_text("没有这个地名")
    place.fill("坪山区")
    ask(page)
    expect(cards(page)).to_have_count(10)
    assert page.locator(".error").count() == 0


def test_who_has_said_nothing_yet_is_told_where_to_begin(page: Page, complaints: list[str], keep: Keep) -> None:
    page.get_by_role("button", name="从头填写").click()
    expect(page.locator("#learner-list .notice")).to_contain_text("写下想学的内容、职业或行业中的任何一项")
    expect(field(page, "想学什么")).to_be_focused()
    expect(field(page, "在哪里")).to_have_value("")
    assert cards(page).count() == 0
    keep(page, "learner-begin")
    field(page, "职业").fill("面包师")
    expect(cards(page)).to_have_count(10)
    expect(page.locator("#weight-place")).to_be_disabled()
    assert complaints == []


def test_another_city_has_other_examples_and_what_was_loosened_is_said(opened: Open, tmp_path: Path) -> None:
    with serving(tmp_path / "state", write_city(tmp_path / "catalogue")) as address:
        page = opened(served=address)
        expect(cards(page)).to_have_count(2)
        expect(field(page, "在哪里")).to_have_value("东湖区")
        expect(field(page, "行业")).to_have_value("")
        expect(page.locator("#learner-list .notice")).to_contain_text(
            "距离上限：从 30 公里 放宽到 60 公里，多列出 1 门。"
        )
        expect(cards(page).last).to_contain_text("放宽条件后列入")
        assert page.locator("#examples button").all_inner_texts() == ["从头填写"]


def test_a_city_of_which_no_district_is_known_is_a_page_as_well(opened: Open, tmp_path: Path) -> None:
    catalogue = write_city(tmp_path / "catalogue")
    places = catalogue / "places.csv"
    places.write_text("".join(places.read_text(encoding="utf-8").splitlines(keepends=True)[:2]), encoding="utf-8")
    with serving(tmp_path / "state", catalogue) as address:
        page = opened(served=address)
        expect(cards(page)).to_have_count(2)
        page.locator(".site:not(.sign)").first.dispatch_event("click")
        expect(field(page, "在哪里")).to_have_value(re.compile("地图上的点 30"))
        page.get_by_role("link", name="工会").click()
        settled(page)
        expect(page.locator("#figures")).to_contain_text("培训中心")
        expect(page.locator("#union-status")).to_have_text("学员太少，不显示比例。")


def test_an_empty_list_says_what_was_left_out(opened: Open, tmp_path: Path, keep: Keep) -> None:
    with serving(tmp_path / "state", write_city(tmp_path / "catalogue", approval="pending")) as address:
        page = opened(served=address)
        expect(page.locator("#learner-status")).to_have_text("没有符合条件的课程")
        page.get_by_text("没有列入的班次，以及原因").click()
        expect(page.locator(".pairs:visible").first).to_contain_text("课程尚未通过审核")
        keep(page, "learner-empty")
