"""What is written: the same words as in a catalogue's files, and only what a record has."""

import datetime

import pytest

from recommender.domain import Datum, Schedule, SkillLevel
from recommender.errors import InvalidRequest, NotFound
from recommender.registry import KINDS, Registry, Status
from tests.networks import TODAY
from tests.registry.worlds import patch, put


def wrong_fields(refused: pytest.ExceptionInfo[InvalidRequest]) -> list[str]:
    return [problem.field for problem in refused.value.problems]


def test_words_mean_what_they_mean_in_files(registry: Registry) -> None:
    course = put(
        registry,
        "course",
        "x",
        title=" 叉车 ",
        skill_level="三级/高级工",
        clusters="Robots|SOFTWARE",
        customisable="是",
    ).record
    taught = put(
        registry,
        "course_instance",
        "x-1",
        course_id="x",
        mode="AT_SITE",
        site_id="at-0",
        start_date="2026年12月1日",
        end_date="+14d",
        schedule="Weekend",
        seats="30",
        enrolled=3.0,
    ).record

    assert (course.title, course.skill_level, course.clusters, course.customisable) == (
        "叉车",
        SkillLevel.SENIOR,
        ("robots", "software"),
        True,
    )
    assert (taught.start_date, taught.end_date) == (datetime.date(2026, 12, 1), TODAY + datetime.timedelta(days=14))
    assert (taught.schedule, taught.seats, taught.enrolled) == (Schedule.WEEKEND, 30, 3)


@pytest.mark.parametrize("written", ["中级工", "四级", "四级/中级工", "intermediate"])
def test_a_level_goes_by_any_of_its_names(registry: Registry, written: str) -> None:
    assert put(registry, "learner", "x", skill_level=written).record.skill_level is SkillLevel.INTERMEDIATE


def test_places_and_points_are_those_of_the_city(registry: Registry) -> None:
    learner = put(registry, "learner", "x", latitude=22.45, longitude=114.0, datum="GCJ02", place="云江市东山区").record
    assert (learner.latitude, learner.datum, learner.place) == (22.45, Datum.GCJ02, "云江市东山区")
    for fields in ({"place": "月球"}, {"latitude": 50.0, "longitude": 8.0}, {"latitude": 22.45}):
        with pytest.raises(InvalidRequest):
            put(registry, "learner", "x", **fields)


def test_null_and_nothing_empty_a_field_and_leave_the_others(registry: Registry) -> None:
    put(
        registry,
        "course",
        "x",
        title="焊工",
        description="焊接",
        clusters=["robots"],
        duration_hours=40,
        customisable=True,
    )
    left = patch(registry, "course", "x", description=None, clusters=None, duration_hours="", customisable=None).record

    assert (left.title, left.description, left.clusters, left.duration_hours, left.customisable) == (
        "焊工",
        "",
        (),
        None,
        False,
    )


def test_a_put_is_the_whole_record_and_a_patch_a_part(registry: Registry) -> None:
    put(registry, "enterprise", "x", name="厂", needs="焊工", headcount=40)
    assert patch(registry, "enterprise", "x", headcount=50).record.needs == "焊工"
    assert put(registry, "enterprise", "x", name="厂", headcount=50).record.needs is None


def test_what_must_be_there_cannot_be_emptied(registry: Registry) -> None:
    for kind, name, field in (
        ("site", "at-0", "name"),
        ("course", "a", "title"),
        ("course_instance", "a-1", "course_id"),
    ):
        with pytest.raises(InvalidRequest) as refused:
            patch(registry, kind, name, **{field: None})
        assert wrong_fields(refused) == [field]


def test_a_patch_needs_a_record(registry: Registry) -> None:
    with pytest.raises(NotFound, match="nowhere"):
        patch(registry, "enterprise", "nowhere", needs="x")
    with pytest.raises(NotFound, match="no such learner_id") as refused:
        patch(registry, "learner", "nobody", goal="x")
    assert "nobody" not in f"{refused.value.message}{refused.value}"


def test_every_wrong_field_is_named_at_once(registry: Registry) -> None:
    with pytest.raises(InvalidRequest) as refused:
        put(
            registry,
            "course",
            "x",
            colour="red",
            approval="approved",
            skill_level="大师",
            duration_hours=-1,
            clusters=["magic"],
        )
    assert sorted(wrong_fields(refused)) == ["approval", "clusters", "colour", "duration_hours", "skill_level", "title"]


def test_at_most_twenty_wrong_fields_are_named(registry: Registry) -> None:
    with pytest.raises(InvalidRequest) as refused:
        put(registry, "learner", "x", **{f"colour-{number}": 1 for number in range(1_000)})
    assert len(refused.value.problems) == 20


def test_an_id_cannot_be_changed(registry: Registry) -> None:
    for kind, name, key in (
        ("site", "at-0", "site_id"),
        ("course", "a", "course_id"),
        ("course_instance", "a-1", "instance_id"),
    ):
        with pytest.raises(InvalidRequest) as refused:
            patch(registry, kind, name, **{key: "another"})
        assert wrong_fields(refused) == [key]
    assert patch(registry, "course", "a", course_id=" a ").status is Status.UNCHANGED


@pytest.mark.parametrize("name", [" a", "a\t", "", "x" * 129, "a\x00", "\ud800"])
def test_an_address_that_is_no_id_is_refused_and_touches_nothing(registry: Registry, name: str) -> None:
    before = registry.record(KINDS["course"], "a")
    with pytest.raises(InvalidRequest) as refused:
        put(registry, "course", name, title="另一门")
    assert "course_id" in wrong_fields(refused)
    assert registry.record(KINDS["course"], "a") == before


@pytest.mark.parametrize("name", ["\x00", "\ud800", "x" * 5_000])
def test_a_reference_that_no_database_could_hold_is_just_not_there(registry: Registry, name: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        put(registry, "course_instance", "x", course_id=name, mode="online")
    assert set(wrong_fields(refused)) == {"course_id"}


@pytest.mark.parametrize("value", [[["a"]], {"a": 1}, [None, {"b": []}]])
def test_what_is_no_list_of_texts_is_refused(registry: Registry, value: object) -> None:
    with pytest.raises(InvalidRequest) as refused:
        put(registry, "course", "x", title="焊工", occupations=value)
    assert wrong_fields(refused) == ["occupations"]


@pytest.mark.parametrize("seats", [True, 1.5, -1, 10**30, "many", [3], {"n": 3}, float("inf")])
def test_seats_are_a_number_of_people(registry: Registry, seats: object) -> None:
    with pytest.raises(InvalidRequest) as refused:
        patch(registry, "course_instance", "a-1", seats=seats)
    assert wrong_fields(refused) == ["seats"]
