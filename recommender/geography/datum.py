"""WGS-84, GCJ-02 and BD-09, from one to another.

GCJ-02 displaces WGS-84 by a series (not officially published) of sines on the Krasovsky 1940 ellipsoid; the constants are those of
"eviltransform" (public domain, https://github.com/googollee/eviltransform) and of the survey in
https://en.wikipedia.org/wiki/Restrictions_on_geographic_data_in_China. BD-09 displaces GCJ-02 once more, by a small rotation and offset.
Neither has a closed inverse; both displacements change so slowly that a fixed-point iteration converges below a centimetre.
"""

import math
from collections.abc import Callable

from recommender.domain import Datum

_SEMI_MAJOR_METRES = 6_378_245.0
_ECCENTRICITY_SQUARED = 0.00669342162296594323
_BAIDU_PI = math.pi * 3000.0 / 180.0
_ITERATIONS = 8

Degrees = tuple[float, float]


def _waves(x: float, y: float) -> Degrees:
    """Return the series' northward and eastward displacement in metres, for degrees east and north of (105, 35)."""
    common = 20.0 * math.sin(6.0 * x * math.pi) + 20.0 * math.sin(2.0 * x * math.pi)
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x))
    north += (common + 20.0 * math.sin(y * math.pi) + 40.0 * math.sin(y / 3.0 * math.pi)) * 2.0 / 3.0
    north += (160.0 * math.sin(y / 12.0 * math.pi) + 320.0 * math.sin(y / 30.0 * math.pi)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x))
    east += (common + 20.0 * math.sin(x * math.pi) + 40.0 * math.sin(x / 3.0 * math.pi)) * 2.0 / 3.0
    east += (150.0 * math.sin(x / 12.0 * math.pi) + 300.0 * math.sin(x / 30.0 * math.pi)) * 2.0 / 3.0
    return north, east


def _wgs84_to_gcj02(latitude: float, longitude: float) -> Degrees:
    north, east = _waves(longitude - 105.0, latitude - 35.0)
    radians = math.radians(latitude)
    magic = 1.0 - _ECCENTRICITY_SQUARED * math.sin(radians) ** 2
    metres_per_radian_north = _SEMI_MAJOR_METRES * (1.0 - _ECCENTRICITY_SQUARED) / magic**1.5
    metres_per_radian_east = _SEMI_MAJOR_METRES / math.sqrt(magic) * math.cos(radians)
    return latitude + math.degrees(north / metres_per_radian_north), longitude + math.degrees(
        east / metres_per_radian_east
    )


def _gcj02_to_bd09(latitude: float, longitude: float) -> Degrees:
    radius = math.hypot(longitude, latitude) + 0.00002 * math.sin(latitude * _BAIDU_PI)
    angle = math.atan2(latitude, longitude) + 0.000003 * math.cos(longitude * _BAIDU_PI)
    return radius * math.sin(angle) + 0.006, radius * math.cos(angle) + 0.0065


def _invert(displace: Callable[[float, float], Degrees], latitude: float, longitude: float) -> Degrees:
    """Return the point that `displace` moves to (latitude, longitude), within a centimetre."""
    guess_latitude, guess_longitude = latitude, longitude
    for _ in range(_ITERATIONS):
        moved_latitude, moved_longitude = displace(guess_latitude, guess_longitude)
        guess_latitude += latitude - moved_latitude
        guess_longitude += longitude - moved_longitude
    return guess_latitude, guess_longitude


def to_wgs84(latitude: float, longitude: float, datum: Datum) -> Degrees:
    """Return a point given in `datum` as WGS-84 degrees (latitude, longitude)."""
    if datum is Datum.BD09:
        latitude, longitude = _invert(_gcj02_to_bd09, latitude, longitude)
    if datum is not Datum.WGS84:
        latitude, longitude = _invert(_wgs84_to_gcj02, latitude, longitude)
    return latitude, longitude


def from_wgs84(latitude: float, longitude: float, datum: Datum) -> Degrees:
    """Return a WGS-84 point as degrees (latitude, longitude) in `datum`."""
    if datum is not Datum.WGS84:
        latitude, longitude = _wgs84_to_gcj02(latitude, longitude)
    if datum is Datum.BD09:
        latitude, longitude = _gcj02_to_bd09(latitude, longitude)
    return latitude, longitude
