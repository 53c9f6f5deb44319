"""What it means that code and twin agree on a request: everything is compared, and every difference is told."""

import datetime
from typing import Any

from recommender.errors import InvalidRequest
from recommender.matcher import Matcher
from recommender.snapshot import Snapshot
from tests.twin import NothingToWeigh, TextLine, Twin
from tests.twin_answer import TwinAnswer, TwinItem
from tests.twin_wish import Request

TOLERANCE = 2e-9  # scores are published with nine decimals
COMPARED = (
    "refusal",
    "courses and order",
    "instances and order",
    "scores",
    "score ranks",
    "distances",
    "contributions",
    "alternatives",
    "marks",
    "eligible courses",
    "exclusion counts",
    "relaxations",
)


def twin_of(snapshot: Snapshot) -> Twin:
    """Return the twin of a snapshot, made from its records, the vectors of texts and the calibrations."""
    texts = [
        TextLine(name, block.space, block.calibration.slope, block.calibration.intercept)
        for name, block in (("meaning", snapshot.meaning), ("words", snapshot.words))
    ]
    return Twin(snapshot.network.catalogue, snapshot.policy, texts)


def differences(matcher: Matcher, twin: Twin, request: Request, *, today: datetime.date) -> list[str]:
    """Return in which respects the two answers to one request differ."""
    try:
        answer = matcher.recommend(request, today=today)
    except InvalidRequest as error:
        answer = {"problems": [problem.field for problem in error.problems]}
    try:
        expected = twin.answer(request, today=today)
    except NothingToWeigh:
        return [] if answer == {"problems": ["weights"]} else ["refusal"]
    if "problems" in answer:
        return ["refusal"]
    return sorted(
        {
            *_whole(answer, expected),
            *(name for pair in zip(answer["items"], expected.items, strict=False) for name in _item(*pair)),
        }
    )


def _whole(answer: dict[str, Any], expected: TwinAnswer) -> set[str]:
    same = {
        "courses and order": [i["course"]["course_id"] for i in answer["items"]]
        == [i.course_id for i in expected.items],
        "instances and order": [i["instance"]["instance_id"] for i in answer["items"]]
        == [i.instance_id for i in expected.items],
        "eligible courses": answer["eligible_courses"] == expected.eligible_courses,
        "exclusion counts": answer["excluded"] == expected.excluded,
        "relaxations": [_told(r) for r in answer["relaxations"]] == [_plain(r) for r in expected.relaxations],
    }
    return {name for name, holds in same.items() if not holds}


def _told(relaxation: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in relaxation.items() if name != "meaning"}


def _plain(relaxation: dict[str, Any]) -> dict[str, Any]:
    """Return a relaxation as JSON would hold it."""
    return {
        name: list(v) if isinstance(v, tuple) else v.isoformat() if hasattr(v, "isoformat") else v
        for name, v in relaxation.items()
    }


def _item(item: dict[str, Any], expected: TwinItem) -> set[str]:
    parts = {part["name"]: (part["contribution"], part["weight"]) for part in item["contributions"]}
    wanted = {name: (value * weight, weight) for name, (value, weight) in expected.parts.items()}
    same = {
        "scores": _near(item["score"], expected.score),
        "score ranks": item["score_rank"] == expected.score_rank,
        "distances": _same_distance(item["distance_km"], expected.distance_km),
        "contributions": parts.keys() == wanted.keys()
        and all(_near(a, b) for name, pair in parts.items() for a, b in zip(pair, wanted[name], strict=True)),
        "alternatives": [a["instance_id"] for a in item["alternatives"]] == [name for name, _ in expected.alternatives]
        and all(
            _near(a["score"], score) for a, (_, score) in zip(item["alternatives"], expected.alternatives, strict=True)
        ),
        "marks": item["relaxed"] == expected.relaxed,
    }
    return {name for name, holds in same.items() if not holds}


def _near(one: float, other: float) -> bool:
    return abs(one - other) <= TOLERANCE


def _same_distance(told: float | None, expected: float | None) -> bool:
    """Kilometres are told to the metre."""
    return told is None if expected is None else told is not None and abs(told - expected) <= 0.0005 + 1e-9
