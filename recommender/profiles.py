"""A stored learner or enterprise as the request it would send."""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from recommender.domain import Coordinates, Enterprise, Learner
from recommender.errors import FieldProblem, InvalidRequest
from recommender.geography import Gazetteer, Point
from recommender.requests import STORED, EnterpriseRequest, LearnerRequest, Location
from recommender.validation import explain

Request = TypeVar("Request", LearnerRequest, EnterpriseRequest)


def learner_request(learner: Learner, **listing: Any) -> LearnerRequest:
    """Return the request of a stored learner; `listing` holds fields of `Listing`. InvalidRequest when they do not make one."""
    return _request(
        LearnerRequest,
        STORED,
        industry=learner.industry,
        occupation=learner.occupation,
        skill_level=learner.skill_level.value if learner.skill_level else None,
        goal=learner.goal,
        completed_course_ids=learner.completed_course_ids,
        **{"location": _location(learner), **listing},
    )


def enterprise_request(enterprise: Enterprise, **listing: Any) -> EnterpriseRequest:
    """Return the request of a stored enterprise; `listing` holds fields of `Listing`. InvalidRequest when they do not make one."""
    return _request(
        EnterpriseRequest,
        STORED,
        industry=enterprise.industry,
        needs=enterprise.needs,
        headcount=enterprise.headcount or None,
        **{"location": _location(enterprise), **listing},
    )


def parse_request(fields: dict[str, Any]) -> LearnerRequest | EnterpriseRequest:
    """Return the request made of `fields`, an enterprise's if it speaks of needs or headcount; InvalidRequest when they do not make one."""
    if fields.keys() & {"needs", "headcount"}:
        return _request(EnterpriseRequest, None, **fields)
    return _request(LearnerRequest, None, **fields)


def point_of(record: Learner | Enterprise, gazetteer: Gazetteer) -> Point | None:
    """Return where a stored profile's request is made from: its own point, else its place's, else None. `resolve` says the same, and far more.

    InvalidRequest when it is not in the city, or there is no such place.
    """
    if record.latitude is not None and record.longitude is not None:
        own = Coordinates(latitude=record.latitude, longitude=record.longitude, datum=record.datum)
        return gazetteer.locate(own)
    return gazetteer.point_of(gazetteer.find(record.place)) if record.place else None


def _location(record: Learner | Enterprise) -> Location | None:
    if record.latitude is not None:
        return Location(latitude=record.latitude, longitude=record.longitude, datum=record.datum)
    return Location(place=record.place) if record.place else None


def _request(kind: type[Request], context: Mapping[str, Any] | None, **fields: Any) -> Request:
    try:
        return kind.model_validate(fields, context=context)
    except ValidationError as error:
        problems = [FieldProblem(".".join(map(str, e["loc"])) or "profile", explain(e)) for e in error.errors()]
        raise InvalidRequest(problems) from error
