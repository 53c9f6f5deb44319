"""`jinxue rollback`: what is kept is listed, gone back to, and let go of again."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from recommender.bootstrap import Workshop
from recommender.catalogue import write_catalogue
from recommender.service import Service
from recommender.settings import Settings
from tests.cli.said import ROOT, Jinxue, Said, refusal
from tests.handmade import course, taught
from tests.networks import random_catalogue


@pytest.fixture
def state(jinxue: Jinxue, tmp_path: Path) -> Path:
    """A state folder with three snapshots of a small city, each with one more course."""
    city = random_catalogue(4)
    for number in range(3):
        new = course(f"born-{number}", title=f"新课{number}")
        city = replace(
            city,
            courses=(*city.courses, new),
            course_instances=(*city.course_instances, taught(f"{new.course_id}-1", new.course_id)),
        )
        write_catalogue(city, tmp_path / "city.jsonl")
        jinxue("import", tmp_path / "city.jsonl", "--state", tmp_path / "state")
        jinxue("build", "--state", tmp_path / "state")
    return tmp_path / "state"


def serving(state: Path) -> str:
    """Return the snapshot that a service of this folder begins with."""
    service = Service(Workshop(Settings(state=state)))
    service.close()
    return service.matcher.snapshot.version


def listed(said: Said) -> list[list[str]]:
    assert said.code == 0
    return [[cell.strip() for cell in line.split("│")[1:-1]] for line in said.out.splitlines() if line[:1] == "│"]


def test_the_kept_snapshots_are_listed_newest_first(jinxue: Jinxue, state: Path) -> None:
    folder = Workshop(Settings(state=state)).snapshots
    rows = listed(jinxue("rollback", "--list", "--state", state))

    assert [row[0] for row in rows] == list(folder.versions())
    assert len(rows) == 3
    for row in rows:
        manifest = folder.manifest(row[0])
        assert row[1] == str(manifest.catalogue_version)
        assert row[3] == manifest.encoder
        assert row[4:8] == [str(manifest.counts[name]) for name in ("sites", "courses", "instances", "learners")]
    assert [row[8] for row in rows] == ["服务中", "", ""]


def test_rolling_back_goes_one_snapshot_back_each_time_and_stays_there(jinxue: Jinxue, state: Path) -> None:
    newest, middle, oldest = Workshop(Settings(state=state)).snapshots.versions()
    assert serving(state) == newest

    assert middle in jinxue("rollback", "--state", state).err
    assert serving(state) == middle
    assert [row[8] for row in listed(jinxue("rollback", "--list", "--state", state))] == ["", "服务中, 已固定", ""]
    jinxue("build", "--state", state)  # whatever is built
    assert serving(state) == middle

    assert oldest in jinxue("rollback", "--state", state).err
    assert "rollback --list" in refusal(jinxue("rollback", "--state", state))
    assert serving(state) == oldest


def test_a_release_follows_the_store_again(jinxue: Jinxue, state: Path) -> None:
    newest, _, oldest = Workshop(Settings(state=state)).snapshots.versions()
    assert jinxue("rollback", oldest, "--state", state).code == 0
    assert serving(state) == oldest

    assert jinxue("rollback", "--release", "--state", state).code == 0
    assert serving(state) == newest
    assert jinxue("rollback", "--release", "--state", state).code == 0  # nothing to release is no error


def test_what_cannot_serve_is_not_gone_back_to(jinxue: Jinxue, state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    newest, middle, _ = Workshop(Settings(state=state)).snapshots.versions()
    (state / "snapshots" / middle / "instances.faiss").write_bytes(b"x")

    assert "instances.faiss" in refusal(jinxue("rollback", middle, "--state", state))
    assert refusal(jinxue("rollback", "0-000000000000", "--state", state))
    assert refusal(jinxue("rollback", "../..", "--state", state))
    text = (ROOT / "recommender" / "data" / "policy.toml").read_text(encoding="utf-8")
    policy = state / "policy.toml"
    policy.write_text(re.sub(r"(?m)^half_distance_km = .*", "half_distance_km = 0.5", text), encoding="utf-8")
    with monkeypatch.context() as another:
        another.setenv("JINXUE_POLICY", str(policy))
        assert refusal(jinxue("rollback", newest, "--state", state))
    monkeypatch.setenv("JINXUE_LANGUAGE", "en")
    assert "no earlier snapshot" in refusal(jinxue("rollback", "--state", state / "fresh"))
    assert serving(state) == newest


@pytest.mark.parametrize("both", [("--list", "--release"), ("1-000000000000", "--list")])
def test_one_thing_at_a_time(jinxue: Jinxue, tmp_path: Path, both: tuple[str, str]) -> None:
    assert jinxue("rollback", *both, "--state", tmp_path).code == 2
