"""`jinxue import` and `jinxue export`: what is read, what is refused, and that nothing is lost on the way."""

from dataclasses import replace
from pathlib import Path

import pytest

from recommender.bootstrap import Workshop
from recommender.catalogue import write_catalogue
from recommender.domain import Catalogue
from recommender.settings import Settings
from tests.cli.said import Jinxue, Said, refusal
from tests.handmade import course
from tests.networks import random_catalogue

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


def counted(said: Said) -> dict[str, list[int]]:
    """Return the rows of the table that an import prints: added, changed, unchanged, removed, kept."""
    assert (said.code, said.out) == (0, "")
    cells = [[cell.strip() for cell in line.split("│")[1:-1]] for line in said.err.splitlines() if line[:1] == "│"]
    return {label: [int(count) for count in counts] for label, *counts in cells}


def stored(state: Path) -> Catalogue:
    return Workshop(Settings(state=state)).read_store().catalogue


@pytest.fixture
def city(tmp_path: Path) -> Catalogue:
    """A small random city, which also stands in the folder `city`."""
    made = random_catalogue(4)
    write_catalogue(made, tmp_path / "city")
    return made


def test_the_bundled_network_is_imported_then_built(jinxue: Jinxue, tmp_path: Path) -> None:
    imported = jinxue("import", "--state", tmp_path)
    assert counted(imported)["阵地"] == [121, 0, 0, 0, 0]
    assert counted(imported)["课程"] == [1038, 0, 0, 0, 0]
    assert imported.err.endswith("已导入，目录版本 1。\n")

    again = jinxue("import", "--if-changed", "--state", tmp_path)
    assert (again.code, again.err) == (0, "目录没有变化（版本 1）。\n")

    built = jinxue("build", "--state", tmp_path)
    current = (tmp_path / "snapshots" / "CURRENT").read_text().strip()
    assert built.code == 0
    assert f"快照 {current}" in built.err


def test_an_import_says_what_it_changed_and_removes_only_when_asked(
    jinxue: Jinxue, city: Catalogue, tmp_path: Path
) -> None:
    state = tmp_path / "state"
    sizes = {"阵地": len(city.sites), "课程": len(city.courses), "班次": len(city.course_instances)}
    first = counted(jinxue("import", "city", "--state", state))
    assert {label: first[label] for label in sizes} == {label: [size, 0, 0, 0, 0] for label, size in sizes.items()}
    again = counted(jinxue("import", "city", "--state", state))
    assert {label: again[label] for label in sizes} == {label: [0, 0, size, 0, 0] for label, size in sizes.items()}

    retitled = (replace(city.courses[0], title="另一个名称"), *city.courses[1:], course("born"))
    fewer = replace(city, courses=retitled, course_instances=city.course_instances[:-2])
    write_catalogue(fewer, tmp_path / "edited.jsonl")
    edited = jinxue("import", "edited.jsonl", "--state", state)
    assert counted(edited)["课程"] == [1, 1, len(city.courses) - 1, 0, 0]
    assert counted(edited)["班次"] == [0, 0, len(city.course_instances) - 2, 0, 2]
    assert "2 条记录不在文件中" in edited.err
    assert len(stored(state).course_instances) == len(city.course_instances)

    removed = jinxue("import", "edited.jsonl", "--remove-missing", "--state", state)
    assert counted(removed)["班次"] == [0, 0, len(city.course_instances) - 2, 2, 0]
    assert "不在文件中。" not in removed.err
    assert len(stored(state).course_instances) == len(city.course_instances) - 2


def test_a_dry_run_says_the_same_and_writes_nothing(jinxue: Jinxue, city: Catalogue, tmp_path: Path) -> None:
    jinxue("import", "city", "--state", tmp_path)
    before = Workshop(Settings(state=tmp_path)).read_store()
    write_catalogue(replace(city, courses=(*city.courses, course("born"))), tmp_path / "edited.jsonl")
    tried = jinxue("import", "edited.jsonl", "--dry-run", "--state", tmp_path)

    assert tried.err.endswith("试运行：没有写入任何数据。\n")
    assert Workshop(Settings(state=tmp_path)).read_store() == before
    done = jinxue("import", "edited.jsonl", "--state", tmp_path)
    assert counted(done) == counted(tried)
    assert done.err.endswith("已导入，目录版本 2。\n")


def test_an_import_is_told_in_english_when_that_is_the_setting(
    jinxue: Jinxue, city: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JINXUE_LANGUAGE", "en")
    said = jinxue("import", "city", "--state", tmp_path)

    assert counted(said)["classes"] == [len(city.course_instances), 0, 0, 0, 0]
    assert all(head in said.err for head in ("added", "changed", "unchanged", "removed", "not in the files, kept"))
    assert said.err.endswith("Imported, catalogue version 1.\n")


def test_a_bad_import_is_undone_with_the_catalogue_of_a_kept_snapshot(
    jinxue: Jinxue, city: Catalogue, tmp_path: Path
) -> None:
    state = tmp_path / "state"
    jinxue("import", "city", "--state", state)
    jinxue("build", "--state", state)
    before, kept = stored(state), Workshop(Settings(state=state)).snapshots.current()
    spoilt = [replace(one, title="坏数据", approval="rejected") for one in city.courses]
    write_catalogue(replace(city, courses=(*spoilt, course("bad"))), tmp_path / "bad.jsonl")
    jinxue("import", "bad.jsonl", "--state", state)
    jinxue("build", "--state", state)
    assert stored(state) != before

    assert jinxue("export", "undo.jsonl", "--snapshot", kept, "--state", state).code == 0
    assert counted(jinxue("import", "undo.jsonl", "--remove-missing", "--state", state))["课程"][3] == 1
    assert stored(state) == before
    assert "0-000000000000" in refusal(jinxue("export", "x", "--snapshot", "0-000000000000", "--state", state))


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
