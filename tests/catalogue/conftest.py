"""A small city of two districts, written as CSV files that a test may change before reading them."""

import datetime
from collections.abc import Callable
from pathlib import Path

import pytest

from recommender.catalogue import CatalogueReading, read_catalogue
from recommender.errors import CatalogueError, CatalogueProblem

TODAY = datetime.date(2026, 3, 1)

Tables = dict[str, str]
Read = Callable[..., CatalogueReading]
Faults = Callable[..., list[CatalogueProblem]]


@pytest.fixture
def tables() -> Tables:
    return {
        "clusters": (
            "cluster_id,name,english_name,aliases\n"
            "robots,智能机器人,Robotics,机器人|工业机器人\n"
            "software,软件与信息服务,Software,软件\n"
        ),
        "cluster_relations": "cluster_id,related_cluster_id,relatedness\nrobots,software,0.4\n",
        "places": (
            "place_id,name,kind,parent_id,latitude,longitude,south,west,north,east\n"
            "city,深圳市,city,,22.54,114.06,22.4,113.7,22.9,114.7\n"
            "nanshan,南山区,district,city,22.53,113.93,,,,\n"
            "pingshan,坪山区,district,city,22.70,114.35,,,,\n"
            "yuehai,粤海街道,subdistrict,nanshan,22.52,113.94,,,,\n"
            "kengzi,坑梓街道,subdistrict,pingshan,22.75,114.38,,,,\n"
        ),
        "sites": (
            "site_id,name,kind,district,subdistrict,latitude,longitude,clusters\n"
            "hub,学院,hub,坪山区,坑梓街道,22.75,114.38,智能机器人|软件\n"
            "west,南山实训工场,workshop,南山区,粤海街道,22.52,113.94,\n"
        ),
        "courses": (
            "course_id,title,provider,clusters,skill_level,prerequisites,approval\n"
            "basics,机器人入门,学院,机器人,四级,,approved\n"
            "repair,机器人维修,学院,robots,高级工/三级,basics,approved\n"
        ),
        "course_instances": (
            "instance_id,course_id,mode,site_id,start_date,seats\n"
            "basics-1,basics,at_site,hub,2026-04-01,30\n"
            "repair-1,repair,online,,,\n"
        ),
        "learners": "learner_id,industry,place,completed_course_ids\nlearner-1,机器人,南山区粤海街道,basics\n",
        "enterprises": "enterprise_id,name,place,headcount\nfirm,某公司,坪山区,40\n",
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "catalogue"


@pytest.fixture
def read(tables: Tables, folder: Path) -> Read:
    """Write the tables as they are now, and read them; no catalogue is at hand to fall back on."""

    def write_and_read(encoding: str = "utf-8") -> CatalogueReading:
        folder.mkdir(exist_ok=True)
        for name, text in tables.items():
            (folder / f"{name}.csv").write_bytes(text.encode(encoding))
        return read_catalogue(folder, today=TODAY, fallback=folder / "none")

    return write_and_read


@pytest.fixture
def faults(read: Read) -> Faults:
    """Read the tables and return what is wrong with them."""

    def problems_of(encoding: str = "utf-8") -> list[CatalogueProblem]:
        with pytest.raises(CatalogueError) as caught:
            read(encoding)
        return list(caught.value.problems)

    return problems_of
