"""Whether the bundled encoder understands what workers mean: 330 pairs that must be near, and 330 that must not, written apart from what it learned from.

The pairs were written apart from the knowledge base, by somebody who had not seen it; 48 of the near ones and 17 of the others stand in it all the same.
"""

import csv
import datetime
from pathlib import Path

import numpy as np
import pytest

from recommender.blocks.text import TextBlock
from recommender.matcher import Matcher
from recommender.requests import LearnerRequest
from recommender.snapshot import Snapshot

PAIRS = Path(__file__).parent / "data_sets" / "word_pairs.csv"
RECORDED = 0.95  # share on the right side of 0.5 when the present model was trained


@pytest.fixture(scope="module")
def meaning(bundled_snapshot: Snapshot) -> TextBlock:
    return bundled_snapshot.meaning


def values(meaning: TextBlock, lefts: list[str], rights: list[str]) -> np.ndarray:
    """Return the calibrated meaning of each pair."""
    cosines = np.einsum("ij,ij->i", meaning.space.encode_queries(lefts), meaning.space.encode_queries(rights))
    return meaning.calibration.slope * cosines + meaning.calibration.intercept


def test_words_for_the_same_are_near_and_look_alikes_are_not(meaning: TextBlock) -> None:
    with PAIRS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    near = np.array([row["near"] == "1" for row in rows])
    found = values(meaning, [row["left"] for row in rows], [row["right"] for row in rows])
    assert near.sum() >= 300
    assert (~near).sum() >= 300
    assert ((found >= 0.5) == near).mean() >= RECORDED


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("数控", "CNC"),
        ("电焊", "焊接"),
        ("抖音", "短视频运营"),
        ("想学修机器人", "工业机器人系统运行与维护"),
        ("PLC", "可编程控制器"),
        ("数控車床", "数控车床"),
        ("管人", "班组长培训"),
    ],
)
def test_what_a_worker_says_is_understood(meaning: TextBlock, said: str, meant: str) -> None:
    assert values(meaning, [said], [meant])[0] >= 0.5


@pytest.mark.parametrize(("one", "other"), [("制冷", "制图"), ("电工", "电商"), ("护理", "管理")])
def test_look_alikes_are_told_apart(meaning: TextBlock, one: str, other: str) -> None:
    assert values(meaning, [one], [other])[0] < 0.5


def test_a_warehouse_worker_who_wants_to_lead_people_is_shown_team_leading(
    matcher: Matcher, today: datetime.date
) -> None:
    request = LearnerRequest(goal="管人", occupation="仓库管理员", location={"place": "龙岗区平湖街道"}, k=3)
    titles = [item["course"]["title"] for item in matcher.recommend(request, today=today)["items"]]
    assert any("班组长" in title for title in titles), titles
