"""A registry over a small city's catalogue, in a database of each kind."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from recommender.encoder import Encoder
from recommender.registry import Registry
from recommender.registry.merge import merge
from recommender.settings import Settings
from recommender.store import CatalogueStore
from tests.networks import TODAY
from tests.registry.worlds import StillWorkshop, small_catalogue


def fill(url: str) -> None:
    """Bring the small city into a database, as an import does."""
    with CatalogueStore(url) as store, store.write(source="files", day=TODAY) as transaction:
        merge(transaction, small_catalogue(), remove_missing=False)


@pytest.fixture(scope="session")
def filled_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file that holds the small city: to be copied, as it takes a while to make."""
    path = tmp_path_factory.mktemp("filled") / "jinxue.db"
    fill(f"sqlite:///{path}")
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def city_url(request: pytest.FixtureRequest, tmp_path: Path, filled_file: Path) -> str:
    """A database of the test's own that holds the small city, once of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{shutil.copy(filled_file, tmp_path / 'jinxue.db')}"
    url: str = request.getfixturevalue("postgres_url")
    fill(url)
    return url


@pytest.fixture
def registry(city_url: str) -> Iterator[Registry]:
    """The small city's registry, once on each kind of database."""
    with CatalogueStore(city_url) as store:
        yield Registry(store, lambda: TODAY)


@pytest.fixture
def workshop(city_url: str, tmp_path: Path, encoder: Encoder) -> StillWorkshop:
    """The small city's workshop, once on each kind of database."""
    return StillWorkshop(Settings(state=tmp_path / "state", database_url=city_url), encoder)
