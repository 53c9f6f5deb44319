"""What says who somebody is, or how to reach them, is seen; what only looks a little like it is not."""

import csv
import dataclasses
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

import recommender
from recommender.domain import Catalogue, Datum, Enterprise, Learner
from recommender.errors import InvalidRequest, NotFound
from recommender.privacy import Kind, found, is_opaque
from recommender.profiles import enterprise_request, learner_request, parse_request
from recommender.requests import AudienceRequest, EnterpriseRequest, LearnerRequest, Location
from recommender.validation import explain
from tests.planting import cards, checked, landlines, mobiles, personal, planted

SEEN = {
    Kind.PHONE: (
        "13812345678|１３８１２３４５６７８|+86 138-1234-5678|0086 13812345678|(+86)13812345678|+86(138)12345678|8613812345678|138 1234 5678|"
        "138.1234.5678|138—1234—5678|138 123 45678|1381 234 5678|电话13812345678转张工|u13812345678|138\u200b12345678|0755-12345678|"
        "（0755）26543210|0755 2654 3210|075526543210|010-62345678|0451-2234567|+86-755-26543210|+852 2345 6789|00852-23456789|"
        "+853 6612 3456|+1 (415) 555-2671|+44 20 7946 0958|电话：26543210|Tel: 2654 3210"
    ),
    Kind.ID_CARD: (
        "440301199003071234|44030119900307123X|44030119900307123x|440301 19900307 1234|身份证440301199003071234，|"
        "４４０３０１１９９００３０７１２３４|110105491231002"
    ),
    Kind.EMAIL: "zhang.wei@qq.com|123456@qq.com|邮箱a_b@mail.example.com.cn。|ｚｗ＠qq.com",
    Kind.NAME: (
        "我叫张伟|我叫欧阳锋，想学电工|我叫李小红想学电工|我叫張偉|我的名字叫王芳|名字是王芳|姓名：张伟|姓名 张伟|姓名张伟，|联系人：王先生|联系人王女士|"
        "聯絡人：陳先生|联系人：陈建国 电话|本人张伟，想学电工|本人李小红，女|本人姓名：李强|My name is John|my name is Zhang Wei|name: Zhang Wei|"
        "Name: Wei Zhang|name: 张伟"
    ),
}
NOT_SEEN = (
    "应老师|车工|管工|张师傅|王老师的课|6ES7 214-1AG40-0XB0|GB/T 13869-2017|2026-03-01 10:00|2026-03-01 10:00-12:00|FANUC 0i-MF|+14d|"
    "0 986 479 R33|0445110059|ISBN 978-7-111-13812-3|9787111138123|6901234567892|20260301103000|1700000000000|13812345678901|3138123456789|"
    "22.138123456789|113.13812345678|13812345678.5|learner-0001|550e8400-e29b-41d4-a716-446655440000|a3f13812345678b2c1|550e8400-e29b-41d4-a716-e13812345678|13812345678abcdef01|SKU13812345678Q|SN440301199003071234Z|440301199013451234|"
    "440301199002301234|91440300708461136T|914403001922038216|400-123-4567|热线 12351|6-18-01-01|SKF 6205-2RS|1500 rpm|手机维修|电话销售|"
    "本人高中毕业，想学电工|本人从事电工|本人毕业，|本人曾任班组长，|本人是车工，|本人江西人，|本人施工员，|姓名和电话|客户姓名录入|联系人管理，|我叫车|"
    "名字是石油，|名字：安全生产|负责人安全培训|项目负责人任职资格|本人30岁|company name: Li Auto|user name is required|My name is on the list|"
    "hub@pingshan|team-leader-training@hub-pingshan-1|@|"
)


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in SEEN.items() for text in texts.split("|")])
def test_what_says_who_somebody_is_is_seen(kind: Kind, text: str) -> None:
    assert found(text) is kind
    assert found(f"周末有空，{text}") is kind


@pytest.mark.parametrize("text", NOT_SEEN.split("|"))
def test_trades_and_codes_and_dates_are_not_taken_for_people(text: str) -> None:
    assert found(text) is None


@settings(max_examples=300, deadline=None)
@given(number=mobiles | landlines)
def test_every_phone_number_is_seen(number: str) -> None:
    assert found(f"想学电工，{number}，周末") is Kind.PHONE


@settings(max_examples=300, deadline=None)
@given(number=cards, wrong=st.sampled_from("0123456789Xx"))
def test_every_card_is_seen_and_with_a_wrong_check_digit_too(number: str, wrong: str) -> None:
    assert found(number) is Kind.ID_CARD
    assert found(f"编号{number[:-1]}{wrong}。") is Kind.ID_CARD


def test_check_digits_are_those_of_the_standard() -> None:
    assert checked("11010519491231002") == "11010519491231002X"


@settings(max_examples=200, deadline=None)
@given(value=st.uuids().map(str) | st.binary(min_size=16, max_size=32).map(bytes.hex) | st.dates().map(str))
def test_uuids_and_hashes_are_opaque(value: str) -> None:
    assert is_opaque(value)


@pytest.mark.parametrize("learner_id", ["learner-0001", "a.b:c@d", "7", "L_9"])
def test_an_opaque_id_is_letters_digits_and_a_few_signs(learner_id: str) -> None:
    assert is_opaque(learner_id)


@pytest.mark.parametrize(
    "learner_id", ["", "张伟", "a/b", "a b", "x|y", "é", "１２", "13812345678", "u-13812345678", "zw@qq.com"]
)
def test_an_id_that_tells_who_it_is_is_not_opaque(learner_id: str) -> None:
    assert not is_opaque(learner_id)


def test_nothing_is_found_in_what_is_shipped() -> None:
    folder = Path(recommender.__file__).parent / "data"
    files = [path.read_text(encoding="utf-8") for path in folder.rglob("*.*") if path.suffix != ".pyc"]
    texts = [line for text in files for line in text.splitlines()]
    texts += [cell for text in files for row in csv.reader(text.splitlines()) for cell in row]

    assert len(texts) > 50_000
    assert [text for text in texts if found(text)] == []


def test_bundled_learners_have_opaque_ids(bundled_catalogue: Catalogue) -> None:
    assert all(is_opaque(learner.learner_id) for learner in bundled_catalogue.learners)


LISTING: dict[str, Any] = {
    "location": {"place": "坪山区"},
    "weights": {"meaning": 1},
    "modes": ["online"],
    "schedules": ["weekend"],
    "starts_by": "2026-06-30",
    "language": "en",
    "k": 3,
}
BODIES: tuple[tuple[type[BaseModel], dict[str, Any]], ...] = (
    (
        LearnerRequest,
        {
            "industry": "x",
            "occupation": "焊工",
            "skill_level": "x",
            "goal": "x",
            "completed_course_ids": ["a"],
            **LISTING,
        },
    ),
    (EnterpriseRequest, {"industry": "x", "needs": "叉车", "skill_level": "x", "headcount": 3, **LISTING}),
    (AudienceRequest, {"instance_id": "x", "k": 3}),
    (Location, {"place": "x", "datum": "gcj02"}),
)


@pytest.mark.parametrize(("model", "body"), BODIES, ids=[model.__name__ for model, _ in BODIES])
@settings(max_examples=60, deadline=None)
@given(text=personal)
def test_no_field_of_a_request_takes_it_and_no_error_repeats_it(
    model: type[BaseModel], body: dict[str, Any], text: str
) -> None:
    model.model_validate(body)
    for place, one in planted(body, text):
        with pytest.raises(ValidationError) as refused:
            model.model_validate(one)
        for error in refused.value.errors():
            told = explain(error)
            assert text not in f"{error['loc']}{told.zh}{told.en}", place


def test_a_request_is_told_what_was_found() -> None:
    with pytest.raises(InvalidRequest) as refused:
        parse_request({"goal": "想学电工，电话13812345678", "occupation": "我叫张伟"})
    assert [(one.field, one.message) for one in refused.value.problems] == [
        ("occupation", Kind.NAME.message),
        ("goal", Kind.PHONE.message),
    ]


def test_what_was_stored_before_the_rule_can_still_be_asked_for() -> None:
    goal = "电话13812345678"
    assert learner_request(Learner(learner_id="张伟", goal=goal)).goal == goal
    assert enterprise_request(Enterprise(enterprise_id="x", name="厂", needs=goal)).needs == goal


@given(latitude=st.floats(-90, 90), longitude=st.floats(-180, 180), datum=st.sampled_from(list(Datum)))
def test_nothing_finer_than_three_decimals_exists_of_a_learner(latitude: float, longitude: float, datum: Datum) -> None:
    learner = Learner(learner_id="x", latitude=latitude, longitude=longitude, datum=datum)

    assert learner == dataclasses.replace(learner, latitude=round(latitude, 3), longitude=round(longitude, 3))
    assert learner.latitude == round(latitude, 3) == pytest.approx(latitude, abs=0.0005001)
    assert learner.longitude == round(longitude, 3) == pytest.approx(longitude, abs=0.0005001)


@pytest.mark.parametrize(("field", "value"), [("learner_id", "somebody"), ("course_id", "c-13812345678")])
def test_what_is_not_found_is_not_repeated_when_it_may_be_somebody(field: str, value: str) -> None:
    error = NotFound(field, value)
    assert value not in f"{error} {error.message.zh} {error.message.en}"
    assert "welding" in NotFound("course_id", "welding").message.zh
