"""A small town in a store of its own: what processes are started on, disturbed at and killed over."""

import dataclasses
from pathlib import Path

from recommender.bootstrap import Workshop
from recommender.domain import Approval, Catalogue, Course, CourseInstance, Mode
from recommender.registry.merge import merge
from recommender.settings import Settings
from tests.networks import TODAY, Shape, random_catalogue

TWINS = ("twin-a", "twin-b")
"""Courses, and classes of the same ids, whose fees are only ever changed together."""
QUESTION = {"goal": "双胞胎课程 甲骨文 乙未年", "online_policy": "near", "diversity": 0, "k": 5}
"""What the twins answer best."""
COUNTERS = tuple(f"counter-{number}" for number in range(4))
"""Classes of the course `counter`."""


def town() -> Catalogue:
    """Return a random network with the twins and the counters."""
    network = random_catalogue(0, Shape(instances=60))
    titles = dict(zip(TWINS, ("双胞胎课程 甲骨文", "双胞胎课程 乙未年"), strict=True))
    courses = [Course(course_id=name, title=title, approval=Approval.APPROVED) for name, title in titles.items()]
    courses.append(Course(course_id="counter", title="计数", approval=Approval.APPROVED))
    classes = [CourseInstance(instance_id=name, course_id=name, mode=Mode.ONLINE, fee_yuan=0) for name in TWINS]
    classes += [CourseInstance(instance_id=name, course_id="counter", mode=Mode.ONLINE) for name in COUNTERS]
    return dataclasses.replace(
        network,
        courses=(*network.courses, *courses),
        course_instances=(*network.course_instances, *classes),
    )


def workshop_at(state: Path, database_url: str | None = None) -> Workshop:
    """Return what writes to a state folder, or to a database with that folder beside it."""
    return Workshop(Settings(state=state, database_url=database_url, _env_file=None))  # type: ignore[call-arg]


def found_town(state: Path, database_url: str | None = None) -> Workshop:
    """Put the town into a store that holds nothing, and build its snapshot."""
    workshop = workshop_at(state, database_url)
    with workshop.open_store() as store, store.write(source="town", day=TODAY) as transaction:
        merge(transaction, town(), remove_missing=True)
    workshop.build()
    return workshop
