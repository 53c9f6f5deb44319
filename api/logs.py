"""What the service says of its work on stderr: one JSON object a line, or a readable line where that is a terminal.

Of an exception only its type is said, and where in our own code it came from: its message may hold what a caller sent.
"""

import contextlib
import datetime
import logging
import sys
import threading
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TextIO

import orjson
import structlog

import recommender

_FOLDERS = (Path(__file__).parent, Path(recommender.__file__).parent)
_log = logging.getLogger("jinxue")


def set_up(level: str, stream: TextIO | None = None) -> None:
    """Let all that is logged leave by `stream`: our own lines from `level` on, those of libraries from warnings on."""
    stream = stream or sys.stderr
    terminal = stream.isatty()
    structlog.configure(
        processors=[_head, structlog.dev.ConsoleRenderer() if terminal else _render],
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG),  # what is told is decided before
        logger_factory=structlog.PrintLoggerFactory(stream)
        if terminal
        else structlog.BytesLoggerFactory(stream.buffer),
        cache_logger_on_first_use=True,
    )
    logging.getLogger().handlers = [_Handler()]
    logging.captureWarnings(True)
    threading.excepthook = lambda ended: _log.error("a thread ended", exc_info=ended.exc_value)
    sys.unraisablehook = lambda lost: _log.error("an error nobody could be told of", exc_info=lost.exc_value)
    set_level(level)


def set_level(level: str) -> None:
    """Say only what is at least as serious as `level` from now on."""
    _log.setLevel(level.upper())
    logging.getLogger().setLevel(max(_log.level, logging.WARNING))


def told(error: BaseException) -> dict[str, str]:
    """Return what may be said of an exception: its type, and the innermost line of our own code that it passed."""
    said = {"error": type(error).__name__}
    for frame, line in traceback.walk_tb(error.__traceback__):
        path = Path(frame.f_code.co_filename)
        if folder := next((one for one in _FOLDERS if path.is_relative_to(one)), None):
            said["at"] = f"{path.relative_to(folder.parent)}:{line}"
    return said


class _Handler(logging.Handler):
    """Says what comes by the standard library's `logging` as our own lines are said."""

    def __init__(self) -> None:
        super().__init__()
        self._log = structlog.get_logger()

    def emit(self, record: logging.LogRecord) -> None:
        """Say the first line only: what follows may be a trace, or another's values."""
        error = record.exc_info[1] if record.exc_info else None
        said: Mapping[str, Any] = {**getattr(record, "said", {}), **(told(error) if error else {})}
        with contextlib.suppress(OSError):  # nobody reads it: that must stop nothing
            self._log.log(record.levelno, record.getMessage().partition("\n")[0], logger=record.name, **said)


def _head(_: Any, level: str, said: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Put what every line has before the rest: when, how serious, what."""
    return {"timestamp": datetime.datetime.now(datetime.UTC), "level": level, "event": said["event"], **said}


def _render(_: Any, __: str, said: structlog.typing.EventDict) -> bytes:
    return orjson.dumps(said, default=str, option=orjson.OPT_UTC_Z)
