"""Told to stop, a service finishes what it has begun."""

import json
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.faults.conftest import Serve
from tests.faults.town import workshop_at
from tests.live import eventually


def lines(sent: threading.Event, go_on: threading.Event) -> Iterator[bytes]:
    """Yield a stream of edits, its second half only when it shall go on."""
    for number in range(1_000):
        if number == 500:
            sent.set()
            assert go_on.wait(60)
        fields = {"type": "enterprise", "enterprise_id": f"firm-{number}", "name": "厂"}
        yield json.dumps(fields).encode() + b"\n"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stream_that_is_being_sent_is_answered_before_the_process_ends(
    state: Path, serve: Serve, number: signal.Signals
) -> None:
    service, sent, go_on = serve(state), threading.Event(), threading.Event()
    answers: list[httpx.Response] = []
    with service.client() as http:
        ask = threading.Thread(target=lambda: answers.append(http.post("/v1/sync", content=lines(sent, go_on))))
        ask.start()
        assert sent.wait(60)
        assert service.process is not None
        service.process.send_signal(number)
        eventually(lambda: refuses(service.url))
        time.sleep(1)
        assert service.process.poll() is None
        go_on.set()
        ask.join()
        assert service.process.wait(30) == 0
    assert answers[0].status_code == 200
    assert json.loads(answers[0].text.splitlines()[-1])["summary"]["counts"] == {"created": 1_000}
    assert "Traceback" not in service.log
    with workshop_at(state).open_store() as store, store.read() as reading:
        assert len([key for key in reading.stored("enterprises") if key[0].startswith("firm-")]) == 1_000


def refuses(url: str) -> bool:
    """Tell whether nobody answers new callers any more."""
    try:
        httpx.get(url + "/healthz", timeout=5, trust_env=False)
    except httpx.TransportError:
        return True
    return False
