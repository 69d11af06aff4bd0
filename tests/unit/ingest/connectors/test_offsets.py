import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.records import Position
from ingest.connectors.offsets import Partition, start_of

OFFSETS = st.integers(0, 2**63 - 1)


def partition(low: int, high: int, topic_id: str = "one") -> Partition:
    return Partition(topic="fraud.events", number=3, topic_id=topic_id, low=low, high=high)


@given(OFFSETS, OFFSETS, OFFSETS)
def test_reading_goes_on_exactly_where_it_was_left(a: int, b: int, c: int) -> None:
    low, following, high = sorted((a, b, c))
    found = partition(low, high)
    assert start_of(found, found.position(following)) == (following, None)


@given(OFFSETS, OFFSETS, OFFSETS, st.sampled_from(["one", "two"]))
def test_it_never_begins_behind_a_message_that_nobody_had(a: int, b: int, following: int, topic_id: str) -> None:
    low, high = sorted((a, b))
    found = partition(low, high)
    start, why = start_of(found, Position(topic_id, str(following)))
    assert low <= start <= high
    assert start in (low, following)
    assert (why is None) == (topic_id == "one" and start == following)


@pytest.mark.parametrize(
    ("stored", "start", "why"),
    [
        (None, 10, None),
        (Position("two", "15"), 10, "made anew"),
        (Position("one", "21"), 10, "as if it had lost 1 messages"),
        (Position("one", "7"), 10, "3 messages are gone"),
        (Position("one", "20"), 20, None),
    ],
)
def test_what_differs_is_told(stored: Position | None, start: int, why: str | None) -> None:
    offset, told = start_of(partition(10, 20), stored)
    assert offset == start
    assert (why or "") in (told or "")
    assert (told is None) == (why is None)
