"""The map, in the shapes of GeoJSON (RFC 7946): WGS-84, longitude first."""

from typing import Annotated, Literal

from pydantic import Field

from api.schemas.records import Answer
from recommender.domain import PlaceKind, SiteKind, SiteStatus

Position = tuple[float, float]
Rings = list[list[Position]]


class PointGeometry(Answer):
    """Where a site stands."""

    type: Literal["Point"]
    coordinates: Position


class PolygonGeometry(Answer):
    """An area in one piece."""

    type: Literal["Polygon"]
    coordinates: Rings


class MultiPolygonGeometry(Answer):
    """An area in several pieces."""

    type: Literal["MultiPolygon"]
    coordinates: list[Rings]


Area = Annotated[PolygonGeometry | MultiPolygonGeometry, Field(discriminator="type")]


class PlaceProperties(Answer):
    """A sub-district or district."""

    kind: PlaceKind
    id: str
    name: str
    full_name: str
    district_id: str | None
    point: Position


class SiteProperties(Answer):
    """A training site."""

    kind: Literal["site"]
    id: str
    name: str
    site_kind: SiteKind
    status: SiteStatus
    district: str | None
    subdistrict: str | None
    illustrative: bool


class PlaceFeature(Answer):
    """Where a place's point is the nearest one: drawn from points, no boundary."""

    type: Literal["Feature"]
    geometry: Area
    properties: PlaceProperties


class SiteFeature(Answer):
    """A site, without a geometry where its point is not known."""

    type: Literal["Feature"]
    geometry: PointGeometry | None
    properties: SiteProperties


class CityMap(Answer):
    """The city."""

    snapshot: str
    type: Literal["FeatureCollection"]
    features: list[PlaceFeature | SiteFeature]
