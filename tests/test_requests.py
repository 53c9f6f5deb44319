"""What a request may hold, and that everything else is refused at the field that is wrong."""

import datetime
import json
import math
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from recommender.domain import Datum, Mode, Schedule
from recommender.policy import OnlinePolicy, Preference
from recommender.requests import MAXIMUM_OFFSET, AudienceRequest, EnterpriseRequest, LearnerRequest, Location

LEARNER: dict[str, Any] = {"goal": "想学工业机器人的操作和维修"}
ENTERPRISE: dict[str, Any] = {"needs": "设备维修"}
AUDIENCE: dict[str, Any] = {"instance_id": "robots-1"}
Fault = tuple[str, str]


def faults(model: type[BaseModel], fields: dict[str, Any]) -> list[Fault]:
    with pytest.raises(ValidationError) as caught:
        model.model_validate(fields)
    return [(".".join(map(str, error["loc"])), error["type"]) for error in caught.value.errors()]


def test_a_whole_learner_request_is_read_as_json() -> None:
    sent = """{"industry": "智能机器人", "occupation": "设备维护员", "skill_level": "中级工",
     "location": {"latitude": 22.69, "longitude": 114.34, "datum": "gcj02"},
     "goal": " 想学工业机器人的操作和维修\\n", "completed_course_ids": ["basics"], "modes": ["at_site", "online"],
     "schedules": ["weekend"], "maximum_distance_km": 30, "half_distance_km": 5, "online_policy": "far",
     "weights": {"meaning": 0.5, "place": 0.3}, "diversity": 0.2, "k": 10, "offset": 20, "language": "en",
     "as_of": "2026-03-01", "starts_by": "2026-06-30"}"""

    request = LearnerRequest.model_validate_json(sent)

    assert request == LearnerRequest.model_validate(json.loads(sent))
    assert request.goal == "想学工业机器人的操作和维修"
    assert request.location == Location(latitude=22.69, longitude=114.34, datum=Datum.GCJ02)
    assert request.modes == (Mode.AT_SITE, Mode.ONLINE)
    assert request.schedules == (Schedule.WEEKEND,)
    assert request.weights == {Preference.MEANING: 0.5, Preference.PLACE: 0.3}
    assert request.as_of == datetime.date(2026, 3, 1)


@pytest.mark.parametrize("field", ["goal", "occupation", "industry"])
def test_one_word_about_a_learner_is_enough(field: str) -> None:
    request = LearnerRequest.model_validate({field: "数控"})

    assert (request.k, request.offset, request.online_policy) == (10, 0, OnlinePolicy.NEUTRAL)
    assert {request.location, request.weights, request.modes, request.diversity, request.as_of} == {None}


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"goal": ""},
        {"goal": " \n ", "occupation": "", "industry": "\u3000"},
        {"goal": None, "occupation": None},
        {"skill_level": "中级工", "completed_course_ids": ["basics"], "location": {"place": "粤海"}},
    ],
)
def test_an_empty_profile_is_refused(fields: dict[str, Any]) -> None:
    assert faults(LearnerRequest, fields) == [("", "empty_profile")]


@pytest.mark.parametrize("fields", [{}, {"needs": ""}, {"needs": "  ", "industry": ""}, {"headcount": 30}])
def test_an_empty_need_is_refused(fields: dict[str, Any]) -> None:
    assert faults(EnterpriseRequest, fields) == [("", "empty_need")]


@pytest.mark.parametrize("headcount", [0, -1, 1_000_001, 2.5, "many"])
def test_a_headcount_is_a_positive_whole_number(headcount: object) -> None:
    assert [field for field, _ in faults(EnterpriseRequest, {**ENTERPRISE, "headcount": headcount})] == ["headcount"]
    assert EnterpriseRequest(needs="维修", headcount=1).headcount == 1


@pytest.mark.parametrize(("model", "base"), [(LearnerRequest, LEARNER), (EnterpriseRequest, ENTERPRISE)])
@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"k": 0}, ("k", "greater_than_equal")),
        ({"k": -1}, ("k", "greater_than_equal")),
        ({"k": 10_000}, ("k", "less_than_equal")),
        ({"k": 101}, ("k", "less_than_equal")),
        ({"k": 1.5}, ("k", "int_from_float")),
        ({"k": "ten"}, ("k", "float_type")),
        ({"k": None}, ("k", "int_type")),
        ({"k": [10]}, ("k", "int_type")),
        ({"k": math.nan}, ("k", "finite_number")),
        ({"k": 10**30}, ("k", "less_than_equal")),
        ({"offset": -1}, ("offset", "greater_than_equal")),
        ({"offset": MAXIMUM_OFFSET + 1}, ("offset", "less_than_equal")),
        ({"weights": {"meaning": -0.1}}, ("weights.meaning", "greater_than_equal")),
        ({"weights": {"meaning": math.nan}}, ("weights.meaning", "finite_number")),
        ({"weights": {"place": math.inf}}, ("weights.place", "finite_number")),
        ({"weights": {"place": 1e7}}, ("weights.place", "less_than_equal")),
        ({"weights": {"place": "much"}}, ("weights.place", "float_type")),
        ({"weights": {"price": 1}}, ("weights.price.[key]", "enum")),
        ({"weights": {"meaning": 0, "place": 0.0}}, ("weights", "no_weight")),
        ({"weights": {}}, ("weights", "no_weight")),
        ({"k": True}, ("k", "float_type")),
        ({"k": "3"}, ("k", "float_type")),
        ({"diversity": "0.5"}, ("diversity", "float_type")),
        ({"weights": {"meaning": True}}, ("weights.meaning", "float_type")),
        ({"weights": [0.5, 0.5]}, ("weights", "dict_type")),
        ({"diversity": -0.1}, ("diversity", "greater_than_equal")),
        ({"diversity": 1.1}, ("diversity", "less_than_equal")),
        ({"diversity": math.nan}, ("diversity", "finite_number")),
        ({"maximum_distance_km": -1}, ("maximum_distance_km", "greater_than_equal")),
        ({"maximum_distance_km": 1_001}, ("maximum_distance_km", "less_than_equal")),
        ({"maximum_distance_km": math.nan}, ("maximum_distance_km", "finite_number")),
        ({"maximum_distance_km": math.inf}, ("maximum_distance_km", "finite_number")),
        ({"half_distance_km": 0}, ("half_distance_km", "greater_than_equal")),
        ({"half_distance_km": math.nan}, ("half_distance_km", "finite_number")),
        ({"half_distance_km": -math.inf}, ("half_distance_km", "finite_number")),
        ({"modes": []}, ("modes", "too_short")),
        ({"modes": ["online", "by_post"]}, ("modes.1", "enum")),
        ({"modes": "online"}, ("modes", "tuple_type")),
        ({"modes": ["online"] * 4}, ("modes", "too_long")),
        ({"schedules": ["weekend", "midnight"]}, ("schedules.1", "enum")),
        ({"schedules": ["weekend"] * 5}, ("schedules", "too_long")),
        ({"online_policy": "nearby"}, ("online_policy", "enum")),
        ({"language": "fr"}, ("language", "enum")),
        ({"as_of": "2026-02-30"}, ("as_of", "date_from_datetime_parsing")),
        ({"as_of": "tomorrow"}, ("as_of", "date_from_datetime_parsing")),
        ({"starts_by": "2026-03-01T09:30"}, ("starts_by", "date_from_datetime_inexact")),
        ({"industry": "行" * 201}, ("industry", "string_too_long")),
        ({"industry": 5}, ("industry", "string_type")),
        ({"skill_level": "级" * 201}, ("skill_level", "string_too_long")),
        ({"industry": "行\x00业"}, ("industry", "control_character")),
        ({"industry": "行\ud800业"}, ("industry", "string_unicode")),
        ({"radius": 5}, ("radius", "extra_forbidden")),
        ({"K": 5}, ("K", "extra_forbidden")),
        ({"location": "粤海街道"}, ("location", "model_type")),
        ({"location": {}}, ("location", "point_or_place")),
        ({"location": {"datum": "wgs84"}}, ("location", "point_or_place")),
        ({"location": {"latitude": 22.69}}, ("location", "half_a_point")),
        ({"location": {"longitude": 114.34}}, ("location", "half_a_point")),
        ({"location": {"latitude": 22.69, "place": "粤海"}}, ("location", "half_a_point")),
        ({"location": {"latitude": 22.69, "longitude": 114.34, "place": "粤海"}}, ("location", "point_or_place")),
        ({"location": {"latitude": 114.34, "longitude": 22.69}}, ("location.latitude", "less_than_equal")),
        ({"location": {"latitude": math.nan, "longitude": 114.34}}, ("location.latitude", "finite_number")),
        ({"location": {"latitude": 22.69, "longitude": math.inf}}, ("location.longitude", "finite_number")),
        ({"location": {"latitude": "north", "longitude": 114.34}}, ("location.latitude", "float_type")),
        ({"location": {"latitude": 22.69, "longitude": 114.34, "datum": "cgcs2000"}}, ("location.datum", "enum")),
        ({"location": {"place": ""}}, ("location.place", "string_too_short")),
        ({"location": {"place": "粤\x1b海"}}, ("location.place", "control_character")),
        ({"location": {"place": "海" * 201}}, ("location.place", "string_too_long")),
        ({"location": {"place": "粤海", "street": "科苑路"}}, ("location.street", "extra_forbidden")),
    ],
)
def test_a_wrong_field_is_refused_by_its_name(
    model: type[BaseModel], base: dict[str, Any], fields: dict[str, Any], expected: Fault
) -> None:
    assert faults(model, {**base, **fields}) == [expected]


@pytest.mark.parametrize(("model", "field"), [(LearnerRequest, "goal"), (EnterpriseRequest, "needs")])
def test_a_free_text_has_a_length_and_no_control_characters(model: type[BaseModel], field: str) -> None:
    assert model.model_validate({field: "学" * 2_000})
    assert faults(model, {field: "学" * 100_000}) == [(field, "string_too_long")]
    assert faults(model, {field: "学\x00习"}) == [(field, "control_character")]
    assert faults(model, {field: "学\udcff习"}) == [(field, "string_unicode")]
    assert faults(model, {field: ["学"]}) == [(field, "string_type")]


def test_completed_courses_are_ids_and_not_too_many() -> None:
    assert faults(LearnerRequest, {**LEARNER, "completed_course_ids": [""]})[0][0] == "completed_course_ids.0"
    assert faults(LearnerRequest, {**LEARNER, "completed_course_ids": [3]})[0][0] == "completed_course_ids.0"
    assert faults(LearnerRequest, {**LEARNER, "completed_course_ids": ["x"] * 1_001}) == [
        ("completed_course_ids", "too_long")
    ]


def test_every_wrong_field_is_reported_at_once() -> None:
    fields = {**LEARNER, "k": 0, "diversity": 2, "radius": 5, "location": {"latitude": math.nan, "longitude": 200}}

    assert {field for field, _ in faults(LearnerRequest, fields)} == {
        "k",
        "diversity",
        "radius",
        "location.latitude",
        "location.longitude",
    }


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_json_that_holds_no_finite_number_is_refused(number: str) -> None:
    with pytest.raises(ValidationError) as caught:
        LearnerRequest.model_validate_json(
            f'{{"goal": "数控", "location": {{"latitude": {number}, "longitude": 114}}}}'
        )

    assert [(error["loc"], error["type"]) for error in caught.value.errors()] == [
        (("location", "latitude"), "finite_number")
    ]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"instance_id": ""}, ("instance_id", "string_too_short")),
        ({"instance_id": None}, ("instance_id", "string_type")),
        ({"instance_id": "x\x00"}, ("instance_id", "control_character")),
        ({"instance_id": "x" * 129}, ("instance_id", "string_too_long")),
        ({"k": 0}, ("k", "greater_than_equal")),
        ({"k": 1_001}, ("k", "less_than_equal")),
        ({"offset": -1}, ("offset", "greater_than_equal")),
        ({"maximum_distance_km": math.nan}, ("maximum_distance_km", "finite_number")),
        ({"goal": "数控"}, ("goal", "extra_forbidden")),
    ],
)
def test_an_audience_is_asked_for_one_class(fields: dict[str, Any], expected: Fault) -> None:
    assert AudienceRequest.model_validate(AUDIENCE).k == 20
    assert faults(AudienceRequest, {**AUDIENCE, **fields}) == [expected]


def test_an_audience_request_without_a_class_is_refused() -> None:
    assert faults(AudienceRequest, {}) == [("instance_id", "missing")]


def test_a_request_does_not_change() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        LearnerRequest(goal="数控").k = 3  # type: ignore[misc]
