"""Whether a catalogue's places hold together, and whether its points and addresses lie in the city."""

from collections.abc import Iterator, Mapping
from typing import Any

from recommender.catalogue.raw import problem
from recommender.catalogue.records import Records
from recommender.catalogue.tables import TABLES
from recommender.domain import Coordinates, Place, PlaceKind, TrainingSite
from recommender.errors import CatalogueProblem, InvalidRequest
from recommender.geography import Gazetteer
from recommender.language import Bilingual

_PARENT = {PlaceKind.CITY: None, PlaceKind.DISTRICT: PlaceKind.CITY, PlaceKind.SUBDISTRICT: PlaceKind.DISTRICT}


def check_places(places: Records) -> Iterator[CatalogueProblem]:
    """Yield what keeps a gazetteer from being made: not one city, reversed bounds, a parent of the wrong kind."""
    cities = [row for row, place in places if place.kind is PlaceKind.CITY]
    if len(cities) > 1 or (places.sound and not cities):
        yield problem(
            places.file,
            f"应恰有一行 kind 为 city，现有 {len(cities)} 行。",
            f"Expected exactly one row of kind city, found {len(cities)}.",
            row=cities[1] if cities else None,
            column="kind",
        )
    by_id = {place.place_id: place for _, place in places}
    for row, place in places:
        yield from _check_bounds(places.file, row, place)
        parent = by_id.get(place.parent_id or "")
        if (place.parent_id is None or parent is not None) and (parent.kind if parent else None) is not _PARENT[
            place.kind
        ]:
            expected = _PARENT[place.kind] or "empty"
            yield problem(
                places.file,
                f"{place.kind} 的上级应为 {expected}。",
                f"The parent of a {place.kind} should be {expected}.",
                row=row,
                column="parent_id",
                value=place.parent_id,
            )


def _check_bounds(file: str, row: int, place: Place) -> Iterator[CatalogueProblem]:
    for low, high in (("south", "north"), ("west", "east")):
        least, most = getattr(place, low), getattr(place, high)
        if least is not None and most is not None and least >= most:
            yield problem(
                file,
                f"{high} 应大于 {low}。",
                f"{high} should be greater than {low}.",
                row=row,
                column=high,
                value=str(most),
            )


def check_locations(tables: Mapping[str, Records], gazetteer: Gazetteer) -> Iterator[CatalogueProblem]:
    """Yield every point outside the city, and every district, sub-district or address that is not known."""
    for name in ("places", "sites", "learners", "enterprises"):
        table = tables.get(name)
        for row, record in table or ():
            for column, value, message in _faults(record, gazetteer):
                told = None if column in TABLES[name].personal else value
                yield problem(table.file, *message, row=row, column=column, value=told)  # type: ignore[union-attr]


def _faults(record: Any, gazetteer: Gazetteer) -> Iterator[tuple[str, str, Bilingual]]:
    """Yield (column, value, message) for everything wrong with one record's location."""
    if record.latitude is not None:
        try:
            gazetteer.locate(Coordinates(latitude=record.latitude, longitude=record.longitude, datum=record.datum))
        except InvalidRequest as error:
            yield "latitude", f"{record.latitude}, {record.longitude}", error.problems[0].message
    if isinstance(record, TrainingSite):
        yield from _site_faults(record, gazetteer)
    elif not isinstance(record, Place) and record.place is not None:
        try:
            gazetteer.find(record.place)
        except InvalidRequest as error:
            yield "place", record.place, error.problems[0].message


def _site_faults(site: TrainingSite, gazetteer: Gazetteer) -> Iterator[tuple[str, str, Bilingual]]:
    district = _named(site.district, PlaceKind.DISTRICT, "", gazetteer)
    if isinstance(district, Bilingual):
        yield "district", site.district or "", district
        return
    subdistrict = _named(site.subdistrict, PlaceKind.SUBDISTRICT, district.name if district else "", gazetteer)
    if isinstance(subdistrict, Bilingual):
        yield "subdistrict", site.subdistrict or "", subdistrict
    elif district and subdistrict and gazetteer.district_of(subdistrict) != district:
        full = gazetteer.full_name(subdistrict)
        yield (
            "subdistrict",
            subdistrict.name,
            Bilingual(f"不在{district.name}，是{full}。", f"Not in {district.name}: it is {full}."),
        )


def _named(name: str | None, kind: PlaceKind, within: str, gazetteer: Gazetteer) -> Place | Bilingual | None:
    """Return the place of this kind, None for no name, or what is wrong with it; a district tells namesakes apart."""
    if name is None:
        return None
    message = Bilingual(f"不是一个 {kind}。", f"Not a {kind}.")
    for written in dict.fromkeys((within + name, name)):
        try:
            place = gazetteer.find(written)
        except InvalidRequest as error:
            message = error.problems[0].message
        else:
            return place if place.kind is kind else Bilingual(f"不是一个 {kind}。", f"Not a {kind}.")
    return message
