"""What `/metrics` says, as numbers."""

from collections.abc import Callable

from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

Numbers = dict[tuple[str, frozenset[tuple[str, str]]], float]


def numbers(client: TestClient) -> Numbers:
    """Return every number by its name and labels."""
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def number(found: Numbers, name: str, **labels: str) -> float:
    return found.get((name, frozenset(labels.items())), 0)


def rise(client: TestClient, work: Callable[[], object], name: str, **labels: str) -> float:
    """Return by how much a number is greater behind `work`."""
    before = number(numbers(client), name, **labels)
    work()
    return number(numbers(client), name, **labels) - before
