"""`jinxue import` and `jinxue export`: what is read, what is refused, and that nothing is lost on the way."""

from pathlib import Path

import pytest

from recommender.bootstrap import Workshop
from recommender.settings import Settings
from tests.cli.said import Jinxue, refusal

WRONG_SITES = (
    "site_id,name,kind,district,latitude,longitude\na,甲,castle,坪山区,,\nb,乙,hub,火星区,,\na,丙,centre,坪山区,22.7,\n"
)


@pytest.fixture
def wrong(tmp_path: Path) -> Path:
    """A catalogue with problems in several rows and files."""
    folder = tmp_path / "wrong"
    folder.mkdir()
    (folder / "sites.csv").write_text(WRONG_SITES, encoding="utf-8")
    (folder / "courses.csv").write_text("course_id,title\nx,焊工\ny,\n", encoding="utf-8")
    (folder / "course_instances.csv").write_text("instance_id,course_id,mode\ni,nope,online\n", encoding="utf-8")
    return folder


def test_the_bundled_network_is_imported_then_built(jinxue: Jinxue, tmp_path: Path) -> None:
    imported = jinxue("import", "--state", tmp_path)
    assert (imported.code, imported.out) == (0, "")
    assert "版本 1：121 个阵地，1038 门课程" in imported.err

    again = jinxue("import", "--if-changed", "--state", tmp_path)
    assert (again.code, again.err) == (0, "目录没有变化（版本 1）。\n")

    built = jinxue("build", "--state", tmp_path)
    current = (tmp_path / "snapshots" / "CURRENT").read_text().strip()
    assert built.code == 0
    assert f"快照 {current}" in built.err


def test_every_problem_of_a_catalogue_is_listed_and_nothing_stored(jinxue: Jinxue, wrong: Path, tmp_path: Path) -> None:
    said = jinxue("import", wrong, "--state", tmp_path / "state")
    lines = said.err.strip().splitlines()

    assert said.code == 1
    assert lines[-1] == f"目录中有 {len(lines) - 1} 处问题，未写入任何数据。请修改后重新导入。"
    for part in (
        "sites.csv，第 2 行，kind：“castle”",
        "火星区",
        "sites.csv，第 4 行",
        "courses.csv，第 3 行，title",
        "nope",
    ):
        assert any(part in line for line in lines[:-1]), part
    assert "jinxue import" in refusal(jinxue("build", "--state", tmp_path / "state"))


def test_problems_are_listed_in_english_when_that_is_the_setting(
    jinxue: Jinxue, wrong: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JINXUE_LANGUAGE", "en")
    said = jinxue("import", wrong)

    assert "sites.csv, row 2, kind: 'castle':" in said.err
    assert "nothing was stored" in said.err


@pytest.mark.parametrize("name", ["nowhere", "empty.txt", "empty.xlsx", "empty.jsonl", "folder"])
def test_what_is_no_catalogue_is_refused(jinxue: Jinxue, tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    if "." in name:
        (tmp_path / name).write_bytes(b"")
    said = jinxue("import", tmp_path / name, "--state", tmp_path / "state")

    assert said.code == 1
    assert name in said.err


@pytest.mark.parametrize("target", ["files", "book.xlsx", "lines.jsonl"])
def test_what_is_exported_is_imported_as_the_same_catalogue(
    jinxue: Jinxue, built: Path, tmp_path: Path, target: str
) -> None:
    assert target in jinxue("export", tmp_path / target, "--state", built).err
    assert jinxue("import", tmp_path / target, "--state", tmp_path / "state").code == 0

    again, _ = Workshop(Settings(state=tmp_path / "state")).read_store()
    assert again == Workshop(Settings(state=built)).read_store()[0]


def test_an_export_that_cannot_be_written_and_an_empty_store_are_refused(
    jinxue: Jinxue, built: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")

    assert str(tmp_path / "file") in refusal(jinxue("export", tmp_path / "file" / "x", "--state", built))
    assert "jinxue import" in refusal(jinxue("export", tmp_path / "x", "--state", tmp_path / "fresh"))
    assert not (tmp_path / "x").exists()
