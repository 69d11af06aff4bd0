from datetime import UTC, datetime

import pytest

from ingest.breaker import WINDOW, Breaker, RecentEnds, SourceHeld
from ingest.scans import Missing
from ingest.source import load_sources

NOON = datetime(2024, 1, 1, 12, tzinfo=UTC)
USERS = load_sources()["mobile"].tables[0]
BREAKER = Breaker(share=0.02, least=20)


def gone(keys: int, held: int) -> Missing:
    return Missing(table=USERS, held=held, keys=tuple(map(str, range(keys))))


@pytest.mark.parametrize(("keys", "held"), [(0, 0), (20, 20), (20, 50), (100, 5_000), (0, 5_000)])
def test_a_few_records_may_end_unasked(keys: int, held: int) -> None:
    BREAKER.refuse("mobile", "Mobile Banking", [gone(keys, held)])


@pytest.mark.parametrize(("keys", "held"), [(21, 21), (21, 500), (101, 5_000), (5_000, 5_000)])
def test_more_are_held_and_the_sentence_says_what_and_what_to_do(keys: int, held: int) -> None:
    with pytest.raises(SourceHeld) as raised:
        BREAKER.refuse("mobile", "Mobile Banking", [gone(3, 900), gone(keys, held)])
    assert f"Mobile Banking has no longer {keys:,} of {held:,} records of users: " in str(raised.value)
    assert "`wekeza ingest once mobile --accept`" in str(raised.value)


def test_ends_are_added_up_within_the_window_and_by_table() -> None:
    ends = RecentEnds()
    assert ends.add("users", 3, NOON) == 3
    assert ends.add("devices", 5, NOON) == 5
    assert ends.add("users", 4, NOON + WINDOW / 2) == 7
    assert ends.add("users", 1, NOON + WINDOW) == 5
    assert ends.add("users", 1, NOON + WINDOW * 3) == 1
