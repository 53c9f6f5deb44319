"""How good the recommendations are, on judged requests, beside baselines anybody can understand."""

from recommender.evaluation.evaluation import Evaluation, evaluate
from recommender.evaluation.judgements import BUNDLED_JUDGEMENTS, JudgedRequest, Part, read_judgements
from recommender.evaluation.metrics import Metric
from recommender.evaluation.report import check_drawing, draw, show_evaluation
from recommender.evaluation.significance import Comparison, Figure
from recommender.evaluation.systems import make_systems

__all__ = [
    "BUNDLED_JUDGEMENTS",
    "Comparison",
    "Evaluation",
    "Figure",
    "JudgedRequest",
    "Metric",
    "Part",
    "check_drawing",
    "draw",
    "evaluate",
    "make_systems",
    "read_judgements",
    "show_evaluation",
]
