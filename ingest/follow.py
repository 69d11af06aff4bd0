"""Follows a source that pushes: what it delivers is loaded, then acknowledged, then resolved.

A line that breaks is opened again after 1, 2, 4 … seconds, from where the graph stands: what was not acknowledged comes
again and changes nothing.
"""

import asyncio
import hmac
from collections.abc import Sequence
from contextlib import aclosing, suppress
from datetime import UTC, datetime
from functools import partial
from time import monotonic

from graph.errors import IdentityError
from graph.records import source_key
from ingest.connectors.page import Delivery, Memory
from ingest.connectors.registry import FOLLOWERS, Dsns
from ingest.declared import Pattern
from ingest.errors import SourceUnavailable
from ingest.pipeline import conclude, retry_delay
from ingest.reports import SourceReport
from ingest.run import Line, open_intake
from ingest.source import Source
from ledger.errors import LedgerError

MAX_WAIT_SECONDS = 60.0


async def follow(source: Source, pattern: Pattern, dsns: Dsns, line: Line, stopping: asyncio.Event) -> None:
    """Until ``stopping``. Raises nothing that an operator can mend: each failure is a report of its own."""
    failures = 0
    while not stopping.is_set():
        report = SourceReport(system=source.name, started=datetime.now(UTC))
        try:
            async with (
                FOLLOWERS[pattern](source, dsns, _memory(source, line), stopping) as follower,
                aclosing(follower.deliveries(line.batch_size)) as groups,
            ):
                async for deliveries in groups:
                    started = monotonic()
                    report = SourceReport(system=source.name, started=datetime.now(UTC))
                    await _load(source, pattern, deliveries, line, report)
                    await follower.acknowledge()
                    await conclude(source, report, line, started)
                    report = SourceReport(
                        system=source.name, started=datetime.now(UTC)
                    )  # what follows is no part of it
                    failures = 0
        except (IdentityError, LedgerError) as fault:
            failures += 1
            report.fail(fault, retryable=fault.retryable)
            await conclude(source, report, line, monotonic())
            await _wait(stopping, min(retry_delay(failures).total_seconds(), MAX_WAIT_SECONDS))


async def _load(
    source: Source, pattern: Pattern, deliveries: Sequence[Delivery], line: Line, report: SourceReport
) -> None:
    intake = await open_intake(source, line, report)
    for told in deliveries:
        table = told.table
        if told.fault:
            intake.report_of(table).error = told.fault
            report.fail(SourceUnavailable(told.fault), retryable=True)
            continue
        await intake.take(table, told.page, place=told.place(pattern))
        if told.gone:
            await intake.end(table, [source_key(source.name, table.key_entity, id) for id in told.gone])


def _memory(source: Source, line: Line) -> Memory:
    """The name is no secret, but made of one: nobody else's installation has it."""
    installation = hmac.digest(line.secret, b"the name of this installation", "sha256")[:6].hex()
    return Memory(position=partial(line.loader.position, source.name), installation=installation)


async def _wait(stopping: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stopping.wait(), seconds)
