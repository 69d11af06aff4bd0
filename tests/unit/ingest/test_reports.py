from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from ingest.mapping import Mapped
from ingest.reports import SourceReport, TableReport
from ledger.sources import SourceState

NOON = datetime(2024, 1, 1, 12, tzinfo=UTC)


def report(*, cold: bool = False) -> SourceReport:
    table = TableReport(table="things", cold=cold)
    fresh = [NOON - timedelta(seconds=20), NOON - timedelta(seconds=10)]
    table.add(Mapped((), (), Counter()), read=2, loaded=2, fresh=fresh)
    return SourceReport(system="mobile", started=NOON, tables=[table], visible_at=NOON)


def test_latency_is_from_the_sources_commit_to_the_visible_answer() -> None:
    found = report().as_poll()
    assert found.latency_seconds == pytest.approx(30)
    assert found.latency_count == 2
    assert found.lag_seconds == pytest.approx(15)
    assert found.last_change == NOON - timedelta(seconds=10)


def test_the_rows_of_a_first_load_waited_for_nobody() -> None:
    found = report(cold=True).as_poll()
    assert (found.latency_count, found.lag_seconds) == (0, None)


def test_the_first_failure_is_the_cause() -> None:
    found = report()
    found.fail(ValueError("first"), retryable=True)
    found.fail(ValueError("second"), retryable=False)
    poll = found.as_poll()
    assert (poll.error, poll.state, poll.last_read, found.retryable) == ("first", SourceState.DOWN, None, True)
