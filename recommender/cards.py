"""Courses, classes and sites as answers show them: JSON-ready data, made once per snapshot."""

from typing import Any

from recommender.columns import NO_SITE
from recommender.domain import Course, CourseInstance, TrainingSite
from recommender.language import Language
from recommender.network import Network
from recommender.remembering import remembered
from recommender.taxonomy import skill_levels

Json = dict[str, Any]


class Cards:
    """Reads one network's records. What a method returns is shared between answers and must not be changed."""

    def __init__(self, network: Network) -> None:
        self._network = network
        # bounded by the records
        self.course = remembered(self._course)
        self.instance = remembered(self._instance)
        self.site = remembered(self._site)

    def _course(self, row: int, language: Language) -> Json:
        """Return what a list shows of the course in `row`."""
        course: Course = self._network.courses[row]
        taxonomy, english = self._network.taxonomy, language is Language.EN
        clusters = [taxonomy.clusters[taxonomy.column[cluster_id]] for cluster_id in course.clusters]
        names = skill_levels()[course.skill_level] if course.skill_level else None
        return {
            "course_id": course.course_id,
            "title": course.title,
            "provider": course.provider,
            "skill_level": course.skill_level,
            "skill_level_name": names and (names.english_name if english else names.name),
            "clusters": [(c.english_name or c.name) if english else c.name for c in clusters],
            "duration_hours": course.duration_hours,
            "credential": course.credential,
            "customisable": course.customisable,
            "illustrative": course.illustrative,
        }

    def _instance(self, row: int) -> Json:
        """Return the class in `row`."""
        instance: CourseInstance = self._network.instances[row]
        return {
            "instance_id": instance.instance_id,
            "mode": instance.mode,
            "start_date": instance.start_date and instance.start_date.isoformat(),
            "end_date": instance.end_date and instance.end_date.isoformat(),
            "enrolment_deadline": instance.enrolment_deadline and instance.enrolment_deadline.isoformat(),
            "schedule": instance.schedule,
            "seats_left": instance.seats_left,
            "fee_yuan": instance.fee_yuan,
            "service_radius_km": instance.service_radius_km,
            "minimum_headcount": instance.minimum_headcount,
        }

    def _site(self, row: int) -> Json | None:
        """Return the site in `row`; None for `NO_SITE`."""
        if row == NO_SITE:
            return None
        site: TrainingSite = self._network.sites[row]
        return {
            "site_id": site.site_id,
            "name": site.name,
            "kind": site.kind,
            "district": site.district,
            "subdistrict": site.subdistrict,
        }
