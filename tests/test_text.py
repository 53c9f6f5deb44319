"""The normal form makes scripts, widths, case and blanks indifferent."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opencc import OpenCC

from recommender.text import normalise

SENTENCES = (
    "三坐标测量与校准",
    "卫生间清洁与环卫车驾驶",
    "柜台导购、台面工",
    "运动想象数据标注",
    "数控机床操作与维修，面向车间里的机床操作工",
    "发那科机器人码垛与上下料编程",
    "干燥剂、干部培训、后勤、里程、复盖与覆盖",
    "广东省深圳市龙岗区坂田街道",
)


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("", ""),
        (" \n\t\u3000 ", ""),
        ("ＰＬＣ　编程", "plc 编程"),
        ("  UG\n\n自己 \t出刀路 ", "ug 自己 出刀路"),
        ("５Ｇ基站①", "5g基站1"),
        ("①②③", "123"),
        ("機器人設備維護員", "机器人设备维护员"),
        ("龍崗區", "龙岗区"),
        ("Mini LED", "mini led"),
        ("ﾛﾎﾞｯﾄ", "ロボット"),
        ("（三级）", "(三级)"),
    ],
)
def test_a_text_has_one_normal_form(text: str, normal: str) -> None:
    assert normalise(text) == normal


@pytest.mark.parametrize("script", ["s2t", "s2hk"])
@pytest.mark.parametrize("sentence", SENTENCES)
def test_traditional_and_simplified_are_the_same(sentence: str, script: str) -> None:
    assert normalise(OpenCC(script).convert(sentence)) == normalise(sentence)


@pytest.mark.parametrize("sentence", SENTENCES)
def test_simplified_text_stays_as_it_is_but_for_width(sentence: str) -> None:
    assert normalise(sentence) == sentence.replace("，", ",")


@settings(deadline=None)  # the first example waits for an import or a table
@given(text=st.text())
def test_a_normal_form_is_its_own_normal_form(text: str) -> None:
    once = normalise(text)

    assert normalise(once) == once
    assert once == once.strip()
    assert "  " not in once
