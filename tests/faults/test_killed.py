"""A service that is killed loses nothing that it acknowledged, and shows nothing half done. `tests.benchmarks.killed` does it a hundred times."""

from pathlib import Path

import pytest

from tests.faults.killing import Trial, Victim


@pytest.mark.parametrize(("database", "seeds"), [("sqlite", (0, 1, 2, 3, 4)), ("postgresql", (1, 3))])
def test_what_was_acknowledged_outlives_the_process(
    request: pytest.FixtureRequest, tmp_path: Path, database: str, seeds: tuple[int, ...]
) -> None:
    url = request.getfixturevalue("postgres_url") if database == "postgresql" else None
    with Victim(tmp_path / "state", url) as victim:
        for seed in seeds:
            assert victim.undergo(Trial(seed)) == []
            assert victim.ledger.acknowledged
