from datetime import UTC, datetime, timedelta

from ledger.ledger import Ledger
from ledger.sources import Poll, SourceState, SourceStatus, record_poll, source_statuses

AT = datetime(2026, 3, 1, 8, tzinfo=UTC)


async def test_polls_add_up_and_a_failed_one_keeps_what_was_read(ledger: Ledger) -> None:
    good = Poll(
        system="core",
        state=SourceState.OK,
        last_read=AT,
        last_change=AT - timedelta(seconds=3),
        lag_seconds=3.0,
        read=10,
        loaded=8,
        rejected=2,
        matched=5,
        latency_seconds=24.0,
        latency_count=8,
    )
    await record_poll(ledger, good)
    await record_poll(ledger, good)
    await record_poll(ledger, Poll(system="core", state=SourceState.DOWN, error="core does not answer."))
    await record_poll(ledger, Poll(system="branch", state=SourceState.OK, last_read=AT))
    branch, core = await source_statuses(ledger)
    assert (branch.system, branch.polls, branch.last_error) == ("branch", 1, None)
    assert core == SourceStatus(
        system="core",
        state=SourceState.DOWN,
        last_read=AT,
        last_change=AT - timedelta(seconds=3),
        last_error="core does not answer.",
        lag_seconds=3.0,
        polls=3,
        errors=1,
        records_read=20,
        records_loaded=16,
        records_rejected=4,
        records_matched=10,
        latency_seconds=48.0,
        latency_count=16,
    )


async def test_a_poll_that_succeeds_clears_the_error(ledger: Ledger) -> None:
    await record_poll(ledger, Poll(system="core", state=SourceState.DOWN, error="core does not answer."))
    await record_poll(ledger, Poll(system="core", state=SourceState.OK, last_read=AT))
    (core,) = await source_statuses(ledger)
    assert (core.state, core.last_error, core.errors) == (SourceState.OK, None, 1)
