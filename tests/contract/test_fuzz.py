"""Ten kilobytes of fuzz for each endpoint that takes a body. For a million each: python -m tests.benchmarks.fuzz"""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from tests.contract.fuzzing import Endpoint, endpoints, fuzz
from tests.contract.town import Town

BYTES = 10_000
ENDPOINTS = endpoints()


@pytest.fixture(scope="module")
def client(town: Town) -> Iterator[TestClient]:
    with TestClient(town.app, headers={"authorization": f"Bearer {town.key}"}) as opened:
        yield opened


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=str)
def test_no_bytes_get_anything_but_an_answer_of_the_contract(client: TestClient, endpoint: Endpoint) -> None:
    fuzzed = fuzz(client, endpoint, least=BYTES)

    assert not fuzzed.faults
    assert fuzzed.bytes >= BYTES
    assert {400, 422} & set(fuzzed.answered)


def test_every_operation_with_a_body_is_fuzzed() -> None:
    assert len({(one.method, one.path) for one in ENDPOINTS}) == 16
