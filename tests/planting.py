"""Personal data made up by rule, and the places in a body where it may be put."""

import datetime
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643
_FULL_WIDTH = str.maketrans("0123456789+-", "０１２３４５６７８９＋－")


def digits(count: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=count, max_size=count)


def _grouped(number: str, gap: str, country: str) -> str:
    return f"{country}{number[:3]}{gap}{number[3:7]}{gap}{number[7:]}"


mobiles = st.builds(
    _grouped,
    st.builds("1{}{}".format, st.sampled_from("3456789"), digits(9)),
    st.sampled_from(["", "", "-", " ", " - ", "—"]),
    st.sampled_from(["", "", "+86 ", "+86", "0086-", "86"]),
)
landlines = st.builds(
    "{}{}{}".format,
    st.sampled_from(["0755-", "(0755)", "0755 ", "010-", "+86 755 "]),
    st.sampled_from("2345678"),
    digits(7),
)


def checked(first: str) -> str:
    """Return the first seventeen characters of a card's number with the one that checks them."""
    return first + "10X98765432"[sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, first, strict=True)) % 11]


cards = st.builds(
    lambda region, born, order: checked(f"{region}{born:%Y%m%d}{order}"),
    st.sampled_from(["440301", "110105", "510104", "654201", "320583"]),
    st.dates(datetime.date(1930, 1, 1), datetime.date(2015, 12, 31)),
    digits(3),
)
personal = st.one_of(mobiles, landlines, cards).flatmap(
    lambda number: st.sampled_from([number, number.translate(_FULL_WIDTH), f"电话{number}，周末有空", f"ID {number}."])
)


def planted(body: Any, text: str) -> Iterator[tuple[str, Any]]:
    """Yield copies of `body`, each with `text` in another place, and that place: every value, every item, a new name in every object."""
    if isinstance(body, dict):
        for name, value in body.items():
            yield from ((f"{name}.{place}".strip("."), {**body, name: one}) for place, one in planted(value, text))
        yield "a name", {**body, text: "x"}
    elif isinstance(body, list):
        yield "an item", [*body, text]
    else:
        yield "", text
