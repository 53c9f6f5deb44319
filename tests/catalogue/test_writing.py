"""What is written reads as the same catalogue, whatever its texts hold."""

import csv
import datetime
import tempfile
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.catalogue import read_catalogue, write_catalogue
from recommender.domain import (
    Approval,
    Catalogue,
    ClusterRelation,
    Course,
    CourseInstance,
    Datum,
    Enterprise,
    IndustryCluster,
    Learner,
    Mode,
    Place,
    PlaceKind,
    Provider,
    Schedule,
    SiteKind,
    SiteStatus,
    SkillLevel,
    TrainingSite,
)
from recommender.errors import JinxueError

TODAY = datetime.date(2026, 3, 1)
FORMS = ["network", "network.xlsx", "network.jsonl"]

CLUSTERS = (
    IndustryCluster(cluster_id="robots", name="智能机器人", aliases=("机器人", "robot"), group="20"),
    IndustryCluster(cluster_id="software", name="软件", description="一,二\n三"),
)
PLACES = (
    Place(
        place_id="c",
        name="市",
        kind=PlaceKind.CITY,
        latitude=22.5,
        longitude=114,
        south=22.4,
        west=113.7,
        north=22.9,
        east=114.7,
    ),
    Place(
        place_id="d",
        name="南山区",
        kind=PlaceKind.DISTRICT,
        parent_id="c",
        latitude=22.53,
        longitude=113.93,
        datum=Datum.GCJ02,
    ),
)


def texts(length: int, but: str = "") -> st.SearchStrategy[str]:
    alphabet = st.characters(exclude_categories=["Cs"], exclude_characters=but).filter(
        lambda c: c in "\n\t\r" or c.isprintable() or ord(c) > 160
    )
    awkward = st.sampled_from(
        ["=1+1", "#N/A", "NA", "null", "true", "3.0", "007", "+14d", '"', "a,b", "一\r\n二", "-", "'", "2026-03-01"]
    )
    return (awkward | st.text(alphabet, min_size=1, max_size=length)).map(str.strip).filter(bool)


names, ids = texts(20), texts(8, but="|")
lists = st.lists(texts(8, but="|"), max_size=3).map(tuple)
maybe_names, dates = st.none() | names, st.none() | st.dates()
shares = st.none() | st.floats(0, 1)
points = st.sampled_from([(None, None), (22.7, 114.35), (22.123456789012345, 114.0), (22.5, 114)]).filter(
    lambda p: p[0] != 22.123456789012345
)


@st.composite
def catalogues(draw: st.DrawFn) -> Catalogue:
    """Catalogues in which everything referred to is there."""
    some = lambda ids: st.lists(st.sampled_from(ids), max_size=3, unique=True).map(tuple)  # noqa: E731
    providers = draw(st.lists(names, min_size=1, max_size=3, unique=True))
    site_ids = draw(st.lists(ids, min_size=1, max_size=3, unique=True))
    course_ids = draw(st.lists(ids, min_size=1, max_size=4, unique=True))
    clusters = some([cluster.cluster_id for cluster in CLUSTERS])
    sites, courses, instances = [], [], []
    for site_id in site_ids:
        latitude, longitude = draw(points)
        sites.append(
            TrainingSite(
                site_id=site_id,
                name=draw(names),
                kind=draw(st.sampled_from(SiteKind)),
                operator=draw(maybe_names),
                district=draw(st.sampled_from([None, "南山区"])),
                latitude=latitude,
                longitude=longitude,
                clusters=draw(clusters),
                status=draw(st.sampled_from(SiteStatus)),
                quality=draw(shares),
                illustrative=draw(st.booleans()),
            )
        )
    for position, course_id in enumerate(course_ids):
        courses.append(
            Course(
                course_id=course_id,
                title=draw(names),
                description=draw(st.just("") | texts(60)),
                provider=draw(st.none() | st.sampled_from(providers)),
                clusters=draw(clusters),
                occupations=draw(lists),
                skill_level=draw(st.none() | st.sampled_from(SkillLevel)),
                duration_hours=draw(st.none() | st.floats(0.001, 10_000)),
                customisable=draw(st.booleans()),
                approval=draw(st.sampled_from(Approval)),
                prerequisites=draw(some(course_ids[:position])) if position else (),
            )
        )
    for instance_id in draw(st.lists(ids, min_size=1, max_size=4, unique=True)):
        start = draw(dates)
        instances.append(
            CourseInstance(
                instance_id=instance_id,
                course_id=draw(st.sampled_from(course_ids)),
                mode=draw(st.sampled_from(Mode)),
                site_id=draw(st.sampled_from(site_ids)),
                start_date=start,
                end_date=start,
                enrolment_deadline=draw(dates),
                schedule=draw(st.none() | st.sampled_from(Schedule)),
                seats=draw(st.none() | st.integers(0, 1_000_000)),
                fee_yuan=draw(st.none() | st.floats(0, 10_000_000)),
            )
        )
    return Catalogue(
        sites=tuple(sites),
        providers=tuple(Provider(name=name) for name in providers),
        courses=tuple(courses),
        course_instances=tuple(instances),
        learners=(
            Learner(learner_id="l", goal=draw(names), place="南山", completed_course_ids=draw(some(course_ids))),
        ),
        enterprises=(
            Enterprise(enterprise_id="e", name=draw(names), needs=draw(names), headcount=draw(st.integers(0, 9))),
        ),
        clusters=CLUSTERS,
        cluster_relations=(
            ClusterRelation(cluster_id="robots", related_cluster_id="software", relatedness=draw(st.floats(0, 1))),
        ),
        places=PLACES,
    )


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=60, deadline=None, derandomize=True)
@given(catalogue=catalogues())
def test_what_is_written_reads_as_the_same(form, catalogue):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / form
        write_catalogue(catalogue, path)
        assert read_catalogue(path, today=TODAY).catalogue == catalogue


@pytest.mark.parametrize("form", FORMS)
def test_a_second_export_leaves_nothing_of_the_first(read, tmp_path, form):
    catalogue = read().catalogue
    write_catalogue(catalogue, tmp_path / form)
    smaller = replace(catalogue, learners=(), sites=catalogue.sites[:1])
    write_catalogue(smaller, tmp_path / form)
    assert read_catalogue(tmp_path / form, today=TODAY).catalogue == smaller


def test_relative_dates_are_exported_as_the_days_they_meant(read, tables, tmp_path):
    tables["course_instances"] = tables["course_instances"].replace("2026-04-01", "+14d")
    write_catalogue(read().catalogue, tmp_path / "out")
    again = read_catalogue(tmp_path / "out", today=datetime.date(2030, 1, 1))
    assert again.catalogue.course_instances[0].start_date == datetime.date(2026, 3, 15)
    assert again.relative_dates is False


def test_csv_is_plain_utf_8_with_the_contracts_words(read, tmp_path):
    write_catalogue(read().catalogue, tmp_path / "out")
    with (tmp_path / "out" / "sites.csv").open(encoding="utf-8", newline="") as file:
        row = next(csv.DictReader(file))
    assert (row["site_id"], row["clusters"], row["illustrative"], row["quality"]) == (
        "hub",
        "robots|software",
        "false",
        "",
    )


def test_excel_gets_numbers_dates_and_booleans_of_its_own(read, tmp_path):
    write_catalogue(read().catalogue, tmp_path / "out.xlsx")
    rows = openpyxl.load_workbook(tmp_path / "out.xlsx")["course_instances"].iter_rows(values_only=True)
    first = dict(zip(next(rows), next(rows), strict=True))
    assert (first["start_date"], first["seats"]) == (datetime.datetime(2026, 4, 1), 30)


def test_a_day_before_excels_first_is_kept(read, tmp_path):
    catalogue = read().catalogue
    first = replace(catalogue.course_instances[0], start_date=datetime.date(1899, 12, 31))
    write_catalogue(replace(catalogue, course_instances=(first,)), tmp_path / "out.xlsx")
    assert read_catalogue(tmp_path / "out.xlsx", today=TODAY).catalogue.course_instances == (first,)


@pytest.mark.parametrize("form", ["network", "network.xlsx"])
def test_a_list_item_with_a_bar_is_refused_where_bars_separate(read, tmp_path, form):
    catalogue = read().catalogue
    barred = replace(
        catalogue, courses=(replace(catalogue.courses[0], occupations=("电工|钳工",)), *catalogue.courses[1:])
    )
    with pytest.raises(JinxueError, match="jsonl"):
        write_catalogue(barred, tmp_path / form)
    write_catalogue(barred, tmp_path / "network.jsonl")
    assert read_catalogue(tmp_path / "network.jsonl", today=TODAY).catalogue == barred


def test_a_text_too_long_for_excel_is_refused_and_not_cut(read, tmp_path):
    catalogue = read().catalogue
    many = tuple(f"{'x' * 100}{n}" for n in range(400))
    with pytest.raises(JinxueError, match="jsonl"):
        write_catalogue(
            replace(catalogue, courses=(replace(catalogue.courses[0], occupations=many),)), tmp_path / "out.xlsx"
        )


@pytest.mark.parametrize("form", FORMS)
def test_a_path_that_cannot_be_written_is_an_error_of_ours(read, tmp_path, form):
    (tmp_path / "file").write_text("")
    with pytest.raises(JinxueError, match="Cannot write"):
        write_catalogue(read().catalogue, tmp_path / "file" / form)
