"""The text an encoder learns from: what a catalogue's files say about courses, clusters, learners, enterprises and sites."""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from recommender.errors import EncoderError
from recommender.language import Bilingual
from recommender.text import normalise

SENTENCE_ENDS = re.compile(r"[。！？；!?;]")
SHORTEST_SENTENCE = 6

Row = dict[str, str]
Pair = tuple[str, str]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Corpus:
    """Normalised training text: `documents` to learn words from, and `pairs` of texts that mean nearly the same.

    Learners and enterprises lend their words only: as pairs (occupation with goal, industry with need) they made the encoder worse.
    """

    documents: tuple[str, ...]
    pairs: tuple[Pair, ...]


def read_corpus(folder: Path) -> Corpus:
    """Read `courses.csv`, and, where they exist, `clusters`, `learners`, `enterprises` and `sites`; raise `EncoderError` without courses."""
    tables = {
        name: _rows(folder / f"{name}.csv") for name in ("courses", "clusters", "learners", "enterprises", "sites")
    }
    if not tables["courses"]:
        raise EncoderError(
            Bilingual(
                f"训练需要 {folder / 'courses.csv'}，但它不存在或没有课程。请给出一个目录文件夹。",
                f"Training needs {folder / 'courses.csv'}, which is missing or holds no course. Give a catalogue's folder.",
            )
        )
    documents = [*_course_documents(tables["courses"]), *_other_documents(tables)]
    pairs = [*_course_pairs(tables["courses"]), *_cluster_pairs(tables)]
    return Corpus(tuple(_unique(map(normalise, documents))), tuple(_unique(_normalised(pairs))))


def sentences(text: str) -> list[str]:
    """Split `text` at its full stops; a scrap of fewer than six characters is left out."""
    return [part.strip() for part in SENTENCE_ENDS.split(text) if len(part.strip()) >= SHORTEST_SENTENCE]


def _rows(file: Path) -> list[Row]:
    if not file.is_file():
        return []
    with file.open(encoding="utf-8-sig", newline="") as stream:
        return [{key: value or "" for key, value in row.items() if key} for row in csv.DictReader(stream)]


def _listed(cell: str | None) -> list[str]:
    return [item.strip() for item in (cell or "").split("|") if item.strip()]


def _course_documents(courses: Iterable[Row]) -> Iterator[str]:
    for course in courses:
        occupations = " ".join(_listed(course.get("occupations")))
        yield f"{course['title']}\n{occupations}\n{course.get('description', '')}"


def _other_documents(tables: dict[str, list[Row]]) -> Iterator[str]:
    for cluster in tables["clusters"]:
        yield "\n".join(
            [
                cluster["name"],
                cluster.get("english_name", ""),
                *_listed(cluster.get("aliases")),
                cluster.get("description", ""),
            ]
        )
    for learner in tables["learners"]:
        yield f"{learner.get('occupation', '')}\n{learner.get('goal', '')}"
    for enterprise in tables["enterprises"]:
        yield f"{enterprise.get('industry', '')}\n{enterprise.get('needs', '')}"
    for site in tables["sites"]:
        yield site["name"]


def _course_pairs(courses: Iterable[Row]) -> Iterator[Pair]:
    for course in courses:
        title, description = course["title"], course.get("description", "")
        yield title, description
        for sentence in sentences(description):
            yield title, sentence
        for occupation in _listed(course.get("occupations")):
            yield occupation, title
            yield occupation, description
            yield " ".join([*_listed(course.get("clusters")), occupation]), f"{title}\n{description}"


def _cluster_pairs(tables: dict[str, list[Row]]) -> Iterator[Pair]:
    for cluster in tables["clusters"]:
        for alias in [cluster.get("english_name", ""), *_listed(cluster.get("aliases"))]:
            yield cluster["name"], alias
            yield alias, cluster.get("description", "")
        yield cluster["name"], cluster.get("description", "")
    for course in tables["courses"]:
        for cluster_name in _listed(course.get("clusters")):
            yield cluster_name, course["title"]


def _normalised(pairs: Iterable[Pair]) -> Iterator[Pair]:
    for left, right in pairs:
        pair = normalise(left), normalise(right)
        if all(pair) and pair[0] != pair[1]:
            yield pair


def _unique(items: Iterable[T]) -> list[T]:
    return list(dict.fromkeys(items))
