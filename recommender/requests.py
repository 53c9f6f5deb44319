"""What a caller may ask, as sent: the fields, their types and bounds. Names are resolved later, against a snapshot."""

import datetime
import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from recommender.domain import (
    GOAL_LENGTH,
    PRINTABLE,
    Count,
    Datum,
    Identifier,
    Latitude,
    Longitude,
    Mode,
    Name,
    Schedule,
    Share,
    printable,
)
from recommender.language import Language
from recommender.policy import MAXIMUM_K, OnlinePolicy, Preference, Weight
from recommender.privacy import found
from recommender.taxonomy import level_names

MAXIMUM_OFFSET = 100_000
MAXIMUM_DISTANCE_KM = 1_000
_NUMBER = re.compile(r"[+-]?[\d._]+(e[+-]?\d+)?", re.IGNORECASE)
STORED: Mapping[str, Any] = {"stored": True}
"""The context to validate a stored profile in: what was kept before a rule came can still be asked for."""


def _impersonal(text: str, info: ValidationInfo) -> str:
    """Refuse what says who somebody is, or how to reach them."""
    kind = None if info.context is STORED else found(text)
    if kind is not None:
        raise PydanticCustomError(kind.value, kind.message.en)
    return text


_IMPERSONAL = AfterValidator(_impersonal)
_PRINTABLE: Any = Field(json_schema_extra={"pattern": PRINTABLE})


def _level_names(schema: dict[str, Any]) -> None:
    """Let the documentation tell of the names that a skill level goes by; an empty one is none."""
    del schema["pattern"], schema["maxLength"]
    schema["enum"] = [*level_names(), ""]


Phrase = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=200), BeforeValidator(printable), _PRINTABLE, _IMPERSONAL
]
FreeText = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=GOAL_LENGTH),
    BeforeValidator(printable),
    _PRINTABLE,
    _IMPERSONAL,
]
LevelName = Annotated[Phrase, Field(json_schema_extra=_level_names)]
AskedId = Annotated[Identifier, _IMPERSONAL]
AskedPlace = Annotated[Name, _IMPERSONAL]
Distance = Annotated[float, Field(ge=0, le=MAXIMUM_DISTANCE_KM, allow_inf_nan=False)]


def _with(field: str, **schema: Any) -> dict[str, Any]:
    """Return the JSON Schema of an object that has this field."""
    return {"required": [field], "properties": {field: schema}}


def _saying_one_of(*fields: str) -> ConfigDict:
    """Let the documentation tell of what a validator demands: that one of these fields says something."""
    return ConfigDict(json_schema_extra={"anyOf": [_with(field, type="string", pattern=r"\S") for field in fields]})


def _written_out(day: object) -> object:
    """Refuse a number, which pydantic would take for seconds: 20260301 is no day in 1970."""
    if isinstance(day, int | float) or (isinstance(day, str) and _NUMBER.fullmatch(day.strip())):
        raise PydanticCustomError("date_type", "a date is needed, such as 2026-03-01")
    return day


Day = Annotated[datetime.date, BeforeValidator(_written_out)]


def _number(value: object) -> object:
    """Refuse what JSON writes as text or as true; in a query everything is text, so this is for bodies."""
    if isinstance(value, bool | str):
        raise PydanticCustomError("float_type", "a number is needed")
    return value


def _some_weight(weights: dict[Preference, float]) -> dict[Preference, float]:
    if not sum(weights.values()):
        raise PydanticCustomError("no_weight", "at least one weight must be greater than zero")
    return weights


def _impersonal_names(fields: object) -> object:
    """Refuse fields whose names are themselves about somebody: an error would repeat them."""
    if isinstance(fields, dict) and any(isinstance(name, str) and found(name) for name in fields):
        raise PydanticCustomError("personal_field_name", "the name of a field holds personal data")
    return fields


Weights = Annotated[
    dict[Preference, Annotated[Weight, BeforeValidator(_number)]],
    BeforeValidator(_impersonal_names),
    AfterValidator(_some_weight),
    Field(json_schema_extra={"anyOf": [_with(name, exclusiveMinimum=0) for name in Preference]}),
]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    _names = model_validator(mode="before")(_impersonal_names)


class _Body(_Strict):
    """What is sent as JSON: numbers are numbers there."""

    _numbers = field_validator(
        *("latitude", "longitude", "maximum_distance_km", "half_distance_km", "diversity", "k", "offset", "headcount"),
        mode="before",
        check_fields=False,
    )(_number)


_NOTHING, _DEGREES = {"type": "null"}, {"type": "number"}
_POINT_OR_PLACE: list[Any] = [
    {
        "required": ["latitude", "longitude"],
        "properties": {"latitude": _DEGREES, "longitude": _DEGREES, "place": _NOTHING},
    },
    {
        "required": ["place"],
        "properties": {"latitude": _NOTHING, "longitude": _NOTHING, "place": {"type": "string"}},
    },
]


class Location(_Body):
    """Either a point with its datum, or the name of a place."""

    model_config = ConfigDict(json_schema_extra={"oneOf": _POINT_OR_PLACE})

    latitude: Latitude | None = None
    longitude: Longitude | None = None
    datum: Datum = Datum.WGS84
    place: AskedPlace | None = Field(default=None, description="A district or sub-district, e.g. 坪山区坑梓街道.")

    @model_validator(mode="after")
    def _one_of_both(self) -> "Location":
        if (self.latitude is None) != (self.longitude is None):
            raise PydanticCustomError("half_a_point", "latitude and longitude belong together: give both or neither")
        if (self.place is None) == (self.latitude is None):
            raise PydanticCustomError("point_or_place", "give either latitude and longitude, or place")
        return self


class ListingOptions(_Strict):
    """How the answer is cut."""

    modes: Annotated[tuple[Mode, ...], Field(min_length=1, max_length=3)] | None = None
    schedules: Annotated[tuple[Schedule, ...], Field(max_length=4)] = ()
    starts_by: Day | None = Field(default=None, description="Leave out classes that start after this day.")
    maximum_distance_km: Distance | None = Field(default=None, description="The policy's default when absent.")
    half_distance_km: Annotated[float, Field(ge=0.05, le=1_000, allow_inf_nan=False)] | None = None
    online_policy: OnlinePolicy = OnlinePolicy.NEUTRAL
    diversity: Share | None = Field(default=None, description="0 is the pure order of the scores.")
    k: Annotated[int, Field(ge=1, le=MAXIMUM_K)] = 10
    offset: Annotated[int, Field(ge=0, le=MAXIMUM_OFFSET)] = 0
    as_of: Day | None = Field(default=None, description="The day the answer is for; today when absent.")
    language: Language = Language.ZH


class Listing(ListingOptions, _Body):
    """How the answer is cut and weighed, and from where; the same for learners and enterprises."""

    location: Location | None = None
    weights: Weights | None = Field(
        default=None, description="Replaces the defaults: a weight left out is 0; they are normalised to sum to 1."
    )


class LearnerRequest(Listing):
    """A learner's profile and wishes; nothing of it is stored. One of goal, occupation and industry is needed."""

    model_config = _saying_one_of("goal", "occupation", "industry")

    industry: Phrase | None = None
    occupation: Phrase | None = None
    skill_level: LevelName | None = None
    goal: FreeText | None = None
    completed_course_ids: Annotated[tuple[AskedId, ...], Field(max_length=1_000)] = ()

    @model_validator(mode="after")
    def _says_something(self) -> "LearnerRequest":
        if not (self.goal or self.occupation or self.industry):
            raise PydanticCustomError("empty_profile", "one of goal, occupation and industry is needed")
        return self


class ExplainRequest(LearnerRequest):
    """A learner's request, and the course of which is asked where it stands in the answer to it."""

    course_id: AskedId


class EnterpriseRequest(Listing):
    """What an enterprise wants taught, for how many, where. One of needs and industry is needed."""

    model_config = _saying_one_of("needs", "industry")

    industry: Phrase | None = None
    needs: FreeText | None = None
    skill_level: LevelName | None = None
    headcount: Annotated[Count, Field(ge=1)] | None = None

    @model_validator(mode="after")
    def _says_something(self) -> "EnterpriseRequest":
        if not (self.needs or self.industry):
            raise PydanticCustomError("empty_need", "one of needs and industry is needed")
        return self


class AudienceRequest(_Body):
    """A course instance, for which the learners whom it suits best are sought."""

    instance_id: AskedId
    maximum_distance_km: Distance | None = None
    k: Annotated[int, Field(ge=1, le=1_000)] = 20
    offset: Annotated[int, Field(ge=0, le=MAXIMUM_OFFSET)] = 0
    as_of: Day | None = None


class CoverageRequest(_Strict):
    """Where supply is missing: how far away still counts as near, on which day."""

    within_km: Annotated[float, Field(gt=0, le=50, allow_inf_nan=False)] = Field(
        default=5, description="A course taught at most so far away covers a learner."
    )
    as_of: Day | None = Field(default=None, description="The day the answer is for; today when absent.")
    language: Language = Language.ZH
