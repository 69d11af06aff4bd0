"""Follows a source that pushes: what it delivers is loaded, then acknowledged, then resolved.

A line that breaks is opened again after 1, 2, 4 … seconds, from where the graph stands: what was not acknowledged comes
again and changes nothing.
"""

import asyncio
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, aclosing, suppress
from datetime import UTC, datetime
from time import monotonic

from graph.errors import IdentityError
from ingest.connectors.inbox import InboxFollower
from ingest.connectors.page import Delivery, Follower
from ingest.connectors.registry import FOLLOWERS, Dsns
from ingest.declared import Pattern
from ingest.mapping import record_key
from ingest.pipeline import conclude, retry_delay
from ingest.reports import SourceReport
from ingest.run import Line, open_intake
from ingest.source import Source
from ledger.errors import LedgerError

INBOX: Pattern = "webhooks"
MAX_WAIT_SECONDS = 60.0


async def follow(source: Source, pattern: Pattern, dsns: Dsns, line: Line, stopping: asyncio.Event) -> None:
    """Until ``stopping``. Raises nothing that an operator can mend: each failure is a report of its own."""
    failures = 0
    while not stopping.is_set():
        report = SourceReport(system=source.name, started=datetime.now(UTC))
        try:
            async with (
                _open(source, pattern, dsns, line, stopping) as follower,
                aclosing(follower.deliveries(line.batch_size)) as groups,
            ):
                async for deliveries in groups:
                    started = monotonic()
                    report = SourceReport(system=source.name, started=datetime.now(UTC))
                    await _load(source, pattern, deliveries, line, report)
                    await follower.acknowledge()
                    await conclude(source, report, line, started)
                    failures = 0
        except (IdentityError, LedgerError) as fault:
            failures += 1
            report.fail(fault, retryable=fault.retryable)
            await conclude(source, report, line, monotonic())
            await _wait(stopping, min(retry_delay(failures).total_seconds(), MAX_WAIT_SECONDS))


def is_followed(pattern: Pattern) -> bool:
    return pattern == INBOX or pattern in FOLLOWERS


def _open(
    source: Source, pattern: Pattern, dsns: Dsns, line: Line, stopping: asyncio.Event
) -> AbstractAsyncContextManager[Follower]:
    """What was sent to us is in our own ledger; all else is told by the source itself."""
    if pattern == INBOX:
        return InboxFollower.connect(source, line.ledger, stopping)
    return FOLLOWERS[pattern](source, dsns, stopping)


async def _load(
    source: Source, pattern: Pattern, deliveries: Sequence[Delivery], line: Line, report: SourceReport
) -> None:
    intake = await open_intake(source, line, report)
    for told in deliveries:
        table = told.table
        await intake.take(table, told.page, place=f"{table.name} ({pattern})")
        if told.gone:
            await intake.end(table, [record_key(source, table, id, line.secret) for id in told.gone])


async def _wait(stopping: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stopping.wait(), seconds)
