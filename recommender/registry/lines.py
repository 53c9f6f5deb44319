"""A stream of edits, one JSON object a line: `type`, the record's fields, and an `action` (put unless said otherwise)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from recommender.catalogue.json_lines import load_json
from recommender.catalogue.raw import as_cell
from recommender.catalogue.tables import Table
from recommender.domain import Learner
from recommender.errors import FieldProblem, InvalidRequest
from recommender.language import Bilingual
from recommender.privacy import NOT_OPAQUE, found, is_opaque
from recommender.registry.edits import KINDS, Action, Edit
from recommender.validation import long_texts

LONGEST = 2**20
"""Bytes that one line may have."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its number from 1, and its edit, or why it is none."""

    number: int
    edit: Edit | None = None
    refusal: InvalidRequest | None = None


def read_lines(source: BinaryIO, *, longest_text: int = LONGEST) -> Iterator[Line]:
    """Yield the lines that are not blank; only one is in memory at a time, and no more of it than may be.

    `longest_text` is how many characters a text may have, where its field allows more.
    """
    number = 0
    while raw := source.readline(LONGEST + 1):
        number += 1
        if len(raw) > LONGEST and not raw.endswith(b"\n"):
            while raw and not raw.endswith(b"\n"):
                raw = source.readline(LONGEST)
            yield Line(number, refusal=_too_long())
            continue
        if number == 1:
            raw = raw.removeprefix(b"\xef\xbb\xbf")
        if raw.strip():
            try:
                yield Line(number, _edit(_object(raw), longest_text))
            except InvalidRequest as error:
                yield Line(number, refusal=error)


def _too_long() -> InvalidRequest:
    return InvalidRequest.of(
        "line", f"这一行太长，最多 {LONGEST:,} 字节。", f"The line is too long: at most {LONGEST:,} bytes."
    )


def _object(raw: bytes) -> dict[str, Any]:
    try:
        values = load_json(raw.decode())
    except (ValueError, RecursionError) as error:  # a UnicodeDecodeError is a ValueError
        reason = getattr(error, "msg", None) or getattr(error, "reason", None) or str(error)
        raise InvalidRequest.of("line", f"不是有效的 JSON：{reason}。", f"Not valid JSON: {reason}.") from error
    if not isinstance(values, dict):
        raise InvalidRequest.of("line", "应为 JSON 对象。", "Expected a JSON object.")
    return values


def _edit(values: dict[str, Any], longest_text: int) -> Edit:
    kind, action = values.pop("type", None), values.pop("action", Action.PUT.value)
    table = KINDS.get(kind) if isinstance(kind, str) else None
    if table is None:
        expected = ", ".join(KINDS)
        raise InvalidRequest.of("type", f"应为以下之一：{expected}。", f"Expected one of {expected}.")
    if action not in list(Action):
        expected = ", ".join(Action)
        raise InvalidRequest.of("action", f"应为以下之一：{expected}。", f"Expected one of {expected}.")
    record_id = as_cell(values.get(table.key[0]))
    if not isinstance(record_id, str) or not record_id:
        raise InvalidRequest.of(table.key[0], "此项必填。", "This field is required.")
    if told := _cannot_be_repeated(table, record_id, Action(action)):
        raise InvalidRequest([FieldProblem(table.key[0], told)])
    if action != Action.DELETE and (problems := long_texts(values, longest_text)):
        raise InvalidRequest(problems)
    return Edit(table, record_id, Action(action), values)


def _cannot_be_repeated(table: Table, record_id: str, action: Action) -> Bilingual | None:
    """Return why no answer may name this id. A learner of old can still be deleted by an id that no new one could have."""
    if table.record is Learner and action is not Action.DELETE and not is_opaque(record_id):
        return NOT_OPAQUE
    kind = found(record_id)
    return kind.message if kind else None
