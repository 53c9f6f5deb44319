"""A catalogue made ready to compute with: records in a fixed order, and the columns that constraints and blocks read.

Every table stands in the order of its ids, instances in that of (course_id, instance_id), so that the row number breaks ties.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, lru_cache, partial
from operator import attrgetter, is_
from typing import Any, TypeVar

import numpy as np
import orjson
from numpy.typing import NDArray

from recommender.columns import MODES, InstanceColumns
from recommender.domain import (
    Approval,
    Catalogue,
    Coordinates,
    Course,
    CourseInstance,
    Enterprise,
    Learner,
    Mode,
    SiteStatus,
    TrainingSite,
)
from recommender.geography import Gazetteer, Point, distances_km
from recommender.pace import rest
from recommender.remembering import remembered
from recommender.taxonomy import Taxonomy

_REMEMBERED_COLUMNS = 512
_REMEMBERED_POINTS = 4096  # people are at named places, or come back from where they were

Part = TypeVar("Part")
_Made = dict[str, tuple[tuple[Any, ...], Any]]  # of what each part was made, and the part

_KEYS = {
    "sites": ("site_id",),
    "providers": ("name",),
    "courses": ("course_id",),
    "course_instances": ("course_id", "instance_id"),
    "learners": ("learner_id",),
    "enterprises": ("enterprise_id",),
    "clusters": ("cluster_id",),
    "cluster_relations": ("cluster_id", "related_cluster_id"),
    "places": ("place_id",),
}


class _Parts:
    """What a network is made of, by name. A part that was made of the very same objects before is taken over."""

    def __init__(self, before: _Made) -> None:
        self.made: _Made = {}
        self._before = before

    def __call__(self, name: str, make: Callable[..., Part], *of: Any) -> Part:
        """Return `make(*of)`."""
        of_before, part = self._before.get(name, ((), None))
        if len(of) != len(of_before) or not all(map(is_, of, of_before)):
            part = make(*of)
        self.made[name] = of, part
        rest()
        return part


def _in_order(keys: Sequence[str], records: Sequence[Any]) -> tuple[Any, ...]:
    """Return `records` ordered by these ids, themselves if they are: the order of a table's rows makes no difference to any answer."""
    ordered = tuple(_sorted(keys, records))
    return records if isinstance(records, tuple) and all(map(is_, records, ordered)) else ordered


def _sorted(keys: Sequence[str], records: Sequence[Any]) -> Iterator[Any]:
    key, *further = keys
    if not further:
        return iter(sorted(records, key=attrgetter(key)))
    groups: dict[str, list[Any]] = defaultdict(list)  # sorted one by one: other threads have their turn between
    for record in records:
        groups[getattr(record, key)].append(record)
    return (record for name in sorted(groups) for record in _sorted(further, groups[name]))


def _rows(key: str, records: Sequence[Any]) -> dict[str, int]:
    return {getattr(record, key): row for row, record in enumerate(records)}


def _digest(records: Sequence[Any]) -> bytes:
    digest = hashlib.sha256()
    for record in records:  # one by one: other threads have their turn between
        digest.update(orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE))
        rest()
    return digest.digest()


class Network:
    """One catalogue's records and columns. `n` instances, `c` courses, `s` sites; the columns have one entry per instance.

    What an earlier network made of the very same tables is taken over from `before`, which makes no other difference.
    `distances_from(point)` is every site's distance from a point, `(s,) float64` kilometres, NaN where either is not known; not to be changed.
    `remember(column, *key)` is `column(network, *key)`, kept from call to call: for columns that many requests share.
    """

    def __init__(self, catalogue: Catalogue, before: "Network | None" = None) -> None:
        made_before = before._parts if before else {}
        part = _Parts(made_before)
        tables = {name: part(name, partial(_in_order, keys), getattr(catalogue, name)) for name, keys in _KEYS.items()}
        self.catalogue = Catalogue(**tables)
        self.sites: tuple[TrainingSite, ...] = tables["sites"]
        self.courses: tuple[Course, ...] = tables["courses"]
        self.instances: tuple[CourseInstance, ...] = tables["course_instances"]
        self.learners: tuple[Learner, ...] = tables["learners"]
        self.taxonomy = part("taxonomy", Taxonomy, tables["clusters"], tables["cluster_relations"])
        self.gazetteer = part("gazetteer", Gazetteer, tables["places"])
        self.site_row = part("site_row", partial(_rows, "site_id"), self.sites)
        self.course_row = part("course_row", partial(_rows, "course_id"), self.courses)
        self.instance_row = part("instance_row", partial(_rows, "instance_id"), self.instances)
        self.learner_row = part("learner_row", partial(_rows, "learner_id"), self.learners)
        self.enterprises: dict[str, Enterprise] = {each.enterprise_id: each for each in tables["enterprises"]}
        self.site_points = part("site_points", _site_points, self.sites, self.gazetteer)
        self.distances_from = part("distances_from", _remembered_distances, self.site_points)
        columns = part("columns", InstanceColumns.of, self.instances, self.course_row, self.site_row)
        self.course_of, self.site_of = columns.course_of, columns.site_of
        self.mode, self.schedule = columns.mode, columns.schedule
        self.start_day, self.end_day, self.deadline_day = columns.start_day, columns.end_day, columns.deadline_day
        self.seats_left = columns.seats_left
        self.service_radius_km, self.minimum_headcount = columns.service_radius_km, columns.minimum_headcount
        self.first_row = np.searchsorted(self.course_of, np.arange(len(self.courses) + 1)).astype(np.int32)
        self.remember = remembered(self._column, _REMEMBERED_COLUMNS)
        self._parts: _Made = part.made
        digests = before._digests if before else {}
        self._digests: dict[str, bytes] = {
            name: digests[name] for name in digests if part.made[name][1] is made_before[name][1]
        }

    def _column(self, column: Callable[..., Any], *key: Any) -> Any:
        return column(self, *key)

    def digest(self, table: str) -> bytes:
        """Return a hash of a table's records, in their order."""
        if table not in self._digests:
            self._digests[table] = _digest(self._parts[table][1])
        return self._digests[table]

    def point_of_site(self, row: int) -> Point | None:
        """Return the point of the site in `row`, WGS-84, or None when it is not known."""
        latitude, longitude = self.site_points[row]
        return None if np.isnan(latitude) else Point(float(latitude), float(longitude))

    @cached_property
    def approved(self) -> NDArray[np.bool_]:
        """Tell for each instance whether its course passed review."""
        courses = np.array([course.approval is Approval.APPROVED for course in self.courses], dtype=bool)
        return courses[self.course_of]

    @cached_property
    def site_active(self) -> NDArray[np.bool_]:
        """Tell for each instance whether its site teaches at present; an online class without a site needs none."""
        sites = np.array([*(site.status is SiteStatus.ACTIVE for site in self.sites), True], dtype=bool)
        return sites[self.site_of]

    @cached_property
    def level_step(self) -> NDArray[np.int8]:
        """Return each instance's level as a step from 0 to 7, -1 for a course without one."""
        courses = np.array(
            [course.skill_level.step if course.skill_level else -1 for course in self.courses], dtype=np.int8
        )
        return courses[self.course_of]

    def in_mode(self, mode: Mode) -> NDArray[np.bool_]:
        """Tell for each instance whether it is taught in `mode`."""
        return self._in_mode[mode]

    @cached_property
    def _in_mode(self) -> dict[Mode, NDArray[np.bool_]]:
        return {mode: self.mode == code for code, mode in enumerate(MODES)}

    def rows_of_course(self, course_row: int) -> range:
        """Return the rows of a course's instances."""
        return range(int(self.first_row[course_row]), int(self.first_row[course_row + 1]))

    def instances_of(self, course_row: int) -> tuple[CourseInstance, ...]:
        """Return a course's instances, in the order of their ids."""
        rows = self.rows_of_course(course_row)
        return self.instances[rows.start : rows.stop]


def _site_points(sites: Sequence[TrainingSite], gazetteer: Gazetteer) -> NDArray[np.float64]:
    """Return WGS-84 degrees, `(s, 2)`, NaN where a site's point is not known."""
    return np.array([_degrees(_point_of_site(site, gazetteer)) for site in sites], dtype=np.float64).reshape(-1, 2)


def _point_of_site(site: TrainingSite, gazetteer: Gazetteer) -> Point | None:
    """Return a site's own point, else its sub-district's or district's, else None."""
    if site.latitude is not None and site.longitude is not None:
        return gazetteer.locate(Coordinates(latitude=site.latitude, longitude=site.longitude, datum=site.datum))
    if site.district or site.subdistrict:
        return gazetteer.point_of(gazetteer.find((site.district or "") + (site.subdistrict or "")))
    return None


def _remembered_distances(site_points: NDArray[np.float64]) -> Callable[[Point | None], NDArray[np.float64]]:
    """Return what `Network.distances_from` is."""

    @lru_cache(maxsize=_REMEMBERED_POINTS)
    def distances_from(point: Point | None) -> NDArray[np.float64]:
        if point is None:
            return np.full(len(site_points), np.nan)
        return distances_km(np.array([[point.latitude, point.longitude]]), site_points)[0]

    return distances_from


def _degrees(point: Point | None) -> tuple[float, float]:
    return (np.nan, np.nan) if point is None else (point.latitude, point.longitude)
