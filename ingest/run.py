"""One run of one source: what it has no longer is found, then its tables are read, mapped and loaded, one by one.

A table whose columns changed does not stop the others; a row that cannot be used stops nothing. Where the breaker
holds the run, nothing of it was written.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from graph.errors import IdentityError
from graph.load import LoadReport
from graph.records import Batch, Position, SourceRecord
from graph.resolve import ResolveReport
from ingest.breaker import Breaker, SourceHeld
from ingest.connectors.cursor import start_of
from ingest.connectors.page import Page, PartsReader
from ingest.connectors.registry import BOTH, Dsns, Readers, open_readers
from ingest.dead_letters import Letterbox
from ingest.declared import RETENTION, Retention
from ingest.errors import SourceContractError, SourceUnavailable
from ingest.intake import Intake
from ingest.reports import SourceReport
from ingest.scans import LastScans, Missing, find_missing, is_due
from ingest.source import Source
from ingest.table import Table
from ledger.errors import LedgerError
from ledger.ledger import Ledger
from ledger.locks import source_lock
from ledger.sources import WANTED, Scan, record_scan, scans_of
from ledger.streams import stream_of

BATCH_SIZE = 5_000  # rows in one step


class Loads(Protocol):
    """The loader that a run needs; `graph.load.Loader` is one."""

    async def position(self, system: str, table: str) -> Position | None: ...

    async def parts(self, system: str, table: str) -> Mapping[str, Position]: ...

    async def load(self, batch: Batch) -> LoadReport: ...

    def keys(self, record: type[SourceRecord], system: str, entity: str) -> AsyncGenerator[list[str], None]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What every run goes through. ``secret`` keys the hashes under which rejected rows are logged.

    Without a breaker everything is accepted.
    """

    loader: Loads
    resolve: Callable[[], Awaitable[ResolveReport]]
    ledger: Ledger
    secret: bytes
    batch_size: int = BATCH_SIZE
    retention: Retention = field(default_factory=lambda: RETENTION)
    breaker: Breaker | None = None


async def run_source(
    source: Source, dsns: Dsns, line: Line, stopping: asyncio.Event | None = None, since: date | None = None
) -> SourceReport:
    """Read and load what is new in each table of a source, in the order of its file, and end what is gone.

    ``stopping`` ends it at the next border of a batch; ``since`` reads again what the source changed on that day and
    after it.
    """
    report = SourceReport(system=source.name, started=datetime.now(UTC))
    try:
        async with reading_alone(source, line), open_readers(source, dsns, stopping) as reader:
            run = await _open_run(source, reader, line, report, stopping, since)
            missing = await run.find_missing()
            if line.breaker:
                line.breaker.refuse(source.name, source.title, missing)
            for table in filter(reader.reads, source.tables):
                await run.read_table(table)
            for gone in missing:
                await run.end_records(gone)
    except SourceHeld as fault:
        report.hold(fault)
    except (IdentityError, LedgerError) as fault:
        report.fail(fault, retryable=fault.retryable)
    return report


async def _open_run(
    source: Source,
    reader: Readers,
    line: Line,
    report: SourceReport,
    stopping: asyncio.Event | None,
    from_day: date | None,
) -> "_Run":
    async with line.ledger.transaction() as connection:
        last = await scans_of(connection, source.name)
        stream = await stream_of(connection, source.name)
    return _Run(
        source=source,
        reader=reader,
        line=line,
        intake=await open_intake(source, line, report),
        last=last,
        stopping=stopping,
        from_day=from_day,
        followed=stream is not None and stream.live,
    )


@asynccontextmanager
async def reading_alone(source: Source, line: Line) -> AsyncIterator[None]:
    """Of a source that is polled and followed only one at a time: what a poll has read may not be overtaken by what
    the source says later, for the poll would then put the older state over the newer.
    """
    if BOTH.isdisjoint(source.patterns):
        yield
    else:
        async with source_lock(line.ledger, source.name):
            yield


async def open_intake(source: Source, line: Line, report: SourceReport) -> Intake:
    """Where the rows of a source go, whichever way they come; old dead letters are forgotten."""
    letters = Letterbox(line.ledger, source, line.secret)
    await letters.open(line.retention)
    return Intake(
        source=source,
        load=line.loader.load,
        letters=letters,
        secret=line.secret,
        batch_size=line.batch_size,
        report=report,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    source: Source
    reader: Readers
    line: Line
    intake: Intake
    last: LastScans
    stopping: asyncio.Event | None
    from_day: date | None
    followed: bool  # whether somebody is told by the source what is new

    @property
    def _report(self) -> SourceReport:
        return self.intake.report

    async def find_missing(self) -> Sequence[Missing]:
        """The records of tables whose keys are due to be scanned that have no row any more."""
        found = []
        for table in self.source.tables:
            if is_due(table, Scan.KEYS, self.last, self._report.started):
                try:
                    loader, secret = self.line.loader, self.line.secret
                    found.append(await find_missing(self.reader, loader, self.source, table, secret))
                except (SourceContractError, SourceUnavailable) as fault:
                    self._fail(table, fault)
        return found

    async def read_table(self, table: Table) -> None:
        """Along the watermark, or the whole table where that is due; only what lies ahead moves its position."""
        if reader := self.reader.in_parts(table):
            await self._read_parts(table, reader)
            return
        started = datetime.now(UTC)
        stored = await self.line.loader.position(self.source.name, table.name)
        whole = is_due(table, Scan.ROWS, self.last, started)
        cold = stored is None and self.last.get((table.name, Scan.ROWS), WANTED) == WANTED
        if not (table.watermark or whole) or not (whole or cold or self.from_day or not self._is_told(table)):
            return
        report = self.intake.report_of(table)
        report.cold = cold
        try:
            complete = await self._read_pages(table, None if whole else self._start(table, stored), stored)
        except (SourceContractError, SourceUnavailable) as fault:
            self._fail(table, fault)
            return
        if complete and (cold or (whole and (table.rescan or self.last.get((table.name, Scan.ROWS)) == WANTED))):
            await self._record_scan(table, Scan.ROWS, started)

    async def _read_parts(self, table: Table, reader: PartsReader) -> None:
        """All parts, each from its own position on."""
        known = await self.line.loader.parts(self.source.name, table.name)
        self.intake.report_of(table).cold = not known
        try:
            await self._take(table, reader.parts(table, known, self.line.batch_size, self.from_day))
        except (SourceContractError, SourceUnavailable) as fault:
            self._fail(table, fault)

    def _is_told(self, table: Table) -> bool:
        """Whether the stream says sooner what a poll along the watermark would."""
        return self.followed and self.source.place_of(table).pattern in BOTH

    def _start(self, table: Table, stored: Position | None) -> Position | None:
        if stored is None or self.from_day is None:
            return stored
        return start_of(self.from_day, ZoneInfo(self.source.place_of(table).timezone))

    async def end_records(self, missing: Missing) -> None:
        """Tell the graph what the source has no longer."""
        await self.intake.end(missing.table, missing.keys)
        await self._record_scan(missing.table, Scan.KEYS, self._report.started)

    async def _read_pages(self, table: Table, since: Position | None, stored: Position | None) -> bool:
        """Answers whether the end was reached."""
        return await self._take(table, self.reader.pages(table, since, self.line.batch_size, stored=stored))

    async def _take(self, table: Table, found: AsyncGenerator[Page, None]) -> bool:
        async with aclosing(found) as pages:
            async for page in pages:
                if self.stopping and self.stopping.is_set():
                    return False
                await self.intake.take(table, page)
        return True

    async def _record_scan(self, table: Table, what: Scan, at: datetime) -> None:
        async with self.line.ledger.transaction() as connection:
            await record_scan(connection, self.source.name, table.name, what, at)

    def _fail(self, table: Table, fault: IdentityError) -> None:
        self.intake.report_of(table).error = str(fault)
        self._report.fail(fault, retryable=fault.retryable)
