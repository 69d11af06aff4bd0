from datetime import UTC, datetime, timedelta

import pytest

from ingest.pipeline import retry_delay
from ingest.schedule import why_not_now
from ingest.source import load_sources


def test_the_wait_doubles_and_ends_somewhere() -> None:
    assert [retry_delay(n) for n in (1, 2, 3, 4)] == [timedelta(seconds=s) for s in (1, 2, 4, 8)]
    assert retry_delay(10_000) == retry_delay(13) < timedelta(hours=2)


@pytest.mark.parametrize(
    ("window", "open_at"),
    [("22:00-05:00", {22, 23, *range(5)}), ("09:00-17:00", {*range(9, 17)}), ("00:00-00:00", {*range(24)})],
)
def test_a_window_is_in_the_sources_own_zone_and_may_span_midnight(window: str, open_at: set[int]) -> None:
    source = load_sources()["mobile"].model_copy(update={"window": window, "timezone": "Africa/Nairobi"})
    for hour in range(24):
        now = datetime(2024, 1, 1, (hour - 3) % 24, tzinfo=UTC)  # Nairobi is three hours ahead
        assert (why_not_now(source, now) is None) == (hour in open_at)


def test_a_paused_source_is_not_read_at_any_time() -> None:
    source = load_sources()["mobile"]
    assert why_not_now(source, datetime.now(UTC)) is None
    assert "paused" in (why_not_now(source.model_copy(update={"paused": True}), datetime.now(UTC)) or "")
