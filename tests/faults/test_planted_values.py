"""A day of use with planted values: they stand where people are kept, for nobody else to read, and nowhere once they are erased."""

import contextlib
import json
import os
import stat
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import create_engine, text

from recommender.store.schema import metadata
from tests.faults.conftest import Serve
from tests.faults.town import found_town
from tests.live import ROOT, ServiceProcess, eventually

MARK = "PLANTED"  # in every text of somebody's
POINTS = {"a": (22.61371, 114.21293), "b": (22.58817, 114.33339), "c": (22.51173, 114.17717)}
ASKED_FROM = (22.66119, 114.29197)  # by somebody who is not stored
PEOPLE = {name: f"{MARK}-id-{name}" for name in POINTS}
JSON = {"content-type": "application/json"}
_ROWS = {"learners", "changes", "idempotency_keys"}  # where an id may stand while they are here


def learner(name: str) -> dict[str, Any]:
    latitude, longitude = POINTS[name]
    said = {"goal": f"{MARK}-goal-{name} 双胞胎课程", "occupation": f"{MARK}-job-{name}"}
    return {"latitude": latitude, "longitude": longitude, "skill_level": "中级工", **said}


def lines_of(*lines: dict[str, Any]) -> bytes:
    return b"".join(json.dumps({"type": "learner", **line}).encode() + b"\n" for line in lines)


def a_day(http: httpx.Client) -> list[httpx.Response]:
    """Use the service as its callers do, rightly and wrongly; return what must not tell of anybody."""
    location = dict(zip(("latitude", "longitude"), ASKED_FROM, strict=True))
    ndjson = {"content-type": "application/x-ndjson", "idempotency-key": "the-day"}
    sent = lines_of(
        {"learner_id": PEOPLE["b"], **learner("b")},
        {"learner_id": PEOPLE["c"], **learner("c")},
        {"learner_id": f"{MARK}-refused", "skill_level": f"{MARK}-level", "place": f"{MARK}-place"},
    )
    http.put(f"/v1/learners/{PEOPLE['a']}", json=learner("a")).raise_for_status()
    for _ in range(2):
        answer = http.post("/v1/sync?mode=line_by_line", content=sent, headers=ndjson).raise_for_status()
    seen = {"minimum-catalogue-version": answer.headers["catalogue-version"]}
    for name in PEOPLE.values():
        http.get(f"/v1/learners/{name}/recommendations", headers=seen).raise_for_status()
        http.patch(f"/v1/learners/{name}", json={"goal": f"{MARK}-goal 甲骨文"}).raise_for_status()
        http.get(f"/v1/learners/{name}/export").raise_for_status()
        http.get(f"/v1/learners/{name}/history").raise_for_status()
    http.post("/v1/audiences", json={"instance_id": "twin-a"}, headers=seen).raise_for_status()
    http.post("/v1/recommendations", json={"goal": f"{MARK}-wish", "location": location}).raise_for_status()
    http.get("/v1/insights/learners").raise_for_status()
    wrong = {"goal": f"{MARK}-wish", "location": {"place": f"{MARK}-place"}, "skill_level": f"{MARK}-level"}
    return [
        http.post("/v1/recommendations", json=wrong),
        http.post("/v1/recommendations", json={"goal": [f"{MARK}-wish"], "colour": f"{MARK}-field"}),
        http.post("/v1/recommendations", content=f'{{"goal": "{MARK}-broken', headers=JSON),
        http.put(f"/v1/learners/{MARK}-new", json={"goal": f"{MARK}-goal", "place": f"{MARK}-place", "datum": MARK}),
        http.patch(f"/v1/learners/{MARK}-nobody", json={"goal": f"{MARK}-goal"}),
        http.delete(f"/v1/learners/{MARK}-nobody"),
        http.get(f"/v1/learners/{MARK}-nobody/recommendations"),
        http.get(f"/v1/learners/{MARK}-nobody/export"),
        http.post("/v1/sync", content=lines_of({"learner_id": f"{MARK}-new", "goal": 3, "place": f"{MARK}-place"})),
        http.get(f"/v1/{MARK}-nowhere?goal={MARK}"),
    ]


def erase(service: ServiceProcess, http: httpx.Client) -> None:
    """Erase all three, each in another way."""
    told = http.delete(f"/v1/learners/{PEOPLE['a']}").raise_for_status().json()
    assert told["erased"]["records"] == 1
    assert told["in_effect"]
    gone = {"action": "delete", "learner_id": PEOPLE["b"]}
    http.post("/v1/sync", content=lines_of(gone), headers={"idempotency-key": "gone"}).raise_for_status()
    http.delete(f"/v1/learners/{PEOPLE['c']}").raise_for_status()
    for name in PEOPLE.values():
        assert http.get(f"/v1/learners/{name}/export").status_code == 404


def numbers_of(point: tuple[float, float], places: int) -> Iterator[bytes]:
    """Yield how a point's coordinates would stand in a file: as text and as the bytes of numbers."""
    for value in point:
        yield f"{value:.{places}f}".encode()
        yield from (struct.pack(f"{order}d", round(value, places)) for order in "<>")


EXACT = [form for point in (*POINTS.values(), ASKED_FROM) for form in numbers_of(point, 5)]
ROUNDED = [form for point in POINTS.values() for form in numbers_of(point, 3)]
NEVER_KEPT = [f"{MARK}-{what}".encode() for what in ("wish", "place", "level", "broken", "refused", "nobody", "field")]


def files_with(folder: Path, *forms: bytes) -> set[Path]:
    """Return the files under a folder in which any of these bytes stand."""
    found = set()
    for within, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(FileNotFoundError):
                content = (Path(within) / name).read_bytes()
                found |= {Path(within) / name for form in forms if form in content}
    return found


def rows_with(url: str, mark: str) -> set[str]:
    """Return the tables in any column of which `mark` stands, kept answers unpacked."""
    engine, found = create_engine(url.replace("postgresql://", "postgresql+psycopg://")), set()
    with engine.connect() as connection:
        for table in metadata.sorted_tables:
            for row in connection.execute(text(f'SELECT * FROM "{table.name}"')).mappings():
                kept = zlib.decompress(row["answer"]).decode() if "answer" in row else ""
                found |= {table.name} if mark in f"{dict(row)} {kept}" else set()
    engine.dispose()
    return found


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_planted_values_stand_where_they_must_and_nowhere_once_they_are_erased(
    engine: str, tmp_path: Path, serve: Serve, request: pytest.FixtureRequest
) -> None:
    state = tmp_path / "state"
    url = request.getfixturevalue("postgres_url") if engine == "postgresql" else None
    workshop = found_town(state, url)
    service = serve(state, database_url=url)
    with service.client() as http:
        refusals = a_day(http)
        assert [answer.status_code for answer in refusals] == [422, 422, 400, 422, 404, 404, 404, 404, 422, 404]
        version = http.put("/v1/course-instances/twin-a", json={"course_id": "twin-a", "mode": "online", "seats": 9})
        newest = version.raise_for_status().headers["catalogue-version"]
        eventually(lambda: (workshop.snapshots.current() or "").startswith(f"{newest}-"))
        done = service.run_command(f"jinxue rollback {workshop.snapshots.current()}", cwd=ROOT)
        assert done.returncode == 0, done.stderr
        check_while_they_are_here(state, workshop.settings.store_url, tmp_path)

        erase(service, http)
        eventually(lambda: not files_with(state, MARK.encode(), *ROUNDED))
        assert http.post("/v1/sync?mode=line_by_line", content=b"").status_code == 200  # it goes on
        metrics = http.get("/metrics").raise_for_status().text
        told = [answer.text for answer in refusals]
    assert service.process is not None
    assert service.process.stdout is not None
    service.process.terminate()
    said = service.process.stdout.read() + service.log + done.stdout + done.stderr

    assert MARK not in metrics + said
    assert [answer for answer in told if MARK in answer] == []
    assert not any(form.decode() in metrics + said for form in (*EXACT, *ROUNDED) if form.isascii() and len(form) > 6)
    assert rows_with(workshop.settings.store_url, MARK) == set()
    assert files_with(tmp_path, MARK.encode(), *EXACT, *ROUNDED) == set()


def check_while_they_are_here(state: Path, url: str, everything: Path) -> None:
    """They stand in rows and snapshots alone, which nobody else can read; what was only asked or refused stands nowhere."""
    assert files_with(everything, *EXACT, *NEVER_KEPT) == set()
    found = files_with(everything, MARK.encode(), *ROUNDED)
    assert {path.name for path in found} <= {"catalogue.json", "jinxue.sqlite3", "jinxue.sqlite3-wal"}
    assert "catalogue.json" in {path.name for path in found}
    assert [path for path in found if stat.S_IMODE(path.stat().st_mode) != 0o600] == []
    kept = [path for path in (state / "snapshots").glob("*/*") if path.suffix in (".json", ".faiss")]
    assert [path for path in kept if path.stat().st_mode & 0o077 and MARK.encode() in path.read_bytes()] == []
    assert rows_with(url, MARK) == _ROWS
    assert [kind for kind in NEVER_KEPT if rows_with(url, kind.decode())] == []
