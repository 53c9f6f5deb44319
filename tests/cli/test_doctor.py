"""`jinxue doctor`: what is wrong, and how to mend it."""

import shutil
from pathlib import Path

import pytest

from recommender.bootstrap import Workshop
from recommender.settings import Settings
from tests.cli.said import Jinxue, Said

PARTS = ("编码器", "状态文件夹", "目录库", "快照")


def marks(said: Said) -> str:
    """Return the marks of encoder, state folder, store and snapshot, in this order."""
    return "".join(line[0] for line in said.out.splitlines() if line[2:].startswith(PARTS))


def test_the_doctor_finds_a_sound_service_sound(jinxue: Jinxue, built: Path) -> None:
    said = jinxue("doctor", "--state", built)

    assert (said.code, marks(said)) == (0, "✓✓✓✓")
    assert not any(line.startswith("✗") for line in said.out.splitlines())
    assert any(line.startswith("! 数据") for line in said.out.splitlines())  # notes make no error


def test_the_doctor_says_what_is_wrong_and_how_to_mend_it(jinxue: Jinxue, built: Path, tmp_path: Path) -> None:
    fresh = jinxue("doctor", "--state", tmp_path / "fresh")
    assert (fresh.code, marks(fresh)) == (1, "✓✓✗✗")
    assert "jinxue import" in fresh.out

    damaged = shutil.copytree(built, tmp_path / "damaged")
    current = damaged / "snapshots" / (damaged / "snapshots" / "CURRENT").read_text().strip()
    (current / "instances.faiss").write_bytes(b"x")
    said = jinxue("doctor", "--state", damaged)
    assert (said.code, marks(said)) == (1, "✓✓✓✗")
    assert "instances.faiss" in said.out
    assert "jinxue build" in said.out

    assert jinxue("build", "--state", damaged).code == 0
    assert jinxue("doctor", "--state", damaged).code == 0


def test_a_snapshot_behind_the_store_and_one_held_to_are_noted(jinxue: Jinxue, built: Path, tmp_path: Path) -> None:
    state = shutil.copytree(built, tmp_path / "state")
    assert jinxue("import", "--state", state).code == 0
    behind = jinxue("doctor", "--state", state)
    assert (behind.code, marks(behind)) == (0, "✓✓✓!")
    assert "落后于目录版本 2" in behind.out

    held = Workshop(Settings(state=state)).snapshots.current()
    assert jinxue("rollback", held, "--state", state).code == 0
    pinned = jinxue("doctor", "--state", state)
    assert (pinned.code, marks(pinned)) == (0, "✓✓✓!")
    assert f"固定在 {held}" in pinned.out
    (state / "snapshots" / held / "instances.faiss").write_bytes(b"x")
    broken = jinxue("doctor", "--state", state)
    assert (broken.code, marks(broken)) == (1, "✓✓✓✗")
    assert "jinxue rollback --release" in broken.out


def test_the_doctor_names_an_encoder_that_is_not_there(
    jinxue: Jinxue, built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JINXUE_ENCODER", "/no/such/[/model]")
    said = jinxue("doctor", "--state", built)

    assert said.code == 1
    assert "✗ 编码器" in said.out
    assert "/no/such/[/model]" in said.out


def test_a_state_folder_that_cannot_be_written_is_named(
    jinxue: Jinxue, built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JINXUE_DATABASE_URL", f"sqlite:///{built / 'jinxue.sqlite3'}")
    said = jinxue("doctor", "--state", "/dev/null/state")

    assert said.code == 1
    assert any(line.startswith("✗ 状态文件夹 文件夹 /dev/null 不可写") for line in said.out.splitlines())


def test_the_doctor_speaks_english_when_that_is_the_setting(
    jinxue: Jinxue, built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JINXUE_LANGUAGE", "en")
    said = jinxue("doctor", "--state", built)

    assert "✓ encoder" in said.out
    assert "! reviews the texts of" in said.out
