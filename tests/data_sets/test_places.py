"""The bundled districts and sub-districts of Shenzhen: complete, findable, and where they belong on the map.

`stations.csv` holds the metro stations that bear a sub-district's name (source: Shenzhen Metro stations, March 2024; WGS-84), save those
whose name leads elsewhere: 沙头角 is not 沙头街道's, 西乡桃源 is neither 桃源街道's nor near the middle of 西乡街道, 盐田港西 is the port's
and not the town's, 蛇口港 lies in 招商街道.
"""

import csv
from collections import Counter
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from opencc import OpenCC
from pydantic import TypeAdapter

from recommender.domain import Coordinates, Place, PlaceKind
from recommender.errors import InvalidRequest
from recommender.geography import Gazetteer, distances_km

STATIONS = Path(__file__).with_name("stations.csv")
NEAR_KM = 2.5

# the city's 74 sub-districts, all 街道, by district
SUBDISTRICTS = {
    "福田区": "南园 园岭 福田 沙头 香蜜湖 梅林 莲花 华富 华强北 福保",
    "罗湖区": "桂园 黄贝 东门 翠竹 南湖 笋岗 东湖 莲塘 东晓 清水河",
    "南山区": "南头 南山 沙河 蛇口 招商 粤海 桃源 西丽",
    "宝安区": "新安 西乡 航城 福永 福海 沙井 新桥 松岗 燕罗 石岩",
    "龙岗区": "平湖 坪地 南湾 坂田 布吉 吉华 龙城 龙岗 横岗 宝龙 园山",
    "盐田区": "梅沙 盐田 沙头角 海山",
    "龙华区": "龙华 大浪 民治 观澜 观湖 福城",
    "坪山区": "坪山 坑梓 马峦 碧岭 石井 龙田",
    "光明区": "公明 光明 新湖 凤凰 玉塘 马田",
    "大鹏新区": "葵涌 大鹏 南澳",
}
NEIGHBOURS = {
    "福田区": "罗湖区 南山区 龙华区 龙岗区",
    "罗湖区": "福田区 龙岗区 盐田区",
    "南山区": "福田区 宝安区 龙华区",
    "宝安区": "南山区 龙华区 光明区",
    "龙岗区": "福田区 罗湖区 龙华区 盐田区 坪山区",
    "盐田区": "罗湖区 龙岗区 坪山区 大鹏新区",
    "龙华区": "福田区 南山区 宝安区 光明区 龙岗区",
    "坪山区": "龙岗区 盐田区 大鹏新区",
    "光明区": "宝安区 龙华区",
    "大鹏新区": "坪山区 盐田区",
}
SHARED_STEMS = {
    "福田",
    "南山",
    "龙岗",
    "盐田",
    "龙华",
    "坪山",
    "光明",
    "大鹏",
}  # a district's and one of its sub-districts'


def read_rows(text: str) -> Iterable[dict[str, str]]:
    return csv.DictReader(text.splitlines())


def place_of(row: dict[str, str]) -> Place:
    given = {column: text for column, text in row.items() if text}
    aliases = tuple(filter(None, row["aliases"].split("|")))
    place: Place = TypeAdapter(Place).validate_python({**given, "aliases": aliases})
    return place


PLACES = tuple(
    map(place_of, read_rows(files("recommender").joinpath("data/shenzhen/places.csv").read_text(encoding="utf-8")))
)
GAZETTEER = Gazetteer(PLACES)
CITY = GAZETTEER.city
BELOW_THE_CITY = tuple(place for place in PLACES if place.kind is not PlaceKind.CITY)
TOWNS = tuple(place for place in PLACES if place.kind is PlaceKind.SUBDISTRICT)

each_place = pytest.mark.parametrize("place", BELOW_THE_CITY, ids=GAZETTEER.full_name)
each_town = pytest.mark.parametrize("town", TOWNS, ids=GAZETTEER.full_name)


def district_of(place: Place) -> str:
    district = GAZETTEER.district_of(place)
    assert district is not None
    return district.name


def points(*places: Place) -> NDArray[np.float64]:
    """Return `(n, 2)` WGS-84 degrees, latitude first."""
    return np.array([(point.latitude, point.longitude) for point in map(GAZETTEER.point_of, places)])


def towns_of(district: str, *, without: Place) -> list[Place]:
    return [town for town in TOWNS if district_of(town) == district and town is not without]


def test_the_city_has_its_ten_districts_and_seventy_four_subdistricts() -> None:
    bundled = {name: {town.name for town in TOWNS if district_of(town) == name} for name in SUBDISTRICTS}

    assert bundled == {name: {f"{stem}街道" for stem in stems.split()} for name, stems in SUBDISTRICTS.items()}
    assert Counter(place.kind for place in PLACES) == {
        PlaceKind.CITY: 1,
        PlaceKind.DISTRICT: 10,
        PlaceKind.SUBDISTRICT: 74,
    }


def test_every_place_has_an_id_of_its_own_and_a_parent_one_step_up() -> None:
    by_id = {place.place_id: place for place in PLACES}
    step_up = {PlaceKind.SUBDISTRICT: PlaceKind.DISTRICT, PlaceKind.DISTRICT: PlaceKind.CITY}

    assert len(by_id) == len(PLACES)
    assert all(by_id[str(place.parent_id)].kind is step_up[place.kind] for place in BELOW_THE_CITY)


def test_every_point_says_where_it_comes_from_and_that_it_is_not_official() -> None:
    assert all(place.source and place.illustrative for place in PLACES)


@each_place
def test_a_place_lies_inside_the_city_s_bounds(place: Place) -> None:
    GAZETTEER.locate(Coordinates(latitude=place.latitude, longitude=place.longitude, datum=place.datum))


@each_town
def test_a_subdistrict_lies_among_its_own_district_s_rather_than_a_far_one_s(town: Place) -> None:
    home = district_of(town)
    own = points(*towns_of(home, without=town))

    for far in set(SUBDISTRICTS) - {home, *NEIGHBOURS[home].split()}:
        others = points(*towns_of(far, without=town))
        middles = np.array([own.mean(axis=0), others.mean(axis=0)])
        assert np.diff(distances_km(points(town), middles)) > 0, far
        assert distances_km(points(town), own).min() < distances_km(points(town), others).min(), far


def test_neighbours_are_each_other_s() -> None:
    assert all(home in NEIGHBOURS[other].split() for home, others in NEIGHBOURS.items() for other in others.split())


@pytest.mark.parametrize("place", [p for p in PLACES if p.kind is PlaceKind.DISTRICT], ids=GAZETTEER.full_name)
def test_a_district_s_point_lies_nearest_to_one_of_its_own_subdistricts(place: Place) -> None:
    assert district_of(TOWNS[distances_km(points(place), points(*TOWNS)).argmin()]) == place.name


def test_no_two_subdistricts_share_a_point() -> None:
    apart_km = distances_km(points(*TOWNS), points(*TOWNS))

    assert (apart_km[~np.eye(len(TOWNS), dtype=bool)] > 1).all()


@pytest.mark.parametrize(
    "row", [pytest.param(row, id=row["station"]) for row in read_rows(STATIONS.read_text(encoding="utf-8"))]
)
def test_a_subdistrict_lies_near_the_metro_stations_that_bear_its_name(row: dict[str, str]) -> None:
    town = GAZETTEER.find(row["subdistrict"])
    station = np.array([[float(row["latitude"]), float(row["longitude"])]])

    assert row["subdistrict"].removesuffix("街道") in row["station"]
    assert distances_km(points(town), station).item() < NEAR_KM


@each_place
def test_a_place_is_found_by_its_name_in_every_form(place: Place) -> None:
    full = GAZETTEER.full_name(place)
    traditional = OpenCC("s2t").convert(full)

    for written in (
        place.name,
        full,
        f"深圳市{full}",
        f"广东省深圳市{full}",
        traditional,
        f"廣東省深圳市{traditional}",
    ):
        assert GAZETTEER.find(written) is place, written


@each_place
def test_a_place_s_bare_name_finds_it_or_asks_which_of_two_is_meant(place: Place) -> None:
    bare = next(place.name.removesuffix(end) for end in ("街道", "新区", "区") if place.name.endswith(end))

    if bare not in SHARED_STEMS:
        assert GAZETTEER.find(bare) is place
        return
    with pytest.raises(InvalidRequest) as caught:
        GAZETTEER.find(bare)
    assert GAZETTEER.full_name(place) in caught.value.message.zh


@each_town
def test_a_subdistrict_s_bare_name_behind_its_district_is_enough(town: Place) -> None:
    assert GAZETTEER.find(district_of(town) + town.name.removesuffix("街道")) is town


@each_place
def test_an_alias_finds_its_place_only(place: Place) -> None:
    assert place.aliases
    assert all(GAZETTEER.find(alias) is place for alias in place.aliases)
