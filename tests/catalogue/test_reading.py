"""Catalogues that hold are read as they are meant."""

import datetime
from pathlib import Path

import pytest

from recommender.catalogue import bundled_catalogue_folder, catalogue_fingerprint, read_catalogue
from recommender.domain import Approval, Mode, Provider, SkillLevel


def test_every_table_is_read_in_the_order_of_its_rows(read):
    catalogue = read().catalogue
    assert [site.site_id for site in catalogue.sites] == ["hub", "west"]
    assert [course.course_id for course in catalogue.courses] == ["basics", "repair"]
    assert [instance.mode for instance in catalogue.course_instances] == [Mode.AT_SITE, Mode.ONLINE]
    assert [place.place_id for place in catalogue.places] == ["city", "nanshan", "pingshan", "yuehai", "kengzi"]
    assert len(catalogue.clusters) == 2
    assert len(catalogue.cluster_relations) == 1
    assert len(catalogue.learners) == len(catalogue.enterprises) == 1


def test_names_and_aliases_of_clusters_become_ids(read):
    catalogue = read().catalogue
    assert catalogue.sites[0].clusters == ("robots", "software")
    assert [course.clusters for course in catalogue.courses] == [("robots",), ("robots",)]


def test_skill_levels_are_read_under_their_old_names(read):
    assert [course.skill_level for course in read().catalogue.courses] == [SkillLevel.INTERMEDIATE, SkillLevel.SENIOR]


def test_an_empty_cell_is_unknown(read):
    online = read().catalogue.course_instances[1]
    assert (online.site_id, online.start_date, online.seats) == (None, None, None)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_an_encoding_makes_no_difference(read, encoding):
    catalogue = read(encoding).catalogue
    assert catalogue.sites[0].site_id == "hub"
    assert catalogue.courses[0].title == "机器人入门"


@pytest.mark.parametrize("written", ["NA", "null", "None", "nan", "007", "1.0", "-"])
def test_a_word_that_looks_like_nothing_stays_a_word(read, tables, written):
    tables["sites"] = tables["sites"].replace("南山实训工场", written)
    assert read().catalogue.sites[1].name == written


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2026-04-01", datetime.date(2026, 4, 1)),
        ("2026/4/1", datetime.date(2026, 4, 1)),
        ("2026年4月1日", datetime.date(2026, 4, 1)),
        ("+14d", datetime.date(2026, 3, 15)),
        ("-30d", datetime.date(2026, 1, 30)),
        ("+0d", datetime.date(2026, 3, 1)),
    ],
)
def test_dates_are_read_as_people_write_them(read, tables, written, expected):
    tables["course_instances"] = tables["course_instances"].replace("2026-04-01", written)
    reading = read()
    assert reading.catalogue.course_instances[0].start_date == expected
    assert reading.relative_dates is written.endswith("d")


@pytest.mark.parametrize(
    ("written", "expected"), [("是", True), ("TRUE", True), ("1", True), ("否", False), ("no", False), ("0", False)]
)
def test_yes_and_no_are_read_in_both_languages(read, tables, written, expected):
    tables["enterprises"] = f"enterprise_id,name,illustrative\nfirm,某公司,{written}\n"
    assert read().catalogue.enterprises[0].illustrative is expected


def test_an_enum_is_read_whatever_its_case(read, tables):
    tables["courses"] = tables["courses"].replace(",approved\n", ",Approved\n")
    assert read().catalogue.courses[0].approval is Approval.APPROVED


def test_lists_are_split_and_stripped(read, tables):
    tables["courses"] = "course_id,title,occupations\nbasics,入门, 电工 | 钳工 |\nrepair,维修,\n"
    assert [course.occupations for course in read().catalogue.courses] == [("电工", "钳工"), ()]


def test_a_quoted_cell_may_hold_commas_quotes_and_line_breaks(read, tables):
    tables["courses"] = 'course_id,title,description\nbasics,入门,"一,二\n""三"""\nrepair,维修,\n'
    assert read().catalogue.courses[0].description == '一,二\n"三"'


def test_blank_rows_and_empty_trailing_columns_are_nothing(read, tables):
    tables["sites"] = "site_id,name,kind,,\nhub,学院,hub,,\n,,,,\n\nwest,工场,workshop,,\n"
    reading = read()
    assert [site.site_id for site in reading.catalogue.sites] == ["hub", "west"]
    assert not reading.notices


def test_providers_are_those_of_the_courses_unless_listed(read, tables):
    assert read().catalogue.providers == (Provider(name="学院"),)
    tables["providers"] = "name,kind\n学院,学校\n另一家,企业\n"
    assert [provider.name for provider in read().catalogue.providers] == ["学院", "另一家"]


def test_a_provider_of_illustrative_courses_only_is_illustrative(read, tables):
    tables["courses"] = (
        "course_id,title,provider,illustrative\nbasics,甲,真,true\nrepair,乙,虚,true\nthird,丙,真,false\n"
    )
    assert read().catalogue.providers == (Provider(name="真"), Provider(name="虚", illustrative=True))


def test_unknown_columns_and_files_are_left_out_with_a_notice(read, tables):
    tables["sites"] = (
        tables["sites"]
        .replace("site_id,", "site_id,电话,")
        .replace("\nhub,", "\nhub,123,")
        .replace("\nwest,", "\nwest,,")
    )
    tables["prices"] = "a,b\n"
    notices = read().notices
    assert {(notice.file, notice.row, notice.column) for notice in notices} == {
        ("prices.csv", None, None),
        ("sites.csv", 1, "电话"),
    }


def test_an_optional_table_may_be_missing_or_empty(read, tables):
    del tables["learners"]
    tables["enterprises"] = "enterprise_id,name\n"
    catalogue = read().catalogue
    assert catalogue.learners == catalogue.enterprises == ()


def test_clusters_and_places_come_from_the_fallback_when_there_are_none(read, tables, folder, tmp_path):
    read()
    own = tmp_path / "own"
    own.mkdir()
    for name in ("sites", "courses", "course_instances"):
        (own / f"{name}.csv").write_text(tables[name], encoding="utf-8")
    (own / "places.csv").write_text("place_id,name,kind,latitude,longitude\n", encoding="utf-8")
    catalogue = read_catalogue(own, today=datetime.date(2026, 3, 1), fallback=folder).catalogue
    assert (len(catalogue.clusters), len(catalogue.cluster_relations), len(catalogue.places)) == (2, 1, 5)
    assert catalogue.learners == ()


def test_own_clusters_are_not_mixed_with_the_relations_of_the_fallback(read, tables, folder, tmp_path):
    read()
    own = tmp_path / "own"
    own.mkdir()
    for name in ("clusters", "sites", "courses", "course_instances"):
        (own / f"{name}.csv").write_text(tables[name], encoding="utf-8")
    catalogue = read_catalogue(own, today=datetime.date(2026, 3, 1), fallback=folder).catalogue
    assert (len(catalogue.clusters), catalogue.cluster_relations) == (2, ())


def test_the_fingerprint_changes_with_a_byte_and_with_a_name(read, tables, folder):
    read()
    first = catalogue_fingerprint(folder)
    assert first == catalogue_fingerprint(folder)
    (folder / "notes.txt").write_text("irrelevant")
    assert catalogue_fingerprint(folder) == first
    tables["sites"] += "\n"
    read()
    second = catalogue_fingerprint(folder)
    (folder / "learners.csv").rename(folder / "learners.CSV")
    assert len({first, second, catalogue_fingerprint(folder)}) == 3


def test_the_bundled_catalogue_lies_inside_the_package():
    assert bundled_catalogue_folder().parts[-3:] == ("recommender", "data", "shenzhen")
    assert isinstance(bundled_catalogue_folder(), Path)
