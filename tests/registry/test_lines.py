"""A stream of lines: whatever is in one of them, it is told of that line alone."""

import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.errors import InvalidRequest
from recommender.registry import Action
from recommender.registry.lines import LONGEST, Line, read_lines

GOOD = b'{"type": "learner", "learner_id": "x", "goal": "\xe7\x94\xb5\xe5\xb7\xa5"}'


def lines_of(content: bytes) -> list[Line]:
    return list(read_lines(io.BytesIO(content)))


def refused(content: bytes) -> str:
    """Return the field that the only line is refused for."""
    (line,) = lines_of(content)
    assert isinstance(line.refusal, InvalidRequest)
    assert line.edit is None
    return line.refusal.problems[0].field


def test_a_line_is_an_edit() -> None:
    (line,) = lines_of(GOOD)
    assert line.edit is not None
    assert (line.number, line.edit.key, line.edit.action) == (1, ("learners", "x"), Action.PUT)
    assert line.edit.fields["goal"] == "电工"


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\n\n  \n\r\n", b""])
def test_lines_end_as_they_may_and_blank_ones_are_none(end: bytes) -> None:
    found = lines_of(b"\xef\xbb\xbf" + GOOD + (end or b"\n") + GOOD.replace(b'"x"', b'"y"') + end)
    assert [line.edit and line.edit.record_id for line in found] == ["x", "y"]
    assert found[1].number == 1 + max(end.count(b"\n"), 1)


@pytest.mark.parametrize(
    "line",
    [
        b'{"type": "learner", "learner_id": "x"',
        b"nonsense",
        b'{"type": "learner", "learner_id": "x", "learner_id": "y"}',
        b'{"type": "site", "site_id": "x", "latitude": NaN}',
        b'{"type": "site", "site_id": "x", "latitude": -Infinity}',
        b'{"type": "learner", "learner_id": "\xff"}',
        "{}".encode("utf-16"),
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"n": ' + b"9" * 5_000 + b"}",
        b'["type", "learner"]',
        b'"learner"',
        b"null",
        b"\xef\xbb\xbf\xef\xbb\xbf" + GOOD,
    ],
)
def test_what_is_no_json_object_is_told_of_its_line(line: bytes) -> None:
    assert refused(line) == "line"


@pytest.mark.parametrize("value", [b'"provider"', b'"learners"', b"null", b"7", b'["learner"]', b"{}"])
def test_a_type_is_one_of_five(value: bytes) -> None:
    assert refused(GOOD.replace(b'"learner"', value)) == "type"
    assert refused(b'{"learner_id": "x"}') == "type"


@pytest.mark.parametrize("value", [b'"upsert"', b"null", b"[]", b"{}", b'"PUT"'])
def test_an_action_is_one_of_three(value: bytes) -> None:
    assert refused(GOOD.replace(b"{", b'{"action": ' + value + b", ")) == "action"


@pytest.mark.parametrize("value", [b'""', b'" "', b"null", b"[]", b'["x"]', b'{"a": 1}'])
def test_a_line_names_its_record(value: bytes) -> None:
    assert refused(GOOD.replace(b'"x"', value)) == "learner_id"
    assert refused(b'{"type": "learner"}') == "learner_id"


@pytest.mark.parametrize(("action", "told"), [("put", ["course_id"]), ("patch", ["course_id"]), ("delete", None)])
def test_what_is_to_go_may_have_an_id_longer_than_new_texts(action: str, told: list[str] | None) -> None:
    sent = json.dumps({"type": "course", "course_id": "c" * 9, "action": action}).encode()
    (line,) = read_lines(io.BytesIO(sent), longest_text=8)

    assert (line.refusal and [problem.field for problem in line.refusal.problems]) == told


def test_an_id_may_be_a_number() -> None:
    (line,) = lines_of(GOOD.replace(b'"x"', b"7.0"))
    assert line.edit is not None
    assert line.edit.record_id == "7"


def test_a_line_of_ten_megabytes_is_refused_and_the_next_one_is_read() -> None:
    long = GOOD.replace("电工".encode(), b"x" * 10 * 2**20)
    found = lines_of(GOOD + b"\n" + long + b"\n" + GOOD + b"\n" + long)
    assert [(line.number, line.refusal is None) for line in found] == [(1, True), (2, False), (3, True), (4, False)]
    assert found[1].refusal is not None
    assert found[1].refusal.problems[0].field == "line"


@pytest.mark.parametrize(("length", "fits"), [(LONGEST - 1, True), (LONGEST, True), (LONGEST + 1, False)])
@pytest.mark.parametrize("end", [b"", b"\n"])
def test_the_longest_line_is_told(length: int, fits: bool, end: bytes) -> None:
    whole = GOOD + b" " * (length - len(GOOD))
    (line,) = lines_of(whole + end)
    assert (line.refusal is None) == fits


class Counting(io.BytesIO):
    """A file that counts the bytes that are read of it at once."""

    most = 0

    def readline(self, size: int | None = -1, /) -> bytes:
        read = super().readline(size)
        self.most = max(self.most, len(read))
        return read


def test_never_more_than_a_line_is_in_memory() -> None:
    source = Counting((GOOD + b"\n") * 1_000 + b"x" * 5 * 2**20)
    assert sum(1 for _ in read_lines(source)) == 1_001
    assert source.most == LONGEST + 1


@settings(derandomize=True, deadline=None, max_examples=300)
@given(st.binary(max_size=60) | st.text(max_size=60).map(lambda text: text.encode(errors="surrogatepass")))
def test_no_bytes_end_the_stream(content: bytes) -> None:
    content = content.replace(b"\n", b" ")
    found = lines_of(content + b"\n" + GOOD)
    assert found[-1].edit is not None
    assert found[-1].number == 2


@settings(derandomize=True, deadline=None, max_examples=200)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
        max_leaves=9,
    )
)
def test_any_json_is_an_edit_or_refused(value: object) -> None:
    sent = value if isinstance(value, dict) else {"type": "learner", "learner_id": value}
    (line,) = lines_of(json.dumps(sent).encode())
    assert (line.edit is None) != (line.refusal is None)
