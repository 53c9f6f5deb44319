"""Great-circle distances, against the formula worked out by hand."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from recommender.geography import distances_km

EARTH_RADIUS_KM = 6371.0088
CITY_HALL, KENGZI, DAPENG = (22.543, 114.057), (22.750, 114.376), (22.5945, 114.479)

anywhere = st.lists(st.tuples(st.floats(-90, 90), st.floats(-180, 180)), min_size=1, max_size=6)


def haversine_km(one: tuple[float, float], other: tuple[float, float]) -> float:
    (south, west), (north, east) = ([math.radians(degrees) for degrees in point] for point in (one, other))
    half_chord_squared = (
        math.sin((north - south) / 2) ** 2 + math.cos(south) * math.cos(north) * math.sin((east - west) / 2) ** 2
    )
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(min(half_chord_squared, 1.0)))


def array(*points: tuple[float, float]) -> NDArray[np.float64]:
    return np.array(points, dtype=np.float64).reshape(-1, 2)


def test_distances_are_those_of_the_haversine_formula() -> None:
    rows, columns = [CITY_HALL, KENGZI], [DAPENG, CITY_HALL, KENGZI]

    expected = [[haversine_km(row, column) for column in columns] for row in rows]

    assert distances_km(array(*rows), array(*columns)) == pytest.approx(np.array(expected), abs=1e-9)


@pytest.mark.parametrize(
    ("one", "other", "kilometres"),
    [
        ((22.0, 114.0), (23.0, 114.0), 111.195),  # a degree of a meridian, 2πR/360
        ((0.0, 0.0), (0.0, 180.0), 20_015.115),  # half the way round, πR
        ((22.5, 114.0), (22.5, 115.0), 102.731),  # a degree of a parallel, shorter by cos 22.5°
    ],
)
def test_distances_that_can_be_worked_out_on_paper(
    one: tuple[float, float], other: tuple[float, float], kilometres: float
) -> None:
    assert distances_km(array(one), array(other)).item() == pytest.approx(kilometres, abs=2e-3)


@settings(deadline=None)  # the first example waits for an import or a table
@given(points=anywhere)
def test_the_way_back_is_as_long_and_a_point_is_nowhere_far_from_itself(points: list[tuple[float, float]]) -> None:
    distances = distances_km(array(*points), array(*points))

    assert distances == pytest.approx(distances.T, abs=1e-6)
    assert np.diag(distances) == pytest.approx(0, abs=1e-6)
    assert ((distances >= 0) & (distances <= math.pi * EARTH_RADIUS_KM + 1e-6)).all()


def test_the_distance_to_a_point_that_is_not_known_is_not_known() -> None:
    nan = math.nan

    distances = distances_km(array(CITY_HALL, (nan, nan)), array((22.5, nan), KENGZI, (nan, 114.0)))

    assert np.isnan(distances).tolist() == [[True, False, True], [True, True, True]]
    assert distances[0, 1] == pytest.approx(haversine_km(CITY_HALL, KENGZI))


@pytest.mark.parametrize(("rows", "columns"), [(0, 3), (2, 0), (0, 0)])
def test_no_points_have_no_distances(rows: int, columns: int) -> None:
    distances = distances_km(array(*[CITY_HALL] * rows), array(*[KENGZI] * columns))

    assert distances.shape == (rows, columns)
    assert distances.dtype == np.float64


def test_only_unknown_points_have_only_unknown_distances() -> None:
    assert np.isnan(distances_km(array((math.nan, math.nan)), array(CITY_HALL))).all()
