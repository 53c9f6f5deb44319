"""The knowledge base: what occupations, course families, levels and clusters are called and consist of, as rows of text files."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TypeVar

from recommender.errors import EncoderError
from recommender.language import Bilingual

Listed = tuple[str, ...]
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Occupation:
    """What somebody does: official name where there is one, other names, and what belongs to the work."""

    name: str
    clusters: Listed
    aliases: Listed
    skills: Listed
    tools: Listed
    tasks: Listed
    goals: Listed
    english: Listed
    misspellings: Listed
    unlike: Listed

    @property
    def definition(self) -> str:
        """The name, and what is done under it."""
        return "。".join([self.name, *self.tasks])


@dataclass(frozen=True, slots=True)
class Family:
    """A field of training, as schools and training centres name it."""

    name: str
    clusters: Listed
    aliases: Listed
    subjects: Listed
    vocabulary: Listed
    occupations: Listed
    description: str
    goals: Listed
    english: Listed
    unlike: Listed

    @property
    def definition(self) -> str:
        """The name, and what is taught under it."""
        return f"{self.name}。{self.description}"


@dataclass(frozen=True, slots=True)
class Level:
    """A skill level: its other names, and what changes with it."""

    level: str
    aliases: Listed
    description: str
    verbs: Listed
    goals: Listed


@dataclass(frozen=True, slots=True)
class ClusterWords:
    """An industry cluster: what belongs to it, and what workers call it."""

    cluster: str
    vocabulary: Listed
    everyday: Listed


@dataclass(frozen=True, slots=True)
class Term:
    """A thing people train for, the other ways in which it is said, and the trades it belongs to."""

    term: str
    same: Listed
    field: Listed


@dataclass(frozen=True, slots=True)
class Lookalikes:
    """A word, what means the same, and what only looks like it."""

    word: str
    same: Listed
    unlike: Listed


@dataclass(frozen=True, slots=True)
class Knowledge:
    """All of it."""

    occupations: tuple[Occupation, ...]
    families: tuple[Family, ...]
    levels: tuple[Level, ...]
    clusters: tuple[ClusterWords, ...]
    terms: tuple[Term, ...]
    lookalikes: tuple[Lookalikes, ...]


def knowledge_folder() -> Path:
    """Return the folder of the bundled knowledge base."""
    return Path(__file__).resolve().parents[1] / "data" / "knowledge"


def read_knowledge(folder: Path) -> Knowledge:
    """Read the folder's six CSV files (lists are `|`-separated); EncoderError names the file and row that is wrong."""
    return Knowledge(
        tuple(_rows(folder / "occupations.csv", Occupation)),
        tuple(_rows(folder / "families.csv", Family)),
        tuple(_rows(folder / "levels.csv", Level)),
        tuple(_rows(folder / "clusters.csv", ClusterWords)),
        tuple(_rows(folder / "terms.csv", Term)),
        tuple(_rows(folder / "lookalikes.csv", Lookalikes)),
    )


def _rows(file: Path, record: type[R]) -> Iterator[R]:
    columns = {field.name: field.type for field in fields(record)}  # type: ignore[arg-type]
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream, restkey="", strict=True)
            if set(reader.fieldnames or ()) != set(columns):
                raise _wrong(file, 1, f"列应为 {', '.join(columns)}", f"the columns must be {', '.join(columns)}")
            for number, row in enumerate(reader, 2):
                if "" in row or None in row.values() or not row[next(iter(columns))].strip():
                    raise _wrong(file, number, "单元格数目不对或名称为空", "wrong number of cells, or no name")
                yield record(**{name: _cell(row[name], kind is Listed) for name, kind in columns.items()})
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise _wrong(file, None, f"无法读取（{error}）", f"it cannot be read ({error})") from error


def _cell(text: str, listed: bool) -> str | Listed:
    return tuple(item.strip() for item in text.split("|") if item.strip()) if listed else text.strip()


def _wrong(file: Path, row: int | None, zh: str, en: str) -> EncoderError:
    at_zh, at_en = (f"第 {row} 行：", f", row {row}") if row else ("：", "")
    return EncoderError(
        Bilingual(
            f"知识库文件 {file} {at_zh}{zh}。请更正后重试。", f"The knowledge file {file}{at_en}: {en}; correct it."
        )
    )
