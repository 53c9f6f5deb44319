"""A small part of the bundled network, which has everything that the documentation's examples name, and the service over it."""

import dataclasses
from pathlib import Path

from fastapi import FastAPI

from api import create_app
from api.examples import RECORD_IDS
from recommender.bootstrap import Workshop
from recommender.catalogue import bundled_catalogue_folder, read_catalogue
from recommender.domain import Catalogue
from recommender.registry import KINDS
from recommender.settings import Settings
from tests.api.conftest import StillService
from tests.callers import issue_key
from tests.networks import TODAY
from tests.serving import import_records

_COURSES, _PEOPLE = 40, 12
SPARE = tuple(f"spare-{number}" for number in range(6))
"""Ids of records of every kind that nobody misses: they are written, deleted and written again."""

_ANY_RATE = "100000000/second"


@dataclasses.dataclass(frozen=True)
class Town:
    """The service over a small network in a state folder of its own, and the administrator's key."""

    app: FastAPI
    key: str


def make_town(state: Path) -> None:
    """Import the network into a state folder and build its snapshot."""
    workshop = Workshop(Settings(state=state))
    import_records(workshop, small_catalogue(), day=TODAY)
    workshop.build()


def open_town(state: Path) -> Town:
    """Return the service over a state folder that `make_town` made; nothing limits how often it is asked."""
    settings = Settings(state=state, rate_per_key=_ANY_RATE, rate_per_address=_ANY_RATE, rate_of_refusals=_ANY_RATE)
    service = StillService(Workshop(settings), TODAY)
    return Town(create_app(settings, service), issue_key(service.store).presented)


def small_catalogue() -> Catalogue:
    """Return some courses with all that they require, their classes, the sites of these, and some learners and enterprises."""
    whole = read_catalogue(bundled_catalogue_folder(), today=TODAY).catalogue
    courses = {course.course_id: course for course in whole.courses}
    taught: set[str] = set()
    wanted = [RECORD_IDS["course"], *sorted(courses)[:_COURSES]]
    while wanted:
        taught.add(name := wanted.pop())
        wanted += courses[name].prerequisites
    instances = tuple(instance for instance in whole.course_instances if instance.course_id in taught)
    used = {instance.site_id for instance in instances}
    small = dataclasses.replace(
        whole,
        sites=tuple(site for site in whole.sites if site.site_id in used),
        courses=tuple(course for course in whole.courses if course.course_id in taught),
        course_instances=instances,
        learners=tuple(
            dataclasses.replace(learner, completed_course_ids=tuple(taught & set(learner.completed_course_ids)))
            for learner in whole.learners[:_PEOPLE]
        ),
        enterprises=whole.enterprises[:_PEOPLE],
    )
    spare = {
        table.name: tuple(dataclasses.replace(getattr(small, table.name)[0], **{table.key[0]: name}) for name in SPARE)
        for table in KINDS.values()
    }
    return dataclasses.replace(small, **{name: getattr(small, name) + records for name, records in spare.items()})
