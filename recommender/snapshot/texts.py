"""What encoders read of courses, and the courses as vectors."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from recommender.domain import Course
from recommender.encoder import Encoder
from recommender.policy import Preference
from recommender.words import WordSpace

TEXTS = (Preference.MEANING, Preference.WORDS)
"""The preferences that weigh a course's text."""

_UNKNOWN = -1

CourseVectors = dict[Preference, NDArray[np.float32]]
"""For each of `TEXTS` the courses' rows, `(c, d) float32`, in the order of the courses."""


def course_text(course: Course) -> str:
    """Return what an encoder reads of a course."""
    return "。".join(part for part in (course.title, *course.occupations, course.description) if part)


def texts_digest(courses: Sequence[Course]) -> str:
    """Return a short hash of the courses' texts, in the order given."""
    digest = hashlib.sha256()
    for course in courses:
        digest.update(orjson.dumps(course_text(course)))
    return digest.hexdigest()[:16]


@dataclass(frozen=True, slots=True, eq=False)
class EncodedCourses:
    """Courses and their vectors."""

    courses: Sequence[Course]
    vectors: CourseVectors


def encode_courses(
    courses: Sequence[Course], encoder: Encoder, words: WordSpace, before: EncodedCourses | None = None
) -> CourseVectors:
    """Return the courses' vectors; a text that is found among those of `before` keeps the vectors that it has there."""
    if before and courses is before.courses:
        return before.vectors
    texts = [course_text(course) for course in courses]
    known = {course_text(course): row for row, course in enumerate(before.courses)} if before else {}
    old = np.array([known.get(text, _UNKNOWN) for text in texts], dtype=np.intp)
    kept = old != _UNKNOWN
    new = [text for text, known_text in zip(texts, kept.tolist(), strict=True) if not known_text]
    spaces: dict[Preference, Any] = {Preference.MEANING: encoder, Preference.WORDS: words}
    vectors: CourseVectors = {}
    for preference, space in spaces.items():
        rows = vectors[preference] = np.empty((len(texts), space.dimension), dtype=np.float32)
        if before:
            rows[kept] = before.vectors[preference][old[kept]]
        if new:
            rows[~kept] = space.encode_passages(new)
    return vectors
