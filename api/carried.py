"""The headers that answers carry, as the documentation tells of them."""

from collections.abc import Mapping
from typing import Any

from api.dependencies import MINIMUM_VERSION

_WHOLE = {"type": "integer", "minimum": 0}

HEADERS: Mapping[str, Any] = {
    "X-Request-ID": {
        "description": "Names the request in the log of the service: the caller's own id, if it was a UUID or 32 hexadecimal digits, else a new one.",
        "required": True,
        "schema": {"type": "string", "pattern": "^[0-9A-Fa-f-]{32,36}$"},
    },
    "ETag": {
        "description": "The state of the record; give it as `If-Match`, so that nobody else's change is written over.",
        "required": True,
        "schema": {"type": "string", "pattern": '^"[1-9][0-9]*"$'},
    },
    "Catalogue-Version": {
        "description": "From which catalogue version on everybody sees the write; give it as `Minimum-Catalogue-Version` to be answered from it.",
        "required": True,
        "schema": _WHOLE,
    },
    "Idempotency-Replayed": {
        "description": "`true`: this is the answer that the first call with the same `Idempotency-Key` got; nothing was written again.",
        "schema": {"type": "string", "const": "true"},
    },
    "Retry-After": {"description": "Come again after so many seconds.", "required": True, "schema": _WHOLE},
    "WWW-Authenticate": {
        "description": "How a key is shown.",
        "required": True,
        "schema": {"type": "string", "const": "Bearer"},
    },
}
"""By name: OpenAPI's header objects."""

MINIMUM: Mapping[str, Any] = {
    "name": MINIMUM_VERSION,
    "in": "header",
    "required": False,
    "description": "Wait, for a few seconds at most, until the answer is from this catalogue version at least: as a write was answered with it.",
    "schema": {"type": "integer", "minimum": 0, "maximum": 10**18 - 1},
}
"""The header by which a caller makes sure to see what was just written, as a parameter."""

_OF_STATUS: Mapping[str, str] = {"401": "WWW-Authenticate", "429": "Retry-After", "503": "Retry-After"}
_OF_SCHEMA: Mapping[str, tuple[str, ...]] = {
    "Stored": ("ETag",),
    "Written": ("ETag", "Catalogue-Version"),
    "Deleted": ("Catalogue-Version",),
    "Erased": ("Catalogue-Version",),
    "SyncResults": ("Catalogue-Version", "Idempotency-Replayed"),
}


def headers_of(status: str, schema: str) -> dict[str, Any]:
    """Return what goes with a status, and with an answer whose schema's name begins so; `X-Request-ID` goes with everything."""
    names = [
        "X-Request-ID",
        *(name for begin, names in _OF_SCHEMA.items() if schema.startswith(begin) for name in names),
    ]
    names += [_OF_STATUS[status]] if status in _OF_STATUS else []
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}
