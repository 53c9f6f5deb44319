"""The city as a map: sub-districts, districts and sites, as GeoJSON (RFC 7946)."""

from typing import Any

from recommender.domain import Place, PlaceKind
from recommender.geography import Point
from recommender.geography.cells import cells
from recommender.network import Network

Json = dict[str, Any]


def city_map(network: Network) -> Json:
    """Return a FeatureCollection in WGS-84: each sub-district's cell (each district's in a city without them), each district, each site.

    A place's `geometry` is drawn from points alone (see `geography.cells`); that of a site whose point is not known is null.
    """
    return {
        "type": "FeatureCollection",
        "features": [*_places(network), *(_site(network, row) for row in range(len(network.sites)))],
    }


def _places(network: Network) -> list[Json]:
    gazetteer = network.gazetteer
    of_kind = {kind: [place for place in gazetteer.places if place.kind is kind] for kind in PlaceKind}
    districts = {place.place_id: place for place in of_kind[PlaceKind.DISTRICT]}
    drawn = of_kind[PlaceKind.SUBDISTRICT] or list(districts.values())
    groups = [place.parent_id if place.kind is PlaceKind.SUBDISTRICT else place.place_id for place in drawn]
    parts, joined = cells([gazetteer.point_of(place) for place in drawn], [group or "" for group in groups])
    whole = [(districts[group], shape) for group, shape in joined.items() if group in districts]
    smallest = [] if drawn == list(districts.values()) else list(zip(drawn, parts, strict=True))
    return [_place(network, place, shape) for place, shape in [*smallest, *whole]]


def _place(network: Network, place: Place, geometry: Json) -> Json:
    gazetteer = network.gazetteer
    district = gazetteer.district_of(place)
    properties = {
        "kind": place.kind.value,
        "id": place.place_id,
        "name": place.name,
        "full_name": gazetteer.full_name(place),
        "district_id": district and district.place_id,
        "point": _position(gazetteer.point_of(place)),
    }
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _site(network: Network, row: int) -> Json:
    site, point = network.sites[row], network.point_of_site(row)
    properties = {
        "kind": "site",
        "id": site.site_id,
        "name": site.name,
        "site_kind": site.kind.value,
        "status": site.status.value,
        "district": site.district,
        "subdistrict": site.subdistrict,
        "illustrative": site.illustrative,
    }
    geometry = point and {"type": "Point", "coordinates": _position(point)}
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _position(point: Point) -> tuple[float, float]:
    """Return a point as GeoJSON writes it: longitude first."""
    return round(point.longitude, 6), round(point.latitude, 6)
