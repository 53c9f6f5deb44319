"""The page, in a real browser against the real service."""

import json
import os
import re
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import uvicorn
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

import api
from api import create_app
from recommender.bootstrap import Workshop
from recommender.constraints import Constraint
from recommender.domain import Mode, Schedule
from recommender.policy import Preference
from recommender.settings import Settings

PAGE = Path(api.__file__).parent / "page"
WORDS = json.loads((PAGE / "words.json").read_text(encoding="utf-8"))
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@contextmanager
def serving(state: Path, catalogue: Path | None = None) -> Iterator[str]:
    """Serve a demo of a catalogue (the bundled one for None) and give the address."""
    settings = Settings(state=state, demo=True, rate_per_address="100000/second")
    workshop = Workshop(settings)
    workshop.import_catalogue(catalogue, today=workshop.today())
    workshop.build()
    server = uvicorn.Server(uvicorn.Config(create_app(settings), port=0, log_config=None, ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the service did not start"
        time.sleep(0.02)
    host, port = server.servers[0].sockets[0].getsockname()
    try:
        yield f"http://{host}:{port}"
    finally:
        server.should_exit = True
        thread.join(10)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(tmp_path_factory.mktemp("state")) as address:
        yield address


def small_catalogue(folder: Path, approval: str) -> Path:
    """Write a city of its own: one place, a course taught there and one taught some 50 km away."""
    files = {
        "places.csv": "place_id,name,kind,parent_id,latitude,longitude,south,west,north,east\n"
        "1,海城市,city,,30.2,120.2,29,119,31,121\n2,东湖区,district,1,30.2,120.2,,,,\n",
        "clusters.csv": "cluster_id,name,english_name\ntea,茶叶,Tea\n",
        "sites.csv": "site_id,name,kind,latitude,longitude,datum\nnear,东湖茶馆,centre,30.2,120.2,wgs84\nfar,西岭茶场,centre,30.65,120.2,wgs84\n",
        "courses.csv": f"course_id,title,description,approval\npick,采茶,在茶园里学采茶,{approval}\nroast,炒茶,学炒青、揉捻和烘干,{approval}\n",
        "course_instances.csv": "instance_id,course_id,mode,site_id\npick-1,pick,at_site,near\nroast-1,roast,at_site,far\n",
    }
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        message = "The page is tested in Chromium, and there is none here: apt-get install chromium (or brew install --cask chromium)."
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path)
        yield launched
        launched.close()


@pytest.fixture
def complaints() -> list[str]:
    """What the browser complained about."""
    return []


@pytest.fixture
def page(browser: Browser, address: str, complaints: list[str]) -> Iterator[Page]:
    """The page, opened, with its first list."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    opened.on(
        "console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None
    )
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.goto(address)
    expect(cards(opened)).to_have_count(10)
    yield opened
    context.close()


def cards(page: Page) -> Locator:
    return page.locator(".cards > .card")


def field(page: Page, label: str) -> Locator:
    """The field of the form that is shown."""
    return page.locator("form:not([hidden])").get_by_label(label)


def ask(page: Page) -> None:
    page.locator("form:not([hidden]) button").click()


def titles(page: Page) -> list[str]:
    expect(page.locator("#list[aria-busy]")).to_have_count(0)
    return page.locator(".cards h3").all_inner_texts()


def test_the_page_opens_on_ten_courses_and_no_complaint(page: Page, complaints: list[str]) -> None:
    assert len(set(titles(page))) == 10
    expect(page.locator("#status")).to_contain_text("10")
    assert complaints == []


def test_nothing_is_asked_of_another_host(browser: Browser, address: str) -> None:
    with browser.new_context() as context:
        opened = context.new_page()
        asked: list[str] = []
        opened.on("request", lambda request: asked.append(request.url))
        opened.on(
            "response", lambda response: asked.append(f"failed: {response.url}") if response.status >= 400 else None
        )
        opened.goto(address)
        expect(cards(opened)).to_have_count(10)
        assert {urlsplit(url).netloc for url in asked} == {urlsplit(address).netloc}
        assert f"{address}/v1/recommendations" in asked


def test_another_goal_puts_another_course_first(page: Page) -> None:
    before = titles(page)
    field(page, "想学什么").fill("想学做蛋糕和面包")
    field(page, "行业").fill("")
    field(page, "职业").fill("面包师")
    ask(page)
    expect(page.locator(".cards h3").first).not_to_have_text(before[0])
    assert len(titles(page)) == 10


def test_english_changes_the_words_and_not_the_list(page: Page, complaints: list[str]) -> None:
    chinese = titles(page)
    page.get_by_role("button", name="English").click()
    expect(page.locator("#status")).to_contain_text("Listed: 10")
    assert titles(page) == chinese
    assert page.locator("html").get_attribute("lang") == "en"
    expect(field(page, "Industry")).to_have_value("Intelligent Robots")
    for words in ("form", ".when", ".legend", "#list > details"):
        shown = page.locator(f"{words} >> visible=true").first.inner_text()
        assert not re.search(r"[一-鿿]", shown), shown
    page.get_by_role("button", name="中文").click()
    expect(page.locator("#status")).to_contain_text("列出 10 门")
    assert complaints == []


def test_the_parts_shown_add_up_to_the_score_shown(page: Page) -> None:
    for card in cards(page).all():
        score = float(card.locator(".score strong").inner_text())
        parts = [float(re.findall(r"-?\d+\.\d+", text)[-1]) for text in card.locator(".legend li").all_inner_texts()]
        assert sum(parts) == pytest.approx(score, abs=0.04)
        bar = card.locator(".bar").bounding_box()
        pieces = [piece.bounding_box() for piece in card.locator(".part").all()]
        assert bar
        assert sum(piece["width"] for piece in pieces if piece) / bar["width"] == pytest.approx(score, abs=0.04)


def test_an_unknown_place_is_reported_at_its_field(page: Page) -> None:
    place = field(page, "在哪里")
    place.fill("火星街道")
    ask(page)
    expect(place).to_have_attribute("aria-invalid", "true")
    expect(place).to_be_focused()
    error = place.get_attribute("aria-describedby")
    expect(page.locator(f"id={error}")).to_contain_text("没有这个地名")
    place.fill("坪山区")
    ask(page)
    expect(cards(page)).to_have_count(10)
    assert page.locator(".error").count() == 0


def test_an_empty_profile_is_reported_where_the_list_would_stand(page: Page) -> None:
    for label in ("想学什么", "职业", "行业"):
        field(page, label).fill("")
    ask(page)
    expect(page.locator("#list .notice p")).to_have_count(2)
    assert cards(page).count() == 0


def test_another_city_has_other_examples_and_what_was_loosened_is_said(browser: Browser, tmp_path: Path) -> None:
    catalogue = small_catalogue(tmp_path / "catalogue", "approved")
    with serving(tmp_path / "state", catalogue) as address, browser.new_context() as context:
        opened = context.new_page()
        opened.goto(address)
        expect(cards(opened)).to_have_count(2)
        expect(field(opened, "在哪里")).to_have_value("东湖区")
        expect(field(opened, "行业")).to_have_value("")
        expect(opened.locator("#list > .notice")).to_contain_text("距离上限：从 30 公里 放宽到 60 公里，多列出 1 门。")
        expect(cards(opened).last).to_contain_text("放宽条件后列入")


def test_an_empty_list_says_what_was_left_out(browser: Browser, tmp_path: Path) -> None:
    catalogue = small_catalogue(tmp_path / "catalogue", "pending")
    with serving(tmp_path / "state", catalogue) as address, browser.new_context() as context:
        opened = context.new_page()
        opened.goto(address)
        expect(opened.locator("#status")).to_have_text("没有符合条件的课程")
        opened.get_by_text("没有列入的班次，以及原因").click()
        expect(opened.locator(".table").first).to_contain_text("课程尚未通过审核")


def test_an_enterprise_sees_who_can_teach_on_its_floor(page: Page) -> None:
    page.get_by_label("我是企业").check()
    expect(cards(page)).to_have_count(10)
    expect(page.get_by_text("满 12 人开班").first).to_be_visible()
    able = page.locator("details", has_text="最近的可授课阵地").first
    able.locator("summary").click()
    expect(able.locator("li").first).to_contain_text("公里")


def test_the_keyboard_is_enough(page: Page) -> None:
    before = titles(page)
    page.get_by_label("我是学员").focus()
    page.keyboard.press("Tab")
    expect(field(page, "想学什么")).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type("想考电工证")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".reasons").first).to_contain_text("想考电工证")
    assert titles(page) != before


def test_a_service_out_of_reach_is_said_and_can_be_tried_again(page: Page) -> None:
    page.context.set_offline(True)
    ask(page)
    expect(page.locator("#status")).to_have_text("连不上服务")
    page.context.set_offline(False)
    page.get_by_role("button", name="再试一次").click()
    expect(cards(page)).to_have_count(10)


def test_a_phone_needs_no_sideways_scrolling(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.get_by_role("button", name="English").click()
    expect(page.locator("#status")).to_contain_text("Listed: 10")
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_scripts_and_styles_come_from_the_service_only(address: str, page: Page) -> None:
    assert page.request.get(address).headers["content-security-policy"].startswith("default-src 'self'")
    html = (PAGE / "index.html").read_text(encoding="utf-8")
    assert not re.search(r"\sstyle=|\son\w+=|<style|<script(?![^>]*\ssrc=\"/page/)|https?://", html)


def _keys(words: dict[str, object], prefix: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in words.items():
        found |= _keys(value, f"{prefix}{name}.") if isinstance(value, dict) else {prefix + name: str(value)}
    return found


def test_both_languages_say_the_same_things() -> None:
    chinese, english = _keys(WORDS["zh"]), _keys(WORDS["en"])
    assert chinese.keys() == english.keys()
    placeholders = re.compile(r"\{(\w+)\}")
    for key, text in chinese.items():
        assert sorted(placeholders.findall(text)) == sorted(placeholders.findall(english[key])), key


@pytest.mark.parametrize(
    ("key", "names"), [("excluded", Constraint), ("preference", Preference), ("schedule", Schedule), ("mode", Mode)]
)
def test_the_page_has_a_word_for_everything_the_service_names(key: str, names: type) -> None:
    assert set(WORDS["zh"][key]) == {name.value for name in names}


class _Words(HTMLParser):
    """Reads what the page says before any script runs."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self._key: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._key = dict(attrs).get("data-word")

    def handle_data(self, data: str) -> None:
        if self._key:
            self.found[self._key] = data
            self._key = None


def test_the_page_says_the_same_before_its_script_runs() -> None:
    parser = _Words()
    parser.feed((PAGE / "index.html").read_text(encoding="utf-8"))
    chinese = _keys(WORDS["zh"])
    assert len(parser.found) > 20
    assert parser.found == {key: chinese[key] for key in parser.found}


LOGO = "https://cdn.redoc.ly/redoc/logo-mini.svg"
"""The one thing that the documentation asks of others; its policy lets it do without."""


@pytest.mark.parametrize("url", ["/docs", "/redoc"])
def test_the_documentation_works_under_its_policy(page: Page, address: str, complaints: list[str], url: str) -> None:
    page.goto(address + url)
    page.get_by_text("Courses for an enterprise").first.wait_for(state="attached")

    assert [one for one in complaints if "Content Security Policy" in one and LOGO not in one] == []
