"""Random edits of a catalogue: whatever may be written to a store, one table at a time, the other tables being the very same."""

import dataclasses
from collections.abc import Callable
from random import Random
from typing import Any

from recommender.domain import Catalogue, Datum, Mode, Schedule, SiteKind, SiteStatus, SkillLevel, TrainingSite
from tests import small_city
from tests.networks import random_catalogue, random_text

Edit = Callable[[Catalogue, Random], Catalogue]
_SAID = ("industry", "occupation", "goal")


def _with(catalogue: Catalogue, table: str, records: Any) -> Catalogue:
    return dataclasses.replace(catalogue, **{table: tuple(records)})


def _changing(table: str, **fields: Callable[[Random], Any]) -> Edit:
    """Return an edit that changes these fields of one record."""

    def edit(catalogue: Catalogue, rng: Random) -> Catalogue:
        records = list(getattr(catalogue, table))
        if records:
            row = rng.randrange(len(records))
            records[row] = dataclasses.replace(records[row], **{name: draw(rng) for name, draw in fields.items()})
        return _with(catalogue, table, records)

    return edit


def _adding(table: str, key: str) -> Edit:
    """Return an edit that adds a record like one that there is, under an id that stands anywhere in the order."""

    def edit(catalogue: Catalogue, rng: Random) -> Catalogue:
        records = getattr(catalogue, table)
        name = f"{rng.choice('acdelmsz')}-new-{rng.randrange(10**9)}"
        new = [dataclasses.replace(rng.choice(records), **{key: name})] if records else []
        return _with(catalogue, table, [*records, *new])

    return edit


def _removing(table: str) -> Edit:
    """Return an edit that removes a record to which none refers."""

    def edit(catalogue: Catalogue, rng: Random) -> Catalogue:
        records = getattr(catalogue, table)
        gone = rng.randrange(len(records)) if records else -1
        return _with(catalogue, table, (record for row, record in enumerate(records) if row != gone))

    return edit


def _remove_course(catalogue: Catalogue, rng: Random) -> Catalogue:
    """Remove a course and its classes; learners go on saying that they have completed it."""
    if not catalogue.courses:
        return catalogue
    gone = rng.choice(catalogue.courses).course_id
    classes = tuple(each for each in catalogue.course_instances if each.course_id != gone)
    left = (
        dataclasses.replace(each, prerequisites=()) if gone in each.prerequisites else each
        for each in catalogue.courses
        if each.course_id != gone
    )
    return dataclasses.replace(_with(catalogue, "courses", left), course_instances=classes)


def _add_course_first(catalogue: Catalogue, rng: Random) -> Catalogue:
    """Add a course of a new text, which shifts the rows of all others, with a class."""
    name = f"aaa-{rng.randrange(10**9)}"
    like, taught = rng.choice(random_catalogue(9).courses), rng.choice(random_catalogue(9).course_instances)
    course = dataclasses.replace(
        like, course_id=name, prerequisites=(), description=f"{like.description}{rng.random()}"
    )
    instance = dataclasses.replace(
        taught, instance_id=f"{name}@1", course_id=name, mode=Mode.ONLINE, site_id=None, service_radius_km=None
    )
    grown = _with(catalogue, "courses", [*catalogue.courses, course])
    return _with(grown, "course_instances", [*catalogue.course_instances, instance])


def _remove_site(catalogue: Catalogue, rng: Random) -> Catalogue:
    """Remove a site at which nothing is taught, if there is one."""
    used = {each.site_id for each in catalogue.course_instances}
    unused = [site for site in catalogue.sites if site.site_id not in used]
    gone = rng.choice(unused) if unused else None
    return _with(catalogue, "sites", (site for site in catalogue.sites if site is not gone))


def _put_site(catalogue: Catalogue, rng: Random) -> Catalogue:
    """Open a site at a point of its own, anywhere in the order."""
    point = small_city.random_point(rng)
    name = f"{rng.choice('az')}-new-{rng.randrange(10**9)}"
    site = TrainingSite(site_id=name, name=name, kind=SiteKind.CENTRE, **point)
    return _with(catalogue, "sites", [*catalogue.sites, site])


def _move_learner(catalogue: Catalogue, rng: Random) -> Catalogue:
    """Let a learner be elsewhere: at a point, at a named place, or nobody knows where."""
    nowhere = {"latitude": None, "longitude": None, "datum": Datum.WGS84, "place": None}
    named = {"place": rng.choice(catalogue.places).name} if catalogue.places else {}
    address = {**nowhere, **rng.choice(({}, named, small_city.random_point(rng)))}
    return _changing("learners", **{name: lambda _, value=value: value for name, value in address.items()})(
        catalogue, rng
    )


def _swap_equal(catalogue: Catalogue, rng: Random) -> Catalogue:
    """Put equal but other objects in place of a table, in another order."""
    table = rng.choice(list(Catalogue.__dataclass_fields__))
    records = [dataclasses.replace(record) for record in getattr(catalogue, table)]
    rng.shuffle(records)
    return _with(catalogue, table, records)


EDITS: dict[str, Edit] = {
    "seats": _changing(
        "course_instances", seats=lambda r: r.choice((None, 0, 9, 70)), enrolled=lambda r: r.randrange(80)
    ),
    "dates and fee": _changing(
        "course_instances", start_date=lambda _: None, end_date=lambda _: None, fee_yuan=lambda r: r.random()
    ),
    "schedule": _changing("course_instances", schedule=lambda r: r.choice((None, *Schedule))),
    "a new class": _adding("course_instances", "instance_id"),
    "a class gone": _removing("course_instances"),
    "text": _changing("courses", title=random_text, description=lambda r: f"{random_text(r)}{r.random()}"),
    "occupations": _changing("courses", occupations=lambda r: (random_text(r),)),
    "level": _changing("courses", skill_level=lambda r: r.choice((None, *SkillLevel))),
    "clusters": _changing("courses", clusters=lambda r: (f"cluster-{r.randrange(len(small_city.CLUSTERS))}",)),
    "a new course": _add_course_first,
    "a course of a known text": _adding("courses", "course_id"),
    "a course gone": _remove_course,
    "a site moved": _changing(
        "sites", latitude=lambda r: r.uniform(22.5, 22.8), longitude=lambda r: r.uniform(113.8, 114.6)
    ),
    "a site whose point nobody knows": _changing(
        "sites", **dict.fromkeys(("latitude", "longitude", "district", "subdistrict"), lambda _: None)
    ),
    "a site's quality": _changing("sites", quality=lambda r: r.choice((None, r.random()))),
    "a site's status": _changing("sites", status=lambda r: r.choice(list(SiteStatus))),
    "a new site": _adding("sites", "site_id"),
    "a new site elsewhere": _put_site,
    "a site gone": _remove_site,
    "a learner": _changing("learners", goal=random_text, industry=lambda r: r.choice((None, *small_city.CLUSTERS))),
    "a learner's address": _move_learner,
    "a learner who says nothing": _changing("learners", **dict.fromkeys(_SAID, lambda _: None)),
    "a new learner": _adding("learners", "learner_id"),
    "a learner gone": _removing("learners"),
    "an enterprise": _changing("enterprises", needs=random_text),
    "relations": _removing("cluster_relations"),
    "a cluster's name": _changing("clusters", aliases=lambda _: ("物业管理",)),
    "a new cluster": _adding("clusters", "cluster_id"),
    "a place": _changing("places", aliases=lambda r: (f"别名{r.randrange(9)}",)),
    "nothing": _swap_equal,
}
