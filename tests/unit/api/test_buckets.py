from hypothesis import given
from hypothesis import strategies as st

from api import buckets
from api.buckets import Buckets


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_burst_then_the_rate() -> None:
    clock = Clock()
    of = Buckets(rate=2, burst=3, clock=clock)
    assert [of.take("a") for _ in range(4)] == [0, 0, 0, 0.5]
    assert of.take("b") == 0, "everybody has her own"
    clock.now += 0.5
    assert [of.take("a"), of.take("a")] == [0, 0.5]
    clock.now += 60
    assert [of.take("a") for _ in range(4)] == [0, 0, 0, 0.5], "no more than a burst is saved up"


@given(st.lists(st.floats(0, 2), max_size=60))
def test_never_more_than_rate_and_burst_allow(pauses: list[float]) -> None:
    clock = Clock()
    of = Buckets(rate=4, burst=5, clock=clock)
    taken = 0
    for pause in pauses:
        clock.now += pause
        taken += of.take("a") == 0
    assert taken <= 5 + 4 * sum(pauses) + 1e-6


def test_who_waits_as_told_gets_in() -> None:
    clock = Clock()
    of = Buckets(rate=3, burst=1, clock=clock)
    assert of.take("a") == 0
    clock.now += of.take("a") + 1e-9
    assert of.take("a") == 0


def test_names_are_bounded() -> None:
    of = Buckets(rate=1, burst=1)
    for n in range(buckets.NAMES + 500):
        of.take(str(n))
    assert len(of._due) == buckets.NAMES
