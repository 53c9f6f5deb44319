"""`jinxue recommend`: a table for people, JSON for programs, one sentence for what is wrong."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from api.schemas import Recommendations
from recommender.domain import Catalogue
from tests.cli.said import ROOT, Jinxue, refusal


def recommend(jinxue: Jinxue, state: Path, *options: object) -> dict[str, Any]:
    said = jinxue("recommend", "--json", "--state", state, *options)
    assert (said.code, said.err) == (0, "")
    Recommendations.model_validate_json(said.out, strict=True)
    return json.loads(said.out)


def test_recommendations_are_a_table_a_person_can_read(jinxue: Jinxue, built: Path) -> None:
    options = ("--goal", "想学工业机器人维修", "--place", "坪山区坑梓街道", "--level", "四级", "--k", 5)
    answer = recommend(jinxue, built, *options)
    said = jinxue("recommend", "--state", built, *options)

    assert said.code == 0
    assert len(answer["items"]) == 5
    for item in answer["items"]:
        line = next(line for line in said.out.splitlines() if f"│ {item['course']['title']} " in line)
        assert f"{item['score']:.3f}" in line
    assert f"符合条件的课程 {answer['eligible_courses']} 门" in said.out


def test_a_narrow_terminal_cuts_nothing_off(jinxue: Jinxue, built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    title = recommend(jinxue, built, "--goal", "焊工", "--k", 1)["items"][0]["course"]["title"]
    said = jinxue("recommend", "--state", built, "--goal", "焊工", "--k", 1)
    cells = [line.split("│") for line in said.out.splitlines() if line.startswith("│")]

    assert "".join(cell[3].strip() for cell in cells).startswith(title)
    assert "…" not in said.out


def test_recommendations_are_told_in_english_on_request(jinxue: Jinxue, built: Path) -> None:
    said = jinxue(
        "recommend", "--state", built, "--goal", "welding", "--place", "宝安区福海街道", "--language", "en", "--k", 2
    )

    assert "eligible courses" in said.out
    assert all(head in said.out for head in ("score", "course", "level", "where", "km", "start", "why"))
    assert "km away" in said.out


def test_an_enterprise_is_answered_by_its_needs_or_its_headcount(jinxue: Jinxue, built: Path) -> None:
    options = ("--needs", "班组长管理", "--headcount", 40, "--place", "光明区凤凰街道")
    answer = recommend(jinxue, built, *options)

    assert "at_enterprise" in answer["policy"]["modes"]
    assert any("nearest_sites" in item for item in answer["items"])
    assert "needs" in refusal(jinxue("recommend", "--state", built, "--headcount", 40))


def test_stored_profiles_are_answered_by_their_ids(jinxue: Jinxue, built: Path, bundled_catalogue: Catalogue) -> None:
    learner, enterprise = bundled_catalogue.learners[0], bundled_catalogue.enterprises[0]

    assert len(recommend(jinxue, built, "--learner", learner.learner_id, "--k", 3)["items"]) == 3
    assert len(recommend(jinxue, built, "--enterprise", enterprise.enterprise_id)["items"]) == 10
    refused = refusal(jinxue("recommend", "--state", built, "--learner", "nobody"))
    assert "learner_id" in refused
    assert "nobody" not in refused  # whoever it is
    assert "nobody" in refusal(jinxue("recommend", "--state", built, "--enterprise", "nobody"))


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ((), "goal"),
        (("--goal", "x", "--k", "0"), "k"),
        (("--goal", "x", "--k", "10000"), "k"),
        (("--goal", "x", "--level", "大师"), "skill_level"),
        (("--goal", "x", "--place", "火星"), "location.place"),
        (("--goal", "x", "--place", "龙岗"), "龙岗区龙岗街道"),
        (("--goal", "x\x00"), "goal"),
        (("--goal", "学" * 100_000), "goal"),
        (("--goal", "[/x]", "--place", "[/x]"), "location.place"),
        (("--needs", "x", "--headcount", "-3"), "headcount"),
    ],
)
def test_a_wrong_option_is_named_in_one_sentence(
    jinxue: Jinxue, built: Path, options: tuple[str, ...], named: str
) -> None:
    assert named in refusal(jinxue("recommend", "--state", built, *options))


def test_titles_that_look_like_markup_are_printed_as_they_are(jinxue: Jinxue, tmp_path: Path) -> None:
    folder = tmp_path / "markup"
    folder.mkdir()
    (folder / "sites.csv").write_text("site_id,name,kind,district\nhub,[/学院],hub,坪山区\n", encoding="utf-8")
    (folder / "courses.csv").write_text(
        "course_id,title,approval\na,C语言[bold]初级[/bold],approved\nb,[/WPS],approved\n", encoding="utf-8"
    )
    (folder / "course_instances.csv").write_text(
        "instance_id,course_id,mode,site_id\na1,a,at_site,hub\nb1,b,online,\n", encoding="utf-8"
    )
    assert jinxue("import", folder, "--state", tmp_path).code == 0
    said = jinxue("recommend", "--state", tmp_path, "--goal", "WPS")

    assert all(text in said.out for text in ("C语言[bold]初级[/bold]", "[/WPS]", "[/学院]"))


def test_a_reader_that_goes_away_early_is_no_error(built: Path) -> None:
    line = f"{sys.executable} -m recommender.cli recommend --goal 焊工 --k 100 --json --state {built} | head -n 1"
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    ran = subprocess.run(["bash", "-c", line], env=environment, capture_output=True, timeout=60, check=True)

    assert ran.stdout == b"{\n"
    assert b"Traceback" not in ran.stderr
