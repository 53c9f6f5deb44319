"""The service under load, in two minutes: steady, and three times too much. It wants the machine for itself.

How long answers take is told by the benchmarks: no test depends on it.
"""

from pathlib import Path

from tests.benchmarks import load, overload


def test_under_steady_load_it_neither_fails_nor_grows(tmp_path: Path) -> None:
    found = load.measure(tmp_path / "state", seconds=60, share=0.7, pressed_seconds=6)
    statuses = found.noted.statuses()

    assert {status for status in statuses if status >= 500} <= {503}, statuses
    assert statuses[503] < sum(statuses.values()) / 100, statuses  # while the machine itself stands still
    assert (found.noted.lost, found.unsent) == (0, 0)
    assert set(found.synced) == {200}
    assert found.growth < 0.1, found.memory


def test_of_three_times_too_much_the_rest_is_refused_and_all_are_served_again_afterwards(tmp_path: Path) -> None:
    found = overload.measure(tmp_path / "state", seconds=10, times=3, pressed_seconds=4)

    assert set(found.noted.statuses()) == {200, 503}
    assert found.noted.lost == 0
    assert found.recovery_seconds < 20
