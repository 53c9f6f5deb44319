"""The bundled encoder and the catalogue's words may not get worse than they were when their figures were recorded."""

import datetime
import json

import pytest

from recommender.evaluation import BUNDLED_JUDGEMENTS, Part, baselines, evaluate, read_judgements
from recommender.evaluation.metrics import Metric
from recommender.evaluation.systems import Courses, make_systems
from recommender.matcher import Matcher

LEXICAL = ("character TF-IDF", "character pair TF-IDF", "BM25")
RECORDED = json.loads((BUNDLED_JUDGEMENTS / "recorded.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("system", ["meaning + words", "meaning", "words", "jinxue"])
def test_no_figure_falls_below_its_recorded_interval(matcher: Matcher, today: datetime.date, system: str) -> None:
    systems = {system: make_systems(matcher, today=today, quick=True)[system]}
    judged = read_judgements(BUNDLED_JUDGEMENTS)
    measured = evaluate(matcher, judged, today=today, part=Part.REPORTING, systems=systems).systems[system]
    assert measured[Metric.NDCG].mean >= RECORDED[system]["low"]


def test_both_texts_are_fifteen_per_cent_better_than_every_lexical_baseline(
    matcher: Matcher, today: datetime.date
) -> None:
    courses = Courses(matcher.snapshot, today)
    bm25 = baselines.bm25(courses.texts)
    systems = {
        **make_systems(matcher, today=today, quick=True),
        "BM25": courses.ranked_by(lambda request: bm25(request.text)),
    }
    compared = {name: systems[name] for name in ("meaning + words", *LEXICAL)}
    judged = read_judgements(BUNDLED_JUDGEMENTS)
    figures = evaluate(matcher, judged, today=today, part=Part.REPORTING, systems=compared)
    ours = figures.systems["meaning + words"][Metric.NDCG].mean
    for name in LEXICAL:
        assert ours >= 1.15 * figures.systems[name][Metric.NDCG].mean, name
    told = {one.other: one for one in figures.comparisons if one.system == "meaning + words"}
    assert all(told[name].p_value < 0.05 for name in LEXICAL)
