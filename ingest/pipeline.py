"""One poll of one source: a run, the resolution of what it brought, and its report.

A source that is down does not stop other sources. Whatever happens, the poll ends with a report.
"""

import asyncio
from datetime import UTC, date, datetime, timedelta
from time import monotonic

import structlog

from graph.errors import IdentityError
from graph.upheaval import Upheaval
from ingest.connectors.registry import Dsns
from ingest.quality import judge
from ingest.reports import SourceReport
from ingest.run import Line, run_source
from ingest.source import Source
from ledger.errors import LedgerError
from ledger.quality import qualities, record_quality
from ledger.sources import record_poll

log = structlog.get_logger()


async def poll(
    source: Source, dsns: Dsns, line: Line, stopping: asyncio.Event | None = None, since: date | None = None
) -> SourceReport:
    """Run a source, resolve what it brought, record and log the poll. Raises nothing that an operator can mend.

    ``stopping`` ends it at the next border of a batch; ``since`` reads again what the source changed on that day and
    after it.
    """
    started = monotonic()
    report = await run_source(source, dsns, line, stopping, since)
    await conclude(source, report, line, started)
    return report


async def conclude(source: Source, report: SourceReport, line: Line, started: float) -> None:
    """Resolve what was loaded; record and log what was done. ``started`` is of the monotonic clock."""
    try:
        # Also after an empty load: what a run before us loaded and did not live to resolve is still marked.
        report.matched = (await line.resolve()).links
        report.visible_at = datetime.now(UTC)
    except Upheaval as fault:
        report.hold(fault)
    except (IdentityError, LedgerError) as fault:
        report.fail(fault, retryable=fault.retryable)
    report.seconds = monotonic() - started
    await _record(source, report, line)


async def _record(source: Source, report: SourceReport, line: Line) -> None:
    try:
        await record_poll(line.ledger, report.as_poll())
        if report.loaded:
            await _record_quality(source, report, line)
    except LedgerError as fault:
        report.fail(fault, retryable=fault.retryable)
    latency, rows = report.latency
    log.log(
        30 if report.error else 20,  # the numbers of warning and info
        "source_polled",
        system=report.system,
        state=report.state.value,
        read=report.read,
        loaded=report.loaded,
        ended=report.ended,
        rejected=report.rejected,
        rejected_for={reason.value: rows for reason, rows in report.reasons.items()},
        identity_matches=report.matched,
        errors=int(report.error is not None),
        issues=_by_name(report),
        seconds=round(report.seconds, 3),
        latency_seconds=round(latency / rows, 3) if rows else None,
        error=report.error,
    )


async def _record_quality(source: Source, report: SourceReport, line: Line) -> None:
    """Of the tables of which something was loaded; what is not as expected is logged."""
    told = {table.table: table for table in report.tables if table.loaded}
    async with line.ledger.transaction() as connection:
        for table in told.values():
            await record_quality(connection, source.name, table.table, report.started, table.quality.measures())
        found = {it.table: it for it in await qualities(connection) if it.system == source.name}
    for entity in source.tables:
        if entity.name in told:
            for remark in judge(entity, found[entity.name]):
                log.warning("quality", system=source.name, remark=remark)


def retry_delay(failures: int) -> timedelta:
    """How long to wait after so many failures in a row: 1, 2, 4 … seconds, at most about an hour."""
    return timedelta(seconds=2 ** min(failures - 1, 12))


def _by_name(report: SourceReport) -> dict[str, int]:
    return {
        f"{table.table}.{issue.field}:{issue.flaw}": times
        for table in report.tables
        for issue, times in sorted(table.issues.items(), key=lambda item: (item[0].field, item[0].flaw))
    }
