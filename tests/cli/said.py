"""What a command said, and the tests' way to make it say so."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]


class Said(NamedTuple):
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str


Jinxue = Callable[..., Said]


def refusal(said: Said) -> str:
    """Return the one sentence with which a command refused."""
    assert said.code == 1
    assert said.out == ""
    assert len(said.err.strip().splitlines()) == 1, said.err
    return said.err.strip()
