"""Who does not keep to HTTP, comes in too great a number, or keeps the service waiting."""

import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.api.edge import Caller, Edge, edge, request
from tests.live import PATIENCE_SECONDS, eventually

HEAD_SECONDS, REQUEST_SECONDS = 0.4, 0.8
AHEAD = 256  # as many as may be sent before the first is answered


@pytest.fixture(scope="module")
def calm() -> Iterator[Edge]:
    with edge() as opened:
        yield opened


@pytest.fixture(scope="module")
def hasty() -> Iterator[Edge]:
    with edge(maximum_header_seconds=HEAD_SECONDS, maximum_request_seconds=REQUEST_SECONDS) as opened:
        yield opened


MALFORMED = {
    "words": b"HELLO\r\n\r\n",
    "a method nobody knows": b"FOO / HTTP/1.1\r\n\r\n",
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "TLS": bytes.fromhex("16030100c8010000c40303") + bytes(190),
    "zeros": bytes(100),
    "a name with spaces": b"GET / HTTP/1.1\r\na b: c\r\n\r\n",
    "a value with a zero": b"GET / HTTP/1.1\r\na: b\x00c\r\n\r\n",
    "a length that is none": b"POST /length HTTP/1.1\r\nContent-Length: x\r\n\r\n",
    "two lengths": b"POST /length HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
    "length and chunks": b"POST /length HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks that are none": b"POST /length HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "a tunnel": b"CONNECT example.org:443 HTTP/1.1\r\n\r\n",
    "a target that is none": b"GET http:///%% HTTP/1.1\r\n\r\n",
}


@pytest.mark.parametrize("sent", MALFORMED.values(), ids=MALFORMED)
def test_what_is_no_http_is_a_problem_as_all_others_are(calm: Edge, sent: bytes) -> None:
    with calm.call() as caller:
        answer = caller.send(sent).answer()

        assert answer.status == 400
        assert answer.fields == ["request"]
        assert answer.problem["request_id"] == answer.headers["x-request-id"]
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
        assert answer.headers["connection"] == "close"
        assert caller.is_closed()
    assert calm.ask("GET", "/quick").status == 200


def test_garbage_behind_a_request_that_is_worked_on_ends_the_connection(calm: Edge) -> None:
    with calm.call() as caller:
        caller.send(request("GET", "/thread") + b"GARBAGE\r\n\r\n")

        assert caller.is_closed()
    assert calm.work.done == []
    calm.work.let_go()


@pytest.mark.parametrize(
    "sent",
    [
        b"GET / HTTP/1.1\r\na: " + b"x" * 90_000,
        b"GET /" + b"x" * 90_000,
        b"GET / HTTP/1.1\r\na: " + b"x" * 90_000 + b"\r\n\r\n",
        b"GET /" + b"x" * 90_000 + b" HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 201 + b"\r\n",
        b"GET / HTTP/1.1\r\n" + b"a: " + b"b" * 3_000 + b"\r\n" + (b"a: " + b"b" * 3_000 + b"\r\n") * 30,
    ],
    ids=["endless field", "endless target", "long field", "long target", "many fields", "endless fields"],
)
def test_a_head_that_is_too_large_is_refused(calm: Edge, sent: bytes) -> None:
    with calm.call() as caller:
        for start in range(0, len(sent), 10_000):
            caller.send(sent[start : start + 10_000])
            time.sleep(0.002)  # so that it comes in parts
        answer = caller.answer()

        assert (answer.status, answer.fields) == (431, ["header"])
        assert caller.is_closed()


def test_a_large_body_is_no_large_head(calm: Edge) -> None:
    with calm.call() as caller:
        for _ in range(3):
            assert caller.ask("POST", "/length", b"x" * 500_000).body == b"500000"


def test_requests_that_come_together_are_answered_in_their_order(calm: Edge) -> None:
    with calm.call() as caller:
        caller.send(b"".join(request("POST", "/length", b"x" * size) for size in (1, 70_000, 3)))

        assert [caller.answer().body for _ in range(3)] == [b"1", b"70000", b"3"]


def test_many_heads_are_no_large_head(calm: Edge) -> None:
    """However they are cut into pieces on their way."""
    with calm.call() as caller:
        caller.send(request("GET", "/quick", b"", "X-Padding: " + "x" * 2_000) * AHEAD)

        assert [caller.answer().status for _ in range(AHEAD)] == [200] * AHEAD


def test_whoever_sends_too_many_ahead_is_refused(caplog: pytest.LogCaptureFixture) -> None:
    with edge() as busy, busy.call() as caller:
        caller.send(request("GET", "/thread"))
        assert busy.work.begun.acquire(timeout=PATIENCE_SECONDS)
        caller.send(request("GET", "/thread") * (AHEAD + 1))
        answer = caller.answer()

        assert (answer.status, answer.fields) == (429, ["request"])
        assert int(answer.headers["retry-after"]) >= 1
        assert caller.is_closed()
        busy.work.let_go()
        eventually(lambda: busy.work.done and not connections(busy))
        assert busy.work.done == ["thread"]
        assert not errors(caplog)


def test_behind_garbage_nothing_is_begun_or_said(caplog: pytest.LogCaptureFixture) -> None:
    with edge() as busy, busy.call() as caller:
        caller.send(request("GET", "/thread") * 2 + b"GARBAGE\r\n\r\n")

        assert caller.answer().status == 400
        assert caller.is_closed()
        busy.work.let_go()
        eventually(lambda: busy.work.done and not connections(busy))
        assert busy.work.done == ["thread"]
        assert not errors(caplog)


def test_when_a_caller_is_gone_nothing_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    """Whatever else was asked behind it."""
    with edge(maximum_request_seconds=600) as patient, patient.call() as caller:
        assert caller.send(request("GET", "/stream?pause=0.5") + request("GET", "/quick")).socket.recv(1)
        caller.close()
        eventually(lambda: not patient.server.server_state.tasks)
        assert not errors(caplog)


def test_an_upgrade_is_answered_as_if_nobody_had_asked_for_it(calm: Edge) -> None:
    answer = calm.ask("GET", "/quick", b"", "Connection: Upgrade", "Upgrade: websocket")

    assert answer.body == b'{"quick":true}'


def test_one_who_says_nothing_is_left(hasty: Edge) -> None:
    with hasty.call() as caller:
        assert caller.is_closed()


@pytest.mark.parametrize("drop", [b"GET / HTTP/1.1\r\na", b"\r\n"], ids=["a head", "empty lines"])
def test_one_who_drips_is_left(hasty: Edge, drop: bytes) -> None:
    with hasty.call() as caller:
        caller.send(drop)
        with pytest.raises(OSError):  # noqa: PT012
            for _ in range(1_000):
                time.sleep(0.03)
                caller.send(drop[-1:] if len(drop) > 2 else drop)


def test_one_whose_head_does_not_arrive_is_told_so(hasty: Edge) -> None:
    with hasty.call() as caller:
        answer = caller.send("GET / HTTP/1.1\r\nHo").answer()

        assert (answer.status, answer.fields) == (408, ["header"])
        assert caller.is_closed()


def test_the_second_request_must_arrive_in_time_too(hasty: Edge) -> None:
    with hasty.call() as caller:
        assert caller.ask("GET", "/quick").status == 200
        assert caller.send("GET / HTTP/1.1\r\nHo").answer().status == 408


def test_a_head_in_pieces_is_waited_for(calm: Edge) -> None:
    with calm.call() as caller:
        for _ in range(2):
            for piece in (b"GET /quick HT", b"TP/1.1\r\nHost:", b" x\r\n\r\n"):
                time.sleep(0.05)
                caller.send(piece)
            assert caller.answer().status == 200


def test_one_who_goes_on_asking_is_not_left() -> None:
    with edge(maximum_header_seconds=1.5) as brisk, brisk.call() as caller:
        for _ in range(5):
            assert caller.ask("GET", "/quick").status == 200
            time.sleep(0.4)
        caller.send(request("GET", "/thread"))
        time.sleep(1.6)
        brisk.work.let_go()
        assert caller.answer().status == 200


@pytest.mark.parametrize("connection", ["close", "keep-alive"])
@pytest.mark.parametrize("path", ["/stream", "/large"])
def test_one_who_does_not_read_is_left(hasty: Edge, path: str, connection: str) -> None:
    with hasty.call(buffer=4096) as caller:
        assert caller.send(request("GET", path, b"", f"Connection: {connection}")).socket.recv(1)
        eventually(lambda: not connections(hasty))


def test_one_who_reads_slowly_gets_all_of_it(calm: Edge) -> None:
    with calm.call(buffer=4096) as caller:
        caller.send(request("GET", "/large", b"", "Connection: close"))
        time.sleep(1.5)

        assert len(caller.answer().body) == 8_000_000


def test_one_who_asks_again_and_again_and_does_not_read_is_left(hasty: Edge) -> None:
    with hasty.call(buffer=4096) as caller, pytest.raises(OSError):  # noqa: PT012
        while True:
            caller.send(request("GET", "/nope") * 50)


def errors(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]


def connections(edge: Edge) -> int:
    return len(edge.server.server_state.connections)


def test_more_connections_than_may_be_are_refused_at_once() -> None:
    with edge(maximum_connections=3) as few, ExitStack() as stack:
        for _ in range(3):
            stack.enter_context(few.call()).send(request("GET", "/thread"))
        for _ in range(3):
            assert few.work.begun.acquire(timeout=PATIENCE_SECONDS)
        with few.call() as late:
            answer = late.answer()

            assert (answer.status, answer.fields) == (503, ["connection"])
            assert int(answer.headers["retry-after"]) >= 1
            assert late.is_closed()
        held: list[Caller] = [stack.enter_context(few.call()) for _ in range(20)]
        assert connections(few) <= 7
        assert all(caller.is_closed() for caller in held)
        assert few.work.done == []


def test_whoever_keeps_us_waiting_makes_room_for_another() -> None:
    with edge(maximum_connections=5) as few, ExitStack() as stack:
        silent = [stack.enter_context(few.call()) for _ in range(5)]
        time.sleep(0.7)  # longer than others are patient with them

        for _ in range(3):
            assert few.ask("GET", "/quick").status == 200
            eventually(lambda: connections(few) < 5)
        assert [caller.is_closed(0.2) for caller in silent].count(True) == 1
