"""How many requests are worked on at once, and for how long."""

import select
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from api.capacity import Capacity
from tests.api.edge import Answer, Caller, Edge, edge, request
from tests.live import eventually

MOST = 4


@pytest.fixture(scope="module")
def few() -> Iterator[Edge]:
    with edge(maximum_concurrent_requests=MOST) as opened:
        yield opened


@pytest.fixture(scope="module")
def brief() -> Iterator[Edge]:
    with edge(maximum_request_seconds=0.3, maximum_sync_seconds=2, maximum_concurrent_requests=2) as opened:
        yield opened


def at_once(edge: Edge, count: int, sent: bytes) -> list[tuple[Answer, float]]:
    """Return the answers to so many requests that are sent together, and how long each took."""
    with ExitStack() as stack:
        callers = [stack.enter_context(edge.call()) for _ in range(count)]
        begun = time.perf_counter()
        for caller in callers:
            caller.send(sent)
        return [(caller.answer(), time.perf_counter() - begun) for caller in callers]


def busy(edge: Edge) -> int:
    layer = edge.app.middleware_stack
    while not isinstance(layer, Capacity):
        layer = getattr(layer, "app", None) or layer._app  # type: ignore[union-attr]
    return layer.busy


def test_as_many_as_may_be_are_answered_and_the_others_refused(few: Edge) -> None:
    answers = [answer for answer, _ in at_once(few, 3 * MOST, request("GET", "/thread"))]

    refused = [answer for answer in answers if answer.status == 503]
    assert len(answers) - len(refused) == MOST
    assert all(answer.fields == ["request"] and int(answer.headers["retry-after"]) >= 1 for answer in refused)
    assert busy(few) == 0


def test_refusals_do_not_wait(few: Edge) -> None:
    with few.call() as first, ExitStack() as stack:
        first.send(request("GET", "/thread?seconds=2"))
        for _ in range(MOST - 1):
            stack.enter_context(few.call()).send(request("GET", "/thread?seconds=2"))
        eventually(lambda: busy(few) == MOST)
        begun = time.perf_counter()

        assert few.ask("GET", "/quick").status == 503
        assert few.ask("GET", "/healthz").status == 200
        assert time.perf_counter() - begun < 1
        assert first.answer().status == 200


@pytest.mark.parametrize("known", [True, False], ids=["on open connections", "on new connections"])
def test_those_that_never_wait_are_counted_too(few: Edge, known: bool) -> None:
    sent = request("GET", "/busy")
    with few.call() as first, ExitStack() as stack:
        callers = [stack.enter_context(few.call()) for _ in range(30)] if known else []
        eventually(lambda: len(few.server.server_state.connections) == 1 + len(callers))
        first.send(request("GET", "/busy?seconds=0.5"))  # meanwhile the others come
        time.sleep(0.05)
        callers = callers or [stack.enter_context(few.call()) for _ in range(30)]
        for caller in callers:
            caller.send(sent)
        answers = [caller.answer().status for caller in callers]

    assert answers.count(503) >= 10
    assert answers.count(200) >= MOST


def test_who_has_not_sent_all_of_it_takes_nobodys_place(few: Edge) -> None:
    with ExitStack() as stack:
        slow = [stack.enter_context(few.call()) for _ in range(3 * MOST)]
        for caller in slow:
            caller.send(request("POST", "/length", b"", "Content-Length: 10") + b"half.")
            time.sleep(0.02)

        assert few.ask("GET", "/quick").status == 200
        assert [caller.send(b"whole").answer().body for caller in slow] == [b"10"] * len(slow)


def test_who_reads_slowly_takes_nobodys_place(few: Edge) -> None:
    with ExitStack() as stack:
        for _ in range(2 * MOST):
            stack.enter_context(few.call(buffer=4096)).send(request("GET", "/stream"))
        time.sleep(0.2)

        assert few.ask("GET", "/quick").status == 200


def test_an_answer_that_takes_too_long_is_given_up_and_the_work_is_not(brief: Edge) -> None:
    brief.done.clear()
    begun = time.perf_counter()
    answer = brief.ask("GET", "/thread?seconds=1.5")

    assert 0.3 <= time.perf_counter() - begun < 1.4
    assert answer.status == 503
    assert int(answer.headers["retry-after"]) >= 1
    assert (brief.done, busy(brief)) == ([], 1)
    eventually(lambda: busy(brief) == 0)
    assert brief.done == ["thread"]


def test_what_goes_on_in_threads_does_not_pile_up(brief: Edge) -> None:
    brief.done.clear()
    first = [answer.status for answer, _ in at_once(brief, 2, request("GET", "/thread?seconds=1.5"))]
    second = [answer.status for answer, _ in at_once(brief, 20, request("GET", "/thread?seconds=1.5"))]

    assert set(first + second) == {503}
    eventually(lambda: busy(brief) == 0)
    assert len(brief.done) == 2


def test_after_a_late_answer_the_connection_goes_on(brief: Edge) -> None:
    with brief.call() as caller:
        assert caller.ask("GET", "/thread?seconds=0.6").status == 503
        assert caller.ask("GET", "/quick").body == b'{"quick":true}'


def test_a_body_that_does_not_arrive_is_told_so(brief: Edge) -> None:
    with brief.call() as caller:
        caller.send(request("POST", "/length", b"", "Content-Length: 10") + b"half.")
        answer = caller.answer()

        assert answer.status == 408
        assert "正文" in answer.problem["detail"]
        assert caller.is_closed(2)
    assert busy(brief) == 0


def test_drops_of_a_body_do_not_lengthen_the_time(brief: Edge) -> None:
    with brief.call() as caller:
        caller.send(request("POST", "/length", b"", "Content-Length: 1000"))
        begun = time.perf_counter()
        while not select.select([caller.socket], [], [], 0.05)[0]:
            caller.send(b"x")

        assert caller.answer().status == 408
        assert time.perf_counter() - begun < 2


def test_a_sync_has_more_time(brief: Edge) -> None:
    with brief.call() as caller:
        caller.send(request("POST", "/v1/sync", b"", "Content-Length: 10") + b"half.")
        time.sleep(0.6)

        assert caller.send(b"whole").answer().body == b"10"


def test_an_answer_that_does_not_come_to_its_end_is_cut_off(brief: Edge) -> None:
    with brief.call() as caller:
        begun = time.perf_counter()
        caller.send(request("GET", "/stream?pause=0.05"))

        assert caller.is_closed()
        assert 0.3 <= time.perf_counter() - begun < 3
    eventually(lambda: busy(brief) == 0)


def test_who_goes_away_leaves_nothing_behind(few: Edge) -> None:
    for sent in (request("GET", "/stream"), request("POST", "/length", b"", "Content-Length: 10") + b"half."):
        caller: Caller = few.call()
        caller.send(sent)
        time.sleep(0.05)
        caller.close()

    eventually(lambda: busy(few) == 0, seconds=5)
