"""A small catalogue whose parts refer to each other, and a store in a database of each kind."""

import datetime
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from recommender.domain import (
    Catalogue,
    ClusterRelation,
    Course,
    CourseInstance,
    Enterprise,
    IndustryCluster,
    Learner,
    Mode,
    Place,
    PlaceKind,
    Provider,
    Schedule,
    SiteKind,
    SkillLevel,
    TrainingSite,
)
from recommender.store import CatalogueStore

NewDatabase = Callable[[], AbstractContextManager[str]]


@pytest.fixture
def store(store_url: str) -> Iterator[CatalogueStore]:
    """A store that nothing was written to, once of each kind."""
    with CatalogueStore(store_url) as opened:
        yield opened


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database(request: pytest.FixtureRequest) -> NewDatabase:
    """What gives the URL of a database without a table while a block runs, once of each kind."""
    if request.param == "sqlite":
        return _sqlite_file
    postgres = request.getfixturevalue("postgres")
    return lambda: postgres.database(empty=True)


@contextmanager
def _sqlite_file() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        yield f"sqlite:///{folder}/jinxue.db"


@pytest.fixture
def catalogue() -> Catalogue:
    """Every table filled, each ordered by id."""
    return Catalogue(
        sites=(
            TrainingSite(
                site_id="hub",
                name="学院",
                kind=SiteKind.HUB,
                latitude=22.7512345678901,
                longitude=114.38,
                clusters=("robots",),
            ),
            TrainingSite(site_id="west", name="工场", kind=SiteKind.WORKSHOP, quality=0.1),
        ),
        providers=(Provider(name="学院", kind="学校"),),
        courses=(
            Course(course_id="a", title="入门", prerequisites=("b",), skill_level=SkillLevel.SENIOR, illustrative=True),
            Course(course_id="b", title="基础", provider="学院", occupations=("电工", "钳工|焊工"), duration_hours=0.1),
        ),
        course_instances=(
            CourseInstance(
                instance_id="a-1",
                course_id="a",
                mode=Mode.AT_SITE,
                site_id="hub",
                start_date=datetime.date(2026, 3, 1),
                schedule=Schedule.WEEKEND,
                seats=0,
            ),
            CourseInstance(instance_id="b-1", course_id="b", mode=Mode.ONLINE),
        ),
        learners=(Learner(learner_id="l", goal="想学\n维修", completed_course_ids=("b",)),),
        enterprises=(Enterprise(enterprise_id="e", name="某公司", headcount=40),),
        clusters=(
            IndustryCluster(cluster_id="robots", name="智能机器人", aliases=("机器人",), group="20"),
            IndustryCluster(cluster_id="software", name="软件"),
        ),
        cluster_relations=(ClusterRelation(cluster_id="robots", related_cluster_id="software", relatedness=0.4),),
        places=(
            Place(place_id="A", name="区", kind=PlaceKind.DISTRICT, parent_id="city", latitude=22.5, longitude=114),
            Place(
                place_id="city",
                name="市",
                kind=PlaceKind.CITY,
                latitude=22.5,
                longitude=114,
                south=22,
                west=113,
                north=23,
                east=115,
            ),
        ),
    )
