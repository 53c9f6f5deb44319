"""How many requests are worked on at once, and for how long."""

import select
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from api.capacity import Capacity
from tests.api.edge import Caller, Edge, edge, request
from tests.live import PATIENCE_SECONDS, eventually

MOST = 4


@pytest.fixture(scope="module")
def few() -> Iterator[Edge]:
    with edge(maximum_concurrent_requests=MOST) as opened:
        yield opened


@pytest.fixture(scope="module")
def brief() -> Iterator[Edge]:
    with edge(maximum_request_seconds=1, maximum_sync_seconds=60, maximum_concurrent_requests=2) as opened:
        yield opened


@pytest.fixture(autouse=True)
def anew(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let each test begin and leave with no work going on."""
    used: list[Edge] = [request.getfixturevalue(name) for name in ("few", "brief") if name in request.fixturenames]
    for one in used:
        one.work.renew()
    yield
    for one in used:
        one.work.let_go()
        eventually(lambda one=one: busy(one) == 0)  # type: ignore[misc]


def at_once(stack: ExitStack, edge: Edge, count: int, sent: bytes) -> list[Caller]:
    """Return so many callers who have all come before they send a request together."""
    callers = [stack.enter_context(edge.call()) for _ in range(count)]
    eventually(lambda: len(edge.server.server_state.connections) >= count)
    for caller in callers:
        caller.send(sent)
    return callers


def answered(callers: list[Caller]) -> int:
    return len(select.select([caller.socket for caller in callers], [], [], 0)[0])


def busy(edge: Edge) -> int:
    layer = edge.app.middleware_stack
    while not isinstance(layer, Capacity):
        layer = getattr(layer, "app", None) or layer._app  # type: ignore[union-attr]
    return layer.busy


def test_as_many_as_may_be_are_answered_and_the_others_refused(few: Edge) -> None:
    with ExitStack() as stack:
        callers = at_once(stack, few, 3 * MOST, request("GET", "/thread"))
        eventually(lambda: answered(callers) == 2 * MOST)
        few.work.let_go()
        answers = [caller.answer() for caller in callers]

    refused = [answer for answer in answers if answer.status == 503]
    assert len(answers) - len(refused) == MOST
    assert all(answer.fields == ["request"] and int(answer.headers["retry-after"]) >= 1 for answer in refused)
    assert busy(few) == 0


def test_refusals_do_not_wait(few: Edge) -> None:
    with ExitStack() as stack:
        held = at_once(stack, few, MOST, request("GET", "/thread"))
        eventually(lambda: busy(few) == MOST)

        assert few.ask("GET", "/quick").status == 503
        assert few.ask("GET", "/healthz").status == 200
        assert few.work.done == []
        few.work.let_go()
        assert [caller.answer().status for caller in held] == [200] * MOST


@pytest.mark.parametrize("known", [True, False], ids=["on open connections", "on new connections"])
def test_those_that_never_wait_are_counted_too(few: Edge, known: bool) -> None:
    sent = request("GET", "/busy")
    with few.call() as first, ExitStack() as stack:
        callers = [stack.enter_context(few.call()) for _ in range(30)] if known else []
        eventually(lambda: len(few.server.server_state.connections) == 1 + len(callers))
        first.send(request("GET", "/loop"))
        assert few.work.begun.acquire(timeout=PATIENCE_SECONDS)  # meanwhile the others come
        callers = callers or [stack.enter_context(few.call()) for _ in range(30)]
        for caller in callers:
            caller.send(sent)
        few.work.let_go()
        answers = [caller.answer().status for caller in callers]

    assert answers.count(503) >= 10
    assert answers.count(200) >= MOST


def test_who_has_not_sent_all_of_it_takes_nobodys_place(few: Edge) -> None:
    with ExitStack() as stack:
        slow = [stack.enter_context(few.call()).begin("/length", 10) for _ in range(3 * MOST)]
        for caller in slow:
            caller.send(b"half.")

        assert few.ask("GET", "/quick").status == 200
        assert [caller.send(b"whole").answer().body for caller in slow] == [b"10"] * len(slow)


def test_who_reads_slowly_takes_nobodys_place(few: Edge) -> None:
    with ExitStack() as stack:
        for _ in range(2 * MOST):
            assert stack.enter_context(few.call(buffer=4096)).send(request("GET", "/stream")).socket.recv(1)

        assert few.ask("GET", "/quick").status == 200


def test_an_answer_that_takes_too_long_is_given_up_and_the_work_is_not(brief: Edge) -> None:
    answer = brief.ask("GET", "/thread")

    assert answer.status == 503
    assert int(answer.headers["retry-after"]) >= 1
    assert (brief.work.done, busy(brief)) == ([], 1)
    brief.work.let_go()
    eventually(lambda: busy(brief) == 0)
    assert brief.work.done == ["thread"]


def test_what_goes_on_in_threads_does_not_pile_up(brief: Edge) -> None:
    with ExitStack() as stack:
        first = at_once(stack, brief, 2, request("GET", "/thread"))
        assert [caller.answer().status for caller in first] == [503] * 2
        second = at_once(stack, brief, 20, request("GET", "/thread"))
        assert [caller.answer().status for caller in second] == [503] * 20

    assert busy(brief) == 2
    brief.work.let_go()
    eventually(lambda: busy(brief) == 0)
    assert brief.work.done == ["thread"] * 2


def test_after_a_late_answer_the_connection_goes_on(brief: Edge) -> None:
    with brief.call() as caller:
        assert caller.ask("GET", "/thread").status == 503
        brief.work.let_go()
        assert caller.ask("GET", "/quick").body == b'{"quick":true}'


def test_a_body_that_does_not_arrive_is_told_so(brief: Edge) -> None:
    with brief.call() as caller:
        caller.send(request("POST", "/length", b"", "Content-Length: 10") + b"half.")
        answer = caller.answer()

        assert answer.status == 408
        assert "正文" in answer.problem["detail"]
        assert caller.is_closed()
    assert busy(brief) == 0


def test_drops_of_a_body_do_not_lengthen_the_time(brief: Edge) -> None:
    with brief.call() as caller:
        caller.send(request("POST", "/length", b"", "Content-Length: 1000"))
        while not select.select([caller.socket], [], [], 0.05)[0]:
            caller.send(b"x")

        assert caller.answer().status == 408


def test_a_sync_has_more_time(brief: Edge) -> None:
    with brief.call() as caller:
        caller.send(request("POST", "/v1/sync", b"", "Content-Length: 10") + b"half.")
        time.sleep(1.2)

        assert caller.send(b"whole").answer().body == b"10"


def test_an_answer_that_does_not_come_to_its_end_is_cut_off(brief: Edge) -> None:
    with brief.call() as caller:
        caller.send(request("GET", "/stream?pause=0.05"))
        head = caller.socket.recv(15)

        assert head == b"HTTP/1.1 200 OK"
        assert caller.is_closed(40)  # it would take 50 seconds
    eventually(lambda: busy(brief) == 0)


def test_who_goes_away_leaves_nothing_behind(few: Edge) -> None:
    reading, bringing = few.call(), few.call().begin("/length", 10)
    assert reading.send(request("GET", "/stream")).socket.recv(1)
    for caller in (reading, bringing.send(b"half.")):
        caller.close()

    eventually(lambda: not few.server.server_state.connections)
    eventually(lambda: busy(few) == 0)
