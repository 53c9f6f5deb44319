"""What is deleted hides what depends on it, which is not touched and shows again when it is restored."""

import pytest

from recommender.domain import Course, CourseInstance, Learner, Mode, SiteKind, TrainingSite
from tests.store.saving import save

SITE = TrainingSite(site_id="s", name="校", kind=SiteKind.CENTRE)
COURSE, NEXT = Course(course_id="a", title="一"), Course(course_id="b", title="二", prerequisites=("a", "c"))
OTHER = Course(course_id="c", title="三")
AT_SITE = CourseInstance(instance_id="1", course_id="b", mode=Mode.AT_SITE, site_id="s")
ONLINE = CourseInstance(instance_id="2", course_id="b", mode=Mode.ONLINE)
OF_COURSE = CourseInstance(instance_id="3", course_id="a", mode=Mode.ONLINE)
LEARNER = Learner(learner_id="l", completed_course_ids=("c", "a"))


@pytest.fixture
def whole(store):
    """Everything there is, nothing deleted."""
    save(store, SITE, COURSE, NEXT, OTHER, AT_SITE, ONLINE, OF_COURSE, LEARNER)
    return store.load()


def see(store, before):
    """Return what can be seen now, loaded anew and from what was seen before alike."""
    loaded = store.load()
    assert store.load_since(before) == loaded
    return loaded.catalogue


def test_a_deleted_site_hides_its_classes_and_no_others(store, whole):
    save(store, SITE, deleted=True)
    seen = see(store, whole)
    assert seen.sites == ()
    assert seen.course_instances == (ONLINE, OF_COURSE)
    assert seen.courses == whole.catalogue.courses


def test_a_deleted_course_hides_its_classes_and_is_no_longer_required_or_completed(store, whole):
    save(store, COURSE, deleted=True)
    seen = see(store, whole)
    assert [(course.course_id, course.prerequisites) for course in seen.courses] == [("b", ("c",)), ("c", ())]
    assert seen.course_instances == (AT_SITE, ONLINE)
    assert [learner.completed_course_ids for learner in seen.learners] == [("c",)]


@pytest.mark.parametrize("record", [SITE, COURSE])
def test_what_is_restored_shows_all_of_it_again(store, whole, record):
    save(store, record, deleted=True)
    hidden = store.load()
    save(store, record)
    assert see(store, hidden) == see(store, whole) == whole.catalogue


@pytest.mark.parametrize("record", [SITE, COURSE])
def test_what_is_hidden_is_kept_as_it_was(store, whole, record):
    with store.read() as reading:
        before = [reading.stored(table) for table in ("course_instances", "learners")]
    save(store, record, deleted=True)
    with store.read() as reading:
        assert [reading.stored(table) for table in ("course_instances", "learners")] == before
        assert reading.count("course_instances") == 3


def test_a_class_written_while_it_is_hidden_stays_hidden_until_its_site_is_back(store, whole):
    save(store, SITE, deleted=True)
    hidden = store.load()
    changed = CourseInstance(instance_id="1", course_id="b", mode=Mode.AT_SITE, site_id="s", seats=9)
    save(store, changed)
    assert see(store, hidden).course_instances == (ONLINE, OF_COURSE)
    save(store, SITE)
    assert changed in see(store, hidden).course_instances


def test_a_deleted_class_is_hidden_for_itself_when_its_site_is_restored(store, whole):
    save(store, AT_SITE, deleted=True)
    save(store, SITE, deleted=True)
    save(store, SITE)
    assert see(store, whole).course_instances == (ONLINE, OF_COURSE)


def test_an_online_class_without_a_site_is_hidden_by_no_site(store, whole):
    save(store, SITE, deleted=True)
    assert ONLINE in see(store, whole).course_instances
