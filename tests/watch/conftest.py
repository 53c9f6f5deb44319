"""One application that is watched, over a small town, and a log that is listened to."""

import logging
import sys
import threading
import warnings
from collections.abc import Callable, Iterator

import pytest
import structlog
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api import create_app, logs
from recommender.service import Service
from tests.callers import issue_key, showing
from tests.faults.town import found_town
from tests.watch.listening import Heard


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    """The application over a small town."""
    workshop = found_town(tmp_path_factory.mktemp("counted") / "state")
    settings = workshop.settings.model_copy(update={"refit_seconds": 0, "rate_per_address": "100000/second"})
    return create_app(settings, Service(workshop))


@pytest.fixture(scope="module")
def client(app: FastAPI) -> Iterator[TestClient]:
    """The administrator."""
    headers = showing(issue_key(app.state.service.store))
    with TestClient(app, headers=headers) as opened:
        yield opened


@pytest.fixture
def listen() -> Iterator[Callable[..., Heard]]:
    """Set the log up; all is as before behind the test."""
    root, ours = logging.getLogger(), logging.getLogger("jinxue")
    before = root.handlers, root.level, ours.level, warnings.showwarning, threading.excepthook, sys.unraisablehook

    def start(level: str = "info", *, terminal: bool = False) -> Heard:
        heard = Heard(terminal=terminal)
        logs.set_up(level, heard.stream)
        return heard

    yield start
    logging.captureWarnings(False)
    root.handlers, root.level, ours.level, warnings.showwarning, threading.excepthook, sys.unraisablehook = before
    root.setLevel(before[1])  # forgets what loggers remember of levels
    structlog.reset_defaults()
