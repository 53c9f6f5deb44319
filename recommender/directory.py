"""Looking things up in a snapshot: courses, sites, places and the taxonomy, filtered, as JSON-ready data."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

import numpy as np

from recommender.cards import Cards
from recommender.city_map import city_map
from recommender.domain import (
    Approval,
    Course,
    PlaceKind,
    SiteKind,
    SiteStatus,
    TrainingSite,
)
from recommender.errors import InvalidRequest, NotFound
from recommender.geography import Point
from recommender.language import Language
from recommender.policy import Audience
from recommender.resolution import resolve_skill_level
from recommender.snapshot import Snapshot
from recommender.taxonomy import skill_levels
from recommender.text import normalise

Json = dict[str, Any]
Record = TypeVar("Record")


class Directory:
    """Reads one snapshot's records."""

    def __init__(self, snapshot: Snapshot, cards: Cards) -> None:
        self.snapshot = snapshot
        self.network = snapshot.network
        self._cards = cards

    def courses(
        self,
        *,
        limit: int,
        offset: int,
        approval: Approval,
        cluster: str | None,
        skill_level: str | None,
        text: str | None,
        customisable: bool | None,
    ) -> Json:
        """Return a page of courses in the order of their ids."""
        cluster_id, level, words = (
            self._cluster_id(cluster),
            resolve_skill_level(skill_level),
            normalise(text or "").split(),
        )
        found = [
            course
            for course in self.network.courses
            if course.approval is approval
            and (cluster_id is None or cluster_id in course.clusters)
            and (level is None or course.skill_level is level)
            and (customisable is None or course.customisable is customisable)
            and (not words or all(word in _searchable(course) for word in words))
        ]
        return _page(found, self.course, limit, offset)

    def course(self, course: Course) -> Json:
        """Return one course's fields."""
        return {
            **self._cards.course(self.network.course_row[course.course_id], Language.ZH),
            "description": course.description,
            "occupations": list(course.occupations),
            "approval": course.approval,
            "prerequisites": list(course.prerequisites),
            "language": course.language,
        }

    def course_row(self, course_id: str, *, unapproved: bool) -> int:
        """Return the row of a course; NotFound when there is none of that id, or none approved unless `unapproved` ones are to be seen."""
        row = self.network.course_row.get(course_id)
        if row is None or not (unapproved or self.network.courses[row].approval is Approval.APPROVED):
            raise NotFound("course_id", course_id)
        return row

    def course_detail(self, course_id: str, *, unapproved: bool = True) -> Json:
        """Return a course and its classes; NotFound as `course_row` has it."""
        row = self.course_row(course_id, unapproved=unapproved)
        rows = self.network.rows_of_course(row)
        classes = [{**self._cards.instance(i), "site": self._cards.site(int(self.network.site_of[i]))} for i in rows]
        return {**self.course(self.network.courses[row]), "course_instances": classes}

    def sites(
        self,
        *,
        limit: int,
        offset: int,
        kind: SiteKind | None,
        status: SiteStatus | None,
        cluster: str | None,
        place: str | None,
    ) -> Json:
        """Return a page of sites in the order of their ids."""
        cluster_id = self._cluster_id(cluster)
        within = self.network.gazetteer.find(place) if place else None
        found = [
            site
            for site in self.network.sites
            if (kind is None or site.kind is kind)
            and (status is None or site.status is status)
            and (cluster_id is None or cluster_id in site.clusters)
            and (within is None or within.kind is PlaceKind.CITY or within.name in (site.district, site.subdistrict))
        ]
        return _page(found, self.site, limit, offset)

    def site(self, site: TrainingSite) -> Json:
        """Return one site's fields, its point in WGS-84."""
        return {
            "site_id": site.site_id,
            "name": site.name,
            "kind": site.kind,
            "operator": site.operator,
            "district": site.district,
            "subdistrict": site.subdistrict,
            "location": _point(self.network.point_of_site(self.network.site_row[site.site_id])),
            "clusters": [self.network.taxonomy.name_of(cluster_id) for cluster_id in site.clusters],
            "status": site.status,
            "quality": site.quality,
            "illustrative": site.illustrative,
        }

    def site_detail(self, site_id: str, *, unapproved: bool = True) -> Json:
        """Return a site and its classes, those of courses that are not approved only if `unapproved`; NotFound when there is none of that id."""
        row = self.network.site_row.get(site_id)
        if row is None:
            raise NotFound("site_id", site_id)
        classes = [
            {
                **self._cards.instance(i),
                "course_id": self.network.instances[i].course_id,
                "title": self.network.courses[self.network.course_of[i]].title,
            }
            for i in np.flatnonzero(self.network.site_of == row).tolist()
            if unapproved or self.network.approved[i]
        ]
        return {**self.site(self.network.sites[row]), "course_instances": classes}

    def places(self, *, limit: int, offset: int, kind: PlaceKind | None, within: str | None, text: str | None) -> Json:
        """Return a page of places in the catalogue's order."""
        gazetteer = self.network.gazetteer
        parent = gazetteer.find(within, "within") if within else None
        wanted = normalise(text or "")
        found = [
            place
            for place in gazetteer.places
            if (kind is None or place.kind is kind)
            and (parent is None or place.parent_id == parent.place_id)
            and (not wanted or wanted in normalise("|".join((gazetteer.full_name(place), *place.aliases))))
        ]
        return _page(
            found,
            lambda place: {
                "place_id": place.place_id,
                "name": place.name,
                "full_name": gazetteer.full_name(place),
                "kind": place.kind,
                "parent_id": place.parent_id,
                "location": _point(gazetteer.point_of(place)),
                "illustrative": place.illustrative,
            },
            limit,
            offset,
        )

    def map(self) -> Json:
        """Return the city's places and sites as a GeoJSON FeatureCollection."""
        return {"snapshot": self.snapshot.version, **self.network.remember(city_map)}

    def policy(self) -> Json:
        """Return what holds where a request says nothing else; weights sum to 1."""
        policy = self.snapshot.policy
        return {
            "snapshot": self.snapshot.version,
            **policy.model_dump(include={"half_distance_km", "maximum_distance_km", "diversity", "level_reach"}),
            "weights": {audience.value: policy.shares(audience) for audience in Audience},
        }

    def taxonomy(self) -> Json:
        """Return the clusters, what is related to each, and the skill levels."""
        taxonomy = self.network.taxonomy
        return {
            "snapshot": self.snapshot.version,
            "clusters": [
                {
                    "cluster_id": cluster.cluster_id,
                    "name": cluster.name,
                    "english_name": cluster.english_name,
                    "group": cluster.group,
                    "aliases": list(cluster.aliases),
                    "description": cluster.description,
                    "related": {
                        other: float(share)
                        for other, share in zip(taxonomy.cluster_ids, taxonomy.relatedness[column], strict=True)
                        if share and other != cluster.cluster_id
                    },
                }
                for column, cluster in enumerate(taxonomy.clusters)
            ],
            "skill_levels": [
                {
                    "level": level,
                    "step": level.step,
                    "name": names.name,
                    "english_name": names.english_name,
                    "aliases": list(names.aliases),
                }
                for level, names in skill_levels().items()
            ],
        }

    def _cluster_id(self, name: str | None) -> str | None:
        if not name:
            return None
        cluster = self.network.taxonomy.find(name)
        if cluster is None:
            near = "、".join(self.network.taxonomy.suggest(name)) or "、".join(
                c.name for c in self.network.taxonomy.clusters[:3]
            )
            raise InvalidRequest.of(
                "cluster", f"没有这个产业集群。您是否要找：{near}。", f"There is no such cluster; did you mean: {near}."
            )
        return cluster.cluster_id


def _searchable(course: Course) -> str:
    return normalise(" ".join((course.title, course.description, *course.occupations, course.provider or "")))


def _point(point: Point | None) -> Json | None:
    return (
        None
        if point is None
        else {"latitude": round(point.latitude, 6), "longitude": round(point.longitude, 6), "datum": "wgs84"}
    )


def _page(found: Sequence[Record] | Iterable[Record], show: Callable[[Record], Json], limit: int, offset: int) -> Json:
    records = list(found)
    return {
        "items": [show(record) for record in records[offset : offset + limit]],
        "total": len(records),
        "limit": limit,
        "offset": offset,
    }
