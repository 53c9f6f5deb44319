"""The text an encoder learns from: the knowledge base, and the courses and clusters of a catalogue's files."""

import csv
import random
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, combinations, pairwise, product
from pathlib import Path
from typing import TypeVar

from recommender.errors import EncoderError
from recommender.language import Bilingual
from recommender.text import normalise
from recommender.training.knowledge import Family, Knowledge, Lookalikes, Occupation

SENTENCE_ENDS = re.compile(r"[。！？；!?;]")
SHORTEST_SENTENCE = 6
_NAME = re.compile(r"[\u4e00-\u9fff]{4,10}")

Row = dict[str, str]
Pair = tuple[str, str]
Triplet = tuple[str, str, str]
T = TypeVar("T", bound=tuple[str, ...])


@dataclass(frozen=True, slots=True)
class Corpus:
    """Normalised training text.

    `documents` teach words and the space to start from, `pairs` are texts that mean nearly the same, `triplets` such pairs with a third text
    that looks like them and is not.
    """

    documents: tuple[str, ...]
    pairs: tuple[Pair, ...]
    triplets: tuple[Triplet, ...] = ()


def make_corpus(knowledge: Knowledge, catalogue_folder: Path) -> Corpus:
    """Return what `knowledge` and the `courses.csv` and `clusters.csv` of a catalogue teach; EncoderError without courses."""
    courses, clusters = (_rows(catalogue_folder / f"{name}.csv") for name in ("courses", "clusters"))
    if not courses:
        raise EncoderError(
            Bilingual(
                f"训练需要 {catalogue_folder / 'courses.csv'}，但它不存在或没有课程。请给出一个目录文件夹。",
                f"Training needs {catalogue_folder / 'courses.csv'}, which is missing or holds no course. Give a catalogue's folder.",
            )
        )
    occupations = {name: one for one in knowledge.occupations for name in (*one.aliases, one.name)}
    occupations |= {one.name: one for one in knowledge.occupations}  # an official name wins over another's alias
    documents = [*_knowledge_documents(knowledge), *_course_documents(courses), *_cluster_documents(clusters)]
    pairs = chain(
        chain.from_iterable(map(_occupation_pairs, knowledge.occupations)),
        chain.from_iterable(_family_pairs(family, occupations) for family in knowledge.families),
        _word_pairs(knowledge),
        _course_pairs(courses),
        _cluster_pairs(clusters),
    )
    triplets = chain(
        chain.from_iterable(map(_occupation_triplets, knowledge.occupations)),
        chain.from_iterable(map(_family_triplets, knowledge.families)),
        chain.from_iterable(map(_lookalike_triplets, knowledge.lookalikes)),
    )
    normal = tuple(dict.fromkeys(filter(None, map(normalise, documents))))
    meant = tuple(_normalised(pairs))
    return Corpus(normal, (*meant, *_slips(meant)), tuple(_normalised(triplets)))


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


def _knowledge_documents(knowledge: Knowledge) -> Iterator[str]:
    for one in knowledge.occupations:
        yield "\n".join([one.name, *one.aliases, *one.skills, *one.tools, *one.tasks, *one.goals, *one.english])
    for family in knowledge.families:
        names = (family.name, *family.aliases, *family.subjects, *family.vocabulary, *family.occupations)
        yield "\n".join([*names, family.description, *family.goals, *family.english])
    for words in knowledge.clusters:
        yield "\n".join([words.cluster, *words.vocabulary, *words.everyday])
    for term in knowledge.terms:
        yield "\n".join([term.term, *term.same, *term.field])
    for alike in knowledge.lookalikes:
        yield from ("\n".join([alike.word, *alike.same]), *alike.unlike)
    for level in knowledge.levels:
        yield "\n".join([level.level, *level.aliases, level.description, *level.verbs, *level.goals])


def _course_documents(courses: Iterable[Row]) -> Iterator[str]:
    for course in courses:
        yield "\n".join([course["title"], *_listed(course.get("occupations")), course.get("description", "")])


def _cluster_documents(clusters: Iterable[Row]) -> Iterator[str]:
    for cluster in clusters:
        names = (cluster["name"], cluster.get("english_name", ""), *_listed(cluster.get("aliases")))
        yield "\n".join([*names, cluster.get("description", "")])


def _occupation_pairs(one: Occupation) -> Iterator[Pair]:
    for said in (*one.aliases, *one.english, *one.misspellings, *one.skills, *one.tools, *one.goals):
        yield said, one.name
        yield said, one.definition
    yield from combinations(one.aliases, 2)
    for task in one.tasks:
        yield one.name, task
    yield one.name, "。".join(one.tasks)
    for cluster in one.clusters:
        yield cluster, one.name


def _family_pairs(family: Family, occupations: dict[str, Occupation]) -> Iterator[Pair]:
    for said in (*family.aliases, *family.english, *family.subjects, *family.goals):
        yield said, family.name
        yield said, family.definition
    yield from combinations(family.aliases, 2)
    subjects = "。".join(family.subjects)
    for term in family.vocabulary:
        yield term, family.name
    for goal in family.goals:
        yield goal, subjects
    yield family.name, family.description
    yield "。".join(family.vocabulary), family.definition
    yield subjects, family.definition
    for name in family.occupations:
        yield name, family.name
        if name in occupations:
            yield family.name, occupations[name].definition
            yield f"{family.name}。{subjects}", occupations[name].definition


def _word_pairs(knowledge: Knowledge) -> Iterator[Pair]:
    for level in knowledge.levels:
        for alias in level.aliases:
            yield alias, level.level
        for goal in level.goals:
            yield goal, f"{level.level}。{level.description}"
    for term in knowledge.terms:
        for said in term.same:
            yield said, term.term
        yield from pairwise(term.same)
        for field in term.field:
            yield term.term, field
    for one in knowledge.lookalikes:
        for said in one.same:
            yield said, one.word
    for words in knowledge.clusters:
        for word in (*words.vocabulary, *words.everyday):
            yield word, words.cluster


def _course_pairs(courses: Iterable[Row]) -> Iterator[Pair]:
    for course in courses:
        title, description, clusters = course["title"], course.get("description", ""), _listed(course.get("clusters"))
        yield title, description
        for sentence in sentences(description):
            yield title, sentence
        for occupation in _listed(course.get("occupations")):
            yield occupation, title
            yield occupation, description
            yield " ".join([*clusters, occupation]), f"{title}\n{description}"


def _cluster_pairs(clusters: Iterable[Row]) -> Iterator[Pair]:
    for cluster in clusters:
        name, description = cluster["name"], cluster.get("description", "")
        for alias in (cluster.get("english_name", ""), *_listed(cluster.get("aliases"))):
            yield name, alias
            yield alias, description
        yield name, description


def _occupation_triplets(one: Occupation) -> Iterator[Triplet]:
    for unlike in one.unlike:
        for name in (*one.aliases[:2], one.definition):
            yield one.name, name, unlike


def _family_triplets(family: Family) -> Iterator[Triplet]:
    for unlike in family.unlike:
        for name in (*family.aliases[:2], family.definition):
            yield family.name, name, unlike


def _lookalike_triplets(one: Lookalikes) -> Iterator[Triplet]:
    for same, unlike in product(one.same, one.unlike):
        yield one.word, same, unlike


def _slips(pairs: Iterable[Pair]) -> Iterator[Pair]:
    """Yield each Chinese name of 4 to 10 characters with one of them mistaken for another: a typo changes what is written, not what is meant."""
    names = sorted({text for pair in pairs for text in pair if _NAME.fullmatch(text)})
    characters = sorted(set("".join(names)))
    choice = random.Random(0)  # the corpus is the same on every run, whatever the training's seed
    for name in names:
        place = choice.randrange(len(name))
        slip = name[:place] + choice.choice(characters) + name[place + 1 :]
        if slip != name:
            yield slip, name


def _normalised(groups: Iterable[T]) -> Iterator[T]:
    """Yield each group of texts once, in normal form, where all its texts say something and differ."""
    seen = set()
    for group in groups:
        normal = tuple(map(normalise, group))
        if all(normal) and len(set(normal)) == len(normal) and normal not in seen:
            seen.add(normal)
            yield normal  # type: ignore[misc]
