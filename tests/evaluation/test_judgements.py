"""Judged requests are read whole, or every fault of them is named."""

from pathlib import Path

import pytest

from recommender.errors import CatalogueError, JudgementError
from recommender.evaluation import Part, read_judgements
from recommender.matcher import Matcher
from tests.evaluation.conftest import JUDGEMENTS, REQUESTS, Written

Fault = tuple[str, int | None, str | None]


def faults(folder: Path, street: Matcher | None = None) -> set[Fault]:
    with pytest.raises(JudgementError) as caught:
        read_judgements(folder, street.snapshot.network if street else None)
    assert all(problem.line() for problem in caught.value.problems)
    found = [(problem.file, problem.row, problem.column) for problem in caught.value.problems]
    assert len(found) == len(set(found))
    return set(found)


def test_requests_and_their_grades_are_read(written: Written, street: Matcher) -> None:
    first, second, third = read_judgements(written(), street.snapshot.network)

    assert (first.request_id, first.part, first.grades) == ("L1", Part.DEVELOPMENT, {"c01": 3, "c02": 0})
    assert first.fields["goal"] == "想学焊接"
    assert first.fields["occupation"] == "焊工"
    assert first.fields["skill_level"] == "intermediate"
    assert first.fields["location"] == {"place": "起点区"}
    assert second.fields["skill_level"] is None
    assert third.fields["needs"] == "请老师来讲焊接"
    assert third.fields["headcount"] == 40
    assert type(third.request()).__name__ == "EnterpriseRequest"
    assert first.request(k=3).k == 3


def test_a_byte_order_mark_gb18030_and_columns_in_another_order_make_no_difference(written: Written) -> None:
    folder = written()
    as_written = read_judgements(folder)
    (folder / "requests.csv").write_text(REQUESTS, encoding="gb18030")
    turned = [",".join(reversed(line.split(","))) for line in JUDGEMENTS.splitlines()]
    (folder / "judgements.csv").write_text("\n".join(turned), encoding="utf-8-sig")

    assert read_judgements(folder) == as_written


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("X,visitor,reporting,,,,焊接,,", "audience"),
        ("X,learner,training,,,,焊接,,", "part"),
        ("X,learner,,,,,焊接,,", "part"),
        (",learner,reporting,,,,焊接,,", "request_id"),
        ("X,learner,reporting,,,神级,焊接,,", "skill_level"),
        ("X,enterprise,reporting,,,,焊接,,many", "headcount"),
        ("X,enterprise,reporting,,,,焊接,,0", "headcount"),
        ("X,learner,reporting,,,,,,", "text"),
        ("X,learner,reporting,,,,焊\x07接,,", "text"),
        ("X,learner,reporting,,,,焊接,火星区,", "place"),
        ("L1,learner,reporting,,,,焊接,,", "request_id"),
        ("X,learner,reporting", None),
    ],
)
def test_a_wrong_request_is_named_by_row_and_column(
    written: Written, street: Matcher, row: str, column: str | None
) -> None:
    folder = written(REQUESTS + row + "\n", JUDGEMENTS + "X,c01,1\n")
    found = faults(folder, street)

    assert ("requests.csv", 5, column) in found
    assert len(found - {("judgements.csv", 6, "request_id")}) == 1


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("L1,c03,4", "grade"),
        ("L1,c03,-1", "grade"),
        ("L1,c03,2.5", "grade"),
        ("L1,c03,good", "grade"),
        ("L1,c03,", "grade"),
        ("L1,,1", "course_id"),
        (",c03,1", "request_id"),
        ("L9,c03,1", "request_id"),
        ("L1,no-such-course,1", "course_id"),
        ("L1,c01,3", "course_id"),
        ("L1,c03", None),
        ("L1,c03,1,1", None),
    ],
)
def test_a_wrong_judgement_is_named_by_row_and_column(
    written: Written, street: Matcher, row: str, column: str | None
) -> None:
    assert faults(written(REQUESTS, JUDGEMENTS + row + "\n"), street) == {("judgements.csv", 6, column)}


def test_a_request_that_nothing_answers_is_named(written: Written) -> None:
    requests = REQUESTS + "L3,learner,reporting,,,,焊接,,\nL4,learner,reporting,,,,焊接,,\n"

    assert faults(written(requests, JUDGEMENTS + "L3,c01,0\n")) == {
        ("requests.csv", 5, "request_id"),
        ("requests.csv", 6, "request_id"),
    }


def test_a_request_is_not_said_to_lack_an_answer_whose_grade_is_at_fault(written: Written) -> None:
    requests = REQUESTS + "L3,learner,reporting,,,,焊接,,\n"

    assert faults(written(requests, JUDGEMENTS + "L3,c01,7\n")) == {("judgements.csv", 6, "grade")}


def test_every_fault_of_both_files_is_told_at_once_file_by_file(written: Written, street: Matcher) -> None:
    folder = written(REQUESTS.replace("起点区,40", "火星区,40"), JUDGEMENTS.replace("c03,2", "c99,9"))
    with pytest.raises(JudgementError) as caught:
        read_judgements(folder, street.snapshot.network)

    assert [(p.file, p.row, p.column) for p in caught.value.problems] == [
        ("requests.csv", 4, "place"),
        ("judgements.csv", 4, "grade"),
    ]
    assert isinstance(caught.value, CatalogueError)
    assert "目录" not in caught.value.message.zh
    assert "评测" in caught.value.message.zh
    assert "judged requests" in str(caught.value)
    assert "catalogue" not in str(caught.value)


@pytest.mark.parametrize("file", ["requests.csv", "judgements.csv"])
@pytest.mark.parametrize(
    "content",
    [b"", b"a,b\n1,2\n", b"\x00\x01", b"\xff\xfe\xff", b"x" * 200_000, b'request_id\n"'],
    ids=["empty", "other columns", "binary", "no text", "one long line", "an open quote"],
)
def test_a_file_that_holds_nothing_of_the_kind_is_named(written: Written, file: str, content: bytes) -> None:
    folder = written()
    (folder / file).write_bytes(content)

    assert {name for name, _, _ in faults(folder)} == {file}


@pytest.mark.parametrize("file", ["requests.csv", "judgements.csv"])
def test_a_file_without_rows_is_named(written: Written, file: str) -> None:
    folder = written()
    header = (folder / file).read_text(encoding="utf-8").splitlines()[0]
    (folder / file).write_text(header, encoding="utf-8")

    assert (file, None, None) in faults(folder)


def test_a_folder_that_is_not_there_and_a_file_in_its_place_are_named(tmp_path: Path) -> None:
    (tmp_path / "old.csv").write_text(REQUESTS, encoding="utf-8")
    both = {("requests.csv", None, None), ("judgements.csv", None, None)}

    assert faults(tmp_path / "nowhere") == both
    assert faults(tmp_path / "old.csv") == both
