"""From judged requests and systems to figures."""

import datetime
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass

from recommender.errors import CatalogueProblem, JudgementError
from recommender.evaluation.judgements import JudgedRequest, Part
from recommender.evaluation.metrics import Measured, Metric, measure
from recommender.evaluation.significance import Comparison, Figure, compare, figures_of
from recommender.evaluation.systems import BOTH_TEXTS, SERVICE, Courses, System, make_systems
from recommender.language import Bilingual
from recommender.matcher import Matcher

Progress = Callable[[int, int], None]
"""Called with how many requests have been answered, of how many over all systems."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The figures of every system on one part of the judged requests, all parts for None, and how the service compares."""

    part: Part | None
    requests: int
    snapshot: str
    encoder: str
    systems: Mapping[str, Mapping[Metric, Figure]]
    comparisons: Sequence[Comparison]

    def to_json(self) -> str:
        """Return everything as JSON; a figure that there is none of is null."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=2)


def evaluate(
    matcher: Matcher,
    judged: Sequence[JudgedRequest],
    *,
    today: datetime.date,
    part: Part | None = Part.REPORTING,
    systems: Mapping[str, System] | None = None,
    progress: Progress | None = None,
) -> Evaluation:
    """Measure `systems`, all of them for None, on the judged requests of `part`, all parts for None.

    JudgementError when there are none, or they name courses that the snapshot has not.
    """
    chosen = [one for one in judged if part is None or one.part is part]
    _check(matcher, chosen)
    systems = make_systems(matcher, today=today) if systems is None else systems
    measured = _measure(matcher, chosen, today, systems, progress)
    return Evaluation(
        part=part,
        requests=len(chosen),
        snapshot=matcher.snapshot.version,
        encoder=matcher.snapshot.encoder.name,
        systems={name: figures_of(one) for name, one in measured.items()},
        comparisons=[
            compare(name, measured[name].figures[Metric.NDCG], other, measured[other].figures[Metric.NDCG])
            for name in (SERVICE, BOTH_TEXTS)
            for other in measured
            if name in measured and other != name
        ],
    )


def _check(matcher: Matcher, judged: Sequence[JudgedRequest]) -> None:
    if not judged:
        message = Bilingual("没有这一部分的评测请求。", "There are no judged requests of this part.")
        raise JudgementError([CatalogueProblem("requests.csv", message, column="part")])
    unknown = {course_id for one in judged for course_id in one.grades} - matcher.snapshot.network.course_row.keys()
    if unknown:
        message = Bilingual("目录中没有这门课程。", "The catalogue holds no such course.")
        raise JudgementError(
            [CatalogueProblem("judgements.csv", message, column="course_id", value=name) for name in sorted(unknown)]
        )


def _measure(
    matcher: Matcher,
    judged: Sequence[JudgedRequest],
    today: datetime.date,
    systems: Mapping[str, System],
    progress: Progress | None,
) -> dict[str, Measured]:
    snapshot = matcher.snapshot
    courses = Courses(snapshot, today)
    vectors = snapshot.course_vectors
    distances_km = [courses.resolve(one).site_distances_km for one in judged]
    measured: dict[str, Measured] = {}
    for name, system in systems.items():
        ranked = []
        for one in judged:
            ranked.append(system(one))
            if progress:
                progress(len(measured) * len(judged) + len(ranked), len(systems) * len(judged))
        measured[name] = measure(snapshot.network, vectors, judged, ranked, distances_km)
    return measured
