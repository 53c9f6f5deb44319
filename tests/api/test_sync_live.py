"""Streams to a real service: no more of them in memory than a line, and nothing of one that breaks off."""

import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.live import LiveService

MEGABYTE = 2**20
LINES = {"content-type": "application/x-ndjson"}
MEMORY = Path("/proc/self/status")


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveService]:
    with LiveService(tmp_path_factory.mktemp("live")) as service:
        yield service


def seats(number: int) -> bytes:
    line = {"type": "course_instance", "instance_id": "team-leader-training@hub-pingshan-1", "action": "patch"}
    return json.dumps(line | {"enrolled": number}).encode() + b"\n"


def enrolled(live: LiveService) -> int:
    with live.client() as client:
        answer = client.get("/v1/course-instances/team-leader-training@hub-pingshan-1/record")
    return answer.raise_for_status().json()["record"]["enrolled"]


def peak_megabytes(live: LiveService) -> float:
    """Return how much memory the service ever had, in MB."""
    for line in Path(f"/proc/{live.pid}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    raise AssertionError("the system does not tell")


@pytest.mark.skipif(not MEMORY.exists(), reason="needs /proc to see another process's memory")
def test_a_stream_takes_no_more_memory_than_its_lines_do(live: LiveService) -> None:
    def body() -> Iterator[bytes]:
        for number in range(200):
            yield seats(number % 20)
            yield b" " * (MEGABYTE - 1) + b"\n"

    with live.client(seconds=120) as client:
        client.post("/v1/sync", content=seats(1), headers=LINES).raise_for_status()
        before = peak_megabytes(live)
        answer = client.post("/v1/sync", content=body(), headers=LINES).raise_for_status()

    assert json.loads(answer.text.splitlines()[-1])["summary"]["lines"] == 200
    assert peak_megabytes(live) - before < 40  # of 200


@pytest.mark.parametrize("mode", ["all_or_nothing", "line_by_line"])
def test_a_stream_that_breaks_off_leaves_nothing(live: LiveService, mode: str) -> None:
    before, where = enrolled(live), urlsplit(live.url)
    whole = seats(before + 1) * 2_000
    head = (
        f"POST /v1/sync?mode={mode} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {live.key}\r\n"
        f"Content-Type: text/plain\r\nContent-Length: {len(whole)}\r\n\r\n"
    )
    with socket.create_connection((where.hostname or "", where.port or 0)) as connection:
        connection.sendall(head.encode() + whole[:-1])
        time.sleep(0.2)  # it is read before it breaks off
    time.sleep(0.5)

    assert enrolled(live) == before
    with live.client(seconds=60) as client:
        done = client.post(f"/v1/sync?mode={mode}", content=whole, headers=LINES).raise_for_status()
    assert int(done.headers["catalogue-version"]) > 1
    assert enrolled(live) == before + 1


def test_a_write_is_in_the_answers_that_ask_for_its_version(live: LiveService) -> None:
    course = {
        "type": "course",
        "course_id": "kite-making",
        "title": "沙燕风筝扎制与放飞",
        "description": "扎骨架、糊纸、彩绘、放飞。",
    }
    taught = {"type": "course_instance", "instance_id": "kite-1", "course_id": "kite-making", "mode": "online"}
    body = b"".join(json.dumps(line).encode() + b"\n" for line in (course, taught))
    asked = {"goal": "想学扎沙燕风筝", "k": 1}
    with live.client() as client:
        client.post("/v1/sync", content=body, headers=LINES).raise_for_status()
        review = client.post("/v1/courses/kite-making/reviews", json={"decision": "approved"}).raise_for_status()
        seen = {"minimum-catalogue-version": review.headers["catalogue-version"]}
        answer = client.post("/v1/recommendations", json=asked, headers=seen).raise_for_status()
        hidden = client.delete("/v1/courses/kite-making").raise_for_status()
        seen = {"minimum-catalogue-version": hidden.headers["catalogue-version"]}
        after = client.post("/v1/recommendations", json=asked, headers=seen).raise_for_status()

    assert answer.json()["items"][0]["course"]["course_id"] == "kite-making"
    assert hidden.json()["hides"] == {"course_instances": 1}
    assert after.json()["items"][0]["course"]["course_id"] != "kite-making"
