"""Conversions between datums, against published pairs of points and against their own inverse.

The pairs for GCJ-02 are those that the ports of "eviltransform" are tested with (https://github.com/googollee/eviltransform).
Its pairs for BD-09 are not used: they come from a formula with π where BD-09 has π·3000/180, and are up to 41 m off.
"""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.domain import Datum
from recommender.geography import from_wgs84, to_wgs84

Degrees = tuple[float, float]

SOUTH, WEST, NORTH, EAST = 22.39, 113.75, 22.87, 114.63
SHIFTED = (Datum.GCJ02, Datum.BD09)
points = st.tuples(st.floats(SOUTH, NORTH), st.floats(WEST, EAST))


def metres_between(one: Degrees, other: Degrees) -> float:
    """Return the distance over a small plane around `one`; good to a part in a thousand within a few kilometres."""
    north = (other[0] - one[0]) * 111_195
    east = (other[1] - one[1]) * 111_195 * math.cos(math.radians(one[0]))
    return math.hypot(north, east)


@pytest.mark.parametrize("datum", Datum)
@given(point=points)
def test_a_point_of_the_city_returns_within_a_metre(datum: Datum, point: Degrees) -> None:
    there_and_back = to_wgs84(*from_wgs84(*point, datum), datum)
    back_and_there = from_wgs84(*to_wgs84(*point, datum), datum)

    assert metres_between(point, there_and_back) < 1
    assert metres_between(point, back_and_there) < 1


@pytest.mark.parametrize(
    ("wgs84", "gcj02"),
    [
        ((22.543847, 113.912316), (22.540796131694766, 113.9171764808363)),  # Shenzhen
        ((31.1774276, 121.5272106), (31.17530398364597, 121.531541859215)),  # Shanghai
        ((39.911954, 116.377817), (39.91334545536069, 116.38404722455657)),  # Beijing
    ],
)
def test_gcj02_agrees_with_published_pairs(wgs84: Degrees, gcj02: Degrees) -> None:
    assert from_wgs84(*wgs84, Datum.GCJ02) == pytest.approx(gcj02, abs=1e-9)
    assert to_wgs84(*gcj02, Datum.GCJ02) == pytest.approx(wgs84, abs=1e-7)


def test_bd09_agrees_with_the_example_in_baidu_s_own_documentation() -> None:
    # the answer of Baidu's conversion service (geoconv, from=1, to=5), whose last digits vary from day to day
    wgs84, bd09 = (29.575429778924, 114.21892734521), (29.57908428837437, 114.2307519546763)

    assert metres_between(from_wgs84(*wgs84, Datum.BD09), bd09) < 1
    assert metres_between(to_wgs84(*bd09, Datum.BD09), wgs84) < 1


def test_bd09_agrees_with_a_published_pair_of_gcj02() -> None:
    # from the tests of "coordtransform" (https://github.com/wandergis/coordtransform)
    gcj02, bd09 = (39.915, 116.404), (39.92133699351021, 116.41036949371029)

    assert from_wgs84(*to_wgs84(*gcj02, Datum.GCJ02), Datum.BD09) == pytest.approx(bd09, abs=1e-8)


@pytest.mark.parametrize(("datum", "least", "most"), [(Datum.GCJ02, 300, 900), (Datum.BD09, 900, 1500)])
@given(point=points)
def test_a_datum_shifts_the_city_by_as_much_as_it_is_known_to(
    datum: Datum, least: float, most: float, point: Degrees
) -> None:
    assert least < metres_between(point, from_wgs84(*point, datum)) < most


@given(point=points)
def test_gcj02_lies_to_the_south_east_and_bd09_to_the_north_east_of_it(point: Degrees) -> None:
    gcj02, bd09 = (from_wgs84(*point, datum) for datum in SHIFTED)

    assert gcj02[0] < point[0]
    assert gcj02[1] > point[1]
    assert bd09[0] > gcj02[0]
    assert bd09[1] > gcj02[1]


@given(point=points)
def test_wgs84_is_left_as_it_is(point: Degrees) -> None:
    assert to_wgs84(*point, Datum.WGS84) == point == from_wgs84(*point, Datum.WGS84)
