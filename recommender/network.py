"""A catalogue made ready to compute with: records in a fixed order, and the columns that constraints and blocks read.

Every table stands in the order of its ids, instances in that of (course_id, instance_id), so that the row number breaks ties.
"""

import datetime
from collections.abc import Callable, Sequence
from functools import cached_property, lru_cache
from operator import attrgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.domain import Approval, Catalogue, Coordinates, CourseInstance, Mode, SiteStatus, TrainingSite
from recommender.geography import Gazetteer, Point, distances_km
from recommender.taxonomy import Taxonomy

NO_SITE = -1
_REMEMBERED_COLUMNS = 512
_REMEMBERED_POINTS = 4096  # people are at named places, or come back from where they were
_FAR_FUTURE = datetime.date.max.toordinal()
MODES = tuple(Mode)


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


def _in_order(catalogue: Catalogue) -> Catalogue:
    """Return `catalogue` with every table ordered by id: the order of its rows makes no difference to any answer."""
    tables = {name: tuple(sorted(getattr(catalogue, name), key=attrgetter(*key))) for name, key in _KEYS.items()}
    return Catalogue(**tables)


def _days(dates: Sequence[datetime.date | None], missing: int) -> NDArray[np.int32]:
    return np.array([date.toordinal() if date else missing for date in dates], dtype=np.int32)


class Network:
    """One catalogue's records and columns. `n` instances, `c` courses, `s` sites; the columns have one entry per instance.

    `remember(column, *key)` is `column(network, *key)`, kept from call to call: for columns that many requests share.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue = _in_order(catalogue)
        self.taxonomy = Taxonomy(catalogue.clusters, catalogue.cluster_relations)
        self.gazetteer = Gazetteer(catalogue.places)
        self.sites, self.courses = catalogue.sites, catalogue.courses
        self.instances, self.learners = catalogue.course_instances, catalogue.learners
        self.site_row = {site.site_id: row for row, site in enumerate(self.sites)}
        self.course_row = {course.course_id: row for row, course in enumerate(self.courses)}
        self.instance_row = {instance.instance_id: row for row, instance in enumerate(self.instances)}
        self.learner_row = {learner.learner_id: row for row, learner in enumerate(self.learners)}
        self.enterprises = {enterprise.enterprise_id: enterprise for enterprise in catalogue.enterprises}
        self.site_points = np.array(
            [_degrees(self._point_of_site(site)) for site in self.sites], dtype=np.float64
        ).reshape(-1, 2)

        instances = self.instances
        self.course_of = np.array([self.course_row[i.course_id] for i in instances], dtype=np.int32)
        self.site_of = np.array([self.site_row[i.site_id] if i.site_id else NO_SITE for i in instances], dtype=np.int32)
        self.mode = np.array([MODES.index(i.mode) for i in instances], dtype=np.int8)
        self.start_day = _days([i.start_date for i in instances], 0)
        self.end_day = _days([i.end_date for i in instances], _FAR_FUTURE)
        self.deadline_day = _days([i.enrolment_deadline for i in instances], _FAR_FUTURE)
        self.seats_left = np.array([_or_infinite(i.seats_left) for i in instances], dtype=np.float64)
        self.service_radius_km = np.array([_or_infinite(i.service_radius_km) for i in instances], dtype=np.float64)
        self.minimum_headcount = np.array([i.minimum_headcount or 0 for i in instances], dtype=np.int32)
        self.remember: Callable[..., Any] = lru_cache(maxsize=_REMEMBERED_COLUMNS)(
            lambda column, *key: column(self, *key)
        )
        self.distances_from = lru_cache(maxsize=_REMEMBERED_POINTS)(self._distances_from)
        self.first_row = np.searchsorted(self.course_of, np.arange(len(self.courses) + 1)).astype(np.int32)

    def _point_of_site(self, site: TrainingSite) -> Point | None:
        """Return a site's own point, else its sub-district's or district's, else None."""
        if site.latitude is not None and site.longitude is not None:
            return self.gazetteer.locate(
                Coordinates(latitude=site.latitude, longitude=site.longitude, datum=site.datum)
            )
        if site.district or site.subdistrict:
            return self.gazetteer.point_of(self.gazetteer.find((site.district or "") + (site.subdistrict or "")))
        return None

    def _distances_from(self, point: Point | None) -> NDArray[np.float64]:
        """Return every site's distance from `point`, `(s,) float64` kilometres, NaN where either is not known; not to be changed."""
        if point is None:
            return np.full(len(self.sites), np.nan)
        return distances_km(np.array([[point.latitude, point.longitude]]), self.site_points)[0]

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


def _or_infinite(value: float | None) -> float:
    return np.inf if value is None else float(value)


def _degrees(point: Point | None) -> tuple[float, float]:
    return (np.nan, np.nan) if point is None else (point.latitude, point.longitude)
