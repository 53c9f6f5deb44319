"""How good the recommendations are, on judged requests, beside baselines anybody can understand."""

import csv
import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.errors import CatalogueError, CatalogueProblem, InvalidRequest
from recommender.language import Bilingual
from recommender.matcher import Matcher
from recommender.policy import MAXIMUM_K, Audience
from recommender.profiles import parse_request
from recommender.snapshot import course_text

CUTOFF = 10
_COLUMNS = (
    "request_id",
    "audience",
    "industry",
    "occupation",
    "skill_level",
    "text",
    "place",
    "headcount",
    "relevant_course_ids",
)
BUNDLED_JUDGEMENTS = Path(__file__).parent / "data" / "judgements" / "shenzhen.csv"


@dataclass(frozen=True, slots=True)
class Judgement:
    """One request and the courses that answer it."""

    request_id: str
    fields: Mapping[str, Any]
    relevant_course_ids: frozenset[str]


@dataclass(frozen=True, slots=True)
class Metrics:
    """Means over requests, each in [0, 1]: nDCG and recall at 10, and the reciprocal rank of the first right course."""

    ndcg: float
    recall: float
    mrr: float


def read_judgements(path: Path) -> list[Judgement]:
    """Read judged requests from CSV; CatalogueError names every row that is wrong."""
    judgements, problems = [], []
    for number, row in enumerate(_rows(path), 2):
        try:
            judgements.append(_judgement(row))
        except InvalidRequest as error:
            problems += [CatalogueProblem(path.name, p.message, number, p.field) for p in error.problems]
    if problems:
        raise CatalogueError(problems)
    return judgements


def _rows(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, restval="")
            columns, rows = reader.fieldnames or (), list(reader)
    except (OSError, ValueError, csv.Error) as error:
        message = Bilingual(f"评测文件无法读取（{error}）。", f"The judgements cannot be read ({error}).")
        raise CatalogueError([CatalogueProblem(path.name, message)]) from error
    missing = "、".join(column for column in _COLUMNS if column not in columns)
    if missing or not rows:
        message = Bilingual(
            f"缺少列：{missing}。" if missing else "只有标题，没有数据行。",
            f"Columns are missing: {missing}." if missing else "There are no rows below the header.",
        )
        raise CatalogueError([CatalogueProblem(path.name, message)])
    return rows


def _judgement(row: Mapping[str, str]) -> Judgement:
    """Return a row as a judged request; InvalidRequest names the column that is wrong."""
    relevant = frozenset(filter(None, row["relevant_course_ids"].split("|")))
    if not relevant:
        raise InvalidRequest.of("relevant_course_ids", "至少写一个课程编号。", "Name at least one course.")
    if row["audience"] not in set(Audience):
        raise InvalidRequest.of("audience", "应为 learner 或 enterprise。", "Expected learner or enterprise.")
    enterprise = row["audience"] == Audience.ENTERPRISE
    fields: dict[str, Any] = {
        "industry": row["industry"] or None,
        "skill_level": row["skill_level"] or None,
        "location": {"place": row["place"]} if row["place"] else None,
    }
    if enterprise:
        headcount = row["headcount"]
        fields |= {"needs": row["text"], "headcount": int(headcount) if headcount.isdecimal() else headcount or None}
    else:
        fields |= {"goal": row["text"], "occupation": row["occupation"] or None}
    parse_request(fields)
    return Judgement(row["request_id"], fields, relevant)


Ranker = Callable[[Judgement], Sequence[str]]


def evaluate(matcher: Matcher, judgements: Sequence[Judgement], *, today: datetime.date) -> dict[str, Metrics]:
    """Return the metrics of the service, of its meaning alone, of TF-IDF and of the nearest courses, by name."""
    unknown = {c for j in judgements for c in j.relevant_course_ids} - matcher.snapshot.network.course_row.keys()
    if unknown:
        shown = ", ".join(sorted(unknown)[:5])
        raise InvalidRequest.of(
            "judgements",
            f"评测引用了目录中没有的课程：{shown}。",
            f"The judgements name courses that the catalogue has not: {shown}.",
        )
    rankers: dict[str, Ranker] = {
        "jinxue": _service(matcher, today, {}),
        "meaning only": _service(matcher, today, {"weights": {"meaning": 1.0}}),
        "character TF-IDF": _tf_idf(matcher),
        "nearest only": _service(matcher, today, {"weights": {"place": 1.0, "quality": 1e-6}}),
    }
    return {
        name: _mean([_score(ranker(j), j.relevant_course_ids) for j in judgements]) for name, ranker in rankers.items()
    }


def _service(matcher: Matcher, today: datetime.date, options: Mapping[str, Any]) -> Ranker:
    def rank(judgement: Judgement) -> Sequence[str]:
        request = parse_request({**judgement.fields, "k": MAXIMUM_K, "diversity": 0.0, **options})
        return [item["course"]["course_id"] for item in matcher.recommend(request, today=today)["items"]]

    return rank


def _tf_idf(matcher: Matcher) -> Ranker:
    """The lexical baseline: cosine of character 1–3-gram TF-IDF between the request's text and the course's, over approved courses."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    courses = [course for course in matcher.snapshot.network.courses if course.approval == "approved"]
    vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True)
    documents = vectorizer.fit_transform([course_text(course) for course in courses])

    def rank(judgement: Judgement) -> Sequence[str]:
        text = "。".join(
            str(judgement.fields[name])
            for name in ("goal", "needs", "occupation", "industry")
            if judgement.fields.get(name)
        )
        similarity = (documents @ vectorizer.transform([text]).T).toarray()[:, 0]
        return [courses[row].course_id for row in np.lexsort((np.arange(len(courses)), -similarity))[:MAXIMUM_K]]

    return rank


def _score(ranked: Sequence[str], relevant: frozenset[str]) -> NDArray[np.float64]:
    """Return nDCG@10 (binary gains, Järvelin and Kekäläinen 2002), recall@10 and the reciprocal rank of one list."""
    hits = np.array([course_id in relevant for course_id in ranked], dtype=np.float64)
    discounts = 1.0 / np.log2(np.arange(CUTOFF) + 2.0)
    ideal = discounts[: len(relevant)].sum()
    first = np.flatnonzero(hits)
    return np.array(
        [
            float(hits[:CUTOFF] @ discounts[: len(hits[:CUTOFF])]) / ideal,
            hits[:CUTOFF].sum() / min(len(relevant), CUTOFF),
            1.0 / (first[0] + 1) if first.size else 0.0,
        ]
    )


def _mean(scores: Sequence[NDArray[np.float64]]) -> Metrics:
    ndcg, recall, mrr = np.mean(scores, axis=0).tolist()
    return Metrics(ndcg, recall, mrr)
