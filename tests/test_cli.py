"""Every command of `jinxue`, and one sentence instead of a traceback whenever something is wrong."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from rich.console import Console

from api.schemas import Recommendations
from recommender import cli
from recommender.bootstrap import Workshop
from recommender.domain import Approval, Catalogue
from recommender.settings import Settings
from recommender.snapshot import Snapshot

ROOT = Path(__file__).parents[1]
REQUESTS_HEADER = "request_id,audience,part,industry,occupation,skill_level,text,place,headcount"
WRONG_SITES = (
    "site_id,name,kind,district,latitude,longitude\na,甲,castle,坪山区,,\nb,乙,hub,火星区,,\na,丙,centre,坪山区,22.7,\n"
)


class Said(NamedTuple):
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str


Jinxue = Callable[..., Said]


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Only the tests' own settings, and a terminal wide enough for the tables."""
    for name in os.environ:
        if name.upper().startswith("JINXUE_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(cli, "_out", Console(width=240))


@pytest.fixture
def jinxue(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Jinxue:
    """Run the command as the shell does, in this process; a traceback would be an exception other than SystemExit."""

    def run(*arguments: object) -> Said:
        monkeypatch.setattr(sys, "argv", ["jinxue", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return Said(int(ended.value.code or 0), out, err)

    return run


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, bundled_snapshot: Snapshot) -> Path:
    """A state folder with the bundled network, as of the real day; only to be read."""
    folder = tmp_path_factory.mktemp("state")
    workshop = Workshop(Settings(state=folder))
    workshop.import_catalogue(None, today=workshop.today())
    workshop.snapshots.save(bundled_snapshot)
    return folder


def refusal(said: Said) -> str:
    """Return the one sentence with which a command refused."""
    assert said.code == 1
    assert said.out == ""
    assert len(said.err.strip().splitlines()) == 1, said.err
    return said.err.strip()


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
    monkeypatch.setattr(cli, "_out", Console(width=80))
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
    assert "nobody" in refusal(jinxue("recommend", "--state", built, "--learner", "nobody"))
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


@pytest.mark.parametrize(
    "arguments",
    [("nonsense",), ("recommend", "--k", "ten"), ("recommend", "--language", "fr"), ("export",), ("--nope",)],
)
def test_what_is_no_command_gets_usage(jinxue: Jinxue, arguments: tuple[str, ...]) -> None:
    said = jinxue(*arguments)

    assert said.code == 2
    assert "Usage" in said.err


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


@pytest.fixture
def judged(tmp_path: Path, bundled_catalogue: Catalogue) -> Path:
    """A folder of three judged requests, each answered by an approved course of the bundled network."""
    approved = [course for course in bundled_catalogue.courses if course.approval is Approval.APPROVED][:3]
    asked = [f"R{n},learner,reporting,,,,{course.title},坪山区," for n, course in enumerate(approved)]
    grades = [f"R{n},{course.course_id},3" for n, course in enumerate(approved)]
    folder = tmp_path / "judged"
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
    jinxue: Jinxue, built: Path, judged: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    figures = json.loads(jinxue("evaluate", judged, "--json", "--state", built).out)

    assert {"BM25", "English MiniLM"} <= set(figures["systems"])
    monkeypatch.setitem(sys.modules, "bm25s", None)  # as if it were not installed
    assert "pip install 'jinxue[evaluate]'" in refusal(jinxue("evaluate", judged, "--state", built))


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


def test_a_reader_that_goes_away_early_is_no_error(built: Path) -> None:
    line = f"{sys.executable} -m recommender.cli recommend --goal 焊工 --k 100 --json --state {built} | head -n 1"
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    ran = subprocess.run(["bash", "-c", line], env=environment, capture_output=True, timeout=60, check=True)

    assert ran.stdout == b"{\n"
    assert b"Traceback" not in ran.stderr


def test_every_command_says_what_it_does(jinxue: Jinxue) -> None:
    said = jinxue("--help")
    commands = ("import", "build", "serve", "recommend", "export", "evaluate", "train-encoder", "doctor", "settings")

    assert said.code == 0
    for command in commands:
        assert command in said.out
        assert jinxue(command, "--help").code == 0
