"""What the doctor says of the data: every finding counted, at most three named, learners never."""

import datetime
from pathlib import Path

import pytest

from recommender.doctor import Finding, Severity, examine_data
from recommender.doctor.parts import SPARE_BYTES, room
from recommender.domain import Catalogue, Learner
from tests.handmade import SITES, catalogue, course, site, taught
from tests.networks import TODAY, random_catalogue

YESTERDAY = TODAY - datetime.timedelta(days=1)
WELL = {"description": "怎样安全地开叉车。"}
GOOD = [course("forklift", **WELL)]
CLASSES = [taught("forklift-1", "forklift", "at-0")]
PLACED = tuple(one for one in SITES if one.site_id != "lost")


def said(content: Catalogue) -> list[Finding]:
    return list(examine_data(content, today=TODAY))


def sentence(content: Catalogue, word: str) -> str:
    """Return the one note with `word` in it."""
    [found] = [finding for finding in said(content) if word in finding.message.zh]
    assert found.severity is Severity.NOTE
    return found.message.zh


def test_sound_data_are_said_to_be_sound() -> None:
    [finding] = said(catalogue(GOOD, CLASSES, sites=PLACED))
    assert finding.severity is Severity.SOUND


def test_without_places_or_an_open_class_nothing_can_be_answered() -> None:
    [nowhere] = said(catalogue(GOOD, CLASSES, sites=PLACED, places=()))
    assert nowhere.severity is Severity.WRONG
    assert "places" in nowhere.message.zh

    for closed in (
        [],
        [taught("a", "forklift", "at-0", seats=3, enrolled=3)],
        [taught("a", "forklift", "at-0", end_date=YESTERDAY)],
        [taught("a", "forklift", "at-0", enrolment_deadline=YESTERDAY)],
        [taught("a", "forklift", "shut")],
    ):
        first = said(catalogue(GOOD, closed, sites=PLACED))[0]
        assert first.severity is Severity.WRONG
        assert "没有一个班次可以报名" in first.message.zh
    today_is_in_time = taught("a", "forklift", "at-0", end_date=TODAY, enrolment_deadline=TODAY)
    assert said(catalogue(GOOD, [today_is_in_time], sites=PLACED))[0].severity is Severity.SOUND


def test_a_site_without_a_point_is_named() -> None:
    assert sentence(catalogue(GOOD, CLASSES), "没有位置").startswith("1 个阵地没有位置")
    assert "lost" in sentence(catalogue(GOOD, CLASSES), "没有位置")


def test_a_course_without_a_class_a_text_or_an_open_class_is_named() -> None:
    full = course("full", **WELL)
    rejected = course("rejected", approval="rejected", **WELL)
    content = catalogue(
        [*GOOD, course("bare", **WELL), course("mute"), full, rejected],
        [*CLASSES, taught("m", "mute"), taught("f", "full", seats=1, enrolled=1), taught("r", "rejected")],
        sites=PLACED,
    )
    assert sentence(content, "没有班次").endswith("（bare）")
    assert sentence(content, "没有介绍").endswith("（mute）")
    assert sentence(content, "没有一个班次可以报名").endswith("（full）")  # rejected ones are not to be


def test_a_class_that_is_over_or_overfull_is_named() -> None:
    over, overfull = taught("over", "forklift", end_date=YESTERDAY), taught("crowd", "forklift", seats=2, enrolled=3)
    just_full = taught("full", "forklift", seats=2, enrolled=2)
    content = catalogue(GOOD, [*CLASSES, over, overfull, just_full], sites=PLACED)
    assert sentence(content, "已经结束").endswith("（over）")
    assert sentence(content, "超过名额").endswith("（crowd）")


def test_learners_are_counted_and_never_named() -> None:
    people = (
        Learner(learner_id="secret-1", place="东山区"),
        Learner(learner_id="secret-2", goal="叉车"),
        Learner(learner_id="secret-3", industry="robots", latitude=22.45, longitude=114.0),
    )
    content = catalogue(GOOD, CLASSES, sites=PLACED, learners=people)
    assert sentence(content, "无法推荐").startswith("1 名学员")
    assert sentence(content, "不计远近").startswith("1 名学员")
    assert not any("secret" in line for finding in said(content) for line in finding.message)


@pytest.mark.parametrize(("number", "shown"), [(1, "s-0）"), (3, "s-0、s-1、s-2）"), (4, "s-0、s-1、s-2 等）")])
def test_at_most_three_are_named(number: int, shown: str) -> None:
    lost = tuple(site(f"s-{each}", None) for each in range(number))
    told = sentence(catalogue(GOOD, CLASSES, sites=(*PLACED, *lost)), "没有位置")
    assert told.startswith(f"{number} 个")
    assert told.endswith(shown)


@pytest.mark.parametrize("seed", range(6))
def test_any_catalogue_is_examined_in_both_languages(seed: int) -> None:
    for finding in said(random_catalogue(seed)):
        counts = ["".join(filter(str.isdigit, line.split(" ")[0])) for line in finding.message]
        assert counts[0] == counts[1]
        assert all(finding.message)


def test_a_disk_with_no_room_for_another_snapshot_is_wrong() -> None:
    assert room(Path("state"), SPARE_BYTES + 5, 5).severity is Severity.SOUND
    short = room(Path("state"), SPARE_BYTES + 4, 5)
    assert short.severity is Severity.WRONG
    assert "JINXUE_STATE" in short.message.zh
