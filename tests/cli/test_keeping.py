"""`jinxue purge` and `jinxue audit`, and files that are nobody else's."""

import json
import sqlite3
import stat
from pathlib import Path

import pytest

from recommender.catalogue import write_catalogue
from tests.cli.said import Jinxue, refusal
from tests.networks import random_catalogue


@pytest.fixture
def state(jinxue: Jinxue, tmp_path: Path) -> Path:
    """A state folder with a small city and its snapshot."""
    write_catalogue(random_catalogue(4), tmp_path / "city.jsonl")
    assert jinxue("import", tmp_path / "city.jsonl", "--state", tmp_path / "state").code == 0
    assert jinxue("build", "--state", tmp_path / "state").code == 0
    return tmp_path / "state"


def age(state: Path) -> None:
    """Let all that was written have been written three years ago."""
    with sqlite3.connect(state / "jinxue.sqlite3") as database:
        database.execute("UPDATE catalogue_versions SET written_at = '2023-01-01 00:00:00.000000'")
    database.close()


def test_a_purge_says_what_goes_and_a_dry_run_lets_it_stay(jinxue: Jinxue, state: Path) -> None:
    age(state)
    learners = len(random_catalogue(4).learners)
    dry = jinxue("purge", "--older-than", "730d", "--dry-run", "--state", state)
    done = jinxue("purge", "--older-than", "2y", "--state", state)
    again = jinxue("purge", "--older-than", "24m", "--state", state)

    assert (dry.code, done.code, again.code) == (0, 0, 0)
    assert learners > 0
    assert f"学员 {learners} 名" in dry.err
    assert "试运行" in dry.err
    assert done.err.splitlines()[0] == dry.err.splitlines()[0]
    assert "学员 0 名，历史 0 条" in again.err
    assert not any(path.read_bytes().count(b"learner_id") for path in state.glob("snapshots/*/catalogue.json"))


def test_what_is_young_stays(jinxue: Jinxue, state: Path) -> None:
    assert (
        "学员 0 名，历史 0 条，保留的回答 0 个，密钥 0 个"
        in jinxue("purge", "--older-than", "1d", "--state", state).err
    )


@pytest.mark.parametrize("span", ["", "730", "0d", "-1d", "1w", "1.5y", "999999d", "99999y", "d", "１d"])
def test_nonsense_is_no_span(jinxue: Jinxue, tmp_path: Path, span: str) -> None:
    said = jinxue("purge", "--older-than", span, "--state", tmp_path / "state")
    assert said.code == 2
    assert "730d" in said.err or "90d" in said.err
    assert not (tmp_path / "state").exists()


def test_the_audit_log_is_shown_and_found_whole(jinxue: Jinxue, state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = jinxue("audit", "--state", state)
    assert "import" in said.out
    assert "完整" in said.err
    entry = json.loads(jinxue("audit", "--json", "--state", state).out)
    assert (entry["position"], entry["action"], entry["kind"]) == (1, "import", None)
    assert entry["at"].endswith("+08:00")
    monkeypatch.setenv("JINXUE_LANGUAGE", "en")
    assert "whole" in jinxue("audit", "--state", state).err


def test_the_audit_log_is_narrowed_to_an_instant_or_a_learner(jinxue: Jinxue, state: Path) -> None:
    age(state)
    jinxue("purge", "--older-than", "2y", "--state", state)
    someone = random_catalogue(4).learners[0].learner_id

    def actions(*options: str) -> list[str]:
        lines = jinxue("audit", "--json", *options, "--state", state).out.splitlines()
        return [json.loads(line)["action"] for line in lines]

    assert actions("--subject", someone) == ["erasure"]
    assert actions("--subject", "nobody") == []
    assert actions("--since", "2126-01-01") == []
    assert actions("--since", "2020-01-01")[0] == "import"
    assert actions()[-1] == "purge"
    assert "2126" not in refusal(jinxue("audit", "--since", "2126-13-01", "--state", state))


def test_a_broken_audit_log_is_told_of_by_audit_and_doctor(jinxue: Jinxue, state: Path) -> None:
    assert "前后相符" in jinxue("doctor", "--state", state).out
    with sqlite3.connect(state / "jinxue.sqlite3") as database:
        database.execute("DROP TRIGGER refuse_update_of_audit_entries")
        database.execute("UPDATE audit_entries SET key_id = 'somebody'")
    database.close()
    audit, doctor = jinxue("audit", "--state", state), jinxue("doctor", "--state", state)
    assert (audit.code, doctor.code) == (1, 1)
    assert "第 1 条" in audit.err
    assert "第 1 条" in doctor.out


def test_what_the_commands_write_nobody_else_can_read(jinxue: Jinxue, state: Path) -> None:
    made = [state, *state.rglob("*")]
    assert {path.name for path in made} >= {"jinxue.sqlite3", "catalogue.json", "learners.faiss"}
    assert [path for path in made if stat.S_IMODE(path.stat().st_mode) & 0o077] == []
    assert jinxue("export", state.parent / "files", "--state", state).code == 0
    assert [path for path in (state.parent / "files").rglob("*") if path.stat().st_mode & 0o077] == []


def test_a_database_that_others_could_read_is_closed_to_them(jinxue: Jinxue, state: Path) -> None:
    (state / "jinxue.sqlite3").chmod(0o644)
    jinxue("doctor", "--state", state)
    assert stat.S_IMODE((state / "jinxue.sqlite3").stat().st_mode) == 0o600
