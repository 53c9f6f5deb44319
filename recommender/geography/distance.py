"""Great-circle distances."""

import numpy as np
from numpy.typing import NDArray

EARTH_RADIUS_KM = 6371.0088  # mean radius R1 of the GRS 80 ellipsoid, IUGG


def distances_km(from_points: NDArray[np.float64], to_points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return great-circle distances in kilometres, `(n, m) float64`.

    Points are `(n, 2)` and `(m, 2)` WGS-84 degrees, latitude first. A row of NaN (a point that is not known) gives NaN.
    """
    from sklearn.metrics.pairwise import haversine_distances  # takes most of a second to import

    result = np.full((len(from_points), len(to_points)), np.nan)
    rows, columns = ~np.isnan(from_points).any(axis=1), ~np.isnan(to_points).any(axis=1)
    if rows.any() and columns.any():
        radians = haversine_distances(np.radians(from_points[rows]), np.radians(to_points[columns]))
        result[np.ix_(rows, columns)] = radians * EARTH_RADIUS_KM
    return result
