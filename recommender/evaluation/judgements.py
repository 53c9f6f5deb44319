"""Judged requests: what people ask for, and how well courses answer it, in a folder of two CSV files."""

import csv
import datetime
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from recommender.catalogue.cells import CellReader
from recommender.catalogue.grid import from_grid
from recommender.catalogue.raw import RawTable, Source, problem
from recommender.catalogue.records import Records, read_records
from recommender.catalogue.tables import Table
from recommender.catalogue.text_file import read_text
from recommender.domain import Count, Identifier, Name, SkillLevel
from recommender.domain.records import record
from recommender.errors import CatalogueProblem, InvalidRequest, JudgementError
from recommender.network import Network
from recommender.policy import Audience
from recommender.profiles import parse_request
from recommender.requests import EnterpriseRequest, FreeText, LearnerRequest, Phrase

BUNDLED_JUDGEMENTS = Path(__file__).parent.parent / "data" / "judgements"
HIGHEST_GRADE = 3
_ANY_DAY = datetime.date(2000, 1, 1)  # no column holds a date


class Part(StrEnum):
    """What a judged request may be used for: to choose defaults by, or only to report figures."""

    DEVELOPMENT = "development"
    REPORTING = "reporting"


@dataclass(frozen=True, slots=True)
class JudgedRequest:
    """One request, by its fields, and the grades of the courses judged for it by course id.

    3 is exactly what is asked, 2 answers it well, 1 is related and of some use, 0 is not; a course without a grade counts as 0.
    """

    request_id: str
    part: Part
    fields: Mapping[str, Any]
    grades: Mapping[str, int]

    def request(self, **listing: Any) -> LearnerRequest | EnterpriseRequest:
        """Return the request, with these fields of `Listing`."""
        return parse_request({**self.fields, **listing})


@record
class _Asked:
    request_id: Identifier
    audience: Audience
    part: Part
    industry: Phrase | None = None
    occupation: Phrase | None = None
    skill_level: SkillLevel | None = None
    text: FreeText | None = None
    place: Name | None = None
    headcount: Annotated[Count, Field(ge=1)] | None = None


@record
class _Graded:
    request_id: Identifier
    course_id: Identifier
    grade: Annotated[int, Field(ge=0, le=HIGHEST_GRADE)]


_REQUESTS = Table("requests", "request", _Asked, ("request_id",))
_JUDGEMENTS = Table("judgements", "judgement", _Graded, ("request_id", "course_id"))


def read_judgements(folder: Path, network: Network | None = None) -> list[JudgedRequest]:
    """Read `requests.csv` and `judgements.csv` in `folder`; JudgementError names every row and field that is wrong.

    With a network, courses and places that it does not know are wrong as well.
    """
    source = Source()
    asked, graded = (_read(folder, table, source) for table in (_REQUESTS, _JUDGEMENTS))
    problems = [*source.problems, *_disagreements(asked, graded)]
    fields: dict[str, dict[str, Any]] = {}
    for row, one in asked:
        try:
            fields[one.request_id] = _fields(one)
            if network is not None and one.place is not None:
                network.gazetteer.find(one.place)
        except InvalidRequest as error:
            problems += [CatalogueProblem(asked.file, p.message, row, _column(p.field)) for p in error.problems]
    if network is not None:
        problems += _unknown_courses(graded, network)
    if problems:
        files = (asked.file, graded.file)
        raise JudgementError(sorted(problems, key=lambda found: (files.index(found.file), found.row or 0)))
    grades: dict[str, dict[str, int]] = {request_id: {} for request_id in fields}
    for _, one in graded:
        grades[one.request_id][one.course_id] = one.grade
    return [JudgedRequest(one.request_id, one.part, fields[one.request_id], grades[one.request_id]) for _, one in asked]


def _read(folder: Path, table: Table, source: Source) -> Records:
    file = f"{table.name}.csv"
    text = read_text(folder / file, file, source)
    raw = RawTable(table, file, complete=False) if text is None else _table(table, file, text, source)
    if raw.complete and not raw.rows:
        source.problems.append(problem(file, "只有标题，没有数据行。", "There are no rows below the header."))
    return read_records(raw, CellReader(_ANY_DAY), source.problems)


def _table(table: Table, file: str, text: str, source: Source) -> RawTable:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        lines = [[cell.strip() for cell in line] for line in reader]
    except csv.Error as error:
        zh, en = f"引号或换行有误（{error}）。", f"Quotes or line breaks are wrong ({error})."
        source.problems.append(problem(file, zh, en, row=reader.line_num))
        return RawTable(table, file, complete=False)
    return from_grid(table, file, lines, source, exact=True)


def _fields(asked: _Asked) -> dict[str, Any]:
    """Return a row as the fields of its request; InvalidRequest when they do not make one."""
    fields: dict[str, Any] = {
        "industry": asked.industry,
        "skill_level": asked.skill_level.value if asked.skill_level else None,
        "location": {"place": asked.place} if asked.place else None,
    }
    if asked.audience is Audience.ENTERPRISE:
        fields |= {"needs": asked.text, "headcount": asked.headcount}
    else:
        fields |= {"goal": asked.text, "occupation": asked.occupation}
    parse_request(fields)
    return fields


def _column(field: str) -> str:
    """Return the column to look at: what makes a profile say nothing is its missing text."""
    return "text" if field == "profile" else field


def _disagreements(asked: Records, graded: Records) -> Iterator[CatalogueProblem]:
    """Yield judgements of no request and requests that nothing answers, but for rows whose faults have been told."""
    for row, one in graded:
        if asked.complete and (one.request_id,) not in asked.row_of:
            zh, en = f"{asked.file} 中没有这个请求。", f"There is no such request in {asked.file}."
            yield problem(graded.file, zh, en, row=row, column="request_id", value=one.request_id)
    faulty = {key[0] for key, row in graded.row_of.items() if row not in graded.rows}
    answered = faulty | {one.request_id for _, one in graded if one.grade > 0}
    for row, one in asked:
        if graded.complete and one.request_id not in answered:
            zh, en = "没有一门课程的评分在 1 或以上。", "No course has a grade of 1 or more."
            yield problem(asked.file, zh, en, row=row, column="request_id", value=one.request_id)


def _unknown_courses(graded: Iterable[tuple[int, _Graded]], network: Network) -> Iterator[CatalogueProblem]:
    for row, one in graded:
        if one.course_id not in network.course_row:
            zh, en = "目录中没有这门课程。", "The catalogue holds no such course."
            yield problem(_JUDGEMENTS.name + ".csv", zh, en, row=row, column="course_id", value=one.course_id)
