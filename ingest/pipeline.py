"""One poll of one source: extract → map → load, table by table, then resolve and finish.

A table whose columns changed, or whose database is down, does not stop the others; a source that is down does not stop
other sources; a row that cannot be used stops nothing. Whatever happens, the poll ends with a report.
"""

import asyncio
import hmac
from collections.abc import Awaitable, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, date, datetime
from time import monotonic
from typing import Protocol
from zoneinfo import ZoneInfo

import structlog

from graph.errors import IdentityError
from graph.load import LoadReport
from graph.records import Batch, Position
from graph.resolve import ResolveReport
from ingest.connectors.cursor import start_of
from ingest.connectors.database import DatabaseReader
from ingest.errors import SourceContractError, SourceUnavailable
from ingest.mapping import Mapped, map_rows
from ingest.rejections import Flaw, Issue, Rejection
from ingest.reports import SourceReport, TableReport
from ingest.source import Source
from ingest.table import Table
from ledger.errors import LedgerError
from ledger.ledger import Ledger
from ledger.sources import record_poll

BATCH_SIZE = 5_000  # rows in one step
KEYS_IN_LOG = 20  # of one batch's rejections

Dsns = Mapping[str, str]  # of one source, by the source's names for them

log = structlog.get_logger()


class Loads(Protocol):
    """The loader that a poll needs; `graph.load.Loader` is one."""

    async def position(self, system: str, table: str) -> Position | None: ...

    async def load(self, batch: Batch) -> LoadReport: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What every poll goes through. ``secret`` keys the hashes under which rejected rows are logged."""

    loader: Loads
    resolve: Callable[[], Awaitable[ResolveReport]]
    ledger: Ledger
    secret: bytes
    batch_size: int = BATCH_SIZE


async def poll(
    source: Source, dsns: Dsns, line: Line, stopping: asyncio.Event | None = None, since: date | None = None
) -> SourceReport:
    """Run a source, resolve what it brought, record and log the poll. Raises nothing that an operator can mend.

    ``stopping`` ends it at the next border of a batch; ``since`` reads again what the source changed on that day and
    after it.
    """
    started = monotonic()
    report = await run_source(source, dsns, line, stopping, since)
    try:
        # Also after an empty load: what a run before us loaded and did not live to resolve is still marked.
        report.matched = (await line.resolve()).links
        report.visible_at = datetime.now(UTC)
    except (IdentityError, LedgerError) as fault:
        report.fail(fault, retryable=fault.retryable)
    report.seconds = monotonic() - started
    await _finish(report, line)
    return report


async def run_source(
    source: Source, dsns: Dsns, line: Line, stopping: asyncio.Event | None = None, since: date | None = None
) -> SourceReport:
    """Read and load what is new in each table of a source, in the order of its file."""
    report = SourceReport(system=source.name, started=datetime.now(UTC))
    try:
        async with DatabaseReader.connect(source, dsns, stopping) as reader:
            for table in source.tables:
                report.tables.append(TableReport(table=table.name))
                try:
                    await _run_table(reader, source, table, line, report.tables[-1], stopping, since)
                except (SourceContractError, SourceUnavailable) as fault:
                    report.tables[-1].error = str(fault)
                    report.fail(fault, retryable=fault.retryable)
    except (IdentityError, LedgerError) as fault:
        report.fail(fault, retryable=fault.retryable)
    return report


async def _run_table(
    reader: DatabaseReader,
    source: Source,
    table: Table,
    line: Line,
    report: TableReport,
    stopping: asyncio.Event | None,
    from_day: date | None,
) -> None:
    stored = await line.loader.position(source.name, table.name)
    report.cold = stored is None
    since = start_of(from_day, ZoneInfo(source.place_of(table).timezone)) if from_day and stored else stored
    async with aclosing(reader.pages(table, since, line.batch_size, stored=stored)) as pages:
        async for page in pages:
            if stopping and stopping.is_set():
                return
            mapped = await asyncio.to_thread(map_rows, source, table, page.rows, line.secret)
            batch = Batch(system=source.name, table=table.name, records=mapped.records, position=page.position)
            loaded = await line.loader.load(batch)
            report.add(mapped, loaded, read=page.rows.num_rows, fresh=page.fresh)
            for column, times in page.unreadable.items():
                report.issues[Issue(Flaw.UNREADABLE, column)] += times
            _log_rejections(source, table, mapped, line.secret)


def _log_rejections(source: Source, table: Table, mapped: Mapped, secret: bytes) -> None:
    by_cause: dict[tuple[str, str], list[Rejection]] = {}
    for rejection in mapped.rejections:
        by_cause.setdefault((rejection.reason, rejection.field), []).append(rejection)
    for (reason, field), rejections in by_cause.items():
        keys = [_fingerprint(rejection.key, secret) for rejection in rejections[:KEYS_IN_LOG] if rejection.key]
        log.warning(
            "rows_rejected",
            system=source.name,
            table=table.name,
            reason=reason,
            field=field,
            rows=len(rejections),
            key_hashes=keys,
        )


def _fingerprint(key: str, secret: bytes) -> str:
    """Keyed: a key may look like a phone number, and all of those can be hashed in a minute."""
    return hmac.digest(secret, key.encode(), "sha256")[:8].hex()


async def _finish(report: SourceReport, line: Line) -> None:
    try:
        await record_poll(line.ledger, report.as_poll())
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
        rejected=report.rejected,
        rejected_for={reason.value: rows for reason, rows in report.reasons.items()},
        identity_matches=report.matched,
        errors=int(report.error is not None),
        issues=_by_name(report),
        seconds=round(report.seconds, 3),
        latency_seconds=round(latency / rows, 3) if rows else None,
        error=report.error,
    )


def _by_name(report: SourceReport) -> dict[str, int]:
    return {
        f"{table.table}.{issue.field}:{issue.flaw}": times
        for table in report.tables
        for issue, times in sorted(table.issues.items(), key=lambda item: (item[0].field, item[0].flaw))
    }
