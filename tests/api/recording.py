"""A small network in a database of its own, and the service's endpoints over it."""

import json
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from fastapi import FastAPI
from httpx import Response

from api import create_app
from recommender.domain import Catalogue
from recommender.keyring import KeyRing
from recommender.registry import KINDS, Action, Caller, Edit, Expected, Registry
from recommender.service import Erasure
from recommender.settings import Settings
from recommender.store import CatalogueStore, Stored
from tests.callers import issue_key, showing
from tests.contract.conformance import ConformingClient
from tests.handmade import catalogue, course, taught
from tests.networks import TODAY

PLACES = {
    "site": "sites",
    "course": "courses",
    "course_instance": "course-instances",
    "learner": "learners",
    "enterprise": "enterprises",
}
SMALL: Catalogue = catalogue(
    [
        course("welding", description="焊接"),
        course("robots", prerequisites=("welding",)),
        course("night", approval="pending"),
    ],
    [
        taught("welding-1", "welding", "at-0", seats=20),
        taught("welding-2", "welding", "at-5"),
        taught("robots-1", "robots", "at-0"),
        taught("robots-2", "robots"),
    ],
)
WHOLE: Mapping[str, dict[str, Any]] = {
    "site": {
        "site_id": "new",
        "name": "新阵地",
        "kind": "workshop",
        "operator": "某学校",
        "district": "东山区",
        "subdistrict": None,
        "latitude": 22.5,
        "longitude": 114.25,
        "datum": "gcj02",
        "clusters": ["robots", "health"],
        "status": "closed",
        "quality": 0.5,
        "illustrative": True,
    },
    "course": {
        "course_id": "new",
        "title": "新课",
        "description": "从零开始",
        "provider": "某学校",
        "clusters": ["software"],
        "occupations": ["钳工", "焊工|电工"],
        "skill_level": "senior",
        "duration_hours": 12.5,
        "credential": "证书",
        "customisable": True,
        "prerequisites": ["welding", "robots"],
        "language": "zh",
        "illustrative": True,
    },
    "course_instance": {
        "instance_id": "new",
        "course_id": "welding",
        "mode": "at_enterprise",
        "site_id": "at-5",
        "start_date": "2027-01-02",
        "end_date": "2027-01-03",
        "enrolment_deadline": "2026-12-31",
        "schedule": "weekend",
        "seats": 30,
        "enrolled": 4,
        "fee_yuan": 99.5,
        "service_radius_km": 20.5,
        "minimum_headcount": 10,
    },
    "learner": {
        "learner_id": "new",
        "industry": "software",
        "occupation": "焊工",
        "skill_level": "junior",
        "latitude": 22.5,
        "longitude": 114.25,
        "datum": "bd09",
        "place": "东山区",
        "goal": "想学\n机器人",
        "completed_course_ids": ["welding"],
        "illustrative": True,
    },
    "enterprise": {
        "enterprise_id": "new",
        "name": "某厂",
        "industry": "fashion",
        "latitude": 22.5,
        "longitude": 114.25,
        "datum": "wgs84",
        "place": "东山区",
        "needs": "带班",
        "headcount": 40,
        "illustrative": True,
    },
}
"""By the record's `type`: one with every field filled."""
BARE: Mapping[str, dict[str, Any]] = {
    "site": {"name": "新阵地", "kind": "centre"},
    "course": {"title": "新课"},
    "course_instance": {"course_id": "welding", "mode": "online"},
    "learner": {},
    "enterprise": {"name": "某厂"},
}
"""By the record's `type`: as little as it can be."""

_SETTINGS = Settings(rate_per_key="100000/second", rate_of_refusals="100000/second")


@cache
def _app() -> FastAPI:
    """The application, made once: to make it takes longer than most tests."""
    return create_app(_SETTINGS)


class Records:
    """The endpoints over a database, asked as by HTTP."""

    def __init__(self, url: str) -> None:
        self.store = CatalogueStore(url)
        with self.store.write(source="test", day=TODAY) as transaction:
            for name in Catalogue.__dataclass_fields__:
                transaction.put(name, [Stored(record) for record in getattr(SMALL, name)])
        self.registry = Registry(self.store, lambda: TODAY)
        self.app = _app()
        self.app.state.service = self
        self.app.state.keys = KeyRing(self.store)
        self.app.state.settings = _SETTINGS
        self.key = issue_key(self.store)
        self.client = ConformingClient(self.app, headers=showing(self.key))

    def erase(self, learner_id: str, caller: Caller, *, expected: Expected | None) -> Erasure:
        """Erase a learner as a service does, but for snapshots, of which there are none."""
        edit = Edit(KINDS["learner"], learner_id, Action.DELETE, expected=expected)
        return Erasure(self.registry.edit(edit, caller), 0, in_effect=True)

    def ask(self, method: str, address: str, body: Any = None, **headers: str) -> Response:
        """Send a request; `if_match="…"` is the header If-Match."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        content = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        form = {} if content is None else {"content-type": "application/json"}
        return self.client.request(method, f"/v1/{address}", content=content, headers=form | named)

    def put(self, kind: str, name: str, body: Any, **headers: str) -> Response:
        return self.ask("PUT", f"{PLACES[kind]}/{name}", body, **headers)

    def patch(self, kind: str, name: str, body: Any, **headers: str) -> Response:
        return self.ask("PATCH", f"{PLACES[kind]}/{name}", body, **headers)

    def delete(self, kind: str, name: str, **headers: str) -> Response:
        return self.ask("DELETE", f"{PLACES[kind]}/{name}", **headers)

    def record(self, kind: str, name: str) -> Response:
        return self.ask("GET", f"{PLACES[kind]}/{name}/record")

    def history(self, kind: str, name: str) -> list[dict[str, Any]]:
        return self.ask("GET", f"{PLACES[kind]}/{name}/history").json()["items"]

    def sync(self, lines: Iterable[Any] | bytes, query: str = "", **headers: str) -> Response:
        """Send lines: bytes as they are, other things as JSON."""
        content = lines if isinstance(lines, bytes) else b"".join(line_of(line) for line in lines)
        named = {"content-type": "application/x-ndjson"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        return self.client.post(f"/v1/sync?{query}", content=content, headers=named)

    def seen(self, table: str) -> dict[str, Any]:
        """Return what recommendations see of a table, by id."""
        records = getattr(self.store.load().catalogue, table)
        return {next(getattr(one, name) for name in one.__dataclass_fields__): one for one in records}

    @property
    def version(self) -> int:
        latest = self.store.version()
        return latest.version if latest else 0


def line_of(line: Any) -> bytes:
    return line + b"\n" if isinstance(line, bytes) else json.dumps(line).encode() + b"\n"


def lines_of(response: Response) -> list[dict[str, Any]]:
    """Return the answer's lines, without the summary."""
    return [json.loads(line) for line in response.content.splitlines()][:-1]


def summary_of(response: Response) -> dict[str, Any]:
    return json.loads(response.content.splitlines()[-1])["summary"]
