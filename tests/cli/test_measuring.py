"""`jinxue evaluate`: figures for people and programs, beside baselines."""

import json
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from recommender.domain import Approval, Catalogue, Course
from tests.cli.said import Jinxue, refusal
from tests.faults.town import found_town, town

REQUESTS_HEADER = "request_id,audience,part,industry,occupation,skill_level,text,place,headcount"


@pytest.fixture
def judged(tmp_path: Path, bundled_catalogue: Catalogue) -> Path:
    """A folder of three judged requests, each answered by an approved course of the bundled network."""
    return judge(tmp_path / "judged", bundled_catalogue.courses, place="坪山区")


def judge(folder: Path, courses: Iterable[Course], *, place: str = "") -> Path:
    """Ask for the first three approved courses by their titles; return the new `folder` that says so."""
    approved = [course for course in courses if course.approval is Approval.APPROVED][:3]
    asked = [f"R{n},learner,reporting,,,,{course.title},{place}," for n, course in enumerate(approved)]
    grades = [f"R{n},{course.course_id},3" for n, course in enumerate(approved)]
    folder.mkdir()
    (folder / "requests.csv").write_text("\n".join([REQUESTS_HEADER, *asked]), encoding="utf-8")
    (folder / "judgements.csv").write_text("\n".join(["request_id,course_id,grade", *grades]), encoding="utf-8")
    return folder


def test_the_recommendations_are_measured_beside_baselines(
    jinxue: Jinxue, built: Path, judged: Path, tmp_path: Path
) -> None:
    plot = tmp_path / "figures.png"
    said = jinxue("evaluate", judged, "--quick", "--json", "--plot", plot, "--state", built)
    figures = json.loads(said.out)
    table = jinxue("evaluate", judged, "--quick", "--part", "all", "--state", built).out

    assert (figures["part"], figures["requests"]) == ("reporting", 3)
    assert list(figures["systems"])[:2] == ["jinxue", "meaning + words"]
    assert not {"BM25", "English MiniLM"} & set(figures["systems"])
    ndcg = figures["systems"]["words"]["ndcg_at_10"]
    assert ndcg["mean"] > 0.9  # asked for by its title
    assert f"{ndcg['mean']:.3f}" in table
    assert "3 个评测请求" in table
    assert plot.read_bytes().startswith(b"\x89PNG")


def test_all_baselines_are_measured_where_their_packages_are(
    jinxue: Jinxue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found_town(tmp_path / "state")
    asked = ("evaluate", judge(tmp_path / "judged", town().courses), "--state", tmp_path / "state")
    figures = json.loads(jinxue(*asked, "--json").out)

    assert {"BM25", "English MiniLM"} <= set(figures["systems"])
    monkeypatch.setitem(sys.modules, "bm25s", None)  # as if it were not installed
    assert "pip install 'jinxue[evaluate]'" in refusal(jinxue(*asked))


def test_an_evaluation_that_cannot_be_made_is_refused_in_one_sentence(
    jinxue: Jinxue, built: Path, judged: Path, tmp_path: Path
) -> None:
    wrong = ("evaluate", judged, "--quick", "--state", built)

    assert "figures.bmp" in refusal(jinxue(*wrong, "--plot", tmp_path / "figures.bmp"))
    assert "nowhere" in refusal(jinxue(*wrong, "--plot", tmp_path / "nowhere" / "figures.png"))
    assert "part" in jinxue(*wrong, "--part", "development").err
    assert jinxue(*wrong, "--part", "both").code == 2


def test_bad_judgements_are_listed_row_by_row(jinxue: Jinxue, built: Path, judged: Path, tmp_path: Path) -> None:
    asked = (judged / "requests.csv").read_text(encoding="utf-8")
    (judged / "requests.csv").write_text(asked.replace("R1,learner", "R1,visitor"), encoding="utf-8")
    with (judged / "judgements.csv").open("a", encoding="utf-8") as file:
        file.write("\nR0,no-such-course,9\n")
    said = jinxue("evaluate", judged, "--quick", "--state", built)

    assert said.code == 1
    assert "requests.csv，第 3 行，audience" in said.err
    assert "judgements.csv，第 5 行，grade" in said.err
    assert "评测数据中有 2 处问题" in said.err
    assert jinxue("evaluate", tmp_path / "nowhere", "--state", built).code == 1
