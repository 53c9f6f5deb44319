"""Where an answer leads: which of its values the next request takes, as OpenAPI's links tell it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Link:
    """From the successes of one operation to another; both are a method and a path. `parameters` are OpenAPI's runtime expressions."""

    source: tuple[str, str]
    target: tuple[str, str]
    description: str
    parameters: Mapping[str, str]
    body: Mapping[str, str] | None = None


_FIRST = "$response.body#/items/0"
_LISTED = (
    Link(
        ("get", "/v1/courses"),
        ("get", "/v1/courses/{course_id}"),
        "A course of the list, with its classes.",
        {"course_id": f"{_FIRST}/course_id"},
    ),
    Link(
        ("get", "/v1/sites"),
        ("get", "/v1/sites/{site_id}"),
        "A site of the list, with its classes.",
        {"site_id": f"{_FIRST}/site_id"},
    ),
    Link(
        ("get", "/v1/reviews"),
        ("post", "/v1/courses/{course_id}/reviews"),
        "Decide on a course that waits.",
        {"course_id": f"{_FIRST}/course_id"},
    ),
    Link(
        ("post", "/v1/recommendations"),
        ("get", "/v1/courses/{course_id}"),
        "All classes of a recommended course.",
        {"course_id": f"{_FIRST}/course/course_id"},
    ),
    Link(
        ("post", "/v1/recommendations"),
        ("post", "/v1/audiences"),
        "Whom else the recommended class suits.",
        {},
        {"instance_id": f"{_FIRST}/instance/instance_id"},
    ),
    Link(
        ("get", "/v1/sync/changes"),
        ("get", "/v1/sync/changes"),
        "What came behind these changes.",
        {"since": "$response.body#/next"},
    ),
    Link(
        ("get", "/v1/sync/digest"),
        ("get", "/v1/sites/{site_id}/record"),
        "The site that was counted.",
        {"path.site_id": "$response.body#/site_id"},
    ),
)
_TOLD = {
    ("get", "/record"): "The record as it was submitted.",
    ("get", "/history"): "What was done to the record, this write at the end.",
    ("get", "/recommendations"): "Courses for the one who was written.",
    ("patch", ""): "Change it, if nobody else has meanwhile.",
    ("delete", ""): "Delete it, if nobody else has changed it meanwhile.",
    ("put", ""): "Bring it back, with all that was hidden with it.",
    ("post", "/reviews"): "Decide on what was submitted.",
}


def add_links(document: Document) -> None:
    """Add the links to the answers that lead somewhere."""
    for link in (*_LISTED, *_of_records(document)):
        operation, target = (document["paths"][path][method] for method, path in (link.source, link.target))
        told = {"operationId": target["operationId"], "description": link.description}
        told |= {"parameters": dict(link.parameters)} if link.parameters else {}
        told |= {"requestBody": dict(link.body)} if link.body else {}
        for status, response in operation["responses"].items():
            if status.startswith("2"):
                response.setdefault("links", {})[target["operationId"]] = told


def _of_records(document: Document) -> Iterator[Link]:
    """Yield where the writing of a record leads, and its deletion."""
    for path, methods in document["paths"].items():
        if "put" in methods:
            for (method, part), told in _TOLD.items():
                if method in document["paths"].get(path + part, {}):
                    for source in ("delete",) if method == "put" else ("put", "patch"):
                        yield _of_record((source, path), (method, path + part), told)
            for part in ("/record", "/history"):
                yield _of_record(("delete", path), ("get", path + part), "What is left of it.")


def _of_record(source: tuple[str, str], target: tuple[str, str], told: str) -> Link:
    name = source[1].rpartition("{")[2].removesuffix("}")
    seen = {"header.If-Match": "$response.header.ETag"} if target[0] in ("patch", "delete") else {}
    return Link(source, target, told, {f"path.{name}": f"$request.path.{name}", **seen})
