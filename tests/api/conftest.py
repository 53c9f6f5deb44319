"""The service over the bundled network, on a day that stands still."""

import datetime
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api import create_app
from recommender.bootstrap import Workshop
from recommender.domain import Catalogue
from recommender.service import Service
from recommender.settings import Settings
from recommender.snapshot import Snapshot
from tests.api.recording import Records
from tests.callers import issue_key, showing
from tests.contract.conformance import ConformingClient


class StillService(Service):
    """A service whose day does not pass by itself."""

    def __init__(self, workshop: Workshop, day: datetime.date) -> None:
        super().__init__(workshop)
        self.day = day

    def today(self) -> datetime.date:
        return self.day


@pytest.fixture(scope="session")
def state(tmp_path_factory: pytest.TempPathFactory, bundled_snapshot: Snapshot, today: datetime.date) -> Path:
    """A state folder as `jinxue import` and `jinxue build` leave it; only to be read."""
    folder = tmp_path_factory.mktemp("bundled")
    workshop = Workshop(Settings(state=folder))
    workshop.import_catalogue(None, today=today)
    workshop.snapshots.save(bundled_snapshot)
    return folder


@pytest.fixture(scope="session")
def app(state: Path, today: datetime.date) -> FastAPI:
    settings = Settings(state=state, rate_per_key="100000/second")
    return create_app(settings, StillService(Workshop(settings), today))


@pytest.fixture(scope="session")
def client(app: FastAPI) -> Iterator[TestClient]:
    """The administrator."""
    headers = showing(issue_key(app.state.service.store))
    with ConformingClient(app, headers=headers) as opened:
        yield opened


@pytest.fixture(scope="session")
def catalogue(bundled_catalogue: Catalogue) -> Catalogue:
    return bundled_catalogue


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    """The endpoints of records, over a small network of the test's own."""
    opened = Records(f"sqlite:///{tmp_path / 'records.db'}")
    yield opened
    opened.store.close()


@pytest.fixture
def records_everywhere(store_url: str) -> Iterator[Records]:
    """The same, once in a database of each kind."""
    opened = Records(store_url)
    yield opened
    opened.store.close()
