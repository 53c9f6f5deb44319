"""Whatever is wrong with a catalogue is said with file, row, column and value, all of it at once."""

import datetime
import os
import re
from pathlib import Path

import pytest

from recommender.catalogue import catalogue_fingerprint, read_catalogue
from recommender.domain import SkillLevel
from recommender.errors import CatalogueError, CatalogueProblem
from recommender.language import Language

TODAY = datetime.date(2026, 3, 1)


def where(problem: CatalogueProblem) -> tuple[str, int | None, str | None, str | None]:
    return problem.file, problem.row, problem.column, problem.value


def problems_at(path: Path) -> list[CatalogueProblem]:
    with pytest.raises(CatalogueError) as caught:
        read_catalogue(path, today=TODAY)
    return list(caught.value.problems)


# one cell changed: (table, what to replace, by what) → the one problem, and a word of its English message
ONE_CELL = {
    "unknown enum value": ("sites", "学院,hub", "学院,castle", ("sites.csv", 2, "kind", "castle"), "'workshop'"),
    "missing value": ("sites", "学院,hub", ",hub", ("sites.csv", 2, "name", None), "required"),
    "not a number": ("sites", "22.75", "north", ("sites.csv", 2, "latitude", "north"), "number"),
    "not a finite number": ("sites", "22.75", "nan", ("sites.csv", 2, "latitude", "nan"), "finite"),
    "infinite": ("sites", "22.75", "inf", ("sites.csv", 2, "latitude", "inf"), "finite"),
    "half a point": ("sites", "22.75,", ",", ("sites.csv", 2, None, None), "belong together"),
    "swapped point": ("sites", "22.52,113.94", "113.94,22.52", ("sites.csv", 3, "latitude", "113.94"), "at most 90"),
    "outside the city": ("sites", "22.52,113.94", "39.9,116.4", ("sites.csv", 3, "latitude", "39.9, 116.4"), "22.4"),
    "unknown district": ("sites", "坪山区", "平山区", ("sites.csv", 2, "district", "平山区"), "坪山区"),
    "district is a sub-district": (
        "sites",
        "坪山区",
        "粤海街道",
        ("sites.csv", 2, "district", "粤海街道"),
        "Not a district",
    ),
    "sub-district of another": (
        "sites",
        "南山区,粤海街道",
        "坪山区,粤海街道",
        ("sites.csv", 3, "subdistrict", "粤海街道"),
        "南山区",
    ),
    "unknown cluster": (
        "sites",
        "智能机器人|软件",
        "智能机器|软件",
        ("sites.csv", 2, "clusters", "智能机器|软件"),
        "mean 智能机器人",
    ),
    "unknown level": (
        "courses",
        "四级",
        "九级",
        ("courses.csv", 2, "skill_level", "九级"),
        SkillLevel.CHIEF_TECHNICIAN,
    ),
    "not a whole number": (
        "course_instances",
        ",30",
        ",3.5",
        ("course_instances.csv", 2, "seats", "3.5"),
        "whole number",
    ),
    "negative": ("course_instances", ",30", ",-3", ("course_instances.csv", 2, "seats", "-3"), "at least 0"),
    "no such day": (
        "course_instances",
        "2026-04-01",
        "2026-02-30",
        ("course_instances.csv", 2, "start_date", "2026-02-30"),
        "+14d",
    ),
    "number for a date": (
        "course_instances",
        "2026-04-01",
        "46000",
        ("course_instances.csv", 2, "start_date", "46000"),
        "date",
    ),
    "days beyond the calendar": (
        "course_instances",
        "2026-04-01",
        "-99999999d",
        ("course_instances.csv", 2, "start_date", "-99999999d"),
        "date",
    ),
    "no site": (
        "course_instances",
        "at_site,hub",
        "at_site,",
        ("course_instances.csv", 2, None, None),
        "site_id is needed",
    ),
    "unknown course": (
        "course_instances",
        "repair-1,repair",
        "repair-1,repare",
        ("course_instances.csv", 3, "course_id", "repare"),
        "courses.csv",
    ),
    "unknown site": (
        "course_instances",
        "at_site,hub",
        "at_site,hut",
        ("course_instances.csv", 2, "site_id", "hut"),
        "sites.csv",
    ),
    "unknown prerequisite": (
        "courses",
        ",basics,",
        ",basic,",
        ("courses.csv", 3, "prerequisites", "basic"),
        "courses.csv",
    ),
    "prerequisite of itself": (
        "courses",
        ",basics,",
        ",repair,",
        ("courses.csv", 3, "prerequisites", "repair"),
        "circle",
    ),
    "unknown completed course": (
        "learners",
        ",basics",
        ",basics|x",
        ("learners.csv", 2, "completed_course_ids", "x"),
        "courses.csv",
    ),
    "unknown address": ("learners", "南山区粤海街道", "某处", ("learners.csv", 2, "place", None), "no such place"),
    "unknown cluster of a relation": (
        "cluster_relations",
        "robots,software",
        "robots,x",
        ("cluster_relations.csv", 2, "related_cluster_id", "x"),
        "clusters.csv",
    ),
    "share above one": (
        "cluster_relations",
        "0.4",
        "1.4",
        ("cluster_relations.csv", 2, "relatedness", "1.4"),
        "at most 1",
    ),
    "unknown parent": (
        "places",
        "district,city,22.53",
        "district,town,22.53",
        ("places.csv", 3, "parent_id", "town"),
        "places.csv",
    ),
    "parent of the wrong kind": (
        "places",
        "pingshan,22.75",
        "yuehai,22.75",
        ("places.csv", 6, "parent_id", "yuehai"),
        "district",
    ),
    "no bounds": ("places", ",22.4,", ",,", ("places.csv", 2, None, None), "south, west"),
    "bounds the wrong way round": (
        "places",
        "22.4,113.7,22.9",
        "22.9,113.7,22.4",
        ("places.csv", 2, "north", "22.4"),
        "south",
    ),
    "place outside the city": (
        "places",
        "22.52,113.94",
        "22.52,119.94",
        ("places.csv", 5, "latitude", "22.52, 119.94"),
        "bounds",
    ),
    "control character": ("sites", "学院", "学\x07院", ("sites.csv", 2, "name", "学\\x07院"), "Control characters"),
}


@pytest.mark.parametrize(("table", "old", "new", "expected", "word"), ONE_CELL.values(), ids=ONE_CELL)
def test_a_wrong_cell_is_one_problem_with_its_place_and_what_was_expected(
    faults, tables, table, old, new, expected, word
):
    assert old in tables[table]
    tables[table] = tables[table].replace(old, new, 1)
    problems = faults()
    assert [where(problem) for problem in problems] == [expected]
    assert word in problems[0].message.en
    assert problems[0].message.zh != problems[0].message.en


PERSONAL = {
    "a phone number in a text": ("courses", "机器人维修", "找13812345678", ("courses.csv", 3, "title"), "phone number"),
    "in an item of a list": (
        "sites",
        "智能机器人|软件",
        "软件|0755-26543210",
        ("sites.csv", 2, "clusters"),
        "phone number",
    ),
    "a card's number": ("enterprises", "某公司", "44030119900307123X", ("enterprises.csv", 2, "name"), "identity card"),
    "in a number": ("enterprises", ",40", ",440301199003071234", ("enterprises.csv", 2, "headcount"), "identity card"),
    "in a date": ("course_instances", "2026-04-01", "13812345678", ("course_instances.csv", 2, "start_date"), "date"),
    "in what refers": (
        "course_instances",
        "online,,",
        "online,13812345678,",
        ("course_instances.csv", 3, "site_id"),
        "phone",
    ),
    "a name": ("learners", "机器人", "我叫张伟", ("learners.csv", 2, "industry"), "name of a person"),
    "in an id": ("sites", "west,", "zhang@qq.com,", ("sites.csv", 3, "site_id"), "e-mail"),
    "an id that tells": ("learners", "learner-1", "张伟", ("learners.csv", 2, "learner_id"), "letters, digits"),
    "an id that is a number": (
        "learners",
        "learner-1",
        "13812345678",
        ("learners.csv", 2, "learner_id"),
        "phone number",
    ),
}


@pytest.mark.parametrize(("table", "old", "new", "expected", "word"), PERSONAL.values(), ids=PERSONAL)
def test_what_is_about_somebody_is_refused_and_not_repeated(faults, tables, table, old, new, expected, word):
    assert old in tables[table]
    tables[table] = tables[table].replace(old, new, 1)
    (problem,) = faults()
    assert where(problem) == (*expected, None)
    assert word in problem.message.en
    for language in Language:
        assert not re.search("13812345678|26543210|44030119900307|zhang|张伟", problem.line(language))


@pytest.mark.parametrize(
    "row",
    [
        "secret,,,,somewhere secret,",
        "secret,,north secret,114,,",
        "secret,,70,114,,",
        "secret,,,,,x\nsecret,,,,,",
        "secret,\x07secret,,,,",
    ],
)
def test_no_value_of_a_learner_is_repeated(faults, tables, row):
    tables["learners"] = f"learner_id,goal,latitude,longitude,place,industry\n{row}\n"
    problems = faults()
    assert len(problems) == 1
    for language in Language:
        assert "secret" not in problems[0].line(language)
        assert "70" not in problems[0].line(language)


def test_a_line_that_cannot_be_read_is_not_repeated(tmp_path):
    path = tmp_path / "catalogue.jsonl"
    path.write_text('{"type": "learner", "goal": "secret"\n["secret"]\n{"type": "13812345678"}\n', encoding="utf-8")
    lines = [problem.line() for problem in problems_at(path)]
    assert len(lines) >= 3
    assert not [line for line in lines if "secret" in line or "13812345678" in line]


def test_a_header_about_somebody_is_not_repeated(tables, read):
    tables["learners"] = "learner_id,13812345678\nlearner-1,x\n"
    (notice,) = read().notices
    assert (notice.file, notice.column) == ("learners.csv", "?")


def test_all_problems_of_all_files_come_together(faults, tables):
    tables["sites"] = tables["sites"].replace("学院,hub", "学院,castle").replace("22.52", "x")
    tables["courses"] = tables["courses"].replace("四级", "九级")
    tables["learners"] = tables["learners"].replace("粤海", "乐海")
    assert [where(problem)[:3] for problem in faults()] == [
        ("sites.csv", 2, "kind"),
        ("sites.csv", 3, "latitude"),
        ("courses.csv", 2, "skill_level"),
        ("learners.csv", 2, "place"),
    ]


def test_all_problems_of_one_row_come_together(faults, tables):
    tables["sites"] = (
        "site_id,name,kind,latitude,quality,illustrative\nhub,学院,castle,x,2,maybe\nwest,工场,workshop,,,\n"
    )
    assert {problem.column for problem in faults()} == {"kind", "latitude", "quality", "illustrative"}


def test_a_faulty_row_is_not_reported_again_by_what_refers_to_it(faults, tables):
    tables["courses"] = tables["courses"].replace(",approved\n", ",maybe\n")
    assert [where(problem) for problem in faults()] == [
        ("courses.csv", 2, "approval", "maybe"),
        ("courses.csv", 3, "approval", "maybe"),
    ]


def test_a_missing_column_is_one_problem_not_one_a_row(faults, tables):
    tables["courses"] = tables["courses"].replace("course_id,", "course,")
    assert [where(problem)[:3] for problem in faults()] == [("courses.csv", 1, "course_id")]


def test_two_rows_with_one_id_name_each_other(faults, tables):
    tables["courses"] += "basics,again,,,,,\n"
    problems = faults()
    assert [where(problem) for problem in problems] == [("courses.csv", 4, "course_id", "basics")]
    assert "row 2" in problems[0].message.en
    assert "第 2 行" in problems[0].message.zh


def test_one_relation_given_both_ways_is_given_twice(faults, tables):
    tables["cluster_relations"] += "software,robots,0.9\n"
    assert [where(problem)[:2] for problem in faults()] == [("cluster_relations.csv", 3)]


def test_prerequisites_in_a_circle_are_named(faults, tables):
    tables["courses"] = "course_id,title,prerequisites\nbasics,甲,repair|third\nrepair,乙,basics\nthird,丙,\n"
    problems = faults()
    assert [where(problem) for problem in problems] == [("courses.csv", 2, "prerequisites", "repair|third")]
    assert "basics → repair" in problems[0].message.en
    assert "third" not in problems[0].message.en


def test_a_provider_that_is_not_listed_is_a_problem_when_there_is_a_list(faults, tables):
    tables["providers"] = "name\n另一家\n"
    assert {where(problem)[1:] for problem in faults()} == {(2, "provider", "学院"), (3, "provider", "学院")}


@pytest.mark.parametrize("kept", [[], ["city", "town"]])
def test_a_catalogue_has_exactly_one_city(faults, tables, kept):
    cities = "".join(f"{name},{name},city,,22.54,114.06,22.4,113.7,22.9,114.7\n" for name in kept)
    tables["places"] = tables["places"].splitlines(keepends=True)[0] + cities
    if not kept:
        tables["places"] += "nanshan,南山区,district,,22.53,113.93,,,,\n"
    assert "exactly one row of kind city" in faults()[0].message.en


def test_broken_clusters_do_not_make_every_course_wrong(faults, tables):
    tables["clusters"] = tables["clusters"].replace("智能机器人", "长" * 300)
    problems = faults()
    assert [where(problem)[:3] for problem in problems] == [("clusters.csv", 2, "name")]
    assert len(problems[0].value or "") == 80


def test_a_ragged_row_is_a_problem_whether_too_long_or_too_short(faults, tables):
    tables["sites"] += "a,b,centre,,,,,,unquoted comma\nc,d\n"
    assert [(problem.row, problem.column) for problem in faults()] == [(4, None), (5, None)]


def test_a_ragged_row_is_not_reported_again_by_what_refers_to_it(faults, tables):
    tables["sites"] = tables["sites"].replace("hub,学院,", "hub,学,院,")
    assert [(problem.file, problem.row) for problem in faults()] == [("sites.csv", 2)]


def test_a_quote_that_is_never_closed_is_a_problem(faults, tables):
    tables["sites"] = 'site_id,kind,name\nhub,castle,学院\nwest,workshop,"南山实训工场\nthird,centre,工场\n'
    assert [(problem.file, problem.row) for problem in faults()] == [("sites.csv", 2), ("sites.csv", 3)]


def test_a_column_given_twice_is_a_problem(faults, tables):
    tables["sites"] = tables["sites"].replace("latitude", "name")
    assert [where(problem)[:3] for problem in faults()] == [("sites.csv", 1, "name")]


@pytest.mark.parametrize(
    "content", [b"", b"\n\n", b"\xef\xbb\xbf", b"a\0b,c\n", "编码".encode("utf-16"), b"\x80\xff\n", bytes(range(256))]
)
def test_a_file_that_is_no_text_is_one_problem(faults, tables, folder, read, content):
    read()
    del tables["sites"]
    (folder / "sites.csv").write_bytes(content)
    assert [problem.file for problem in faults()] == ["sites.csv"]


def test_a_required_table_without_rows_is_a_problem(faults, tables):
    tables["sites"] = "site_id,name,kind\n"
    assert [problem.file for problem in faults() if "no rows" in problem.message.en] == ["sites.csv"]


def test_a_missing_required_table_is_a_problem(faults, tables):
    del tables["courses"]
    assert [where(problem) for problem in faults()] == [("courses.csv", None, None, None)]


def test_two_files_of_one_table_are_a_problem(faults, tables, folder, read):
    read()
    (folder / "SITES.CSV").write_text(tables["sites"], encoding="utf-8")
    assert "give one only" in faults()[0].message.en


def test_a_catalogue_without_places_needs_a_fallback_that_has_them(faults, tables):
    del tables["places"]
    assert ["places" in problem.message.en for problem in faults()] == [True]


def test_an_empty_folder_is_one_problem(tmp_path):
    assert len(problems_at(tmp_path)) == 1


def test_a_path_that_does_not_exist_is_one_problem(tmp_path):
    assert len(problems_at(tmp_path / "nowhere")) == 1
    with pytest.raises(CatalogueError):
        catalogue_fingerprint(tmp_path / "nowhere")


@pytest.mark.parametrize("name", ["network.pdf", "network", "sites.csv", "network.xls"])
def test_a_file_of_another_format_is_one_problem(tmp_path, name):
    (tmp_path / name).write_text("something")
    problems = problems_at(tmp_path / name)
    assert len(problems) == 1
    assert ".xlsx" in problems[0].message.en


def test_a_folder_in_a_tables_place_is_a_problem(faults, tables, folder, read):
    read()
    (folder / "sites.csv").unlink()
    del tables["sites"]
    (folder / "sites.csv").mkdir()
    assert [problem.file for problem in faults()] == ["sites.csv"]


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is unreadable to root")
def test_a_file_that_may_not_be_read_is_a_problem(faults, folder, read, tables):
    read()
    del tables["sites"]
    (folder / "sites.csv").chmod(0)
    assert [problem.file for problem in faults()] == ["sites.csv"]


def test_a_problem_can_be_printed_whatever_the_file_held(faults, tables):
    tables["sites"] = tables["sites"].replace("学院,hub", "学院,\x1b[31m" + "x" * 200)
    line = faults()[0].line(Language.EN)
    assert line.isprintable()
    assert len(line) < 250
