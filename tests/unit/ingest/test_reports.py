from collections import Counter
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest

from graph.load import LoadReport
from ingest.connectors.page import Page
from ingest.mapping import Mapped
from ingest.rejections import Reason, Rejection
from ingest.reports import SourceReport, TableReport
from ingest.source import load_sources
from ledger.sources import SourceState

NOON = datetime(2024, 1, 1, 12, tzinfo=UTC)


def report(*, cold: bool = False) -> SourceReport:
    table = TableReport(table="things", cold=cold)
    fresh = [NOON - timedelta(seconds=20), NOON - timedelta(seconds=10)]
    rejected = (Rejection(reason=Reason.MISSING_KEY, field="id", row=0),)
    loaded = LoadReport(system="mobile", table="things", read=7, created=1, changed=1, unchanged=2, erased=2, unfit=1)
    page = Page(
        rows=pa.table({"id": list(range(8))}),
        position=None,
        fresh=pa.chunked_array([fresh], pa.timestamp("us", tz="UTC")),
        unreadable={},
    )
    table.add(load_sources()["mobile"].tables[0], Mapped((), rejected, Counter()), loaded, page)
    return SourceReport(system="mobile", started=NOON, tables=[table], visible_at=NOON)


def test_latency_is_from_the_sources_commit_to_the_visible_answer() -> None:
    found = report().as_poll()
    assert found.latency_seconds == pytest.approx(30)
    assert found.latency_count == 2
    assert found.lag_seconds == pytest.approx(15)
    assert found.last_change == NOON - timedelta(seconds=10)


def test_every_row_that_was_read_is_loaded_unchanged_or_rejected_for_a_reason() -> None:
    found = report()
    assert (found.read, found.loaded, found.unchanged, found.rejected) == (8, 2, 2, 4)
    assert found.reasons == {Reason.MISSING_KEY: 1, Reason.ERASED: 2, Reason.UNFIT: 1}


def test_the_rows_of_a_first_load_waited_for_nobody() -> None:
    found = report(cold=True).as_poll()
    assert (found.latency_count, found.lag_seconds) == (0, None)


def test_the_first_failure_is_the_cause() -> None:
    found = report()
    found.fail(ValueError("first"), retryable=True)
    found.fail(ValueError("second"), retryable=False)
    poll = found.as_poll()
    assert (poll.error, poll.state, poll.last_read, found.retryable) == ("first", SourceState.DOWN, None, True)
