"""Points, datums, distances and the names of places."""

from recommender.geography.datum import from_wgs84, to_wgs84
from recommender.geography.distance import distances_km
from recommender.geography.gazetteer import Bounds, Gazetteer, Point

__all__ = ["Bounds", "Gazetteer", "Point", "distances_km", "from_wgs84", "to_wgs84"]
