"""What is publicly known of the network, as requests: whoever received or offered a course is shown that course near the top."""

import datetime

import pytest

from recommender.matcher import Matcher
from recommender.profiles import enterprise_request
from recommender.requests import LearnerRequest

TOP = 5
RECEIVED = [  # an enterprise of the network, the course that was taken to it or that it offers, the need in plain words
    ("luohu-union", "big-data-analysis", "想请老师来给职工讲数据分析"),
    ("luohu-union", "python-ai-programming", "职工想学 Python 编程和人工智能"),
    ("creality-3d", "big-data-analysis", "研发和售后想学大数据分析"),
    ("creality-3d", "python-ai-programming", "想请讲师到公司教人工智能编程"),
    ("shenzhen-bus-union", "team-leader-training", "车队班组长的培训"),
    ("fujifilm-manufacturing", "team-leader-training", "给生产线的班组长上课"),
    ("tcl-csot", "team-leader-training", "基层班组长的管理能力"),
    ("longgang-union", "ai-xiaohongshu-operation", "想学小红书运营，用 AI 写笔记"),
    ("longgang-union", "ai-short-video-making", "用 AI 做短视频"),
    ("dapeng-union-centre", "ai-short-video-making", "职工想学拍短视频、用 AI 剪辑"),
    ("dapeng-union-centre", "business-etiquette", "接待客人的礼仪"),
    ("futian-library", "makeup-and-beauty", "女职工想学化妆"),
    ("futian-library", "business-etiquette", "窗口人员的礼仪培训"),
    ("skyworth-rgb", "business-etiquette", "销售人员的商务礼仪"),
    ("skyworth-rgb", "ai-short-video-making", "用 AI 制作产品短视频"),
    ("skyworth-rgb", "ai-xiaohongshu-operation", "在小红书上做产品推广"),
    ("foxconn", "humanoid-robot-application", "培养会调试人形机器人的人"),
    ("sunwoda", "machine-repair-fitter-level-three", "保全人员要考机修钳工高级工"),
    ("sunwoda", "mechatronics-dual-system", "员工边上班边读机电一体化大专"),
    ("sunwoda", "industrial-robot-application", "工业机器人技术应用，办圆梦工匠班"),
    ("shenzhen-power-supply", "quality-standards-power-supply", "培养懂质量标准的人才"),
    ("mtc-zhaochi", "quality-standards-electronics", "检验人员的质量标准培训"),
    ("machinery-association", "quality-standards-machinery", "机械行业质量标准人才培训"),
]
STORED = [(enterprise, course) for enterprise, course, _ in RECEIVED]
TAUGHT = [  # what a worker would say, where from, the course
    ("想学工业机器人系统的运行与维护", "坪山区坑梓街道", "industrial-robot-system-maintenance"),
    ("想学工业机器人的操作和维修", "坪山区坑梓街道", "industrial-robot-system-maintenance"),
    ("人形机器人怎么调试", "龙华区龙华街道", "humanoid-robot-application"),
    ("想考机修钳工三级", "宝安区石岩街道", "machine-repair-fitter-level-three"),
    ("机电一体化高起专", "宝安区石岩街道", "mechatronics-dual-system"),
    ("圆梦工匠班，工业机器人技术应用", "宝安区石岩街道", "industrial-robot-application"),
]


def rank(answer: dict, course_id: str) -> int:
    """Return the course's rank, 101 when it is not among the first hundred."""
    ids = [item["course"]["course_id"] for item in answer["items"]]
    return ids.index(course_id) + 1 if course_id in ids else 101


@pytest.mark.parametrize(("enterprise_id", "course_id", "needs"), RECEIVED)
def test_an_enterprise_that_says_its_need_in_plain_words_is_shown_what_it_received(
    matcher: Matcher, today: datetime.date, enterprise_id: str, course_id: str, needs: str
) -> None:
    enterprise = matcher.snapshot.network.enterprises[enterprise_id]
    request = enterprise_request(enterprise, k=100).model_copy(update={"needs": needs})

    assert rank(matcher.recommend(request, today=today), course_id) <= TOP


@pytest.mark.parametrize(("goal", "place", "course_id"), TAUGHT)
def test_a_worker_who_names_what_is_taught_nearby_is_shown_it(
    matcher: Matcher, today: datetime.date, goal: str, place: str, course_id: str
) -> None:
    request = LearnerRequest(goal=goal, location={"place": place}, k=100)

    assert rank(matcher.recommend(request, today=today), course_id) <= TOP


def test_the_stored_enterprises_needs_which_never_name_a_course_lead_to_most_of_them(
    matcher: Matcher, today: datetime.date
) -> None:
    ranks = {pair: rank(matcher.recommend_to_enterprise(pair[0], today=today, k=100), pair[1]) for pair in STORED}
    found = [pair for pair, place in ranks.items() if place <= TOP]

    assert len(found) >= 14, ranks  # of 23, among 997 courses of which many teach the same nearer by
