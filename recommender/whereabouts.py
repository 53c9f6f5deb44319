"""Where the stored learners are: the point each asks from, and the district and sub-district each is counted in."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.domain import Learner, Place, PlaceKind
from recommender.errors import InvalidRequest
from recommender.geography import Gazetteer, Point, distances_km
from recommender.network import Network
from recommender.pace import rest
from recommender.profiles import point_of

UNKNOWN = -1
_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True, eq=False)
class Whereabouts:
    """Of `m` learners: `points` is `(m, 2)` WGS-84 degrees, NaN where not known; `district` and `subdistrict` are `(m,)` rows of the gazetteer's places,
    -1 where not known.

    A learner is where their place is. Who names no sub-district but has a point of their own is in the sub-district whose point is nearest to it, of
    their district where they name one; a point that is only a district's tells of no sub-district.
    """

    points: NDArray[np.float64]
    district: NDArray[np.int64]
    subdistrict: NDArray[np.int64]


def whereabouts(network: Network) -> Whereabouts:
    """Return where the stored learners of a network are; to be remembered by it."""
    gazetteer, size = network.gazetteer, len(network.learners)
    found = Whereabouts(np.full((size, 2), np.nan), np.full(size, UNKNOWN), np.full(size, UNKNOWN))
    row_of = {place.place_id: row for row, place in enumerate(gazetteer.places)}
    district_of = _district_rows(gazetteer, row_of)
    own: list[int] = []
    for row, learner in enumerate(network.learners):
        rest()
        named, point = _named(learner, gazetteer), _point(learner, gazetteer)
        if named:
            found.district[row] = district_of[row_of[named.place_id]]
            found.subdistrict[row] = row_of[named.place_id] if named.kind is PlaceKind.SUBDISTRICT else UNKNOWN
        if point:
            found.points[row] = point.latitude, point.longitude
        if point and learner.latitude is not None and found.subdistrict[row] == UNKNOWN:
            own.append(row)
    _place_by_point(found, own, gazetteer, district_of)
    return found


def degrees_of(places: Sequence[Place], gazetteer: Gazetteer) -> NDArray[np.float64]:
    """Return the places' points, `(p, 2)` WGS-84 degrees."""
    points = [gazetteer.point_of(place) for place in places]
    return np.array([(point.latitude, point.longitude) for point in points], dtype=np.float64).reshape(-1, 2)


def _district_rows(gazetteer: Gazetteer, row_of: dict[str, int]) -> NDArray[np.int64]:
    """Return the row of the district that each place is or lies in, -1 for the city."""
    districts = (gazetteer.district_of(place) for place in gazetteer.places)
    return np.array([row_of[each.place_id] if each else UNKNOWN for each in districts], dtype=np.int64)


def _named(learner: Learner, gazetteer: Gazetteer) -> Place | None:
    try:
        return gazetteer.find(learner.place) if learner.place else None
    except InvalidRequest:
        return None


def _point(learner: Learner, gazetteer: Gazetteer) -> Point | None:
    try:
        return point_of(learner, gazetteer)
    except InvalidRequest:
        return None


def _place_by_point(
    found: Whereabouts, rows: Sequence[int], gazetteer: Gazetteer, district_of: NDArray[np.int64]
) -> None:
    """Write where those in `rows` are by the named place nearest to each: sub-districts, and districts that have none."""
    divided = {place.parent_id for place in gazetteer.places if place.kind is PlaceKind.SUBDISTRICT}
    near = np.array(
        [
            row
            for row, place in enumerate(gazetteer.places)
            if district_of[row] != UNKNOWN and place.place_id not in divided
        ],
        dtype=np.int64,
    )
    if not len(near):
        return
    where = degrees_of([gazetteer.places[row] for row in near.tolist()], gazetteer)
    is_subdistrict = np.array([gazetteer.places[row].kind is PlaceKind.SUBDISTRICT for row in near.tolist()])
    for start in range(0, len(rows), _AT_ONCE):
        some = np.array(rows[start : start + _AT_ONCE])
        distances = distances_km(found.points[some], where)
        elsewhere = (found.district[some, None] != UNKNOWN) & (found.district[some, None] != district_of[near])
        nearest = np.where(elsewhere, np.inf, distances).argmin(axis=1)
        found.district[some] = district_of[near[nearest]]
        found.subdistrict[some] = np.where(is_subdistrict[nearest], near[nearest], UNKNOWN)
        rest()
