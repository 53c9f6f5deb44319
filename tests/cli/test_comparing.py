"""`jinxue diff`: what it foretells comes true, and nothing is written by it."""

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from recommender.bootstrap import Workshop
from recommender.catalogue import write_catalogue
from recommender.domain import Approval
from recommender.settings import Settings
from tests.cli.said import ROOT, Jinxue
from tests.handmade import course, taught
from tests.networks import Shape, random_catalogue

CITY = random_catalogue(5, Shape(instances=80))


@pytest.fixture
def state(jinxue: Jinxue, tmp_path: Path) -> Path:
    """A state folder with a small city and its snapshot."""
    write_catalogue(CITY, tmp_path / "city.jsonl")
    jinxue("import", tmp_path / "city.jsonl", "--state", tmp_path / "state")
    jinxue("build", "--state", tmp_path / "state")
    return tmp_path / "state"


@pytest.fixture
def edited(tmp_path: Path) -> Path:
    """The same city after some courses were rejected, and one is new."""
    rejected = [replace(one, approval=Approval.REJECTED) for one in CITY.courses[:4]]
    new = course("born", title="养老护理入门")
    write_catalogue(
        replace(
            CITY,
            courses=(*rejected, *CITY.courses[4:], new),
            course_instances=(*CITY.course_instances, taught("born-1", "born")),
        ),
        tmp_path / "edited.jsonl",
    )
    return tmp_path / "edited.jsonl"


def diff(jinxue: Jinxue, state: Path, *options: object) -> dict[str, Any]:
    said = jinxue("diff", "--json", "--state", state, *options)
    assert said.code == 0, said.err
    return json.loads(said.out)


def without_names(found: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in found.items() if name not in ("before", "after")}


def contents(state: Path) -> tuple[object, ...]:
    """Return what is stored and every file of the snapshots, with its time."""
    with Workshop(Settings(state=state)).open_store() as store:
        stored = store.load()
    files = sorted((state / "snapshots").rglob("*"))
    return stored, [(file, file.stat().st_mtime_ns) for file in files]


def test_nothing_pending_changes_nothing(jinxue: Jinxue, state: Path) -> None:
    found = diff(jinxue, state)

    assert found["compared"] > 10
    assert (found["churn"], found["changed"], found["entered"]) == (0.0, 0, [])
    assert found["before"] == found["after"]


def test_what_a_pending_catalogue_would_change_is_what_it_changes(jinxue: Jinxue, state: Path, edited: Path) -> None:
    before = contents(state)
    foretold = diff(jinxue, state, edited)
    assert contents(state) == before
    jinxue("import", edited, "--state", state)
    pending = diff(jinxue, state)

    assert foretold["churn"] > 0
    assert "born" in {one["course_id"] for one in foretold["entered"]}
    gone = {one.course_id for one in CITY.courses[:4]}
    assert {one["course_id"] for one in foretold["left"]} & gone
    assert without_names(foretold) == without_names(pending)

    kept = Workshop(Settings(state=state)).snapshots.current()
    jinxue("build", "--state", state)
    done = diff(jinxue, state, "--snapshot", kept)  # and back again
    assert (done["churn"], done["changed"]) == (foretold["churn"], foretold["changed"])
    assert done["entered"] == foretold["left"]
    assert done["after"] == kept
    hashes = {each["after"].split("-")[1] for each in (foretold, pending)} | {done["before"].split("-")[1]}
    assert len(hashes) == 1  # the very snapshot that came to serve


def test_a_part_of_a_catalogue_is_compared_as_it_would_be_merged(jinxue: Jinxue, state: Path, tmp_path: Path) -> None:
    write_catalogue(replace(CITY, learners=(), course_instances=CITY.course_instances[:5]), tmp_path / "part.jsonl")
    found = diff(jinxue, state, tmp_path / "part.jsonl")

    assert found["compared"] == diff(jinxue, state)["compared"]
    assert found["changed"] == 0  # what the files lack stays


def test_another_encoder_and_another_policy_change_the_answers(
    jinxue: Jinxue, state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = shutil.copytree(ROOT / "models" / "jinxue-static-zh", tmp_path / "model")
    weights = load_file(model / "model.safetensors")
    noise = np.random.default_rng(0)
    spoilt = {name: noise.standard_normal(each.shape).astype(each.dtype) for name, each in weights.items()}
    save_file(spoilt, model / "model.safetensors")
    policy = tmp_path / "policy.toml"
    text = (ROOT / "recommender" / "data" / "policy.toml").read_text(encoding="utf-8")
    policy.write_text(re.sub(r"(?m)^half_distance_km = .*", "half_distance_km = 0.5", text), encoding="utf-8")
    before = contents(state)
    other, nearer = diff(jinxue, state, "--encoder", model), diff(jinxue, state, "--policy", policy)
    both = diff(jinxue, state, "--encoder", model, "--policy", policy)

    assert all(found["changed"] > 0 for found in (other, nearer, both))
    assert len({found["after"] for found in (other, nearer, both)}) == 3
    assert contents(state) == before

    monkeypatch.setenv("JINXUE_POLICY", str(policy))
    jinxue("build", "--state", state)
    monkeypatch.delenv("JINXUE_POLICY")
    assert jinxue("diff", "--state", state).code == 1  # the snapshot is of that policy now


def test_a_sample_of_the_learners_and_a_shorter_list_may_do(jinxue: Jinxue, state: Path, edited: Path) -> None:
    everybody = diff(jinxue, state, edited, "--learners", 0)
    some = diff(jinxue, state, edited, "--learners", 5, "--k", 3)

    assert everybody == diff(jinxue, state, edited)  # fewer than the sample's 500
    assert some["compared"] + some["unanswered"] == 5
    assert some["k"] == 3
    assert some == diff(jinxue, state, edited, "--learners", 5, "--k", 3)


def test_the_figures_are_a_table_a_person_can_read_without_anybody_s_wishes(
    jinxue: Jinxue, state: Path, edited: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = diff(jinxue, state, edited)
    said = jinxue("diff", edited, "--state", state)
    monkeypatch.setenv("JINXUE_LANGUAGE", "en")
    english = jinxue("diff", edited, "--state", state)

    assert f"{found['changed']} 名学员的推荐有变化，平均更换 {found['churn']:.1%} 的课程" in said.out
    assert f"The lists of {found['changed']} change" in english.out
    for one in (*found["entered"], *found["left"]):
        assert one["title"] in said.out
    for example in found["examples"]:
        assert example["learner_id"] in said.out
    for learner in CITY.learners:
        assert (
            not learner.goal
            or learner.goal not in said.out.replace("\n", "")
            or any(learner.goal in one.title for one in CITY.courses)
        )


def test_nobody_to_compare_by_is_said(jinxue: Jinxue, tmp_path: Path) -> None:
    write_catalogue(replace(CITY, learners=()), tmp_path / "nobody.jsonl")
    jinxue("import", tmp_path / "nobody.jsonl", "--state", tmp_path)
    jinxue("build", "--state", tmp_path)

    assert diff(jinxue, tmp_path)["churn"] is None
    assert "没有可比较的学员" in jinxue("diff", "--state", tmp_path).out


def test_what_cannot_be_compared_is_refused(jinxue: Jinxue, state: Path, edited: Path, tmp_path: Path) -> None:
    assert jinxue("diff", edited, "--snapshot", "1-000000000000", "--state", state).code == 2
    assert jinxue("diff", "--k", 0, "--state", state).code == 2
    assert jinxue("diff", "--snapshot", "1-000000000000", "--state", state).code == 1
    assert jinxue("diff", tmp_path / "nowhere", "--state", state).code == 1
    assert "jinxue build" in jinxue("diff", "--state", tmp_path / "fresh").err
