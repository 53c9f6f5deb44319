"""What a validation error means, said in both languages: one table for files and HTTP alike."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic_core import ErrorDetails

from recommender.errors import FieldProblem
from recommender.language import Bilingual
from recommender.privacy import PERSONAL_FIELD_NAME, Kind

# pydantic's error type → sentence; the fields in braces are those of the error's `ctx`
_SENTENCES: Mapping[str, Bilingual] = {
    "missing": Bilingual("此项必填。", "This field is required."),
    "missing_argument": Bilingual("此项必填。", "This field is required."),
    "missing_keyword_only_argument": Bilingual("此项必填。", "This field is required."),
    "extra_forbidden": Bilingual("没有这个字段，请检查拼写。", "There is no such field; check its spelling."),
    "invalid_key": Bilingual("字段名应为文字。", "The name of a field must be text."),
    "unexpected_keyword_argument": Bilingual(
        "没有这个字段，请检查拼写。", "There is no such field; check its spelling."
    ),
    "enum": Bilingual("应为以下之一：{expected}。", "Expected one of {expected}."),
    "literal_error": Bilingual("应为以下之一：{expected}。", "Expected one of {expected}."),
    "string_type": Bilingual("应为文字。", "Expected text."),
    "string_unicode": Bilingual(
        "文字中有无法识别的字符（单独的代理码位）。", "The text holds an invalid character (a lone surrogate)."
    ),
    "control_character": Bilingual("文字中不能有控制字符。", "Control characters are not allowed in text."),
    "string_too_short": Bilingual(
        "不能为空，至少 {min_length} 个字符。", "Must not be empty: at least {min_length} character(s)."
    ),
    "string_too_long": Bilingual("太长，最多 {max_length} 个字符。", "Too long: at most {max_length} characters."),
    "too_long": Bilingual("太多，最多 {max_length} 项。", "Too many: at most {max_length} items."),
    "too_short": Bilingual("太少，至少 {min_length} 项。", "Too few: at least {min_length} item(s)."),
    "int_type": Bilingual("应为整数。", "Expected a whole number."),
    "int_parsing": Bilingual("应为整数。", "Expected a whole number."),
    "int_parsing_size": Bilingual("数字太大。", "The number is too large."),
    "int_from_float": Bilingual("应为整数，不能有小数。", "Expected a whole number, without a fraction."),
    "float_type": Bilingual("应为数字。", "Expected a number."),
    "float_parsing": Bilingual("应为数字。", "Expected a number."),
    "finite_number": Bilingual(
        "应为有限的数字，不能是 NaN 或无穷大。", "Expected a finite number, not NaN or infinity."
    ),
    "bool_type": Bilingual("应为 true 或 false。", "Expected true or false."),
    "bool_parsing": Bilingual("应为 true 或 false。", "Expected true or false."),
    "greater_than_equal": Bilingual("不能小于 {ge}。", "Must be at least {ge}."),
    "greater_than": Bilingual("必须大于 {gt}。", "Must be greater than {gt}."),
    "less_than_equal": Bilingual("不能大于 {le}。", "Must be at most {le}."),
    "less_than": Bilingual("必须小于 {lt}。", "Must be less than {lt}."),
    "date_type": Bilingual("应为日期，如 2026-03-01。", "Expected a date such as 2026-03-01."),
    "date_parsing": Bilingual("应为日期，如 2026-03-01。", "Expected a date such as 2026-03-01."),
    "date_from_datetime_parsing": Bilingual("应为日期，如 2026-03-01。", "Expected a date such as 2026-03-01."),
    "date_from_datetime_inexact": Bilingual("应为日期，不带时刻。", "Expected a date without a time."),
    "list_type": Bilingual("应为列表。", "Expected a list."),
    "tuple_type": Bilingual("应为列表。", "Expected a list."),
    "dict_type": Bilingual("应为对象。", "Expected an object."),
    "model_type": Bilingual("应为对象。", "Expected an object."),
    "model_attributes_type": Bilingual("应为 JSON 对象。", "Expected a JSON object."),
    "dataclass_type": Bilingual("应为对象。", "Expected an object."),
    "json_invalid": Bilingual("不是有效的 JSON：{error}。", "Not valid JSON: {error}."),
    "half_a_point": Bilingual(
        "纬度和经度须同时给出。", "Latitude and longitude belong together: give both or neither."
    ),
    "point_or_place": Bilingual(
        "请给出经纬度或地名 place，二者取一。", "Give either latitude and longitude, or place."
    ),
    "no_weight": Bilingual("权重不能全为零。", "At least one weight must be greater than zero."),
    "empty_profile": Bilingual(
        "目标 goal、职业 occupation、行业 industry 至少填写一项。",
        "Give at least one of goal, occupation and industry.",
    ),
    "empty_need": Bilingual("需求 needs 与行业 industry 至少填写一项。", "Give at least one of needs and industry."),
    "ends_before_start": Bilingual("end_date 早于 start_date。", "end_date lies before start_date."),
    "site_missing": Bilingual("除线上班次外须填写 site_id。", "site_id is needed unless the mode is online."),
    "bounds_missing": Bilingual("城市须给出 south、west、north、east。", "The city needs south, west, north and east."),
    "level_fit_incomplete": Bilingual(
        "level_fit 须给出 -7 到 7 的每一级。", "level_fit needs every step from -7 to 7."
    ),
    "no_network": Bilingual(
        "应为以逗号分隔的 IP 地址或网段，如 10.0.0.0/8。",
        "Expected IP addresses or networks, separated by commas, such as 10.0.0.0/8.",
    ),
    "string_pattern_mismatch": Bilingual("格式不符，应符合 {pattern}。", "Expected something like {pattern}."),
    "unknown_timezone": Bilingual(
        "没有这个时区，应如 Asia/Shanghai。", "There is no such time zone; expected one such as Asia/Shanghai."
    ),
    "personal_field_name": PERSONAL_FIELD_NAME,
    **{kind.value: kind.message for kind in Kind},
}
_LATITUDE_TOO_LARGE = Bilingual(
    "不能大于 {le}；请检查是否与经度写反了。",
    "Must be at most {le}; check that it is not exchanged with the longitude.",
)


def explain(error: ErrorDetails | Mapping[str, Any]) -> Bilingual:
    """Return what `error` (one entry of `ValidationError.errors()`) means; never echoes the input."""
    sentence = _SENTENCES.get(error["type"])
    if error["type"] == "less_than_equal" and error["loc"][-1:] == ("latitude",):
        sentence = _LATITUDE_TOO_LARGE
    if sentence is None:
        return Bilingual(f"不符合要求（{error['type']}）。", f"{error['msg']}.")
    context = {key: _shown(value).replace(" or ", ", ") for key, value in error.get("ctx", {}).items()}
    return Bilingual(sentence.zh.format(**context), sentence.en.format(**context))


def _shown(value: object) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def long_texts(fields: Mapping[str, Any], longest: int) -> list[FieldProblem]:
    """Return what is wrong with each text in `fields`, however deep, that has more than `longest` characters."""
    message = Bilingual(f"太长，最多 {longest} 个字符。", f"Too long: at most {longest} characters.")
    return [FieldProblem(field, message) for field, text in _texts(fields, "") if len(text) > longest]


def _texts(value: Any, where: str) -> Iterator[tuple[str, str]]:
    """Yield all texts in `value`, each with the name of its field."""
    if isinstance(value, str):
        yield where, value
    elif isinstance(value, Mapping):
        for name, part in value.items():
            yield from _texts(part, f"{where}.{name}" if where else str(name))
    elif isinstance(value, Sequence) and not isinstance(value, bytes):
        for number, part in enumerate(value):
            yield from _texts(part, f"{where}.{number}")
