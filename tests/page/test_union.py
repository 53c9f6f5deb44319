"""The union's view: what there is, where it is missing, and how it is spread."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.page.city import serving, write_city
from tests.page.looking import move

Open = Callable[..., Page]
Keep = Callable[[Page, str], None]


@pytest.fixture
def page(opened: Open) -> Page:
    return opened("#view=union")


def told(page: Page, within_km: int = 5) -> dict[str, Any]:
    """What the service itself says."""
    root = page.url.split("/#")[0]
    return dict(page.request.get(f"{root}/v1/insights/coverage", params={"within_km": within_km}).json())


def figure(page: Page, name: str) -> int:
    found = page.locator("#figures dt", has_text=name).locator("+ dd").inner_text()
    return int(found.replace(",", ""))


def test_the_network_is_told_at_a_glance(page: Page, complaints: list[str], keep: Keep) -> None:
    assert (figure(page, "总部"), figure(page, "实训工场"), figure(page, "培训中心")) == (1, 20, 100)
    assert figure(page, "学员") == told(page)["learners"]
    expect(page.locator("#union-status")).to_contain_text("在 5 公里内有合适的课程")
    expect(page.locator("#union-status")).to_contain_text("学员含示例")
    keep(page, "union")
    assert complaints == []


def test_the_map_is_coloured_by_what_is_chosen(page: Page) -> None:
    answer = told(page)["subdistricts"]
    known = [place for place in answer if place["covered_share"] is not None]
    expect(page.locator("path.cell[class*=step-]")).to_have_count(len(known))
    expect(page.locator("path.cell.unknown")).to_have_count(len(answer) - len(known))
    assert len(known) > 0
    page.get_by_label("附近的课程").check()
    expect(page.locator("path.cell.unknown")).to_have_count(0)
    expect(page.locator("path.cell[class*=step-]")).to_have_count(len(answer))
    assert "measure=courses" in page.url
    steps = [
        text.replace(",", "").split("–")
        for text in page.locator("#map-legend li:has([class*=step-])").all_inner_texts()
    ]
    most = max(place["courses"] for place in answer)
    assert [int(low) for low, _ in steps] == [0, *(int(high) + 1 for _, high in steps[:-1])]
    assert int(steps[-1][1]) == most


def test_a_small_city_has_a_short_legend_in_which_seats_without_a_limit_are_no_secret(
    opened: Open, tmp_path: Path
) -> None:
    catalogue = write_city(tmp_path / "catalogue")
    with (catalogue / "places.csv").open("a", encoding="utf-8") as places:
        places.write("3,湖滨街道,subdistrict,2,30.2,120.2,,,,\n")
    with serving(tmp_path / "state", catalogue) as address:
        page = opened("#view=union&measure=seats_left", served=address)
        expect(page.locator("#map-legend li:has(.unknown)")).to_have_text("名额不限")
        page.get_by_label("附近的课程").check()
        expect(page.locator("#map-legend li:has([class*=step-])")).to_have_text(["0", "1"])


def test_a_subdistrict_tells_what_is_missing_there(page: Page, opened: Open, keep: Keep) -> None:
    place = next(one for one in told(page)["subdistricts"] if one["missing_clusters"] and one["learners"])
    shared = opened(f"#view=union&spot={place['place_id']}")
    spot = shared.locator(".spot")
    expect(spot.locator("h3")).to_have_text(place["full_name"])
    expect(spot.locator("dd").nth(3)).to_have_text(f"{place['courses']:,}")
    expect(shared.locator("path.cell.chosen")).to_have_count(1)
    keep(shared, "union-spot")


def test_a_click_on_the_map_tells_of_that_subdistrict(page: Page) -> None:
    box = page.locator("#map").bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator(".spot h3")).to_contain_text("街道")
    assert "spot=" in page.url


def test_another_distance_is_another_answer(page: Page) -> None:
    share = told(page, 15)["covered_share"]
    assert share > told(page)["covered_share"]
    move(page.locator("#within"), 15)
    expect(page.locator("#union-status")).to_contain_text(f"{share:.0%}在 15 公里内")


def test_supply_and_exposure_are_drawn_from_what_the_service_says(page: Page) -> None:
    answer = told(page)
    supply = page.locator("table.matrix tbody")
    shown = [int(text) for text in supply.locator("td").all_inner_texts() if text.strip() != "·"]
    assert sum(shown) == sum(one["courses"] for one in answer["supply"])
    most = max(answer["exposure"]["sites"], key=lambda site: site["lists"] or 0)
    expect(page.locator(".bars").last.locator("tbody tr").first).to_contain_text(most["name"])
    expect(page.locator("#union-list")).to_contain_text(f"基尼系数 {answer['exposure']['gini']:.2f}")
