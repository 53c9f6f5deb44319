"""What holds for every view: languages, addresses, narrow screens, keyboards, policies, sizes, and no other host."""

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route, expect

import api
from tests.page.looking import HAN, ask, cards, field, move, settled, titles

Open = Callable[..., Page]
Keep = Callable[[Page, str], None]

HTML = (Path(api.__file__).parent / "page" / "index.html").read_text(encoding="utf-8")
SCRIPTS = Path(api.__file__).parent / "page" / "scripts"
VIEWS = ("learner", "enterprise", "union")
MOST_BYTES = 200_000


def test_english_changes_the_words_and_keeps_what_was_chosen(page: Page, complaints: list[str]) -> None:
    field(page, "想学什么").fill("想考电工证")
    move(page.locator("#weight-place"), 60)
    settled(page)
    chinese = titles(page)
    page.get_by_role("button", name="English").click()
    expect(page.locator("#learner-status")).to_contain_text("Listed: 10")
    assert titles(page) == chinese
    assert page.locator("html").get_attribute("lang") == "en"
    expect(field(page, "Industry")).to_have_value("Intelligent Robots")
    expect(page.locator("#weight-place")).to_have_js_property("value", "60")
    page.get_by_role("button", name="中文").click()
    expect(page.locator("#learner-status")).to_contain_text("列出 10 门")
    assert titles(page) == chinese
    page.go_back()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert complaints == []


@pytest.mark.parametrize("view", VIEWS)
def test_in_english_the_page_itself_speaks_english(opened: Open, view: str) -> None:
    page = opened(f"#view={view}&lang=en")
    for words in (".ask label", ".ask legend", ".facts", ".legend", "summary", "h2", "h3[id]", "h4", "thead"):
        for shown in page.locator(f"{words} >> visible=true").all_inner_texts():
            assert not HAN.search(shown), shown


def test_an_address_shows_another_person_the_same(page: Page, opened: Open) -> None:
    field(page, "想学什么").fill("想学叉车")
    move(page.locator("#weight-place"), 80)
    move(page.locator("#half-distance"), 12)
    settled(page)
    cards(page).nth(1).locator(".title").click()
    other = opened(page.url.split("/", 3)[3])
    assert titles(other) == titles(page)
    expect(field(other, "想学什么")).to_have_value("想学叉车")
    expect(cards(other).nth(1).locator(".title")).to_have_attribute("aria-expanded", "true")
    expect(other.locator("#half-distance")).to_have_js_property("value", "12")


def test_what_is_entered_stays_in_the_browser_but_for_the_question(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    field(page, "想学什么").fill("想学炒茶")
    ask(page)
    settled(page)
    assert any(url.endswith("/v1/recommendations") for url in asked)
    assert not any("%E7%82%92" in url or "炒" in url for url in asked)


def test_the_views_keep_what_was_chosen_and_the_browser_goes_back(page: Page) -> None:
    field(page, "想学什么").fill("想学养老护理")
    settled(page)
    mine = titles(page)
    page.get_by_role("link", name="企业").click()
    settled(page)
    assert page.locator("nav [aria-current]").inner_text() == "企业"
    assert titles(page) != mine
    page.go_back()
    settled(page)
    expect(field(page, "想学什么")).to_have_value("想学养老护理")
    assert titles(page) == mine
    page.get_by_role("link", name="企业").click()
    page.get_by_role("link", name="学员").click()
    settled(page)
    assert titles(page) == mine


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize(("width", "height"), [(360, 740), (640, 450)], ids=["phone", "zoomed-to-200%"])
def test_nothing_is_cut_off_on_a_narrow_screen(
    opened: Open, keep: Keep, view: str, language: str, width: int, height: int
) -> None:
    page = opened(f"#view={view}&lang={language}", viewport={"width": width, "height": height})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    outside = page.locator("main *:visible").evaluate_all(
        """(all, width) => all.filter((one) => !one.closest('#map, .scroll, .quiet') && one.getBoundingClientRect().right > width + 1)
          .map((one) => one.outerHTML.slice(0, 120))""",
        width,
    )
    assert outside == []
    keep(page, f"{view}-{width}-{language}")


def test_the_keyboard_is_enough(page: Page) -> None:
    before = titles(page)
    page.get_by_role("link", name="跳到结果").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#answer")).to_be_focused()
    assert "#view=learner" in page.url  # still what was chosen
    field(page, "想学什么").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("想考电工证")
    page.keyboard.press("Tab")
    expect(field(page, "在哪里")).to_be_focused()
    page.keyboard.press("Enter")
    settled(page)
    assert titles(page) != before
    page.locator("#weight-place").focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    expect(page.locator("#weight-place")).to_have_js_property("value", "20")
    settled(page)
    page.locator(".title").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".title").first).to_have_attribute("aria-expanded", "true")
    expect(page.locator(".title").first).to_be_focused()


def test_a_service_out_of_reach_is_said_and_can_be_tried_again(page: Page, keep: Keep) -> None:
    page.context.set_offline(True)
    ask(page)
    expect(page.locator("#learner-status")).to_have_text("连不上服务")
    keep(page, "unreachable")
    page.context.set_offline(False)
    page.get_by_role("button", name="再试一次").click()
    expect(cards(page)).to_have_count(10)


def test_whoever_asks_too_often_is_heard_a_little_later(page: Page) -> None:
    refused = []

    def refuse_once(route: Route) -> None:
        if refused:
            route.continue_()
        else:
            refused.append(route)
            route.fulfill(status=429, headers={"Retry-After": "1"}, content_type="application/problem+json", body="{}")

    before = titles(page)
    page.route("**/v1/recommendations", refuse_once)
    field(page, "想学什么").fill("想考电工证")
    ask(page)
    settled(page)
    assert len(refused) == 1
    assert len(titles(page)) == 10
    assert titles(page) != before


def test_while_one_waits_for_the_first_list_its_place_is_held(browser: Browser, address: str) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        held: list[Route] = []
        page.route("**/v1/recommendations", lambda route: held.append(route))
        page.goto(address)
        expect(page.locator(".waiting").first).to_be_visible()
        expect(page.locator("#learner-list")).to_have_attribute("aria-busy", "true")
        held[0].continue_()
        settled(page)
        assert page.locator(".waiting").count() == 0


@pytest.mark.parametrize("view", VIEWS)
def test_nothing_jumps_while_the_page_is_filled(browser: Browser, address: str, view: str) -> None:
    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        page = context.new_page()
        page.add_init_script(
            """window.shifted = 0; new PerformanceObserver((list) => list.getEntries().forEach((one) => { window.shifted += one.value; }))
            .observe({type: 'layout-shift', buffered: true});"""
        )
        page.goto(f"{address}/#view={view}")
        settled(page)
        assert page.evaluate("window.shifted") < 0.1  # what the Web Vitals call good


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_is_small_and_comes_from_the_service_alone(browser: Browser, address: str, view: str) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        sizes: dict[str, int] = {}
        failed: list[str] = []
        page.on(
            "requestfinished",
            lambda one: sizes.update(
                {one.url: sum(one.sizes()[part] for part in ("responseBodySize", "responseHeadersSize"))}
            ),
        )
        page.on("response", lambda one: failed.append(one.url) if one.status >= 400 else None)
        page.goto(f"{address}/#view={view}")
        settled(page)
        page.wait_for_load_state("networkidle")
        assert failed == []
        assert {urlsplit(url).netloc for url in sizes} == {urlsplit(address).netloc}
        assert f"{address}/page/leaflet/leaflet.js" in sizes
        assert 50_000 < sum(sizes.values()) < MOST_BYTES, sizes


def test_scripts_and_styles_come_from_the_service_only(address: str, page: Page) -> None:
    policy = page.request.get(address).headers["content-security-policy"]
    assert policy.startswith("default-src 'self'")
    assert "unsafe" not in policy
    assert not re.search(r"\sstyle=|\son\w+=|<style|<script(?![^>]*\ssrc=\"/page/)|https?://", HTML)


def test_every_script_is_asked_for_at_once() -> None:
    named = set(re.findall(r'href="/page/scripts/(\w+\.js)"', HTML)) | {"page.js"}
    assert named == {path.name for path in SCRIPTS.glob("*.js")}


def test_a_tile_server_is_asked_for_tiles_and_nothing_else_may_be(browser: Browser, tmp_path: Path) -> None:
    from tests.page.city import serving, write_city

    tiles = "http://tiles.example:8080/{z}/{x}/{y}.png"
    city = write_city(tmp_path / "catalogue")
    with (
        serving(tmp_path / "state", city, tile_server=tiles, tile_attribution="某地图") as address,
        browser.new_context() as context,
    ):
        page = context.new_page()
        asked: list[str] = []

        def note(route: Route) -> None:
            asked.append(route.request.url)
            route.abort()

        page.route("http://tiles.example:8080/**", note)
        page.goto(address)
        settled(page)
        expect(page.locator(".leaflet-control-attribution")).to_contain_text("某地图")
        assert asked
        assert all(re.fullmatch(r"http://tiles\.example:8080/\d+/\d+/\d+\.png", url) for url in asked)
        policy = page.request.get(address).headers["content-security-policy"]
        assert policy.endswith("; img-src 'self' data: http://tiles.example:8080")


LOGO = "https://cdn.redoc.ly/redoc/logo-mini.svg"
"""The one thing that the documentation asks of others; its policy lets it do without."""


@pytest.mark.parametrize("url", ["/docs", "/redoc"])
def test_the_documentation_works_under_its_policy(page: Page, address: str, complaints: list[str], url: str) -> None:
    page.goto(address + url)
    page.get_by_text("Courses for an enterprise").first.wait_for(state="attached")

    assert [one for one in complaints if "Content Security Policy" in one and LOGO not in one] == []
    complaints.clear()
