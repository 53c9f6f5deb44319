"""Records refuse nonsense when they are made."""

import dataclasses
import datetime
import math
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from recommender import domain
from recommender.domain import Approval, Catalogue, Course, CourseInstance, Datum, Mode, SiteStatus, SkillLevel

WHOLE: dict[type, dict[str, Any]] = {
    domain.Coordinates: {"latitude": 22.5, "longitude": 114.0},
    domain.TrainingSite: {"site_id": "hub", "name": "学院", "kind": "hub"},
    domain.Provider: {"name": "学院"},
    domain.Course: {"course_id": "robots", "title": "机器人入门"},
    domain.CourseInstance: {"instance_id": "robots-1", "course_id": "robots", "mode": "at_site", "site_id": "hub"},
    domain.Learner: {"learner_id": "learner-1"},
    domain.Enterprise: {"enterprise_id": "firm-1", "name": "某公司"},
    domain.IndustryCluster: {"cluster_id": "robots", "name": "智能机器人"},
    domain.ClusterRelation: {"cluster_id": "robots", "related_cluster_id": "tools", "relatedness": 0.5},
    domain.Place: {"place_id": "p", "name": "粤海街道", "kind": "subdistrict", "latitude": 22.5, "longitude": 114.0},
}
TEXTS = [
    (record, field.name)
    for record in WHOLE
    for field in dataclasses.fields(record)
    if field.name.endswith(("_id", "name", "title", "goal", "needs", "description", "occupation", "operator", "source"))
]
NUMBERS = [
    (record, field.name)
    for record in WHOLE
    for field in dataclasses.fields(record)
    if field.name.endswith(
        ("tude", "south", "west", "north", "east", "quality", "hours", "yuan", "_km", "seats", "enrolled", "headcount")
    )
]


def make(record: type, **changes: object) -> Any:
    return TypeAdapter(record).validate_python({**WHOLE[record], **changes})


def faults(record: type, **changes: object) -> list[tuple[tuple[int | str, ...], str]]:
    with pytest.raises(ValidationError) as caught:
        make(record, **changes)
    return [(error["loc"], error["type"]) for error in caught.value.errors()]


@pytest.mark.parametrize("record", WHOLE)
def test_a_record_of_its_needed_fields_holds_and_never_changes(record: type) -> None:
    made = make(record)

    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(made, dataclasses.fields(made)[0].name, "other")
    assert made == make(record)
    assert hash(made) == hash(make(record))


@pytest.mark.parametrize("record", WHOLE)
def test_a_record_refuses_a_field_it_does_not_have(record: type) -> None:
    assert faults(record, colour="red") == [(("colour",), "unexpected_keyword_argument")]


@pytest.mark.parametrize(
    ("record", "field"),
    [(record, field) for record in WHOLE for field in WHOLE[record] if (record, field) != (CourseInstance, "site_id")],
)
def test_a_record_refuses_to_be_made_without_a_needed_field(record: type, field: str) -> None:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(record).validate_python({name: v for name, v in WHOLE[record].items() if name != field})

    assert [error["loc"] for error in caught.value.errors()] == [(field,)]


@pytest.mark.parametrize(("record", "field"), TEXTS)
@pytest.mark.parametrize("character", ["\x00", "\x07", "\x1b", "\x7f", "\x85", "\ud800"])
def test_texts_hold_no_control_character_and_no_lone_surrogate(record: type, field: str, character: str) -> None:
    ((loc, kind),) = faults(record, **{field: f"前{character}后"})

    assert loc == (field,)
    assert kind in ("control_character", "string_unicode")


def test_lines_and_tabs_are_allowed_in_texts_and_blanks_around_them_go() -> None:
    assert make(Course, description=" 一\n二\t三 \n").description == "一\n二\t三"


@pytest.mark.parametrize(("record", "field"), [(record, next(iter(WHOLE[record]))) for record in WHOLE][1:])
@pytest.mark.parametrize("blank", ["", "  ", "\n\u3000"])
def test_a_blank_is_no_name(record: type, field: str, blank: str) -> None:
    assert faults(record, **{field: blank}) == [((field,), "string_too_short")]


@pytest.mark.parametrize(
    ("record", "field", "length"),
    [
        (Course, "course_id", 128),
        (Course, "title", 200),
        (Course, "description", 4_000),
        (domain.Learner, "goal", 2_000),
    ],
)
def test_texts_have_a_greatest_length(record: type, field: str, length: int) -> None:
    assert len(getattr(make(record, **{field: "长" * length}), field)) == length
    assert faults(record, **{field: "长" * (length + 1)}) == [((field,), "string_too_long")]


@pytest.mark.parametrize(("record", "field"), NUMBERS)
@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_numbers_are_finite(record: type, field: str, number: float) -> None:
    point = {"latitude": 22.5, "longitude": 114.0} if field.endswith("tude") else {}

    assert faults(record, **{**point, field: number}) == [((field,), "finite_number")]


@pytest.mark.parametrize(
    ("record", "field", "number"),
    [
        (domain.Coordinates, "latitude", 90.1),
        (domain.Coordinates, "latitude", 114.0),
        (domain.Coordinates, "longitude", -180.1),
        (domain.TrainingSite, "quality", 1.01),
        (domain.TrainingSite, "quality", -0.01),
        (domain.ClusterRelation, "relatedness", 1.5),
        (Course, "duration_hours", 0),
        (CourseInstance, "seats", -1),
        (CourseInstance, "enrolled", -1),
        (CourseInstance, "fee_yuan", -1),
        (CourseInstance, "service_radius_km", -1),
        (CourseInstance, "seats", 2.5),
        (domain.Enterprise, "headcount", -3),
    ],
)
def test_numbers_keep_within_their_bounds(record: type, field: str, number: float) -> None:
    assert [loc for loc, _ in faults(record, **{field: number})] == [(field,)]


@pytest.mark.parametrize("record", [domain.TrainingSite, domain.Learner, domain.Enterprise])
@pytest.mark.parametrize("half", ["latitude", "longitude"])
def test_half_a_point_is_refused(record: type, half: str) -> None:
    assert faults(record, **{half: 22.5}) == [((), "half_a_point")]


def test_a_class_that_ends_before_it_starts_is_refused() -> None:
    day = datetime.date(2026, 3, 2)

    assert faults(CourseInstance, start_date=day, end_date=day - datetime.timedelta(days=1)) == [
        ((), "ends_before_start")
    ]
    assert make(CourseInstance, start_date=day, end_date=day).end_date == day
    assert make(CourseInstance, end_date=day).start_date is None


@pytest.mark.parametrize("mode", [Mode.AT_SITE, Mode.AT_ENTERPRISE])
def test_only_an_online_class_goes_without_a_site(mode: Mode) -> None:
    assert faults(CourseInstance, mode=mode, site_id=None) == [((), "site_missing")]
    assert make(CourseInstance, mode=Mode.ONLINE, site_id=None).site_id is None


@pytest.mark.parametrize(
    ("seats", "enrolled", "left"), [(30, 12, 18), (30, 30, 0), (30, 31, 0), (0, 0, 0), (None, 900, None)]
)
def test_seats_left_are_never_negative_and_unlimited_ones_never_run_out(
    seats: int | None, enrolled: int, left: int | None
) -> None:
    assert make(CourseInstance, seats=seats, enrolled=enrolled).seats_left == left


def test_a_city_has_bounds() -> None:
    bounds = {"south": 22.4, "west": 113.7, "north": 22.9}

    assert faults(domain.Place, kind="city", **bounds) == [((), "bounds_missing")]
    assert make(domain.Place, kind="city", east=114.6, **bounds).east == 114.6


def test_a_lone_text_stands_for_a_list_of_one() -> None:
    assert make(Course, clusters="robots", prerequisites="basics").clusters == ("robots",)
    assert make(Course, clusters=["robots", "tools"]).clusters == ("robots", "tools")


def test_what_is_not_said_is_not_assumed() -> None:
    course = make(Course)

    assert course.approval is Approval.PENDING
    assert course.skill_level is None
    assert not course.customisable
    assert make(domain.TrainingSite).status is SiteStatus.ACTIVE
    assert make(domain.Coordinates).datum is Datum.WGS84
    assert Catalogue() == Catalogue(sites=(), courses=(), learners=())


def test_skill_levels_climb_one_step_at_a_time() -> None:
    assert [level.step for level in SkillLevel] == list(range(8))
    assert SkillLevel.APPRENTICE.step < SkillLevel.SENIOR.step < SkillLevel.CHIEF_TECHNICIAN.step
    assert [level.value for level in SkillLevel][3:5] == ["senior", "technician"]
