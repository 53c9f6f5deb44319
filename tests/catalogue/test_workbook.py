"""Workbooks are read as a person sees them."""

import datetime
import io
import zipfile

import openpyxl
import pytest

from recommender.catalogue import read_catalogue, write_catalogue
from recommender.errors import CatalogueError

TODAY = datetime.date(2026, 3, 1)


@pytest.fixture
def path(read, tmp_path):
    """The small city as a workbook."""
    path = tmp_path / "network.xlsx"
    write_catalogue(read().catalogue, path)
    return path


@pytest.fixture
def change(path):
    """Open the workbook, let a function change it, and read it."""

    def change_and_read(edit):
        book = openpyxl.load_workbook(path)
        edit(book)
        book.save(path)
        return read_catalogue(path, today=TODAY)

    return change_and_read


def faults(act):
    with pytest.raises(CatalogueError) as caught:
        act()
    return [(problem.file, problem.row, problem.column, problem.value) for problem in caught.value.problems]


def test_dates_numbers_and_booleans_are_read_as_they_are_shown(change):
    def edit(book):
        columns = ["instance_id", "course_id", "mode", "start_date", "end_date", "seats", "fee_yuan"]
        book["course_instances"].append([])
        del book["course_instances"]
        sheet = book.create_sheet("course_instances")
        sheet.append(columns)
        sheet.append([7.0, "basics", "online", datetime.datetime(2026, 3, 1), "2026/4/1", 30.0, 99.5])
        book["enterprises"].append(["e2", 360] + [None] * 7 + [True])

    catalogue = change(edit).catalogue
    instance = catalogue.course_instances[0]
    assert (instance.instance_id, instance.seats, instance.fee_yuan) == ("7", 30, 99.5)
    assert (instance.start_date, instance.end_date) == (datetime.date(2026, 3, 1), datetime.date(2026, 4, 1))
    assert (catalogue.enterprises[1].name, catalogue.enterprises[1].illustrative) == ("360", True)


def test_a_cell_is_reported_with_sheet_row_and_column(change):
    def edit(book):
        book["sites"].insert_rows(2)
        book["sites"]["C3"] = "castle"

    assert faults(lambda: change(edit)) == [("network.xlsx[sites]", 3, "kind", "castle")]


def test_a_time_of_day_is_no_date(change):
    def edit(book):
        book["course_instances"]["E2"] = datetime.datetime(2026, 3, 1, 9, 30)

    assert faults(lambda: change(edit)) == [("network.xlsx[course_instances]", 2, "start_date", "2026-03-01 09:30:00")]


def test_a_failed_formula_is_a_problem_and_not_an_empty_cell(change):
    def edit(book):
        book["sites"]["D2"].value = "#N/A"
        book["sites"]["D2"].data_type = "e"

    assert faults(lambda: change(edit)) == [("network.xlsx[sites]", 2, "operator", "#N/A")]


def test_sheets_are_found_whatever_their_case_and_others_are_noticed(change):
    def edit(book):
        book["sites"].title = " Sites"
        book.create_sheet("说明").append(["请先看这里"])

    assert [notice.file for notice in change(edit).notices] == ["network.xlsx[说明]"]


def test_remarks_beside_the_table_are_noticed_and_left_out(change):
    def edit(book):
        book["sites"]["Z3"] = "请核对"

    notices = change(edit).notices
    assert [(notice.file, notice.row) for notice in notices] == [("network.xlsx[sites]", 3)]


def test_a_missing_required_sheet_is_a_problem(change):
    assert faults(lambda: change(lambda book: book.remove(book["courses"]))) == [
        ("network.xlsx[courses]", None, None, None)
    ]


def test_a_sheet_without_a_header_is_a_problem(change):
    found = faults(lambda: change(lambda book: book["sites"].delete_rows(1, 100)))
    assert [problem[0] for problem in found] == ["network.xlsx[sites]"]


def test_a_workbook_of_something_else_is_one_problem(tmp_path):
    openpyxl.Workbook().save(tmp_path / "other.xlsx")
    assert len(faults(lambda: read_catalogue(tmp_path / "other.xlsx", today=TODAY))) == 1


def zipped(name: str, content: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04 cut off",
        b"site_id,name\n",
        zipped("hello.txt", "hello"),
        zipped("[Content_Types].xml", "<Types"),
        b"\xd0\xcf\x11\xe0" * 300,
    ],
    ids=["empty", "cut off", "csv", "another zip", "broken xml", "old xls"],
)
def test_a_damaged_workbook_is_one_problem(tmp_path, content):
    path = tmp_path / "network.xlsx"
    path.write_bytes(content)
    assert [problem[0] for problem in faults(lambda: read_catalogue(path, today=TODAY))] == ["network.xlsx"]


def test_half_a_workbook_is_one_problem(path):
    path.write_bytes(path.read_bytes()[:3000])
    assert len(faults(lambda: read_catalogue(path, today=TODAY))) == 1
