"""Long work pauses for others exactly while they want to work, and only where it was said to have no hurry."""

import threading

import pytest

from recommender import pace
from recommender.pace import Pace, rest, unhurried


class Hand:
    """A thread's time, moved by hand."""

    def __init__(self) -> None:
        self.now = self.worked = 0.0
        self.pauses: list[float] = []

    def work(self, worked: float, *, held_up: float = 0.0) -> None:
        self.worked += worked
        self.now += worked + held_up

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds

    def pace(self, *patience: float) -> Pace:
        return Pace(*patience, clock=lambda: self.now, worked=lambda: self.worked, sleep=self.sleep)


@pytest.fixture
def hand() -> Hand:
    return Hand()


def test_work_that_nobody_holds_up_goes_on(hand: Hand) -> None:
    own = hand.pace()
    for _ in range(50):
        hand.work(0.01, held_up=0.001)
        own.rest()
    assert hand.pauses == []


def test_work_that_is_held_up_pauses_several_times_as_long_as_it_worked(hand: Hand) -> None:
    own = hand.pace()
    hand.work(0.001, held_up=0.001)
    own.rest()
    hand.work(0.002, held_up=0.002)
    own.rest()
    assert hand.pauses == pytest.approx([0.008, 0.016])


def test_a_little_work_is_put_together_before_it_is_worth_a_pause(hand: Hand) -> None:
    own = hand.pace()
    for _ in range(9):
        hand.work(0.00008, held_up=0.00004)
        own.rest()
    assert hand.pauses == pytest.approx([8 * 9 * 0.00008])


def test_a_pause_is_no_work(hand: Hand) -> None:
    own = hand.pace()
    hand.work(0.002, held_up=0.002)
    own.rest()
    hand.work(0.0005)
    own.rest()
    assert len(hand.pauses) == 1


def test_no_pause_is_long(hand: Hand) -> None:
    own = hand.pace()
    hand.work(3.0, held_up=3.0)
    own.rest()
    assert hand.pauses == [0.02]


def test_who_has_lost_patience_pauses_as_long_as_it_works(hand: Hand) -> None:
    own = hand.pace(0.03)
    for _ in range(6):
        hand.work(0.002, held_up=0.002)
        own.rest()
    assert hand.pauses == pytest.approx([0.016] * 2 + [0.002] * 4)


def test_only_the_thread_and_the_block_that_are_unhurried_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    rested: list[str] = []
    monkeypatch.setattr(pace.Pace, "rest", lambda _: rested.append(threading.current_thread().name))
    here = threading.current_thread().name

    rest()
    with unhurried():
        with unhurried():
            rest()
        rest()
        other = threading.Thread(target=rest)
        other.start()
        other.join()
    rest()

    assert rested == [here, here]


def test_an_inner_block_does_not_use_up_the_patience_of_the_outer() -> None:
    with unhurried() as _:
        outer = pace._threads.pace
        with pytest.raises(ZeroDivisionError), unhurried(1.0):
            raise ZeroDivisionError
        assert pace._threads.pace is outer
    assert pace._threads.pace is None
