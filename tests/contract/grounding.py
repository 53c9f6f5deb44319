"""What no schema can say, and generated requests must know all the same: which sites, courses, clusters and places there are.

Without it nearly every request would end at a name that nobody has, and nothing behind that would be tried.
"""

import re
import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from schemathesis import Case
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation.meta import TestPhase

from api.dependencies import MINIMUM_VERSION
from api.schemas.fields import LINES
from recommender.domain import Catalogue, PlaceKind
from tests.contract.lines import document
from tests.contract.town import SPARE

_LEFT_ALONE = 8  # one in so many names stays what it was: nobody has it
_ETAG = re.compile(r'"\d+"')
_KEYS = ("site_id", "course_id", "instance_id", "learner_id", "enterprise_id")


class Grounding:
    """Puts names that exist, or soon will, in the place of generated ones, where a request is meant to be right."""

    def __init__(self, catalogue: Catalogue, latest: Callable[[], int]) -> None:
        """`latest` tells the store's present catalogue version."""
        self._latest = latest
        tables = (
            catalogue.sites,
            catalogue.courses,
            catalogue.course_instances,
            catalogue.learners,
            catalogue.enterprises,
        )
        ids = {key: [getattr(record, key) for record in table] for key, table in zip(_KEYS, tables, strict=True)}
        districts = [place.name for place in catalogue.places if place.kind is PlaceKind.DISTRICT]
        self._names: dict[str, Sequence[str]] = {
            **ids,
            "prerequisites": ids["course_id"],
            "completed_course_ids": ids["course_id"],
            "clusters": [cluster.name for cluster in catalogue.clusters],
            "cluster": [cluster.name for cluster in catalogue.clusters],
            "industry": [cluster.name for cluster in catalogue.clusters],
            "provider": [provider.name for provider in catalogue.providers],
            "place": districts,
            "district": districts,
            "within": districts,
        }
        self._points = [(site.latitude, site.longitude) for site in catalogue.sites if site.latitude is not None]

    def ground(self, case: Case) -> None:
        """Ground the parts of a request that are meant to be right."""
        if case.meta is None:
            return
        wrong = case.meta.is_negative_at
        if case.path_parameters and not wrong(ParameterLocation.PATH):
            case.path_parameters = {name: self._id(case, name, value) for name, value in case.path_parameters.items()}
        if not wrong(ParameterLocation.HEADER):
            case.headers = _seen(dict(case.headers or {})) | self._minimum_version(case)
        if case.query and not wrong(ParameterLocation.QUERY):
            case.query = self._grounded(_speaking(case, dict(case.query)))
        if isinstance(case.body, Mapping) and not wrong(ParameterLocation.BODY):
            case.body = self._same_id(self._grounded(case.body), case.path_parameters or {})
        if case.media_type == LINES and isinstance(case.body, str) and not wrong(ParameterLocation.BODY):
            case.body = document(_number(case.body))

    def _minimum_version(self, case: Case) -> dict[str, str]:
        """Return the header by which a chain sees what it has just written, and others nothing that is yet to come."""
        if all(parameter.name != MINIMUM_VERSION for parameter in case.operation.headers):
            return {}
        return {MINIMUM_VERSION: str(self._latest() if _is_chained(case) else 1)}

    def _id(self, case: Case, name: str, value: Any) -> Any:
        """Return the id of a record that is there, or was. Chains stay with the spare ones, and only these are deleted, or soon nothing would be left."""
        return self._one_of(SPARE if _is_chained(case) or case.method == "DELETE" else self._names[name], value)

    def _grounded(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        grounded = {name: self._value(name, value) for name, value in fields.items()}
        if isinstance(grounded.get("latitude"), int | float) and isinstance(grounded.get("longitude"), int | float):
            grounded["latitude"], grounded["longitude"] = self._points[_number(fields) % len(self._points)]
        if "subdistrict" in grounded:  # which of them a district has
            grounded["subdistrict"] = None
        return grounded

    def _value(self, name: str, value: Any) -> Any:
        match value:
            case Mapping():
                return self._grounded(value)
            case list() if name in self._names:
                return [self._one_of(self._names[name], item) for item in value]
            case str() if name in self._names:
                return self._one_of(self._names[name], value)
        return value

    def _one_of(self, names: Sequence[str], value: Any) -> Any:
        number = _number(value)
        left_alone = not isinstance(value, str) or value in names or not names or number % _LEFT_ALONE == 0
        return value if left_alone else names[number % len(names)]

    @staticmethod
    def _same_id(fields: dict[str, Any], in_address: Mapping[str, Any]) -> dict[str, Any]:
        """Let a body name the record that its address names."""
        return fields | {name: unquote(str(value)) for name, value in in_address.items() if name in fields}


def _is_chained(case: Case) -> bool:
    return case.meta is not None and case.meta.phase.name is TestPhase.STATEFUL


def _speaking(case: Case, query: dict[str, Any]) -> dict[str, Any]:
    """Let mostly the platform itself write: to a site, nearly all that is there is another's."""
    if case.method != "GET" and _number(query) % _LEFT_ALONE:
        query.pop("site_id", None)
    return query


def _seen(headers: dict[str, Any]) -> dict[str, Any]:
    """Return headers by which mostly any state of a record will do, but for an ETag, which was one."""
    if _number(headers) % _LEFT_ALONE:
        headers.pop("If-None-Match", None)
        if "If-Match" in headers and not _ETAG.fullmatch(str(headers["If-Match"])):
            headers["If-Match"] = "*"
    return headers


def _number(value: Any) -> int:
    return zlib.crc32(repr(value).encode("utf-8", "surrogatepass"))
