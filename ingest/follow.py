"""Follows a source that pushes: what it delivers is loaded, then acknowledged, then resolved.

A line that breaks is opened again after 1, 2, 4 … seconds, from where the graph stands: what was not acknowledged comes
again and changes nothing. Where the source itself remembers how far we are, that is kept in the ledger too, and before
it is acknowledged: where the two do not meet something was lost, so the tables are scanned.
"""

import asyncio
import hmac
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from time import monotonic
from typing import Any

import structlog
from psycopg import AsyncConnection

from graph.errors import IdentityError
from ingest.breaker import RecentEnds
from ingest.connectors.inbox import InboxFollower
from ingest.connectors.page import Delivery, Follower, Memory, Resumable
from ingest.connectors.registry import FOLLOWERS, Dsns
from ingest.declared import Pattern
from ingest.errors import SourceUnavailable
from ingest.intake import Intake
from ingest.mapping import record_key
from ingest.pipeline import conclude, retry_delay
from ingest.reports import SourceReport
from ingest.run import Line, open_intake, reading_alone
from ingest.source import Source
from ledger.errors import LedgerError
from ledger.sources import Scan, want_scan
from ledger.streams import leave_stream, record_stream, stream_of

INBOX: Pattern = "webhooks"
MAX_WAIT_SECONDS = 60.0

log = structlog.get_logger()


async def follow(source: Source, pattern: Pattern, dsns: Dsns, line: Line, stopping: asyncio.Event) -> None:
    """Until ``stopping``. Raises nothing that an operator can mend: each failure is a report of its own."""
    failures = 0
    following = _Following(source, pattern, line)
    while not stopping.is_set():
        following.begin_report()
        try:
            async with (
                _open(source, pattern, dsns, line, stopping) as follower,
                following.resumed(follower),
                aclosing(follower.deliveries(line.batch_size)) as groups,
            ):
                async for deliveries in groups:
                    await following.take(deliveries, follower)
                    failures = 0
        except (IdentityError, LedgerError) as fault:
            failures += 1
            following.report.fail(fault, retryable=fault.retryable)
            await conclude(source, following.report, line, monotonic())
            await _wait(stopping, min(retry_delay(failures).total_seconds(), MAX_WAIT_SECONDS))


def followed(source: Source, dsns: Dsns) -> list[Pattern]:
    """The patterns by which the source is followed: what is sent to us, and those of places that have a DSN."""
    return [it for it in source.patterns if it == INBOX or (it in FOLLOWERS and source.dsn_of_pattern(it) in dsns)]


def _open(
    source: Source, pattern: Pattern, dsns: Dsns, line: Line, stopping: asyncio.Event
) -> AbstractAsyncContextManager[Follower]:
    """What was sent to us is in our own ledger; all else is told by the source itself."""
    if pattern == INBOX:
        return InboxFollower.connect(source, line.ledger, stopping)
    return FOLLOWERS[pattern](source, dsns, _memory(source, line), stopping)


class _Following:
    """What is done with what one source pushes by one pattern."""

    def __init__(self, source: Source, pattern: Pattern, line: Line) -> None:
        self._source = source
        self._pattern = pattern
        self._line = line
        self._ends = RecentEnds()
        self.report: SourceReport

    def begin_report(self) -> None:
        self.report = SourceReport(system=self._source.name, started=datetime.now(UTC), pushed=True)

    @asynccontextmanager
    async def resumed(self, follower: Follower) -> AsyncIterator[None]:
        """Go on from where the ledger says, and leave with word that nobody follows any more."""
        if not isinstance(follower, Resumable):
            yield
            return
        await self._resume(follower)
        try:
            yield
        finally:
            async with self._line.ledger.transaction() as connection:
                await leave_stream(connection, self._source.name)

    async def _resume(self, follower: Resumable) -> None:
        """Where something is lost in between, all that is followed is to be scanned.

        Alone, for a scan that runs may have begun before the source kept anything, and would say that it is done.
        """
        async with reading_alone(self._source, self._line), self._line.ledger.transaction() as connection:
            before = await stream_of(connection, self._source.name)
            if before is None or not follower.resume(before.history, before.reached):
                for table in self._source.tables:
                    if self._source.place_of(table).pattern == self._pattern:
                        await want_scan(connection, self._source.name, table.name, Scan.ROWS)
                        await want_scan(connection, self._source.name, table.name, Scan.KEYS)
                log.info("source_scans_wanted", system=self._source.name, why="what was before its stream is not known")
            await self._record(connection, follower)

    async def take(self, deliveries: Sequence[Delivery], follower: Follower) -> None:
        """Load and acknowledge a group, then resolve what it brought."""
        started = monotonic()
        self.begin_report()
        if deliveries:
            async with reading_alone(self._source, self._line):
                intake = await open_intake(self._source, self._line, self.report)
                for told in deliveries:
                    await self._load(told, intake)
        if isinstance(follower, Resumable):
            async with self._line.ledger.transaction() as connection:
                await self._record(connection, follower)
        await follower.acknowledge()
        if deliveries:
            await conclude(self._source, self.report, self._line, started)
            self.begin_report()  # what follows is no part of it

    async def _load(self, told: Delivery, intake: Intake) -> None:
        """The position comes with the rows, so what ended goes before them."""
        table, place = told.table, told.place(self._pattern)
        if told.fault:
            intake.report_of(table).error = told.fault
            self.report.fail(SourceUnavailable(told.fault), retryable=True)
            return
        if told.ordered and told.is_known(await self._line.loader.position(self._source.name, place)):
            return
        if told.emptied or (told.gone and not await self._may_end(told)):
            async with self._line.ledger.transaction() as connection:
                await want_scan(connection, self._source.name, table.name, Scan.KEYS)
            log.warning("source_ends_many", system=self._source.name, table=table.name, ends=len(told.gone) or "all")
        elif told.gone:
            await intake.end(table, [record_key(self._source, table, id, self._line.secret) for id in told.gone])
        await intake.take(table, told.page, place=place)

    async def _may_end(self, told: Delivery) -> bool:
        """Else the next poll compares the keys, and is held by the breaker where too many are missing."""
        breaker, table = self._line.breaker, told.table
        ends = self._ends.add(table.name, len(told.gone), datetime.now(UTC))
        if breaker is None or breaker.allows(ends, held=0):
            return True  # whatever the graph holds, which takes a while to count
        keys = self._line.loader.keys(table.record_kind.record, self._source.name, table.name)
        async with aclosing(keys) as pages:
            return breaker.allows(ends, held=sum([len(page) async for page in pages]))

    async def _record(self, connection: AsyncConnection[Any], follower: Resumable) -> None:
        now = follower.standing
        await record_stream(connection, self._source.name, history=now.history, reached=now.reached, behind=now.behind)


def _memory(source: Source, line: Line) -> Memory:
    """The name is no secret, but made of one: nobody else's installation has it."""
    installation = hmac.digest(line.secret, b"the name of this installation", "sha256")[:6].hex()
    return Memory(position=partial(line.loader.position, source.name), installation=installation)


async def _wait(stopping: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stopping.wait(), seconds)
