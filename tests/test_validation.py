"""Every way in which a record or a request can be wrong has a sentence of its own, in both languages."""

import dataclasses
import json
import math
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from recommender import domain, requests
from recommender.validation import explain

CANARY = "canary金丝雀"
MODELS: tuple[type, ...] = (
    domain.Coordinates,
    domain.TrainingSite,
    domain.Provider,
    domain.Course,
    domain.CourseInstance,
    domain.Learner,
    domain.Enterprise,
    domain.IndustryCluster,
    domain.ClusterRelation,
    domain.Place,
    requests.Location,
    requests.LearnerRequest,
    requests.ExplainRequest,
    requests.EnterpriseRequest,
    requests.AudienceRequest,
)
FIELDS = [
    (model, name)
    for model in MODELS
    for name in (
        [field.name for field in dataclasses.fields(model)] if dataclasses.is_dataclass(model) else model.model_fields  # type: ignore[attr-defined]
    )
]
WRONG: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    2.5,
    10**30,
    -(10**30),
    10**400,
    math.nan,
    -math.inf,
    "",
    CANARY,
    CANARY * 20_000,
    "nan",
    "1" * 5_000,
    f"{CANARY}\x00",
    f"{CANARY}\ud800",
    "2026-13-01",
    "2026-03-01T10:00",
    [],
    [CANARY],
    [None],
    [[CANARY]],
    ["online"] * 9,
    ["x"] * 1_001,
    {},
    {CANARY: CANARY},
    {"meaning": -1},
    {"meaning": CANARY},
    {"latitude": 1.0},
    b"\xff\xfe",
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


def errors(model: type, value: object) -> list[ErrorDetails]:
    try:
        TypeAdapter(model).validate_python(value)
    except ValidationError as error:
        return error.errors()
    return []


def errors_in_json(model: type, value: object) -> list[ErrorDetails]:
    try:
        TypeAdapter(model).validate_json(json.dumps(value))
    except ValidationError as error:
        return error.errors()
    return []


def assert_explained(error: ErrorDetails) -> None:
    """Assert that the error's sentence is one of the table's, whole, and says nothing of what was sent."""
    zh, en = explain(error)

    assert "不符合要求" not in zh, error["type"]
    assert re.search("[\u4e00-\u9fff]", zh)
    assert zh.endswith("。")
    assert en.isascii()
    assert en.endswith(".")
    for sentence in (zh, en):
        assert len(sentence) < 200
        assert "canary" not in sentence
        assert not set("{}") & set(sentence)


@pytest.mark.parametrize(("model", "field"), FIELDS)
def test_every_field_explains_what_it_refuses(model: type, field: str) -> None:
    wrong = [value for value in WRONG if errors(model, {field: value})]

    assert wrong
    for value in wrong:
        for error in errors(model, {field: value}):
            assert_explained(error)


@pytest.mark.parametrize(("model", "field"), FIELDS)
def test_every_field_explains_what_it_refuses_in_json(model: type, field: str) -> None:
    for value in WRONG:
        if not isinstance(value, bytes):
            for error in errors_in_json(model, {field: value}):
                assert_explained(error)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("value", [*WRONG, {CANARY: 1}, {"\ud800": 1}, {1: 1}, {None: 1}], ids=lambda value: None)
def test_something_else_in_a_record_s_place_is_explained(model: type, value: object) -> None:
    for error in errors(model, value):
        assert_explained(error)


@settings(deadline=None)  # the first example waits for an import or a table
@given(fields=st.lists(st.tuples(st.sampled_from(FIELDS), json_values), min_size=1, max_size=3))
def test_whatever_is_sent_is_read_or_explained(fields: list[tuple[tuple[type, str], Any]]) -> None:
    model = fields[0][0][0]
    sent = {name: value for (_, name), value in fields}

    for error in errors(model, sent) + errors_in_json(model, sent):
        assert_explained(error)


@pytest.mark.parametrize("text", ["", "{", "[1,", '{"goal": "\\ud800"}', '{"goal": "\x00"}', "nul", "{'goal': 1}"])
def test_broken_json_is_explained(text: str) -> None:
    with pytest.raises(ValidationError) as caught:
        requests.LearnerRequest.model_validate_json(text)

    (error,) = caught.value.errors()
    assert error["type"] == "json_invalid"
    assert explain(error).zh.startswith("不是有效的 JSON：")


@pytest.mark.parametrize(
    ("model", "value", "zh", "en"),
    [
        (requests.AudienceRequest, {}, "此项必填。", "This field is required."),
        (domain.Provider, {}, "此项必填。", "This field is required."),
        (
            domain.Provider,
            {"name": "x", "y": 1},
            "没有这个字段，请检查拼写。",
            "There is no such field; check its spelling.",
        ),
        (requests.AudienceRequest, {"instance_id": "x", "k": 0}, "不能小于 1。", "Must be at least 1."),
        (requests.AudienceRequest, {"instance_id": "x", "k": 1_001}, "不能大于 1000。", "Must be at most 1000."),
        (
            domain.Coordinates,
            {"latitude": 22.5, "longitude": 114.0, "datum": "x"},
            "应为以下之一：'wgs84', 'gcj02', 'bd09'。",
            "Expected one of 'wgs84', 'gcj02', 'bd09'.",
        ),
        (domain.Coordinates, {"latitude": -91, "longitude": 114.0}, "不能小于 -90。", "Must be at least -90."),
        (domain.Provider, {"name": "长" * 201}, "太长，最多 200 个字符。", "Too long: at most 200 characters."),
        (domain.Provider, {"name": " "}, "不能为空，至少 1 个字符。", "Must not be empty: at least 1 character(s)."),
        (
            domain.Learner,
            {"learner_id": "x", "latitude": 22.5},
            "纬度和经度须同时给出。",
            "Latitude and longitude belong together: give both or neither.",
        ),
    ],
)
def test_a_sentence_states_what_was_expected(model: type, value: object, zh: str, en: str) -> None:
    (error,) = errors(model, value)

    assert explain(error) == (zh, en)


@pytest.mark.parametrize("model", [requests.Location, domain.Coordinates, domain.TrainingSite, domain.Place])
def test_a_longitude_in_the_latitude_s_place_is_recognised(model: type) -> None:
    (error,) = (
        error for error in errors(model, {"latitude": 114.34, "longitude": 22.69}) if error["loc"] == ("latitude",)
    )

    assert "写反" in explain(error).zh
    assert "exchanged" in explain(error).en


@pytest.mark.parametrize("point", [{"latitude": 22.69, "longitude": 200.0}, {"latitude": -91, "longitude": 114.0}])
def test_other_numbers_out_of_bounds_are_not_taken_for_swapped_ones(point: dict[str, float]) -> None:
    (error,) = errors(domain.Coordinates, point)

    assert "写反" not in explain(error).zh


def test_an_error_without_a_sentence_still_says_what_pydantic_says() -> None:
    class Tagged(BaseModel):
        tags: frozenset[int]

    (error,) = errors(Tagged, {"tags": 3})

    assert explain(error) == ("不符合要求（frozen_set_type）。", "Input should be a valid frozenset.")
