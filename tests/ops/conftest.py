"""PostgreSQL's own programs on the path, and a small town in a database of each kind."""

import os
from pathlib import Path

import pytest

from recommender.bootstrap import Workshop
from tests.faults.conftest import serve as serve
from tests.faults.town import found_town
from tests.postgres import postgres_programs


@pytest.fixture
def programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """The programs of the server that the tests start: others may be too old for it."""
    found = postgres_programs()
    assert found is not None
    monkeypatch.setenv("PATH", f"{found}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture(params=["sqlite", "postgresql"])
def town(request: pytest.FixtureRequest, tmp_path: Path) -> Workshop:
    """The town in a database of its own, once of each kind."""
    if request.param == "sqlite":
        return found_town(tmp_path / "state")
    request.getfixturevalue("programs")
    return found_town(tmp_path / "state", request.getfixturevalue("postgres_url"))
