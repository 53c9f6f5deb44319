"""Reads a whole catalogue: all of it, or a list of everything that is wrong with it."""

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import replace as replaced
from pathlib import Path

from recommender.catalogue.cells import CellReader
from recommender.catalogue.files import read_source
from recommender.catalogue.locations import check_locations, check_places
from recommender.catalogue.raw import Source, problem
from recommender.catalogue.records import Records, read_records
from recommender.catalogue.references import check_prerequisites, check_references
from recommender.catalogue.tables import TABLES
from recommender.domain import Catalogue, Course, Provider
from recommender.errors import CatalogueError, CatalogueProblem
from recommender.geography import Gazetteer
from recommender.taxonomy import Taxonomy

_CLUSTERS = ("clusters", "cluster_relations")
_PLACES = ("places",)
_NETWORK = tuple(name for name in TABLES if name not in (*_CLUSTERS, *_PLACES))

Tables = dict[str, Records]


@dataclass(frozen=True, slots=True)
class CatalogueReading:
    """A catalogue that holds, what was left out (`notices`), and whether a date was counted from the day of import."""

    catalogue: Catalogue
    notices: tuple[CatalogueProblem, ...]
    relative_dates: bool


def bundled_catalogue_folder() -> Path:
    """Return the folder of the bundled Shenzhen network."""
    return Path(__file__).parent.parent / "data" / "shenzhen"


def read_catalogue(path: Path, *, today: datetime.date, fallback: Path | None = None) -> CatalogueReading:
    """Read the catalogue at `path`: a folder of CSV files, an `.xlsx` workbook, or a `.jsonl` file.

    Records keep the order of their rows. Dates such as `+14d` count from `today`. A catalogue without clusters or
    places takes those of the folder `fallback`, the bundled one unless given. Raises CatalogueError with every problem
    of every file.
    """
    source = _find_tables(path, fallback or bundled_catalogue_folder())
    clusters = _read(source, _CLUSTERS, CellReader(today))
    places = _read(source, _PLACES, CellReader(today))
    cells = CellReader(today, _taxonomy(clusters))
    tables = {**clusters, **places, **_read(source, _NETWORK, cells)}
    problems = [*source.problems, *_disagreements(tables, _gazetteer(places))]
    if problems:
        raise CatalogueError(_in_order(problems))
    catalogue = Catalogue(**{name: tuple(table.records) for name, table in tables.items()})
    if not catalogue.providers:
        catalogue = replaced(catalogue, providers=_providers_of(catalogue.courses))
    return CatalogueReading(catalogue, tuple(source.notices), cells.relative_dates)


def _find_tables(path: Path, fallback: Path) -> Source:
    """Return the tables at `path`, with clusters and places from `fallback` where it has none of its own."""
    source = read_source(path)
    if source.tables:
        for table in TABLES.values():
            if table.required and table.name not in source.tables:
                file = f"{table.name}.csv" if path.is_dir() else f"{path.name}[{table.name}]"
                source.problems.append(problem(file, "缺少这张必需的表。", "This table is required and is missing."))
    for name, raw in list(source.tables.items()):
        if raw.complete and not raw.rows:
            if raw.table.required:
                source.problems.append(
                    problem(raw.file, "只有标题，没有数据行。", "There are no rows below the header.")
                )
            else:
                del source.tables[name]
    lacking = [*([] if "clusters" in source.tables else _CLUSTERS), *([] if "places" in source.tables else _PLACES)]
    if lacking and source.tables:
        _fall_back(source, lacking, fallback)
    return source


def _fall_back(source: Source, lacking: Sequence[str], fallback: Path) -> None:
    other = read_source(fallback)
    for name in lacking:
        if name in other.tables:
            raw = replaced(other.tables[name], file=f"{fallback.name}/{other.tables[name].file}")
            source.tables.setdefault(name, raw)
    for name in ("clusters", "places"):
        if name not in source.tables:
            source.problems.append(
                problem(
                    str(fallback),
                    f"目录和备用目录都缺少表 {name}。",
                    f"Neither the catalogue nor its fallback holds the table {name}.",
                )
            )


def _read(source: Source, names: Sequence[str], cells: CellReader) -> Tables:
    return {name: read_records(source.tables[name], cells, source.problems) for name in names if name in source.tables}


def _taxonomy(tables: Mapping[str, Records]) -> Taxonomy | None:
    """Return the taxonomy, or None when its tables are at fault, which has been or will be reported."""
    if "clusters" not in tables or not all(table.sound for table in tables.values()) or any(check_references(tables)):
        return None
    relations = tables.get("cluster_relations")
    return Taxonomy(tables["clusters"].records, relations.records if relations else ())


def _gazetteer(tables: Mapping[str, Records]) -> Gazetteer | None:
    """Return the gazetteer, or None when the places are at fault, which has been or will be reported."""
    places = tables.get("places")
    if places is None or not places.sound or any(check_references(tables)) or any(check_places(places)):
        return None
    return Gazetteer(places.records)


def _disagreements(tables: Mapping[str, Records], gazetteer: Gazetteer | None) -> Iterator[CatalogueProblem]:
    """Yield what is wrong between rows and between tables."""
    yield from check_references(tables)
    if "courses" in tables:
        yield from check_prerequisites(tables["courses"])
    if "places" in tables:
        yield from check_places(tables["places"])
    if gazetteer is not None:
        yield from check_locations(tables, gazetteer)


def _providers_of(courses: Sequence[Course]) -> tuple[Provider, ...]:
    """Return the providers that courses name, in that order; illustrative where all their courses are."""
    real = {course.provider for course in courses if not course.illustrative}
    names = dict.fromkeys(course.provider for course in courses if course.provider)
    return tuple(Provider(name=name, illustrative=name not in real) for name in names)


def _in_order(problems: Sequence[CatalogueProblem]) -> list[CatalogueProblem]:
    """Return problems file by file, each file's by row; within a row, as they were found."""
    files = {file: place for place, file in enumerate(dict.fromkeys(found.file for found in problems))}
    return sorted(problems, key=lambda found: (files[found.file], found.row or 0))
