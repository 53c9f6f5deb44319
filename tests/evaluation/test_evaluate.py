"""From judged requests to figures, tables, JSON and a drawing."""

import datetime
import io
import json
import struct
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from pydantic import TypeAdapter
from rich.console import Console

from recommender.errors import JinxueError, JudgementError, PackageMissing
from recommender.evaluation import (
    Evaluation,
    JudgedRequest,
    Metric,
    Part,
    check_drawing,
    draw,
    evaluate,
    make_systems,
    show_evaluation,
)
from recommender.evaluation.metrics import Ranked
from recommender.evaluation.systems import LABELS, System
from recommender.language import Language
from recommender.matcher import Matcher
from tests.evaluation.conftest import Judge


def listing(street: Matcher, *numbers: int) -> System:
    """Return a system that always lists these courses of the street."""
    network = street.snapshot.network
    ranked: Ranked = [(network.course_row[f"c{n:02}"], network.instance_row[f"i{n:02}"]) for n in numbers]
    return lambda _: ranked


@pytest.fixture
def judged(judge: Judge) -> list[JudgedRequest]:
    """Eight requests, every second of them for reporting, answered by c01 and a little by another course."""
    parts = (Part.DEVELOPMENT, Part.REPORTING)
    return [judge(str(n), parts[n % 2], **{"c01": 3, f"c{n + 2:02}": 1}) for n in range(8)]


@pytest.fixture
def evaluation(street: Matcher, judged: list[JudgedRequest], today: datetime.date) -> Evaluation:
    systems = {"jinxue": listing(street, 1, 2), "BM25": listing(street, 12, 1), "nothing": lambda _: []}
    return evaluate(street, judged, today=today, part=None, systems=systems)


def test_a_system_that_lists_the_right_course_first_is_better_by_the_right_amount(evaluation: Evaluation) -> None:
    ours, theirs = evaluation.systems["jinxue"], evaluation.systems["BM25"]

    assert ours[Metric.RECIPROCAL_RANK].mean == 1
    assert theirs[Metric.RECIPROCAL_RANK].mean == 0.5
    assert ours[Metric.DISTANCE_KM].mean == pytest.approx(1.5, abs=0.001)
    assert theirs[Metric.DISTANCE_KM].mean == pytest.approx(6.5, abs=0.001)
    assert ours[Metric.COVERAGE].mean == pytest.approx(2 / 13)
    found = next(one for one in evaluation.comparisons if one.other == "BM25")
    gap = ours[Metric.NDCG].mean - theirs[Metric.NDCG].mean  # type: ignore[operator]
    assert found.system == "jinxue"
    assert found.difference.mean == pytest.approx(gap)
    assert found.p_value == pytest.approx(2 / 2**8)


def test_a_system_that_lists_nothing_is_measured_too(evaluation: Evaluation) -> None:
    figures = evaluation.systems["nothing"]

    assert figures[Metric.NDCG].mean == 0
    assert figures[Metric.DISTANCE_KM].mean is None
    assert figures[Metric.DIVERSITY].mean is None
    assert figures[Metric.COVERAGE].mean == 0
    assert figures[Metric.EXPOSURE_GINI].mean is None


def test_the_service_and_its_texts_are_each_compared_with_every_other_system(
    street: Matcher, judged: list[JudgedRequest], today: datetime.date
) -> None:
    measured = evaluate(street, judged, today=today, systems=make_systems(street, today=today, quick=True))
    pairs = [(one.system, one.other) for one in measured.comparisons]

    assert [other for system, other in pairs if system == "jinxue"] == [n for n in measured.systems if n != "jinxue"]
    assert len(pairs) == len(set(pairs)) == 2 * (len(measured.systems) - 1)


def test_only_the_part_asked_for_is_measured(street: Matcher, judge: Judge, today: datetime.date) -> None:
    judged = [judge("1", Part.DEVELOPMENT, c01=3), judge("2", Part.REPORTING, c02=3), judge("3", Part.REPORTING, c03=3)]
    means = {}
    for part in (None, *Part):
        measured = evaluate(street, judged, today=today, part=part, systems={"one": listing(street, 1)})
        means[part] = (measured.requests, measured.systems["one"][Metric.NDCG].mean)

    assert means == {None: (3, pytest.approx(1 / 3)), Part.DEVELOPMENT: (1, 1), Part.REPORTING: (2, 0)}


def test_the_service_is_told_apart_from_what_only_looks_at_popularity(
    street: Matcher, judged: list[JudgedRequest], today: datetime.date
) -> None:
    systems = make_systems(street, today=today, quick=True)
    measured = evaluate(street, judged, today=today, part=None, systems=systems).systems

    assert measured["jinxue"][Metric.RECIPROCAL_RANK].mean == 1
    assert measured["popularity"][Metric.RECIPROCAL_RANK].mean < 0.5  # type: ignore[operator]


def test_progress_is_told_up_to_the_end(street: Matcher, judged: list[JudgedRequest], today: datetime.date) -> None:
    told: list[tuple[int, int]] = []
    systems = {"a": listing(street, 1), "b": listing(street, 2)}
    evaluate(street, judged, today=today, systems=systems, progress=lambda *done: told.append(done))

    assert told == [(n, 8) for n in range(1, 9)]


def test_no_request_and_unknown_courses_are_refused(street: Matcher, judge: Judge, today: datetime.date) -> None:
    with pytest.raises(JudgementError) as caught:
        evaluate(street, [judge("1", Part.DEVELOPMENT, c01=3)], today=today, part=Part.REPORTING, systems={})
    assert caught.value.problems[0].column == "part"
    with pytest.raises(JudgementError) as caught:
        evaluate(street, [judge(c01=3, c98=1, c99=1)], today=today, systems={})
    assert [problem.value for problem in caught.value.problems] == ["c98", "c99"]


def test_the_json_holds_everything_and_is_read_back_the_same(evaluation: Evaluation, street: Matcher) -> None:
    text = evaluation.to_json()
    plain = json.loads(text, parse_constant=pytest.fail)  # neither NaN nor Infinity

    assert TypeAdapter(Evaluation).validate_json(text) == evaluation
    assert plain["part"] is None
    assert plain["requests"] == 8
    assert plain["snapshot"] == street.snapshot.version
    assert plain["encoder"] == street.snapshot.encoder.name
    assert set(plain["systems"]["jinxue"]) == {metric.value for metric in Metric}
    assert set(plain["systems"]["jinxue"]["ndcg_at_10"]) == {"mean", "low", "high"}
    assert {(one["system"], one["other"]) for one in plain["comparisons"]} == {
        ("jinxue", "BM25"),
        ("jinxue", "nothing"),
    }
    assert plain["systems"]["nothing"]["distance_km"] == {"mean": None, "low": None, "high": None}


@pytest.mark.parametrize("language", list(Language))
def test_the_tables_show_figures_intervals_and_comparisons(evaluation: Evaluation, language: Language) -> None:
    console = Console(width=200, file=io.StringIO())
    show_evaluation(evaluation, language, console)
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    ndcg = evaluation.systems["jinxue"][Metric.NDCG]

    assert LABELS["BM25"].in_language(language) in shown
    assert f"{ndcg.mean:.3f} ±{(ndcg.high - ndcg.low) / 2:.3f}" in shown  # type: ignore[operator]
    assert "–" in shown
    best = evaluation.comparisons[0].difference
    assert f"{best.mean:+.3f} [{best.low:+.3f}, {best.high:+.3f}]" in shown
    assert "8" in shown


def test_the_tables_are_whole_on_a_narrow_terminal(evaluation: Evaluation, capsys: pytest.CaptureFixture[str]) -> None:
    show_evaluation(evaluation, Language.ZH, Console(width=80))

    assert "…" not in capsys.readouterr().out


def test_the_png_is_an_image_of_two_panels(evaluation: Evaluation, tmp_path: Path) -> None:
    draw(evaluation, tmp_path / "figures.png")
    content = (tmp_path / "figures.png").read_bytes()

    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", content[16:24]) == (1800, 750)
    draw(evaluation, tmp_path / "again.png")
    assert (tmp_path / "again.png").read_bytes() == content


def test_the_svg_holds_two_panels_with_an_axis_each_and_every_label(evaluation: Evaluation, tmp_path: Path) -> None:
    draw(evaluation, tmp_path / "figures.SVG")
    tree = ElementTree.parse(tmp_path / "figures.SVG")
    groups = [element.get("id", "") for element in tree.iter("{http://www.w3.org/2000/svg}g")]
    text = (tmp_path / "figures.SVG").read_text(encoding="utf-8")

    assert {"axes_1", "axes_2"} <= set(groups)
    assert "axes_3" not in groups
    assert LABELS["BM25"].zh in text  # labels are drawn as curves, with the text as a comment
    assert "公里" in text


def test_a_drawing_that_cannot_be_made_is_refused_in_a_sentence(
    evaluation: Evaluation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(JinxueError, match=r"\.png or \.svg"):
        check_drawing(tmp_path / "figures.bmp")
    with pytest.raises(JinxueError, match="nowhere"):
        draw(evaluation, tmp_path / "nowhere" / "figures.png")
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(PackageMissing, match=r"jinxue\[evaluate\]"):
        check_drawing(tmp_path / "figures.png")
