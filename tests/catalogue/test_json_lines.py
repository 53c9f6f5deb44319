"""JSON Lines are read line by line, and a line that cannot be read is reported with its number."""

import datetime
import json

import pytest

from recommender.catalogue import read_catalogue, write_catalogue
from recommender.errors import CatalogueError

TODAY = datetime.date(2026, 3, 1)


@pytest.fixture
def lines(read, tmp_path):
    """The small city as JSON Lines."""
    path = tmp_path / "network.jsonl"
    write_catalogue(read().catalogue, path)
    return path.read_text(encoding="utf-8").splitlines()


@pytest.fixture
def read_lines(tmp_path):
    def write_and_read(lines, encoding="utf-8"):
        path = tmp_path / "network.jsonl"
        path.write_bytes("\n".join(lines).encode(encoding))
        return read_catalogue(path, today=TODAY)

    return write_and_read


@pytest.fixture
def faults_of(read_lines):
    def problems_of(lines):
        with pytest.raises(CatalogueError) as caught:
            read_lines(lines)
        return [(problem.row, problem.column, problem.value) for problem in caught.value.problems]

    return problems_of


def test_a_table_is_named_in_singular_or_plural(lines, read_lines):
    singular = read_lines(lines).catalogue
    assert read_lines([line.replace('"type": "site"', '"type": "sites"') for line in lines]).catalogue == singular


def test_numbers_booleans_null_and_lists_are_read_as_such(lines, read_lines):
    course = {"type": "course", "course_id": 7.0, "title": "新课", "duration_hours": 3.5, "customisable": True}
    course |= {"clusters": ["机器人", "软件"], "occupations": "电工|钳工", "provider": None, "credential": ""}
    read = read_lines([*lines, json.dumps(course)]).catalogue.courses[-1]
    assert (read.course_id, read.duration_hours, read.customisable) == ("7", 3.5, True)
    assert (read.clusters, read.occupations, read.provider, read.credential) == (
        ("robots", "software"),
        ("电工", "钳工"),
        None,
        None,
    )


def test_blank_lines_a_mark_and_gb18030_make_no_difference(lines, read_lines):
    expected = read_lines(lines).catalogue
    assert read_lines(["", *lines, "  ", ""], "utf-8-sig").catalogue == expected
    assert read_lines([line + "\r" for line in lines], "gb18030").catalogue == expected


def test_a_line_separator_inside_a_text_does_not_end_the_line(lines, read_lines):
    course = json.dumps({"type": "course", "course_id": "x", "title": "一\u2028二"}, ensure_ascii=False)
    assert read_lines([*lines, course]).catalogue.courses[-1].title == "一\u2028二"


def test_unknown_fields_are_noticed_once(lines, read_lines):
    extra = [json.dumps({"type": "learner", "learner_id": f"l{n}", "phone": "1"}) for n in range(3)]
    notices = read_lines([*lines, *extra]).notices
    assert [(notice.row, notice.column) for notice in notices] == [(len(lines) + 1, "phone")]


@pytest.mark.parametrize(
    "line",
    [
        '{"type": "site"',
        "[]",
        "3",
        "nonsense",
        '{"type": "site", "type": "site"}',
        '{"type": "site", "quality": NaN}',
        "[" * 100_000,
    ],
)
def test_a_line_that_is_no_object_is_one_problem_with_its_number(lines, faults_of, line):
    found = faults_of([lines[0], line, *lines[1:]])
    assert len(found) == 1
    assert found[0][0] == 2


@pytest.mark.parametrize("kind", ["castle", "", None, 3, ["site"]])
def test_a_type_that_is_no_table_is_a_problem(lines, faults_of, kind):
    assert [found[:2] for found in faults_of([json.dumps({"type": kind}), *lines])] == [(1, "type")]


def test_one_bad_line_does_not_hide_what_is_wrong_with_another(lines, faults_of):
    course = json.dumps({"type": "course", "course_id": "x"})
    assert [found[:2] for found in faults_of(["{", *lines, course])] == [(1, None), (len(lines) + 2, "title")]


def test_a_line_lost_is_not_reported_again_by_what_refers_to_it(lines, faults_of):
    broken = [line.replace('"type": "site", "site_id": "hub"', '"type": "site", site_id: "hub"') for line in lines]
    assert len(faults_of(broken)) == 1


@pytest.mark.parametrize(("column", "value"), [("title", {"zh": "课"}), ("title", ["课"]), ("occupations", [["电工"]])])
def test_a_value_of_the_wrong_shape_is_a_problem(lines, faults_of, column, value):
    course = {"type": "course", "course_id": "x", "title": "课"} | {column: value}
    assert [found[:2] for found in faults_of([json.dumps(course), *lines])] == [(1, column)]


def test_a_lone_surrogate_is_a_problem_that_can_be_printed(lines, faults_of):
    course = '{"type": "course", "course_id": "x", "title": "\\ud800"}'
    assert faults_of([*lines, course]) == [(len(lines) + 1, "title", "\\ud800")]


def test_an_empty_file_is_one_problem(faults_of):
    assert faults_of([]) == [(None, None, None)]
