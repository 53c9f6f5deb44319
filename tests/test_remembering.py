"""What a method returned is kept with its object, and goes with it."""

import gc
import weakref

import pytest

from recommender.remembering import remembered


class Doubling:
    """Counts how often it was really asked."""

    def __init__(self, most: int | None = None) -> None:
        self.asked: list[int] = []
        self.double = remembered(self._double, most)

    def _double(self, number: int) -> int:
        self.asked.append(number)
        return 2 * number


def test_each_is_asked_once() -> None:
    doubling = Doubling()
    assert [doubling.double(number) for number in (1, 2, 1, 2)] == [2, 4, 2, 4]
    assert doubling.asked == [1, 2]


def test_of_many_those_asked_last_are_kept() -> None:
    doubling = Doubling(most=2)
    for number in (1, 2, 3, 2, 1):
        doubling.double(number)
    assert doubling.asked == [1, 2, 3, 1]


def test_it_goes_with_its_object() -> None:
    gc.disable()
    try:
        doubling = Doubling()
        doubling.double(1)
        ghost = weakref.ref(doubling)
        del doubling
        assert ghost() is None
    finally:
        gc.enable()


def test_what_outlives_its_object_says_so() -> None:
    double = Doubling().double
    with pytest.raises(ReferenceError):
        double(1)
