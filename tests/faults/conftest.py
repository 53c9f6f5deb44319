"""The town in a store of each kind, and services on it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.town import found_town
from tests.live import ServiceProcess

Serve = Callable[..., ServiceProcess]


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A state folder with the town in its own database, and its snapshot."""
    found_town(tmp_path / "state")
    return tmp_path / "state"


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start a service on a state folder; it is ended with the test. It is asked with a key of its own unless there is one already."""
    started: list[ServiceProcess] = []

    def start(state: Path, key: str = "", **settings: object) -> ServiceProcess:
        service = ServiceProcess(state, **{"refit_seconds": 0, **settings})
        service.key = key
        started.append(service)
        return service.start()

    yield start
    for service in started:
        service.kill()
