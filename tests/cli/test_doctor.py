"""`jinxue doctor`: what is wrong, and how to mend it."""

import shutil
from pathlib import Path

import pytest

from tests.cli.said import Jinxue


def test_the_doctor_finds_a_sound_service_sound(jinxue: Jinxue, built: Path) -> None:
    said = jinxue("doctor", "--state", built)

    assert said.code == 0
    assert [line[0] for line in said.out.splitlines()] == ["✓", "✓", "✓"]


def test_the_doctor_says_what_is_wrong_and_how_to_mend_it(jinxue: Jinxue, built: Path, tmp_path: Path) -> None:
    fresh = jinxue("doctor", "--state", tmp_path / "fresh")
    assert (fresh.code, [line[0] for line in fresh.out.splitlines()]) == (1, ["✓", "✗", "✗"])
    assert "jinxue import" in fresh.out

    damaged = shutil.copytree(built, tmp_path / "damaged")
    current = damaged / "snapshots" / (damaged / "snapshots" / "CURRENT").read_text().strip()
    (current / "instances.faiss").write_bytes(b"x")
    said = jinxue("doctor", "--state", damaged)
    assert (said.code, [line[0] for line in said.out.splitlines()]) == (1, ["✓", "✓", "✗"])
    assert "instances.faiss" in said.out
    assert "jinxue build" in said.out

    assert jinxue("build", "--state", damaged).code == 0
    assert jinxue("doctor", "--state", damaged).code == 0
    assert jinxue("import", "--state", damaged).code == 0
    behind = jinxue("doctor", "--state", damaged)
    assert behind.code == 1
    assert "落后于目录版本 2" in behind.out


def test_the_doctor_names_an_encoder_that_is_not_there(
    jinxue: Jinxue, built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JINXUE_ENCODER", "/no/such/[/model]")
    said = jinxue("doctor", "--state", built)

    assert said.code == 1
    assert "✗ 编码器" in said.out
    assert "/no/such/[/model]" in said.out
