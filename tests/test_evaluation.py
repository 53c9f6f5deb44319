"""Figures against lists whose right values are computed by hand."""

import csv
import datetime
import math
from pathlib import Path
from typing import Any

import pytest

from recommender.domain import (
    Approval,
    Catalogue,
    Course,
    CourseInstance,
    Mode,
    Place,
    PlaceKind,
    SiteKind,
    TrainingSite,
)
from recommender.encoder import Encoder
from recommender.errors import CatalogueError, InvalidRequest
from recommender.evaluation import BUNDLED_JUDGEMENTS, Judgement, evaluate, read_judgements
from recommender.matcher import Matcher
from recommender.policy import Policy
from recommender.snapshot import build_snapshot

COLUMNS = "request_id,audience,industry,occupation,skill_level,text,place,headcount,relevant_course_ids"


@pytest.fixture(scope="module")
def street(encoder: Encoder, policy: Policy) -> Matcher:
    """Twelve courses a kilometre apart along a street, c01 the nearest to 起点; no level, industry or quality tells them apart."""
    city = {"place_id": "city", "name": "长街市", "kind": PlaceKind.CITY, "latitude": 22.5, "longitude": 114.0}
    numbers = range(1, 13)
    return Matcher(
        build_snapshot(
            Catalogue(
                places=(
                    Place(**city, south=22, west=113, north=23, east=115),
                    Place(
                        place_id="start",
                        name="起点区",
                        kind=PlaceKind.DISTRICT,
                        parent_id="city",
                        latitude=22.5,
                        longitude=114,
                    ),
                ),
                sites=tuple(
                    TrainingSite(
                        site_id=f"s{n:02}",
                        name=f"{n}站",
                        kind=SiteKind.CENTRE,
                        latitude=22.5 + n * 0.009,
                        longitude=114,
                    )
                    for n in numbers
                ),
                courses=tuple(Course(course_id=f"c{n:02}", title="焊工", approval=Approval.APPROVED) for n in numbers),
                course_instances=tuple(
                    CourseInstance(instance_id=f"i{n:02}", course_id=f"c{n:02}", mode=Mode.AT_SITE, site_id=f"s{n:02}")
                    for n in numbers
                ),
            ),
            1,
            encoder,
            policy,
        )
    )


def nearest(street: Matcher, today: datetime.date, *relevant: tuple[str, ...]) -> tuple[float, float, float]:
    """Return the figures of the list that is c01, c02, … c12, for requests with these right answers."""
    fields: dict[str, Any] = {"goal": "焊工", "location": {"place": "起点区"}}
    judged = [Judgement(str(number), fields, frozenset(ids)) for number, ids in enumerate(relevant)]
    metrics = evaluate(street, judged, today=today)["nearest only"]
    return metrics.ndcg, metrics.recall, metrics.mrr


def test_a_right_course_at_the_top_is_perfect(street: Matcher, today: datetime.date) -> None:
    assert nearest(street, today, ("c01",)) == (1, 1, 1)


def test_ranks_two_and_four_of_two_right_courses(street: Matcher, today: datetime.date) -> None:
    ndcg = (1 / math.log2(3) + 1 / math.log2(5)) / (1 + 1 / math.log2(3))

    assert nearest(street, today, ("c02", "c04")) == pytest.approx((ndcg, 1, 1 / 2), abs=1e-12)
    assert ndcg == pytest.approx(0.650921, abs=1e-6)


def test_rank_ten_counts_and_rank_eleven_only_for_the_reciprocal(street: Matcher, today: datetime.date) -> None:
    assert nearest(street, today, ("c10",)) == pytest.approx((1 / math.log2(11), 1, 1 / 10), abs=1e-12)
    assert nearest(street, today, ("c11",)) == pytest.approx((0, 0, 1 / 11), abs=1e-12)


def test_half_of_the_right_courses_among_the_first_ten(street: Matcher, today: datetime.date) -> None:
    ndcg = (1 / math.log2(4)) / (1 + 1 / math.log2(3))

    assert nearest(street, today, ("c03", "c12")) == pytest.approx((ndcg, 1 / 2, 1 / 3), abs=1e-12)


def test_more_right_courses_than_ten_can_still_be_perfect(street: Matcher, today: datetime.date) -> None:
    everything = tuple(f"c{n:02}" for n in range(1, 13))

    assert nearest(street, today, everything) == pytest.approx((1, 1, 1), abs=1e-12)


def test_figures_are_means_over_the_requests(street: Matcher, today: datetime.date) -> None:
    ndcg = (1 + 1 / math.log2(3)) / 2

    assert nearest(street, today, ("c01",), ("c02",)) == pytest.approx((ndcg, 1, 3 / 4), abs=1e-12)


def test_a_judgement_of_a_course_that_is_not_there_is_refused(street: Matcher, today: datetime.date) -> None:
    with pytest.raises(InvalidRequest, match="no-such-course"):
        nearest(street, today, ("c01", "no-such-course"))


def test_bundled_judgements_all_refer_to_approved_courses(bundled_catalogue: Catalogue) -> None:
    approved = {course.course_id for course in bundled_catalogue.courses if course.approval is Approval.APPROVED}
    judged = read_judgements(BUNDLED_JUDGEMENTS)

    assert len(judged) >= 50
    assert len({one.request_id for one in judged}) == len(judged)
    for one in judged:
        assert one.relevant_course_ids <= approved, one.request_id


def test_bundled_judgements_do_not_repeat_the_titles_they_look_for(bundled_catalogue: Catalogue) -> None:
    titles = {course.course_id: course.title for course in bundled_catalogue.courses}
    for one in read_judgements(BUNDLED_JUDGEMENTS):
        text = one.fields.get("goal") or one.fields.get("needs")
        assert not any(titles[course_id] in text for course_id in one.relevant_course_ids), one.request_id


def test_the_service_is_measured_beside_its_baselines(matcher: Matcher, today: datetime.date) -> None:
    figures = evaluate(matcher, read_judgements(BUNDLED_JUDGEMENTS), today=today)

    assert list(figures) == ["jinxue", "meaning only", "character TF-IDF", "nearest only"]
    assert all(0 < value <= 1 for m in figures.values() for value in (m.ndcg, m.recall, m.mrr))
    assert figures["jinxue"].ndcg > 2 * figures["nearest only"].ndcg


def problems(tmp_path: Path, content: bytes) -> list[tuple[int | None, str | None]]:
    path = tmp_path / "judged.csv"
    path.write_bytes(content)
    with pytest.raises(CatalogueError) as caught:
        read_judgements(path)
    assert all(problem.file == "judged.csv" and problem.line() for problem in caught.value.problems)
    return [(problem.row, problem.column) for problem in caught.value.problems]


def test_every_wrong_row_of_the_judgements_is_named(tmp_path: Path) -> None:
    rows = [
        "1,learner,,,,想学焊工,,,welding",
        "2,visitor,,,,想学焊工,,,welding",
        "3,learner,,,,想学焊工,,,",
        "4,learner,,,,,,,welding",
        "5,enterprise,,,,讲课,,many,welding",
        "6,enterprise,,,,讲课,,0,welding",
        "7,learner,,,,想\x07学,,,welding",
        "8,learner",
    ]
    found = problems(tmp_path, "\n".join([COLUMNS, *rows]).encode())

    assert [row for row, _ in found] == [3, 4, 5, 6, 7, 8, 9]
    assert dict(found)[3] == "audience"
    assert dict(found)[4] == "relevant_course_ids"
    assert dict(found)[6] == "headcount"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"a,b\n1,2\n",
        COLUMNS.encode(),
        "名称\n".encode("gb18030"),
        b"\x00\x01",
        b"x" * 200_000,
        COLUMNS.encode() + b'\n"',
    ],
    ids=["empty", "other columns", "no rows", "gb18030", "binary", "one long line", "an open quote"],
)
def test_a_file_that_holds_no_judgements_is_refused(tmp_path: Path, content: bytes) -> None:
    assert problems(tmp_path, content)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="problem"):
        read_judgements(tmp_path / "nowhere.csv")


def test_judgements_with_a_byte_order_mark_are_read(tmp_path: Path) -> None:
    (tmp_path / "judged.csv").write_text(f"{COLUMNS}\n1,enterprise,,,,讲课,坪山区,40,a|b\n", encoding="utf-8-sig")
    (one,) = read_judgements(tmp_path / "judged.csv")

    assert one.relevant_course_ids == {"a", "b"}
    assert one.fields["location"] == {"place": "坪山区"}


def test_the_bundled_judgements_are_a_file_a_person_can_edit() -> None:
    with BUNDLED_JUDGEMENTS.open(encoding="utf-8", newline="") as file:
        assert ",".join(next(csv.reader(file))) == COLUMNS
