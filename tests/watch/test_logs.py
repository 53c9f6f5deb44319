"""All that is logged has one form, and of an error nothing but its type and place."""

import io
import logging
import re
import threading
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from api import logs
from tests.watch.listening import SECRET, Heard, traced

_log = logging.getLogger("jinxue")


def error_of(fail: Callable[[], object]) -> Exception:
    """Return the error that `fail` ends with."""
    with pytest.raises(Exception) as caught:
        fail()
    return caught.value


def test_the_place_of_an_error_is_the_innermost_line_of_our_own_code() -> None:
    told = logs.told(error_of(lambda: logs.set_level(None)))  # type: ignore[arg-type]
    source = Path(logs.__file__).read_text(encoding="utf-8").splitlines()

    assert told.pop("error") == "AttributeError"
    assert "level.upper()" in source[int(told.pop("at").removeprefix("api/logs.py:")) - 1]
    assert told == {}
    assert logs.told(error_of(lambda: 1 / 0)) == {"error": "ZeroDivisionError"}  # tests are not what serves


def test_less_is_said_from_the_moment_on_that_it_is_asked_for(listen: Callable[..., Heard]) -> None:
    heard, client = listen("info"), traced()
    client.get("/people/x")
    logs.set_level("warning")
    client.get("/people/x")
    _log.warning("a warning")
    logs.set_level("error")
    _log.warning("another")
    logging.getLogger("some.library").warning("a library's")

    assert [line["event"] for line in heard.lines] == ["request", "a warning"]


def test_what_comes_by_the_standard_library_is_said_in_the_same_form_and_without_its_trace(
    listen: Callable[..., Heard],
) -> None:
    heard = listen()
    error = error_of(lambda: logs.set_level(SECRET))
    logging.getLogger("uvicorn.error").error("Exception in %s", "ASGI", exc_info=error)
    logging.getLogger("asyncio").error("Task exception was never retrieved\nfuture: <Task exception=%r>", SECRET)
    logging.getLogger("some.library").info("a detail")
    _log.info("now serving snapshot %s", "17-abc")
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        warnings.warn(f"a warning\n{SECRET}", stacklevel=1)

    told = [(line["level"], line["logger"], line["event"].split(": ")[-1]) for line in heard.lines]
    assert told == [
        ("error", "uvicorn.error", "Exception in ASGI"),
        ("error", "asyncio", "Task exception was never retrieved"),
        ("info", "jinxue", "now serving snapshot 17-abc"),
        ("warning", "py.warnings", "a warning"),
    ]
    assert heard.lines[0]["error"] == "ValueError"
    assert re.fullmatch(r"api/logs\.py:\d+", heard.lines[0]["at"])
    assert SECRET not in heard.text


def test_a_thread_that_ends_with_an_error_leaves_a_line_and_no_trace(listen: Callable[..., Heard]) -> None:
    heard = listen()
    thread = threading.Thread(target=lambda: [][int("1")])
    thread.start()
    thread.join()

    assert [(line["event"], line["error"]) for line in heard.lines] == [("a thread ended", "IndexError")]


def test_on_a_terminal_lines_are_for_people(listen: Callable[..., Heard]) -> None:
    heard = listen(terminal=True)
    traced().get("/people/x")

    (line,) = heard.text.splitlines()
    assert not line.startswith("{")
    assert "/people/{name}" in line


def test_a_log_that_nobody_reads_stops_no_answer(listen: Callable[..., Heard]) -> None:
    class Gone(io.BytesIO):
        def write(self, _: Any) -> int:
            raise BrokenPipeError

    listen()
    logs.set_up("info", io.TextIOWrapper(Gone()))

    assert traced().get("/people/x").status_code == 200
    assert traced().get("/fails/x").status_code == 500
