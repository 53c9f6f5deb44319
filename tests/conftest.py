"""What every test may use: the bundled encoder, network and snapshot, on a day that stands still."""

import datetime

import pytest

from recommender.catalogue import bundled_catalogue_folder, read_catalogue
from recommender.domain import Catalogue
from recommender.encoder import Encoder, load_encoder
from recommender.matcher import Matcher
from recommender.policy import Policy, load_policy
from recommender.snapshot import Snapshot, build_snapshot
from tests.networks import TODAY, Shape, random_catalogue
from tests.postgres import postgres as postgres
from tests.postgres import postgres_url as postgres_url
from tests.postgres import store_url as store_url


@pytest.fixture(scope="session")
def today() -> datetime.date:
    return TODAY


@pytest.fixture(scope="session")
def policy() -> Policy:
    return load_policy()


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    return load_encoder()


@pytest.fixture(scope="session")
def bundled_catalogue(today: datetime.date) -> Catalogue:
    return read_catalogue(bundled_catalogue_folder(), today=today).catalogue


@pytest.fixture(scope="session")
def bundled_snapshot(bundled_catalogue: Catalogue, encoder: Encoder, policy: Policy) -> Snapshot:
    return build_snapshot(bundled_catalogue, 1, encoder, policy)


@pytest.fixture(scope="session")
def matcher(bundled_snapshot: Snapshot) -> Matcher:
    """The bundled network, answering."""
    return Matcher(bundled_snapshot)


@pytest.fixture(scope="session")
def matchers(encoder: Encoder, policy: Policy) -> list[Matcher]:
    """Six small random networks, answering."""
    shapes = (Shape(instances=60), Shape(instances=200))
    return [Matcher(build_snapshot(random_catalogue(seed, shapes[seed % 2]), 1, encoder, policy)) for seed in range(6)]
