"""Loading only what has changed gives what loading everything would."""

from dataclasses import fields, replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from recommender.domain import (
    Catalogue,
    Course,
    CourseInstance,
    Enterprise,
    IndustryCluster,
    Learner,
    Mode,
    Place,
    PlaceKind,
    Provider,
    SiteKind,
    TrainingSite,
)
from recommender.store import CatalogueStore
from recommender.store.connection import open_engine
from recommender.store.schema import audit_entries, metadata
from tests.store.saving import NOON, records_of, save

SHARED = {"clusters", "cluster_relations", "places"}
TABLES = tuple(field.name for field in fields(Catalogue))


def tables_kept(before, after):
    """Return the tables that are the very same objects."""
    return {name for name in TABLES if getattr(before.catalogue, name) is getattr(after.catalogue, name)}


@pytest.fixture
def filled(store, catalogue):
    """A store with the small catalogue in it."""
    save(store, *records_of(catalogue))
    return store


def test_tables_in_which_nothing_has_changed_are_the_same_objects(filled, catalogue):
    before = filled.load()
    save(filled, replace(catalogue.course_instances[0], seats=7), replace(catalogue.learners[0], goal="学"))
    after = filled.load_since(before)
    assert tables_kept(before, after) == set(TABLES) - {"course_instances", "learners"}
    assert after.catalogue.course_instances == (
        replace(catalogue.course_instances[0], seats=7),
        catalogue.course_instances[1],
    )
    assert after == filled.load()


def test_when_nothing_was_written_what_was_loaded_is_returned(filled):
    before = filled.load()
    assert filled.load_since(before) is before


def test_a_new_record_stands_in_its_place(filled, catalogue):
    before = filled.load()
    save(filled, Course(course_id="aa", title="课"), Course(course_id="A", title="课"))
    assert [course.course_id for course in filled.load_since(before).catalogue.courses] == ["A", "a", "aa", "b"]


def test_what_another_store_wrote_is_loaded(filled, store_url, catalogue):
    before = filled.load()
    with CatalogueStore(store_url) as other:
        save(other, replace(catalogue.sites[0], quality=0.5))
    after = filled.load_since(before)
    assert after.catalogue.sites[0].quality == 0.5
    assert after.version.version == before.version.version + 1


def empty(url):
    """Take everything out of a database, as if it were another one."""
    engine = open_engine(url)
    with engine.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            if table is not audit_entries:  # which refuses it
                connection.execute(delete(table))
    engine.dispose()


def test_a_database_that_was_put_back_is_loaded_anew(store, store_url):
    for number in range(3):
        save(store, Course(course_id=f"old-{number}", title="课"), now=NOON.replace(minute=number))
    before = store.load()
    empty(store_url)
    for number in range(5):
        # another instant: the same number does not make it the same write
        save(store, Course(course_id=f"new-{number}", title="课"), now=NOON.replace(minute=30 + number))
        after = store.load_since(before)
        assert [course.course_id for course in after.catalogue.courses] == [f"new-{n}" for n in range(number + 1)]
        assert after == store.load()


def test_an_older_copy_of_the_same_database_is_loaded_anew(store, store_url):
    def write(number):
        save(store, Course(course_id=f"course-{number}", title="课"), now=NOON.replace(minute=number))

    for number in range(3):
        write(number)
    before = store.load()
    empty(store_url)
    for number in range(2):
        write(number)
    assert store.load_since(before) == store.load()
    assert len(store.load().catalogue.courses) == 2


IDS = st.sampled_from("xyz")
POINT = {"latitude": 22.5, "longitude": 114.0}
BOUNDS = {"south": 22, "west": 113, "north": 23, "east": 115}
SOME = st.lists(IDS, max_size=2, unique=True).map(tuple)
WORDS = st.sampled_from(["一", "二"])
RECORDS = st.one_of(
    st.builds(TrainingSite, site_id=IDS, name=WORDS, kind=st.just(SiteKind.CENTRE)),
    st.builds(Course, course_id=IDS, title=WORDS, prerequisites=SOME),
    st.builds(
        CourseInstance, instance_id=IDS, course_id=IDS, site_id=IDS, mode=st.just(Mode.AT_SITE), seats=st.integers(0, 2)
    ),
    st.builds(CourseInstance, instance_id=IDS, course_id=IDS, mode=st.just(Mode.ONLINE), fee_yuan=st.none()),
    st.builds(Learner, learner_id=IDS, goal=WORDS, completed_course_ids=SOME),
    st.builds(Enterprise, enterprise_id=IDS, name=WORDS),
    st.builds(Provider, name=IDS, kind=WORDS),
    st.builds(IndustryCluster, cluster_id=IDS, name=WORDS),
    st.builds(
        Place,
        place_id=IDS,
        name=WORDS,
        kind=st.just(PlaceKind.CITY),
        **{k: st.just(v) for k, v in {**POINT, **BOUNDS}.items()},
    ),
)
WRITE = st.lists(RECORDS, min_size=1, max_size=3)
# what the others refer to is there from the beginning, and something that refers to each of it
BEGINNING = [
    record
    for name in "xyz"
    for record in (
        TrainingSite(site_id=name, name="校", kind=SiteKind.CENTRE),
        Course(course_id=name, title="课"),
        CourseInstance(instance_id=name, course_id=name, mode=Mode.AT_SITE, site_id=name),
        Learner(learner_id=name, completed_course_ids=(name,)),
    )
]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(writes=st.lists(st.tuples(WRITE, st.booleans()), max_size=6), rare=st.integers(1, 3))
def test_after_any_writes_what_has_changed_makes_the_whole(store, store_url, writes, rare):
    empty(store_url)
    save(store, *BEGINNING)
    first = before = store.load()
    for number, (records, deleted) in enumerate(writes, 1):
        save(store, *records, deleted=deleted)
        if number % rare:
            continue
        after = store.load_since(before)
        assert after == store.load()
        assert store.load_since(first) == after
        before = after
