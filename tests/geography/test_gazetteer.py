"""A made city of three districts: how its places may be written, and which points lie in it."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.domain import Coordinates, Datum, Place, PlaceKind
from recommender.errors import InvalidRequest
from recommender.geography import Gazetteer, Point, from_wgs84


def place(
    place_id: str, name: str, parent_id: str, *aliases: str, at: tuple[float, float], datum: Datum = Datum.WGS84
) -> Place:
    kind = PlaceKind.DISTRICT if parent_id == "city" else PlaceKind.SUBDISTRICT
    return Place(
        place_id=place_id,
        name=name,
        kind=kind,
        parent_id=parent_id,
        aliases=aliases,
        latitude=at[0],
        longitude=at[1],
        datum=datum,
    )


CITY = Place(
    place_id="city",
    name="深圳市",
    kind=PlaceKind.CITY,
    aliases=("Shenzhen",),
    latitude=22.54,
    longitude=114.06,
    south=22.39,
    west=113.75,
    north=22.87,
    east=114.63,
)
PLACES = (
    CITY,
    place("nanshan", "南山区", "city", "Nanshan District", at=(22.54, 113.937)),
    place("longgang", "龙岗区", "city", at=(22.685, 114.205)),
    place("dapeng", "大鹏新区", "city", at=(22.59, 114.47)),
    place("yuehai", "粤海街道", "nanshan", "后海", "Yuehai", at=(22.529, 113.941)),
    place("taoyuan", "桃源街道", "nanshan", at=from_wgs84(22.578, 113.976, Datum.BD09), datum=Datum.BD09),
    place("longgang-town", "龙岗街道", "longgang", at=(22.733, 114.266)),
    place("kengzi", "坑梓街道", "longgang", at=(22.75, 114.376)),
    place("nanao", "南澳街道", "dapeng", "Nan'ao", at=(22.537, 114.484)),
)


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return Gazetteer(PLACES)


def refusal(gazetteer: Gazetteer, name: str) -> tuple[str, str]:
    with pytest.raises(InvalidRequest) as caught:
        gazetteer.find(name, "location.place")
    (problem,) = caught.value.problems
    assert problem.field == "location.place"
    return problem.message.zh, problem.message.en


@pytest.mark.parametrize(
    ("written", "place_id"),
    [
        ("南山区粤海街道", "yuehai"),
        ("粤海街道", "yuehai"),
        ("粤海", "yuehai"),
        ("南山粤海", "yuehai"),
        ("南山区粤海", "yuehai"),
        ("深圳南山粤海街道", "yuehai"),
        ("深圳市粤海街道", "yuehai"),
        ("深圳市南山区粤海街道", "yuehai"),
        ("广东深圳南山区粤海街道", "yuehai"),
        ("中国广东省深圳市南山区粤海街道", "yuehai"),
        ("廣東省深圳市南山區粵海街道", "yuehai"),
        (" 南山区 粤海街道\n", "yuehai"),
        ("粤海街道办", "yuehai"),
        ("南山区粤海街道办事处", "yuehai"),
        ("后海", "yuehai"),
        ("南山区后海", "yuehai"),
        ("ｙｕｅｈａｉ", "yuehai"),
        ("YUEHAI", "yuehai"),
        ("nanshan district", "nanshan"),
        ("南山", "nanshan"),
        ("深圳市南山区", "nanshan"),
        ("坑梓", "kengzi"),
        ("龍崗區坑梓", "kengzi"),
        ("大鹏", "dapeng"),
        ("大鵬新區南澳街道", "nanao"),
        ("龙岗区", "longgang"),
        ("龙岗街道", "longgang-town"),
        ("龙岗龙岗", "longgang-town"),
        ("深圳", "city"),
        ("廣東省深圳市", "city"),
        ("shenzhen", "city"),
    ],
)
def test_a_place_is_found_as_people_write_it(gazetteer: Gazetteer, written: str, place_id: str) -> None:
    assert gazetteer.find(written).place_id == place_id


def test_a_name_that_two_places_bear_is_refused_and_both_are_named(gazetteer: Gazetteer) -> None:
    for message in refusal(gazetteer, "龙岗"):
        assert "龙岗区、龙岗区龙岗街道" in message
    zh, en = refusal(gazetteer, "龍崗")
    assert "不唯一" in zh
    assert "ambiguous" in en


@pytest.mark.parametrize("written", ["粤海街", "月海街道", "南山区月海街道", "南山粤海街到"])
def test_a_misspelt_name_is_refused_with_the_likely_one_first(gazetteer: Gazetteer, written: str) -> None:
    zh, en = refusal(gazetteer, written)

    assert zh.startswith("没有这个地名。您是否要找：南山区粤海街道")
    assert en.startswith("There is no such place; did you mean: 南山区粤海街道")


@pytest.mark.parametrize("written", ["qwertyuiop", "火星", "", "   ", "🙂", "x" * 100_000])
def test_a_name_like_none_is_refused_with_an_example_and_not_repeated(gazetteer: Gazetteer, written: str) -> None:
    zh, en = refusal(gazetteer, written)

    assert "南山区粤海街道" in zh
    assert "南山区粤海街道" in en
    assert len(zh) < 60


@settings(deadline=None)  # the first example waits for an import or a table
@given(written=st.text())
def test_whatever_is_written_is_found_or_refused(written: str) -> None:
    with suppress(InvalidRequest):
        assert Gazetteer(PLACES).find(written) in PLACES


def test_suggestions_are_few_different_and_full_names(gazetteer: Gazetteer) -> None:
    suggestions = gazetteer.suggest("龙岗区龙街道", limit=2)

    assert suggestions[0] == "龙岗区龙岗街道"
    assert len(suggestions) == len(set(suggestions)) == 2


def test_full_names_say_the_district_but_not_the_city(gazetteer: Gazetteer) -> None:
    assert {gazetteer.full_name(place) for place in PLACES if place.place_id in ("city", "nanshan", "yuehai")} == {
        "深圳市",
        "南山区",
        "南山区粤海街道",
    }


def test_a_place_lies_in_its_district_and_the_city_in_none(gazetteer: Gazetteer) -> None:
    districts = {place.place_id: gazetteer.district_of(place) for place in PLACES}

    assert districts["city"] is None
    assert districts["nanao"] is gazetteer.find("大鹏新区")
    assert districts["nanshan"] is gazetteer.find("南山区")


def test_a_place_given_in_another_datum_is_brought_to_wgs84(gazetteer: Gazetteer) -> None:
    point = gazetteer.point_of(gazetteer.find("桃源街道"))

    assert (point.latitude, point.longitude) == pytest.approx((22.578, 113.976), abs=1e-6)


@pytest.mark.parametrize("datum", Datum)
def test_a_point_of_the_city_is_brought_to_wgs84(gazetteer: Gazetteer, datum: Datum) -> None:
    latitude, longitude = from_wgs84(22.69, 114.34, datum)

    point = gazetteer.locate(Coordinates(latitude=latitude, longitude=longitude, datum=datum))

    assert (point.latitude, point.longitude) == pytest.approx((22.69, 114.34), abs=1e-6)


@pytest.mark.parametrize(("latitude", "longitude"), [(22.39, 113.75), (22.87, 114.63)])
def test_the_edge_belongs_to_the_city(gazetteer: Gazetteer, latitude: float, longitude: float) -> None:
    assert gazetteer.locate(Coordinates(latitude=latitude, longitude=longitude)) == Point(latitude, longitude)


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [(39.9, 116.4), (0.0, 0.0), (22.389, 114.0), (22.871, 114.0), (22.5, 113.749), (22.5, 114.631), (-90, 180)],
)
def test_a_point_outside_is_refused_and_the_bounds_are_stated(
    gazetteer: Gazetteer, latitude: float, longitude: float
) -> None:
    with pytest.raises(InvalidRequest) as caught:
        gazetteer.locate(Coordinates(latitude=latitude, longitude=longitude), "location")

    (problem,) = caught.value.problems
    assert problem.field == "location"
    for message in problem.message:
        assert all(bound in message for bound in ("22.39", "113.75", "22.87", "114.63"))
    assert "深圳市" in problem.message.zh


def test_the_datum_decides_whether_a_point_near_the_edge_lies_inside(gazetteer: Gazetteer) -> None:
    just_inside = from_wgs84(22.5, 114.629, Datum.BD09)

    gazetteer.locate(Coordinates(latitude=just_inside[0], longitude=just_inside[1], datum=Datum.BD09))
    with pytest.raises(InvalidRequest):
        gazetteer.locate(Coordinates(latitude=just_inside[0], longitude=just_inside[1], datum=Datum.WGS84))


def test_swapped_coordinates_are_recognised_where_a_longitude_could_be_a_latitude() -> None:
    # Shenzhen's longitudes are above 90 and refused as latitudes before they get here; Ürümqi's are not
    city = Place(
        place_id="u",
        name="乌鲁木齐市",
        kind=PlaceKind.CITY,
        latitude=43.8,
        longitude=87.6,
        south=43,
        west=87,
        north=45,
        east=89,
    )

    with pytest.raises(InvalidRequest) as caught:
        Gazetteer([city]).locate(Coordinates(latitude=87.6, longitude=43.8))

    assert "写反" in caught.value.message.zh
    assert "swapped" in caught.value.message.en
