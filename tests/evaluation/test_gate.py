"""The bundled encoder and the catalogue's words may not get worse than they were when their figures were recorded."""

import datetime
import json

import pytest

from recommender.evaluation import BUNDLED_JUDGEMENTS, Part, evaluate, read_judgements
from recommender.evaluation.metrics import Metric
from recommender.evaluation.systems import make_systems
from recommender.matcher import Matcher

RECORDED = json.loads((BUNDLED_JUDGEMENTS / "recorded.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("system", ["meaning + words", "meaning", "words", "jinxue"])
def test_no_figure_falls_below_its_recorded_interval(matcher: Matcher, today: datetime.date, system: str) -> None:
    systems = {system: make_systems(matcher, today=today, quick=True)[system]}
    judged = read_judgements(BUNDLED_JUDGEMENTS)
    measured = evaluate(matcher, judged, today=today, part=Part.REPORTING, systems=systems).systems[system]
    assert measured[Metric.NDCG].mean >= RECORDED[system]["low"]
    assert RECORDED[system]["low"] < RECORDED[system]["mean"] < RECORDED[system]["high"]


def test_what_is_recorded_is_fifteen_per_cent_better_than_the_usual_lexical_baselines() -> None:
    assert RECORDED["meaning + words"]["mean"] >= 1.15 * RECORDED["character TF-IDF"]["mean"]
    assert RECORDED["meaning + words"]["mean"] >= 1.15 * RECORDED["BM25"]["mean"]
