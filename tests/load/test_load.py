"""The service under load, in two minutes: steady, and three times too much. It wants the machine for itself."""

from pathlib import Path

import pytest

from tests.benchmarks import load, overload
from tests.load.asking import percentile

pytestmark = pytest.mark.alone


def test_under_steady_load_it_neither_fails_nor_grows_nor_slows(tmp_path: Path) -> None:
    found = load.measure(tmp_path / "state", seconds=70, share=0.7, pressed_seconds=6)

    statuses = found.noted.statuses()
    assert {status for status in statuses if status >= 500} == set(), statuses
    assert (found.noted.lost, found.unsent) == (0, 0)
    assert set(found.synced) == {200}
    assert found.growth < 0.05, found.memory
    kinds = found.noted.kinds()
    usual = percentile(kinds["recommend"], 0.5)  # what costs next to nothing still waits behind these
    for kind, seconds in kinds.items():
        p50, p99 = max(percentile(seconds, 0.5), usual), percentile(seconds, 0.99)
        assert p99 < 5 * p50, f"{kind}: p50 {1_000 * p50:.1f} ms, p99 {1_000 * p99:.1f} ms"


def test_of_three_times_too_much_the_rest_is_refused_at_once(tmp_path: Path) -> None:
    found = overload.measure(tmp_path / "state", seconds=10, times=3, pressed_seconds=4)

    assert set(found.noted.statuses()) == {200, 503}
    assert found.noted.lost == 0
    assert len(found.accepted) / 10 > found.capacity / 3, "most of what it can do is refusing"
    assert percentile(found.accepted, 0.99) < 1
    assert percentile(found.refused, 0.5) < 0.1
    assert percentile(found.refused, 0.99) < 0.5
    assert found.recovery_seconds < 5
