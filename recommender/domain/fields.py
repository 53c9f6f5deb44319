"""What single values may be: the types that records and requests are made of."""

import unicodedata
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

GOAL_LENGTH = 2_000
TEXT_LENGTH = 4_000

_CONTROL = r"\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F"
PRINTABLE = rf"^[^{_CONTROL}]*$"
"""In JSON Schema: what `printable` accepts."""

_FILLED = rf"^[^{_CONTROL}]*[^\s{_CONTROL}][^{_CONTROL}]*$"  # blanks alone are nothing


def _told(pattern: str) -> Any:
    """Return what lets the documentation tell of a pattern that a validator holds texts to."""
    return Field(json_schema_extra={"pattern": pattern})


def printable(text: object) -> object:
    """Return `text` unchanged, or refuse control characters, at its ends as well."""
    if isinstance(text, str):
        for character in text:
            if character not in "\n\t\r" and unicodedata.category(character) == "Cc":
                raise PydanticCustomError("control_character", "control characters are not allowed")
    return text


def _listed(value: object) -> object:
    """Accept one text as a list of one, so that a lone value need not be wrapped."""
    return (value,) if isinstance(value, str) else value


def _coarse(degrees: float) -> float:
    """Return `degrees` to three decimals, about 100 m: nearer than that nobody needs to know where somebody lives."""
    return round(degrees, 3)


Identifier = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=128),
    BeforeValidator(printable),
    _told(_FILLED),
]
Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    BeforeValidator(printable),
    _told(_FILLED),
]
Text = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=TEXT_LENGTH), BeforeValidator(printable), _told(PRINTABLE)
]
Goal = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=GOAL_LENGTH), BeforeValidator(printable), _told(PRINTABLE)
]
Names = Annotated[tuple[Name, ...], BeforeValidator(_listed)]
Identifiers = Annotated[tuple[Identifier, ...], BeforeValidator(_listed)]
Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
CoarseLatitude = Annotated[Latitude, AfterValidator(_coarse)]
CoarseLongitude = Annotated[Longitude, AfterValidator(_coarse)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Kilometres = Annotated[float, Field(ge=0, le=1_000, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=0, le=1_000_000)]
Amount = Annotated[float, Field(ge=0, le=10_000_000, allow_inf_nan=False)]
