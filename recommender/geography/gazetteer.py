"""Named places, and the city's bounds."""

import difflib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from recommender.domain import Coordinates, Place, PlaceKind
from recommender.errors import InvalidRequest
from recommender.geography.datum import to_wgs84
from recommender.language import Bilingual
from recommender.remembering import remembered
from recommender.text import normalise

_SUFFIXES = ("街道", "新区", "区", "市", "镇")
_OFFICES = ("街道办事处", "街道办")
_COUNTRY_AND_PROVINCE = ("中国", "广东省", "广东")


@dataclass(frozen=True, slots=True)
class Point:
    """A point in WGS-84 degrees."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Bounds:
    """The rectangle a city lies in, WGS-84 degrees."""

    south: float
    west: float
    north: float
    east: float

    def hold(self, point: Point) -> bool:
        """Tell whether `point` lies inside or on the edge."""
        return self.south <= point.latitude <= self.north and self.west <= point.longitude <= self.east

    def __str__(self) -> str:
        return f"{self.south}–{self.north}°N, {self.west}–{self.east}°E"


class Gazetteer:
    """Finds places by the names people write, and checks points against the city's bounds.

    `places` holds exactly one city; every district's parent is the city, every sub-district's parent a district.
    """

    def __init__(self, places: Sequence[Place]) -> None:
        self.places = tuple(places)
        self._by_id = {place.place_id: place for place in self.places}
        self.city = next(place for place in self.places if place.kind is PlaceKind.CITY)
        self.bounds = Bounds(
            *(float(edge or 0.0) for edge in (self.city.south, self.city.west, self.city.north, self.city.east))
        )
        self._by_name: dict[str, list[Place]] = defaultdict(list)
        for place in self.places:
            for name in self._written_forms(place):
                if place not in self._by_name[name]:
                    self._by_name[name].append(place)
        self._find = remembered(self._search, 4096)

    def _chain(self, place: Place) -> list[Place]:
        """Return the places around `place`, outermost first, without `place`."""
        parent = self._by_id.get(place.parent_id or "")
        return [*self._chain(parent), parent] if parent else []

    def _written_forms(self, place: Place) -> set[str]:
        """Return every normalised way to write a place: alone or behind the places around it, in full or without suffix."""
        own = set(map(normalise, (place.name, _stem(place.name), *place.aliases)))
        forms = set(own)
        prefixes = {""}
        for parent in self._chain(place):
            parts = {"", *map(normalise, (parent.name, _stem(parent.name)))}
            prefixes |= {before + part for before in prefixes for part in parts}
        return forms | {prefix + name for prefix in prefixes for name in own}

    def locate(self, coordinates: Coordinates, field: str = "location") -> Point:
        """Return `coordinates` as WGS-84; InvalidRequest when they lie outside the city or seem swapped."""
        point = Point(*to_wgs84(coordinates.latitude, coordinates.longitude, coordinates.datum))
        if self.bounds.hold(point):
            return point
        if self.bounds.hold(Point(point.longitude, point.latitude)):
            raise InvalidRequest.of(
                field, "纬度和经度似乎写反了，请对调。", "latitude and longitude seem to be swapped: exchange them."
            )
        raise InvalidRequest.of(
            field,
            f"该点不在{self.city.name}范围内（{self.bounds}，WGS-84）。请检查坐标和坐标系 datum。",
            f"The point lies outside the city's bounds ({self.bounds}, WGS-84); check the coordinates and their datum.",
        )

    def point_of(self, place: Place) -> Point:
        """Return a place's point in WGS-84."""
        return Point(*to_wgs84(place.latitude, place.longitude, place.datum))

    def find(self, name: str, field: str = "place") -> Place:
        """Return the place written as `name`; InvalidRequest with suggestions when there is none, or more than one."""
        places = self._find(name)
        if len(places) == 1:
            return places[0]
        if places:
            choices = "、".join(self.full_name(place) for place in places)
            raise InvalidRequest.of(
                field, f"地名不唯一，请写明是哪一个：{choices}。", f"This name is ambiguous; write one of: {choices}."
            )
        near = self.suggest(name)
        if near:
            hint = Bilingual("您是否要找：" + "、".join(near), "did you mean: " + ", ".join(near))
        else:
            hint = Bilingual(
                f"请写区或街道的名称，如{self._example()}", f"give a district or sub-district such as {self._example()}"
            )
        raise InvalidRequest.of(field, f"没有这个地名。{hint.zh}。", f"There is no such place; {hint.en}.")

    def _search(self, name: str) -> tuple[Place, ...]:
        """Return the places written as `name`: none, one, or several (龙岗 is a district's stem and a sub-district's)."""
        key = normalise(name).replace(" ", "")
        for prefix in _COUNTRY_AND_PROVINCE:
            key = key.removeprefix(prefix)
        for office in _OFFICES:
            key = key.removesuffix(office) + "街道" if key.endswith(office) else key
        return tuple(self._by_name.get(key) or self._by_name.get(normalise(name)) or ())

    def _example(self) -> str:
        return self.full_name(next((p for p in self.places if p.kind is PlaceKind.SUBDISTRICT), self.city))

    def suggest(self, name: str, limit: int = 4) -> list[str]:
        """Return full names of places spelt most like `name`, best first."""
        key = normalise(name).replace(" ", "")[:40]
        near = difflib.get_close_matches(key, self._by_name, n=6 * limit, cutoff=0.5)
        return list(dict.fromkeys(self.full_name(place) for form in near for place in self._by_name[form]))[:limit]

    def full_name(self, place: Place) -> str:
        """Return a place's name behind its district's, e.g. 南山区粤海街道."""
        return "".join(p.name for p in [*self._chain(place), place] if p.kind is not PlaceKind.CITY or place is p)

    def district_of(self, place: Place) -> Place | None:
        """Return the district a place is or lies in; None for the city."""
        return next((p for p in [*self._chain(place), place] if p.kind is PlaceKind.DISTRICT), None)


def _stem(name: str) -> str:
    """Return a name without its administrative suffix, 粤海街道 → 粤海; one-character stems keep it."""
    for suffix in _SUFFIXES:
        if name.endswith(suffix) and len(name) - len(suffix) >= 2:
            return name.removesuffix(suffix)
    return name
