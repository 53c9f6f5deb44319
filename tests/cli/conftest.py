"""The command as the shell runs it, and a state folder to run it on."""

import os
import sys
from pathlib import Path

import pytest

from recommender import cli
from recommender.bootstrap import Workshop
from recommender.cli.console import ERR, OUT
from recommender.settings import Settings
from recommender.snapshot import Snapshot
from tests.cli.said import Jinxue, Said


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Only the tests' own settings, and a terminal wide enough for the tables."""
    for name in os.environ:
        if name.upper().startswith("JINXUE_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "240")
    for console in (OUT, ERR):  # which may have been made under another COLUMNS
        monkeypatch.setattr(console, "_width", 240)


@pytest.fixture
def jinxue(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Jinxue:
    """Run the command as the shell does, in this process; a traceback would be an exception other than SystemExit."""

    def run(*arguments: object) -> Said:
        monkeypatch.setattr(sys, "argv", ["jinxue", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return Said(int(ended.value.code or 0), out, err)

    return run


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, bundled_snapshot: Snapshot) -> Path:
    """A state folder with the bundled network, as of the real day; only to be read."""
    folder = tmp_path_factory.mktemp("state")
    workshop = Workshop(Settings(state=folder))
    workshop.import_catalogue(None, today=workshop.today())
    workshop.snapshots.save(bundled_snapshot)
    return folder
