"""Every endpoint, with every key, on one's own and on somebody else's: what the READMEs' table says is what happens, and nothing leaks."""

import datetime
import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx import Response

from api import create_app
from api.routes.records import _address
from recommender.access import Issued, Scope
from recommender.bootstrap import Workshop
from recommender.keyring import Bounds, KeyOffice
from recommender.registry import KINDS
from recommender.settings import Settings
from tests.api.conftest import StillService
from tests.callers import issue_key, showing
from tests.regenerate import ROOT

SECRETS = ("不可外传甲", "不可外传乙")
OWN = {
    "site_id": "hub-pingshan",
    "course_id": "scoped-own",
    "instance_id": "team-leader-training@hub-pingshan-1",
    "enterprise_id": "foxconn",
    "learner_id": "learner-0001",
}
OTHERS = {
    "site_id": "workshop-pingshan-robotics",
    "course_id": "scoped-other",
    "instance_id": "scoped-other-1",
    "enterprise_id": "scoped-other",
    "learner_id": "learner-0002",
}
STALE = {"if-match": '"999999"'}  # whoever may write is told that the record is another by now, so that nothing changes


@dataclass(frozen=True)
class Cell:
    """One cell of the table: an operation, and how far callers of a column reach."""

    method: str
    path: str
    column: str
    reach: str

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.column}"


def table() -> list[Cell]:
    """Return the table as README.md shows it."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = text.partition("<!-- access -->\n")[2].partition("<!-- /access -->")[0].splitlines()
    header, _, *rows = ([cell.strip() for cell in line.strip("|").split("|")] for line in shown)
    cells = []
    for operation, *reaches in rows:
        *methods, path = operation.strip("`").split()
        named = zip(header[1:], reaches, strict=True)
        cells += [Cell(method, path, column, reach) for column, reach in named for method in methods]
    return cells


TABLE = table()
DEMO = "no key, in a demo"


class World:
    """The bundled network with something secret of another site and another enterprise, and a key of every scope."""

    def __init__(self, state: Path, today: datetime.date) -> None:
        settings = Settings(state=state, rate_per_key="100000/second", rate_of_refusals="100000/second")
        service = StillService(Workshop(settings), today)
        self.store, self.app = service.store, create_app(settings, service)
        admin = issue_key(self.store)
        self.keys: dict[str, Issued] = {Scope.ADMIN: admin}
        self.client = TestClient(self.app)
        self.document = self.app.openapi()
        self.admin = TestClient(self.app, headers=showing(admin))

    def prepare(self) -> None:
        """Write what is one's own and what is not, and issue the keys."""
        for ids, secret in ((OWN, "公开"), (OTHERS, SECRETS[0])):
            self._put(f"courses/{ids['course_id']}?site_id={ids['site_id']}", {"title": f"焊接 {secret}"})
        theirs = {"course_id": OTHERS["course_id"], "mode": "at_site", "site_id": OTHERS["site_id"]}
        self._put(f"course-instances/{OTHERS['instance_id']}?site_id={OTHERS['site_id']}", theirs)
        self._put(f"enterprises/{OTHERS['enterprise_id']}", {"name": "另一家", "needs": SECRETS[1]})
        bounds = {Scope.SITE: {"site_ids": [OWN["site_id"]]}, Scope.ENTERPRISE: {"enterprise_id": OWN["enterprise_id"]}}
        for scope in Scope:
            if scope is not Scope.ADMIN:
                self.keys[scope] = issue_key(self.store, scope, **bounds.get(scope, {}))  # type: ignore[arg-type]

    def _put(self, address: str, body: Mapping[str, Any]) -> None:
        assert self.admin.put(f"/v1/{address}", json=body).status_code == 201

    def ask(self, cell: Cell, ids: Mapping[str, str], headers: Mapping[str, str]) -> Response:
        """Send what an operation's documentation shows, about the records of `ids`."""
        operation = self.document["paths"][cell.path][cell.method.lower()]
        named: dict[str, Any] = {"headers": {**headers}}
        if cell.path == "/v1/sync":
            named["content"] = "\n".join(map(json.dumps, lines(cell.column, ids)))
            named["headers"]["content-type"] = "application/x-ndjson"
        elif content := operation.get("requestBody", {}).get("content"):
            body = next(iter(content["application/json"]["examples"].values()))["value"]
            named["json"] = {**body, **({"instance_id": ids["instance_id"]} if cell.path == "/v1/audiences" else {})}
        if cell.path == "/v1/sync/digest":
            named["params"] = {"site_id": ids["site_id"], "detail": "true"}
        elif cell.path == "/v1/sync/changes":
            named["params"] = {"since": "1", "limit": "1000"}
        return self.client.request(cell.method, cell.path.format(**ids), **named)


def lines(column: str, ids: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return what a caller of that scope would synchronise: of `OWN`, what is the caller's own."""
    taught = {"type": "course_instance", "action": "patch", "instance_id": ids["instance_id"], "enrolled": 1}
    learner = {"type": "learner", "action": "patch", "learner_id": ids["learner_id"], "industry": None}
    return [learner if column == Scope.PLATFORM and ids is OWN else taught]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, state: Path, today: datetime.date) -> Iterator[World]:
    made = World(shutil.copytree(state, tmp_path_factory.mktemp("scopes") / "state"), today)
    with made.client:
        made.prepare()
        yield made


@pytest.fixture(scope="module")
def demo(state: Path, today: datetime.date) -> Iterator[World]:
    made = World.__new__(World)
    settings = Settings(state=state, demo=True, rate_per_address="100000/second")
    made.app = create_app(settings, StillService(Workshop(settings), today))
    made.document, made.client = made.app.openapi(), TestClient(made.app)
    with made.client:
        yield made


@pytest.fixture(scope="module")
def dead(world: World) -> list[dict[str, str]]:
    """Show a key that was revoked, one that has expired, and a forged one."""
    office = KeyOffice(world.store)
    revoked = issue_key(world.store)
    office.revoke(revoked.key.key_id)
    long_ago = KeyOffice(world.store, lambda: datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC))
    expired = long_ago.create("tests", Bounds([Scope.ADMIN]), lifetime=datetime.timedelta(days=1))
    forged = f"jinxue_{world.keys[Scope.ADMIN].key.key_id}_{'A' * 43}"

    return [showing(revoked), showing(expired), {"authorization": f"Bearer {forged}"}]


def test_the_table_tells_of_every_operation(world: World) -> None:
    documented = {(path, method.upper()) for path, methods in world.document["paths"].items() for method in methods}

    assert {(cell.path, cell.method) for cell in TABLE} == documented
    assert {cell.column for cell in TABLE} == {*Scope, DEMO}


@pytest.mark.parametrize("cell", [cell for cell in TABLE if cell.column != DEMO], ids=str)
def test_a_key_reaches_what_the_table_says_and_no_further(world: World, cell: Cell) -> None:
    key = showing(world.keys[cell.column])
    before = world.store.version()
    others = world.ask(cell, OTHERS, STALE | key if cell.reach == "✓" else key)
    own = world.ask(cell, OWN, STALE | key)

    match cell.reach:
        case "✓":
            assert {own.status_code, others.status_code}.isdisjoint({401, 403, 500})
        case "own":
            assert own.status_code in (200, 412)
            if (
                cell.path != "/v1/sync/changes"
            ):  # which tells of what is one's own only: its secrets are looked for below
                assert others.status_code in (403, 409, 422)
        case _:
            assert {own.status_code, others.status_code} == {403}
    if cell.reach != "✓":
        assert not [secret for secret in SECRETS if secret in others.text + own.text]
        if cell.path != "/v1/sync":
            assert world.store.version() == before


@pytest.mark.parametrize("cell", [cell for cell in TABLE if cell.column == DEMO], ids=str)
def test_without_a_key_there_is_nothing_but_what_a_demo_shows(world: World, demo: World, cell: Cell) -> None:
    outside, shown = world.ask(cell, OWN, {}), demo.ask(cell, OWN | {"course_id": "team-leader-training"}, {})

    assert outside.status_code == (200 if cell.path == "/healthz" else 401)
    assert shown.status_code == (200 if cell.reach == "✓" else 401)


@pytest.mark.parametrize(
    "url",
    [
        "/",
        "/docs",
        "/redoc",
        "/openapi.json",
        "/page/scripts/page.js",
        "/page/leaflet/leaflet.js",
        "/nothing",
        "/v1/nothing",
    ],
)
def test_what_is_no_operation_needs_a_key_too(world: World, url: str) -> None:
    assert world.client.get(url).status_code == 401
    assert world.client.get(url, headers=showing(world.keys[Scope.INSIGHT])).status_code in (200, 404)


@pytest.mark.parametrize("cell", [cell for cell in TABLE if cell.column == Scope.ADMIN], ids=str)
def test_a_key_that_holds_no_longer_reaches_nothing(world: World, dead: list[dict[str, str]], cell: Cell) -> None:
    expected = 200 if cell.path == "/healthz" else 401
    assert [world.ask(cell, OWN, one).status_code for one in dead] == [expected] * 3


@pytest.mark.parametrize("scope", [Scope.PLATFORM, Scope.SITE])
def test_what_is_not_approved_is_seen_by_reviewers_only(world: World, scope: Scope) -> None:
    key, reviewer = showing(world.keys[scope]), showing(world.keys[Scope.REVIEWER])
    listed = f"/v1/courses?approval=pending&q={SECRETS[0]}"

    world.admin.get("/v1/courses", headers={"minimum-catalogue-version": str(world.store.version().version)})  # type: ignore[union-attr]
    assert world.client.get(listed, headers=key).status_code == 403
    assert world.client.get(listed, headers=reviewer).json()["total"] == 1
    for url in (f"/v1/courses/{OTHERS['course_id']}", f"/v1/sites/{OTHERS['site_id']}"):
        assert SECRETS[0] not in world.client.get(url, headers=key).text
        assert SECRETS[0] in world.client.get(url, headers=reviewer).text


def test_a_site_cannot_take_what_is_the_platform_s_or_was_another_s(world: World) -> None:
    site = showing(world.keys[Scope.SITE])
    gone = f"/v1/courses/scoped-gone?site_id={OTHERS['site_id']}"
    world.admin.put(gone, json={"title": "会被删除"})
    world.admin.delete(gone)

    tried = {"team-leader-training": ("PUT", "PATCH", "DELETE"), "scoped-gone": ("PUT", "PATCH")}
    for course_id, methods in tried.items():
        for method in methods:
            answer = world.client.request(method, f"/v1/courses/{course_id}", json={"title": "抢来"}, headers=site)
            assert answer.status_code in (404, 409)
    given = world.admin.patch(f"/v1/courses/team-leader-training?site_id={OWN['site_id']}", json={"language": "zh"})
    assert given.status_code == 200
    assert world.client.patch("/v1/courses/team-leader-training", json={"language": None}, headers=site).is_success


def test_a_site_publishes_what_waits_for_review(world: World) -> None:
    site = showing(world.keys[Scope.SITE])
    answer = world.client.put("/v1/courses/scoped-new", json={"title": "新课"}, headers=site)

    assert answer.json()["approval"] == "pending"
    assert (
        world.client.put(
            "/v1/courses/scoped-new", json={"title": "新课", "approval": "approved"}, headers=site
        ).status_code
        == 422
    )
    assert (
        world.client.post("/v1/courses/scoped-new/reviews", json={"decision": "approved"}, headers=site).status_code
        == 403
    )


def test_a_key_of_several_sites_says_which_of_them_speaks(world: World) -> None:
    both = showing(issue_key(world.store, Scope.SITE, site_ids=[OWN["site_id"], OTHERS["site_id"]]))
    asked = {"json": {"title": "两地"}, "headers": both}

    assert world.client.put("/v1/courses/scoped-both", **asked).json()["errors"][0]["field"] == "site_id"
    assert world.client.put("/v1/courses/scoped-both?site_id=hub-guangming", **asked).status_code == 403
    assert world.client.put(f"/v1/courses/scoped-both?site_id={OTHERS['site_id']}", **asked).status_code == 201
    assert world.client.get("/v1/courses/scoped-both/record", headers=both).status_code == 200


def test_the_addresses_tried_are_those_of_all_kinds() -> None:
    assert {f"/v1{_address(table)}" for table in KINDS.values()} <= {cell.path for cell in TABLE}
