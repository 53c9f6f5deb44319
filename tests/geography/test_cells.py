"""Cells hold what is nearest to their point, and together they are the whole outline."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import shape

from recommender.geography import Point, distances_km
from recommender.geography.cells import MARGIN_KM, cells

degrees = st.tuples(st.integers(22_400, 22_900), st.integers(113_700, 114_700))
cities = st.lists(degrees, min_size=1, max_size=30).map(lambda found: [Point(a / 1e3, b / 1e3) for a, b in found])
CENTRE, EAST, NORTH = Point(22.6, 114.0), Point(22.6, 114.2), Point(22.8, 114.0)


def area(geometry: dict[str, object]) -> shapely.Geometry:
    return shape(geometry)


@settings(deadline=None)
@given(cities, degrees)
def test_whatever_lies_in_a_cell_is_nearest_to_its_point(points: list[Point], somewhere: tuple[int, int]) -> None:
    parts, _ = cells(points, [""] * len(points))
    here = Point(somewhere[0] / 1e3, somewhere[1] / 1e3)
    distances = distances_km(
        np.array([[here.latitude, here.longitude]]), np.array([[p.latitude, p.longitude] for p in points])
    )[0]
    for part, distance in zip(parts, distances.tolist(), strict=True):
        if area(part).contains(shapely.Point(here.longitude, here.latitude)):
            assert distance == pytest.approx(distances.min(), abs=0.05)  # corners are rounded to 11 m


@settings(deadline=None)
@given(cities)
def test_the_cells_of_a_group_are_joined_and_all_groups_are_the_whole(points: list[Point]) -> None:
    groups = [str(row % 3) for row in range(len(points))]
    parts, joined = cells(points, groups)
    assert set(joined) == set(groups)
    for group, one in joined.items():
        its = shapely.union_all(
            [area(part).buffer(1e-4) for part, own in zip(parts, groups, strict=True) if own == group]
        )
        assert its.symmetric_difference(area(one)).area < 1e-3 * its.area + 1e-3
    whole = shapely.union_all([area(part).buffer(1e-4) for part in parts])
    assert (
        whole.symmetric_difference(shapely.union_all([area(one) for one in joined.values()])).area
        < 1e-3 * whole.area + 1e-3
    )
    assert all(area(part).is_valid and area(part).area > 0 for part in [*parts, *joined.values()])


def test_one_point_is_a_disc_of_the_margin() -> None:
    (part,), _ = cells([CENTRE], ["a"])
    corners = np.array(area(part).exterior.coords)[:, ::-1]
    distances = distances_km(corners, np.array([[CENTRE.latitude, CENTRE.longitude]]))
    assert distances.min() == pytest.approx(MARGIN_KM, abs=0.1)
    assert distances.max() == pytest.approx(MARGIN_KM, abs=0.1)


def test_points_that_stand_together_share_a_cell() -> None:
    parts, _ = cells([CENTRE, CENTRE, EAST, NORTH], ["a", "b", "c", "d"])
    assert parts[0] == parts[1] != parts[2]


def test_no_points_have_no_cells() -> None:
    assert cells([], []) == ([], {})
