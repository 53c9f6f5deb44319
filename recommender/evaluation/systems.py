"""What is compared: the service, its parts alone, and baselines anybody can understand."""

import datetime
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.blocks.text import TextBlock
from recommender.domain import Mode
from recommender.evaluation import baselines
from recommender.evaluation.judgements import JudgedRequest
from recommender.evaluation.metrics import CUTOFF, Ranked, approved_courses
from recommender.language import Bilingual
from recommender.matcher import Matcher
from recommender.network import Network
from recommender.policy import Preference
from recommender.resolution import ResolvedRequest, resolve
from recommender.snapshot import Snapshot, course_text

System = Callable[[JudgedRequest], Ranked]
Score = Callable[[ResolvedRequest], NDArray[np.float64]]
"""What an approved course is worth for a request, `(a,)`, in the order of their rows."""

SERVICE, BOTH_TEXTS = "jinxue", "meaning + words"
LABELS: Mapping[str, Bilingual] = {
    SERVICE: Bilingual("近学（完整服务）", "Jinxue, the service"),
    BOTH_TEXTS: Bilingual("内容 + 用词", "meaning + words"),
    "meaning": Bilingual("仅内容", "meaning alone"),
    "words": Bilingual("仅用词", "words alone"),
    "character TF-IDF": Bilingual("字符 TF-IDF（1–3 字）", "character TF-IDF (1–3)"),
    "character pair TF-IDF": Bilingual("字符 TF-IDF（1–2 字）", "character TF-IDF (1–2)"),
    "BM25": Bilingual("BM25（结巴分词）", "BM25 (jieba words)"),
    "English MiniLM": Bilingual("英文模型 MiniLM", "English MiniLM"),
    "nearest": Bilingual("只看远近", "nearest"),
    "popularity": Bilingual("报名最多", "most enrolled"),
}
"""Every system by name, in the order of the report."""

_DECIMALS = 9  # what differs less is a tie, which the course's id breaks


def make_systems(
    matcher: Matcher, *, today: datetime.date, quick: bool = False, state: Path | None = None
) -> dict[str, System]:
    """Return every system by its name; `quick` leaves out those that need further packages, else PackageMissing says which is missing.

    Embeddings of the course texts are kept in the folder `state`, where one is given.
    """
    snapshot = matcher.snapshot
    courses = Courses(snapshot, today)
    meaning = _text_score(courses, snapshot.meaning)
    words = _text_score(courses, snapshot.words)
    scores: dict[str, Score] = {
        BOTH_TEXTS: _weighted({Preference.MEANING: meaning, Preference.WORDS: words}),
        "meaning": meaning,
        "words": words,
        "character TF-IDF": _by_text(baselines.tf_idf(courses.texts)),
        "character pair TF-IDF": _by_text(baselines.tf_idf(courses.texts, longest=2)),
        "popularity": _popularity(courses),
    }
    if not quick:
        scores["BM25"] = _by_text(baselines.bm25(courses.texts))
        scores["English MiniLM"] = _by_text(baselines.english_minilm(courses.texts, state))
    systems = {name: courses.ranked_by(score) for name, score in scores.items()}
    systems[SERVICE] = _service(matcher, today, {})
    # next to nothing for quality: a request without a place, which nothing is near to, would be refused
    systems["nearest"] = _service(matcher, today, {"weights": {"place": 1.0, "quality": 1e-6}, "diversity": 0.0})
    return {name: systems[name] for name in LABELS if name in systems}


class Courses:
    """The approved courses of a snapshot, by their rows; `texts` are what is read of them."""

    def __init__(self, snapshot: Snapshot, today: datetime.date) -> None:
        self.snapshot, self.today = snapshot, today
        self.network: Network = snapshot.network
        self.rows = approved_courses(self.network)
        self.texts = [course_text(self.network.courses[row]) for row in self.rows]
        self._at_site = self.network.site_active & self.network.in_mode(Mode.AT_SITE)

    def resolve(self, judged: JudgedRequest) -> ResolvedRequest:
        """Return a judged request as the service understands it."""
        return resolve(judged.request(), self.network, self.snapshot.policy, today=self.today)

    def ranked_by(self, score: Score) -> System:
        """Return the system that lists the ten courses of the highest score, without any constraint, each with its nearest class."""

        def rank(judged: JudgedRequest) -> Ranked:
            request = self.resolve(judged)
            order = np.argsort(-np.round(score(request), _DECIMALS), kind="stable")[:CUTOFF]
            return [(row, self.nearest_class(row, request)) for row in self.rows[order].tolist()]

        return rank

    def nearest_class(self, course_row: int, request: ResolvedRequest) -> int | None:
        """Return the row of a course's class at the nearest active site; None where it has none, or no distance is known."""
        rows = np.array([row for row in self.network.rows_of_course(course_row) if self._at_site[row]], dtype=np.intp)
        away = request.site_distances_km[self.network.site_of[rows]]
        rows, away = rows[~np.isnan(away)], away[~np.isnan(away)]
        return int(rows[away.argmin()]) if rows.size else None


def _text_score(courses: Courses, block: TextBlock) -> Score:
    vectors = courses.snapshot.text_vectors[block.preference][courses.rows]
    columns = np.hstack([vectors, np.ones((len(vectors), 1))])  # the calibration's intercept

    def score(request: ResolvedRequest) -> NDArray[np.float64]:
        vector = block.of_request(request)
        return np.zeros(len(columns)) if vector is None else columns @ vector

    return score


def _weighted(scores: Mapping[Preference, Score]) -> Score:
    """Return the sum of `scores` by the default weights of the request's audience."""
    return lambda request: sum(
        (request.weights.get(preference, 0.0) * score(request) for preference, score in scores.items()),
        start=np.zeros(1),
    )


def _by_text(similarity: Callable[[str], NDArray[np.float64]]) -> Score:
    return lambda request: similarity(request.text)


def _popularity(courses: Courses) -> Score:
    """How many have enrolled in a course's classes, whatever is asked."""
    enrolled = np.array(
        [sum(i.enrolled or 0 for i in courses.network.instances_of(row)) for row in courses.rows.tolist()], dtype=float
    )
    return lambda _: enrolled


def _service(matcher: Matcher, today: datetime.date, listing: Mapping[str, Any]) -> System:
    network = matcher.snapshot.network

    def rank(judged: JudgedRequest) -> Ranked:
        items: Sequence[Any] = matcher.recommend(judged.request(k=CUTOFF, **listing), today=today)["items"]
        return [
            (network.course_row[i["course"]["course_id"]], network.instance_row[i["instance"]["instance_id"]])
            for i in items
        ]

    return rank
