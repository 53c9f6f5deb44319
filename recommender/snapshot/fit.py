"""What is learnt from a catalogue's texts as a whole."""

import hashlib
import io
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from recommender.blocks import Calibration, fit_calibration
from recommender.domain import Course
from recommender.encoder import Encoder
from recommender.errors import SnapshotError
from recommender.language import Bilingual
from recommender.network import Network
from recommender.policy import Preference
from recommender.snapshot.texts import TEXTS, CourseVectors, course_text, encode_courses, texts_digest
from recommender.words import WordSpace


@dataclass(frozen=True, eq=False)
class Fit:
    """The space of words and both texts' calibrations, for one encoder. What is built with the same fit is comparable to the last digit.

    `texts_digest` tells which courses' texts it was fitted to.
    """

    encoder: str
    words: WordSpace
    calibrations: Mapping[Preference, Calibration]
    texts_digest: str

    @classmethod
    def fit(cls, courses: Sequence[Course], encoder: Encoder, catalogue_encoder: Encoder | None = None) -> "Fit":
        """Fit to `courses`, in any order; `catalogue_encoder` is the same encoder with a memory for the catalogue's own texts."""
        ordered = sorted(courses, key=lambda course: course.course_id)
        return fit_and_encode(ordered, encoder, catalogue_encoder or encoder)[0]

    def fits(self, network: Network) -> bool:
        """Tell whether these are still the texts it was fitted to."""
        return self.texts_digest == texts_digest(network.courses)

    @cached_property
    def digest(self) -> str:
        """A short hash of all that it holds."""
        digest = hashlib.sha256()
        for name, array in self._arrays().items():
            digest.update(f"{name} {array.dtype.str} {array.shape} ".encode() + array.tobytes())
        return digest.hexdigest()[:16]

    def to_bytes(self) -> bytes:
        """Return it as an npz archive of plain arrays; the same fit gives the same bytes."""
        archive = io.BytesIO()
        np.savez(archive, **self._arrays())  # type: ignore[arg-type]
        return archive.getvalue()

    def _arrays(self) -> dict[str, NDArray[Any]]:
        lines = [(self.calibrations[text].slope, self.calibrations[text].intercept) for text in TEXTS]
        return {
            "encoder": _text_array(self.encoder),
            "texts_digest": _text_array(self.texts_digest),
            "calibrations": np.array(lines, dtype=np.float64),
            **self.words.arrays(),
        }

    @classmethod
    def from_bytes(cls, content: bytes) -> "Fit":
        """Return the fit that `to_bytes` gave; SnapshotError when these bytes are none."""
        try:
            with np.load(io.BytesIO(content), allow_pickle=False) as archive:
                arrays = dict(archive)
            lines = arrays["calibrations"]
            if lines.shape != (len(TEXTS), 2) or not np.isfinite(lines).all():
                raise ValueError("the calibrations are no lines")
            return cls(
                arrays["encoder"].tobytes().decode(),
                WordSpace.of_arrays(arrays),
                {text: Calibration(*line) for text, line in zip(TEXTS, lines.tolist(), strict=True)},
                arrays["texts_digest"].tobytes().decode(),
            )
        except (
            *(OSError, EOFError, BadZipFile, zlib.error, RuntimeError),  # no archive
            *(LookupError, ValueError, TypeError, AttributeError),  # another one
        ) as error:
            raise SnapshotError(
                Bilingual(
                    "词语空间与校准（fit）已损坏，请重新构建（jinxue build）。",
                    "The fit (the space of words and the calibrations) is damaged; build again (jinxue build).",
                )
            ) from error


def fit_and_encode(
    courses: Sequence[Course], encoder: Encoder, catalogue_encoder: Encoder
) -> tuple[Fit, CourseVectors]:
    """Return the fit to `courses`, and their vectors, which it takes to make it."""
    words = WordSpace.fit([course_text(course) for course in courses])
    vectors = encode_courses(courses, catalogue_encoder, words)
    names = list(_names(courses))
    meant = np.array([row for _, row in names], dtype=np.intp)
    asked = [name for name, _ in names]
    queries = {
        Preference.MEANING: catalogue_encoder.encode_queries(asked),
        Preference.WORDS: words.encode_queries(asked),
    }
    calibrations = {text: fit_calibration(queries[text], vectors[text], meant) for text in TEXTS}
    return Fit(encoder.name, words, calibrations, texts_digest(courses)), vectors


def _names(courses: Sequence[Course]) -> Iterator[tuple[str, int]]:
    """Yield texts with the row of a course that each means: its title, its occupations, and the titles of other courses for its occupations."""
    latest: dict[str, str] = {}
    for row, course in enumerate(courses):
        yield course.title, row
        for occupation in course.occupations:
            yield occupation, row
            if occupation in latest:
                yield latest[occupation], row
            latest[occupation] = course.title


def _text_array(text: str) -> NDArray[np.uint8]:
    return np.frombuffer(text.encode(), dtype=np.uint8)
