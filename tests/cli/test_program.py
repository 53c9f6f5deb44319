"""The program as a whole: usage, settings, any bytes from the shell, and no traceback whatever is wrong."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from recommender.settings import Settings
from tests.cli.said import ROOT, Jinxue, refusal


@pytest.mark.parametrize(
    "arguments",
    [("nonsense",), ("recommend", "--k", "ten"), ("recommend", "--language", "fr"), ("export",), ("--nope",)],
)
def test_what_is_no_command_gets_usage(jinxue: Jinxue, arguments: tuple[str, ...]) -> None:
    said = jinxue(*arguments)

    assert said.code == 2
    assert "Usage" in said.err


def test_settings_lists_every_variable_with_its_value(jinxue: Jinxue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JINXUE_PORT", "8123")
    said = jinxue("settings", "--state", "[/somewhere]")
    rows = {line.split("│")[1].strip(): line for line in said.out.splitlines() if line.startswith("│ JINXUE_")}

    assert set(rows) == {f"JINXUE_{name.upper()}" for name in Settings.model_fields}
    assert "8123" in rows["JINXUE_PORT"]
    assert "[/somewhere]" in rows["JINXUE_STATE"]
    assert all(field.description in rows[f"JINXUE_{name.upper()}"] for name, field in Settings.model_fields.items())


@pytest.mark.parametrize(
    ("variable", "value", "arguments"),
    [
        ("JINXUE_PORT", "many", ("serve",)),
        ("JINXUE_PORT", "70000", ("settings",)),
        ("JINXUE_TIMEZONE", "Mars/Olympus", ("import",)),
        ("JINXUE_LANGUAGE", "fr", ("doctor",)),
        ("JINXUE_POLICY", "nowhere.toml", ("build",)),
        ("JINXUE_ENCODER", "/no/such/model", ("build",)),
        ("JINXUE_DATABASE_URL", "nonsense", ("import",)),
        ("JINXUE_DATABASE_URL", "sqlite:////no/such/folder/x.db", ("export", "x")),
        ("JINXUE_STATE", "/dev/null/state", ("import",)),
        ("JINXUE_SEARCH_THREADS", "0", ("recommend", "--goal", "x")),
    ],
)
def test_a_wrong_setting_is_one_sentence(
    jinxue: Jinxue,
    built: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    value: str,
    arguments: tuple[str, ...],
) -> None:
    if variable != "JINXUE_STATE":
        monkeypatch.setenv("JINXUE_STATE", str(shutil.copytree(built, tmp_path / "copy")))
    monkeypatch.setenv(variable, value)

    assert refusal(jinxue(*arguments))


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["recommend", "--goal", b"\xff"], 1),
        (["recommend", "--learner", b"\xff"], 1),
        (["recommend", "--goal", "x", "--place", b"\xff"], 1),
        (["import", b"/no/such/\xff"], 1),
        (["--help"], 0),
        (["recommend", "--help"], 0),
    ],
)
def test_the_shell_may_send_any_bytes(built: Path, arguments: list[str | bytes], code: int) -> None:
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-m", "recommender.cli", *arguments],
        env=os.environ | {"JINXUE_STATE": str(built), "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == code, ran.stderr.decode("utf-8", "replace")
    assert b"Traceback" not in ran.stdout + ran.stderr


def test_every_command_says_what_it_does(jinxue: Jinxue) -> None:
    said = jinxue("--help")
    commands = (
        "import",
        "diff",
        "build",
        "rollback",
        "serve",
        "recommend",
        "export",
        "evaluate",
        "train-encoder",
        "doctor",
        "settings",
    )

    assert said.code == 0
    for command in commands:
        assert command in said.out
        assert jinxue(command, "--help").code == 0
