"""The service over a small network, made once and copied for each test that writes."""

import shutil
from pathlib import Path

import pytest

from tests.contract.town import Town, make_town, open_town


@pytest.fixture(scope="session")
def town_state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state folder with the network and its snapshot; only to be copied."""
    state = tmp_path_factory.mktemp("town") / "state"
    make_town(state)
    return state


@pytest.fixture(scope="module")
def town(town_state: Path, tmp_path_factory: pytest.TempPathFactory) -> Town:
    """The service, over a copy of the module's own."""
    return open_town(shutil.copytree(town_state, tmp_path_factory.mktemp("town") / "state"))
