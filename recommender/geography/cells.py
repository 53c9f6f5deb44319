"""A map made of points alone: every named point's cell, inside the outline of all points.

A cell is where that point is the nearest one (Voronoi 1908), so a map can be coloured although nobody has given us boundaries. It is no boundary.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.geography.distance import EARTH_RADIUS_KM
from recommender.geography.gazetteer import Point

MARGIN_KM = 2.5  # how far the outline lies beyond the outermost points
HOLLOWNESS = 0.25  # shapely's ratio: 0 follows every bay between the points, 1 is the convex hull
_DECIMALS = 4  # of degrees: 11 m

Geometry = dict[str, Any]


def cells(points: Sequence[Point], groups: Sequence[str]) -> tuple[list[Geometry], dict[str, Geometry]]:
    """Return each point's cell, and the cells of each group joined, as GeoJSON geometries (WGS-84, longitude first).

    Points that stand together share a cell. No points, no cells.
    """
    import shapely  # takes a moment, and only maps need it

    if not points:
        return [], {}
    plane = _Plane(points)
    places = shapely.points(plane.kilometres(points))
    outline = _outline(shapely.multipoints(places))
    parts = _parts(places, outline)
    joined = {
        group: shapely.union_all([part for part, its in zip(parts, groups, strict=True) if its == group])
        for group in dict.fromkeys(groups)
    }
    return [plane.geojson(part) for part in parts], {name: plane.geojson(whole) for name, whole in joined.items()}


def _outline(places: Any) -> Any:
    import shapely

    return shapely.simplify(shapely.concave_hull(places, ratio=HOLLOWNESS).buffer(MARGIN_KM), 0.05)


def _parts(places: NDArray[Any], outline: Any) -> list[Any]:
    """Return for each place the part of the outline to which it is nearest."""
    import shapely

    every = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(places), extend_to=outline.buffer(1)))
    if not len(every):  # all points stand together
        return [outline] * len(places)
    place, part = shapely.STRtree(every).query(places, predicate="within")
    cell_of = dict(zip(place.tolist(), part.tolist(), strict=True))
    return [shapely.intersection(every[cell_of[row]], outline) for row in range(len(places))]


class _Plane:
    """A plane in kilometres that touches the earth amid some points; over a city it is true to a few metres."""

    def __init__(self, points: Sequence[Point]) -> None:
        middle = np.mean([point.latitude for point in points])
        degree_km = np.radians(1) * EARTH_RADIUS_KM
        self._scale = np.array([degree_km * np.cos(np.radians(middle)), degree_km])

    def kilometres(self, points: Sequence[Point]) -> NDArray[np.float64]:
        """Return points as `(n, 2)` kilometres east and north."""
        return np.array([(point.longitude, point.latitude) for point in points]) * self._scale

    def geojson(self, shape: Any) -> Geometry:
        """Return a shape of the plane as a geometry in degrees (RFC 7946)."""
        import shapely
        from shapely.geometry import mapping
        from shapely.geometry.polygon import orient

        degrees = shapely.transform(shape, lambda xy: xy / self._scale)
        rounded = shapely.set_precision(degrees, 10.0**-_DECIMALS)  # what rounding would cross stays whole
        parts = [orient(part) for part in shapely.get_parts(rounded)]
        whole = parts[0] if len(parts) == 1 else shapely.multipolygons(parts)
        return mapping(shapely.transform(whole, lambda xy: np.round(xy, _DECIMALS)))
