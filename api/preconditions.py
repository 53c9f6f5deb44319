"""`ETag`, `If-Match` and `If-None-Match` (RFC 9110): how a caller says which state of a record is to be changed."""

import re
from collections.abc import Sequence
from typing import Annotated

from fastapi import Depends, Header
from pydantic import WithJsonSchema

from recommender.errors import InvalidRequest
from recommender.registry import Expected

_TAG = r'(?:W/)?"[^"]*"'
_ETAG = '(W/)?"[!#-~]*"'  # as RFC 9110 has it
_TAGS = re.compile(rf"{_TAG}(?:\s*,\s*{_TAG})*")
_VERSION = re.compile(r'(?<!W/)"([1-9][0-9]{0,17})"')  # a weak tag matches nothing, as does one that we never gave

IfMatch = Annotated[
    list[str] | None,
    WithJsonSchema({"type": "string", "pattern": rf"^(\*|{_ETAG}(, {_ETAG})*)$", "examples": ["*"]}),
    Header(
        alias="If-Match",
        description='Change the record only if its `ETag` is one of these, such as `"7"`; `*`: if it is there.',
    ),
]
IfNoneMatch = Annotated[
    list[str] | None,
    WithJsonSchema({"type": "string", "const": "*"}),
    Header(alias="If-None-Match", description="`*`: write the record only if it is not there yet."),
]


def etag(version: int) -> str:
    """Return the tag of a record that the catalogue version `version` last changed."""
    return f'"{version}"'


async def get_expected(if_match: IfMatch = None, if_none_match: IfNoneMatch = None) -> Expected | None:
    """Return the state that the caller takes the record to be in, None when it does not say; InvalidRequest names a header that makes no sense."""
    if if_none_match is not None and _joined(if_none_match) != "*":
        raise InvalidRequest.of("If-None-Match", "写入时只能为 *。", "For a write it can only be *.")
    if if_match is None:
        return None if if_none_match is None else Expected(absent=True)
    versions = _versions(_joined(if_match))
    return Expected(versions if if_none_match is None else frozenset())  # no record is both there and not


CurrentExpected = Annotated[Expected | None, Depends(get_expected)]


def _versions(tags: str) -> frozenset[int] | None:
    """Return the versions among `tags`, None for any."""
    if tags == "*":
        return None
    if not _TAGS.fullmatch(tags):
        raise InvalidRequest.of(
            "If-Match", '应为 *，或带引号的版本，如 "7"。', 'Expected *, or versions in quotes such as "7".'
        )
    return frozenset(int(version) for version in _VERSION.findall(tags))


def _joined(lines: Sequence[str]) -> str:
    return ", ".join(lines).strip()
