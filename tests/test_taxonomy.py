"""Clusters and skill levels by every name that people use for them."""

import csv
from collections import Counter
from importlib.resources import files

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.domain import ClusterRelation, IndustryCluster, SkillLevel
from recommender.taxonomy import Taxonomy, parse_skill_level, skill_levels
from recommender.text import normalise

ROBOTS = IndustryCluster(
    cluster_id="intelligent-robots",
    name="智能机器人",
    english_name="Intelligent Robots",
    aliases=("机器人", "自动化", "AGV", "Tools"),
)
TOOLS = IndustryCluster(cluster_id="machine-tools", name="工业母机", english_name="Tools", aliases=("机床", "自动化"))
QUANTUM = IndustryCluster(cluster_id="quantum", name="量子信息")
CLUSTERS = (ROBOTS, TOOLS, QUANTUM)
RELATED = ClusterRelation(cluster_id="machine-tools", related_cluster_id="intelligent-robots", relatedness=0.6)

relations = st.lists(
    st.builds(
        ClusterRelation,
        cluster_id=st.sampled_from([cluster.cluster_id for cluster in CLUSTERS]),
        related_cluster_id=st.sampled_from([cluster.cluster_id for cluster in CLUSTERS]),
        relatedness=st.floats(0, 1),
    )
)


def bundled(table: str) -> list[dict[str, str]]:
    text = files("recommender").joinpath(f"data/shenzhen/{table}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@pytest.fixture(scope="module")
def taxonomy() -> Taxonomy:
    return Taxonomy(CLUSTERS, [RELATED])


@pytest.fixture(scope="module")
def shenzhen() -> Taxonomy:
    clusters = [
        IndustryCluster(
            cluster_id=row["cluster_id"],
            name=row["name"],
            english_name=row["english_name"],
            aliases=tuple(row["aliases"].split("|")),
        )
        for row in bundled("clusters")
    ]
    pairs = [
        ClusterRelation(
            cluster_id=row["cluster_id"],
            related_cluster_id=row["related_cluster_id"],
            relatedness=float(row["relatedness"]),
        )
        for row in bundled("cluster_relations")
    ]
    return Taxonomy(clusters, pairs)


@pytest.mark.parametrize(
    "name",
    [
        "intelligent-robots",
        "智能机器人",
        "智能機器人",
        " 智能机器人\n",
        "Intelligent Robots",
        "INTELLIGENT  ROBOTS",
        "机器人",
        "機器人",
        "agv",
        "ＡＧＶ",
    ],
)
def test_a_cluster_is_found_by_id_name_english_name_and_alias(taxonomy: Taxonomy, name: str) -> None:
    assert taxonomy.find(name) is ROBOTS


def test_a_cluster_s_own_name_goes_before_another_s_alias(taxonomy: Taxonomy) -> None:
    assert taxonomy.find("tools") is TOOLS


def test_an_alias_of_two_clusters_is_the_first_one_s(taxonomy: Taxonomy) -> None:
    assert taxonomy.find("自动化") is ROBOTS


@pytest.mark.parametrize("name", ["机器", "餐饮", "", "  ", "智能机器人。"])
def test_other_names_are_not_found(taxonomy: Taxonomy, name: str) -> None:
    assert taxonomy.find(name) is None


def test_suggestions_are_names_spelt_alike_best_first_each_once(taxonomy: Taxonomy) -> None:
    assert taxonomy.suggest("智能机器") == ["智能机器人"]
    assert taxonomy.suggest("量子信號")[0] == "量子信息"
    assert taxonomy.suggest("工業母雞", limit=1) == ["工业母机"]
    assert taxonomy.suggest("zzzz") == []


def test_ids_and_names_keep_the_order_of_the_clusters(taxonomy: Taxonomy) -> None:
    assert taxonomy.cluster_ids == ("intelligent-robots", "machine-tools", "quantum")
    assert [taxonomy.name_of(cluster_id) for cluster_id in taxonomy.cluster_ids] == [
        "智能机器人",
        "工业母机",
        "量子信息",
    ]


def test_a_relation_holds_both_ways(taxonomy: Taxonomy) -> None:
    assert taxonomy.relatedness.tolist() == [[1, 0.6, 0], [0.6, 1, 0], [0, 0, 1]]


def test_a_taxonomy_without_clusters_relates_nothing() -> None:
    empty = Taxonomy(())

    assert empty.relatedness.shape == (0, 0)
    assert empty.find("机器人") is None
    assert empty.suggest("机器人") == []


@settings(deadline=None)  # the first example waits for an import or a table
@given(pairs=relations)
def test_relatedness_is_symmetric_within_zero_and_one_and_whole_to_itself(pairs: list[ClusterRelation]) -> None:
    matrix = Taxonomy(CLUSTERS, pairs).relatedness

    assert (matrix == matrix.T).all()
    assert ((matrix >= 0) & (matrix <= 1)).all()
    assert (np.diag(matrix) == 1).all()


def test_the_bundled_clusters_are_twenty_and_eight() -> None:
    assert Counter(row["group"] for row in bundled("clusters")) == {"strategic": 20, "future": 8}


def test_every_name_of_a_bundled_cluster_finds_it_and_no_other(shenzhen: Taxonomy) -> None:
    for cluster in shenzhen.clusters:
        for name in (cluster.cluster_id, cluster.name, str(cluster.english_name), *cluster.aliases):
            assert shenzhen.find(name) is cluster, name


def test_every_bundled_cluster_is_related_to_another_and_none_completely(shenzhen: Taxonomy) -> None:
    others = shenzhen.relatedness - np.eye(len(shenzhen.clusters))

    assert (others.max(axis=1) > 0).all()
    assert others.max() < 1
    assert (shenzhen.relatedness == shenzhen.relatedness.T).all()


def test_bundled_relations_name_each_pair_once() -> None:
    pairs = [frozenset((row["cluster_id"], row["related_cluster_id"])) for row in bundled("cluster_relations")]

    assert all(len(pair) == 2 for pair in pairs)
    assert len(pairs) == len(set(pairs))


@pytest.mark.parametrize(
    ("name", "level"),
    [
        ("学徒工", SkillLevel.APPRENTICE),
        ("學徒", SkillLevel.APPRENTICE),
        ("初级工", SkillLevel.JUNIOR),
        ("五级", SkillLevel.JUNIOR),
        ("五级/初级工", SkillLevel.JUNIOR),
        ("中级工", SkillLevel.INTERMEDIATE),
        ("四级工", SkillLevel.INTERMEDIATE),
        ("四級/中級工", SkillLevel.INTERMEDIATE),
        ("intermediate", SkillLevel.INTERMEDIATE),
        ("高级工", SkillLevel.SENIOR),
        ("高級工", SkillLevel.SENIOR),
        ("高级", SkillLevel.SENIOR),
        ("三级", SkillLevel.SENIOR),
        ("三級", SkillLevel.SENIOR),
        ("三级/高级工", SkillLevel.SENIOR),
        ("高级工/三级", SkillLevel.SENIOR),
        ("高级工 / 三级", SkillLevel.SENIOR),
        ("高级工、三级", SkillLevel.SENIOR),
        ("三级／高级工", SkillLevel.SENIOR),
        ("高级工（三级）", SkillLevel.SENIOR),
        ("三级 (高级工)", SkillLevel.SENIOR),
        ("Senior", SkillLevel.SENIOR),
        ("senior worker", SkillLevel.SENIOR),
        (" SENIOR\n", SkillLevel.SENIOR),
        ("技师", SkillLevel.TECHNICIAN),
        ("二级/技师", SkillLevel.TECHNICIAN),
        ("technician", SkillLevel.TECHNICIAN),
        ("高级技师", SkillLevel.SENIOR_TECHNICIAN),
        ("一级", SkillLevel.SENIOR_TECHNICIAN),
        ("高級技師/一級", SkillLevel.SENIOR_TECHNICIAN),
        ("senior_technician", SkillLevel.SENIOR_TECHNICIAN),
        ("Senior Technician", SkillLevel.SENIOR_TECHNICIAN),
        ("特级技师", SkillLevel.SPECIAL_TECHNICIAN),
        ("special_technician", SkillLevel.SPECIAL_TECHNICIAN),
        ("首席技师", SkillLevel.CHIEF_TECHNICIAN),
        ("Chief Technician", SkillLevel.CHIEF_TECHNICIAN),
    ],
)
def test_a_skill_level_is_read_as_people_write_it(name: str, level: SkillLevel) -> None:
    assert parse_skill_level(name) is level


@pytest.mark.parametrize(
    "name",
    [
        "三级/中级工",
        "高级工/技师",
        "三级/四级",
        "三级/",
        "三级（中级工）",
        "(三级)",
        "/",
        "",
        " ",
        "六级",
        "零级",
        "master",
        "高级工程师",
        "3",
    ],
)
def test_contradictory_and_unknown_skill_levels_are_none(name: str) -> None:
    assert parse_skill_level(name) is None


def test_every_level_has_names_of_its_own_lowest_first() -> None:
    names = [
        normalise(name)
        for level in skill_levels().values()
        for name in {level.level.value, level.name, level.english_name, *level.aliases}
    ]

    assert list(skill_levels()) == list(SkillLevel)
    assert len(names) == len(set(names))
