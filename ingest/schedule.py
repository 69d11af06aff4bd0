"""Polls every source at its interval and within its window, and follows those that push.

Several processes may do so at once: each source belongs to the one that claimed it first.

A poll never overlaps itself, a late one is made up for once, and one that failed for a reason that may pass is tried
again after 1, 2, 4 … seconds, at most the source's own interval.
"""

import asyncio
import signal
from collections.abc import Mapping, Set
from contextlib import suppress
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import structlog
from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MAX_INSTANCES, EVENT_JOB_MISSED, JobEvent
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from ingest.connectors.registry import Dsns
from ingest.follow import follow, followed
from ingest.pipeline import poll, retry_delay
from ingest.run import Line
from ingest.source import Source
from ledger.errors import LedgerError
from ledger.locks import Claims, ingest_lock

MISFIRE_GRACE_SECONDS = 300
MAX_WAIT_SECONDS = 30.0  # between two tries to reach the ledger
CONFIRM_SECONDS = 5.0  # how soon a process notices that its claims are gone, or another's
EVENTS = {EVENT_JOB_MISSED: "poll_missed", EVENT_JOB_MAX_INSTANCES: "poll_still_running", EVENT_JOB_ERROR: "poll_broke"}

log = structlog.get_logger()


class Schedule:
    """Polls ``sources`` through ``line``; ``every`` overrides their intervals."""

    def __init__(
        self, sources: Mapping[str, Source], dsns: Mapping[str, Dsns], line: Line, *, every: timedelta | None = None
    ) -> None:
        self._sources = {name: source for name, source in sources.items() if name in dsns}
        self._dsns = dsns
        self._line = line
        self._every = every
        self._stopping = asyncio.Event()
        self._failures: dict[str, int] = {}
        self._held: dict[str, str] = {}  # why a source is not polled now, as the log was told
        self._polls: set[asyncio.Task[object]] = set()
        self._scheduler: AsyncIOScheduler | None = None  # only while this process ingests

    async def run(self) -> None:
        """Read what no other process reads, stand by for the rest; until `stop`.

        Raises nothing that an operator can mend meanwhile.
        """
        standing_by = False
        failures = 0
        while not self._stopping.is_set():
            try:
                async with ingest_lock(self._line.ledger) as claims:
                    failures = 0
                    if claims:
                        standing_by = False
                        await self._lead(claims)
                    elif not standing_by:
                        standing_by = True
                        log.info("standing_by", sources=sorted(self._sources), why="the graph is being rebuilt")
            except LedgerError as fault:
                failures += 1
                log.warning("not_ingesting", error=str(fault))
            await self._wait(
                min(retry_delay(failures).total_seconds(), MAX_WAIT_SECONDS) if failures else CONFIRM_SECONDS
            )

    def stop(self) -> None:
        """End at the next border of a batch."""
        self._stopping.set()

    def next_run(self, name: str) -> datetime | None:
        """When a source is polled next; None if this process does not read it."""
        job = self._scheduler and self._scheduler.get_job(name)
        found: datetime | None = job.next_run_time if job else None
        return found

    async def _lead(self, claims: Claims) -> None:
        ending = asyncio.Event()
        self._scheduler = _start_scheduler()
        others: Set[str] = frozenset()
        try:
            while not self._stopping.is_set():
                if gained := await claims.claim(self._sources):
                    log.info("reading", sources=sorted(gained))
                for name in gained:
                    self._begin(self._sources[name], ending)
                if (rest := self._sources.keys() - claims.held) and rest != others:
                    why = "another process reads them; this one takes over when it ends"
                    log.info("standing_by", sources=sorted(rest), why=why)
                others = rest
                await self._wait(CONFIRM_SECONDS)
        finally:
            # The scheduler would cancel running polls; they end by themselves at a batch, and the writer lock and the
            # fence keep them harmless where the claim was lost.
            self._scheduler.pause()
            ending.set()
            await asyncio.gather(*self._polls, return_exceptions=True)
            self._scheduler.shutdown(wait=False)
            self._scheduler = None

    def _begin(self, source: Source, ending: asyncio.Event) -> None:
        """Poll the source from now on, and follow it where it pushes."""
        assert self._scheduler is not None  # noqa: S101 - `_lead` has one
        seconds, now = (self._every or source.every).total_seconds(), datetime.now(UTC)
        self._scheduler.add_job(
            self._poll, "interval", [source, ending], id=source.name, seconds=seconds, next_run_time=now
        )
        for pattern in () if source.paused else followed(source, self._dsns[source.name]):
            told = follow(source, pattern, self._dsns[source.name], self._line, ending)
            task = asyncio.create_task(told, name=source.name)
            task.add_done_callback(_log_broken)
            self._polls.add(task)

    async def _poll(self, source: Source, ending: asyncio.Event) -> None:
        if self._holds(source):
            return
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - a coroutine runs in a task
        self._polls.add(task)
        try:
            report = await poll(source, self._dsns[source.name], self._line, ending)
        finally:
            self._polls.discard(task)
        if not report.retryable:
            self._failures.pop(source.name, None)
        elif not ending.is_set():
            self._retry_soon(source)

    def _holds(self, source: Source) -> bool:
        """Whether the source does not want to be read now, said once in the log."""
        why = why_not_now(source, datetime.now(UTC))
        if why and self._held.get(source.name) != why:
            log.info("source_not_polled", system=source.name, why=why)
        if why:
            self._held[source.name] = why
        else:
            self._held.pop(source.name, None)
        return why is not None

    def _retry_soon(self, source: Source) -> None:
        failures = self._failures[source.name] = self._failures.get(source.name, 0) + 1
        delay = retry_delay(failures)
        if self._scheduler and delay < (self._every or source.every):
            self._scheduler.modify_job(source.name, next_run_time=datetime.now(UTC) + delay)

    async def _wait(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)


def _start_scheduler() -> AsyncIOScheduler:
    scheduler = AsyncIOScheduler(
        timezone=UTC,
        job_defaults={"misfire_grace_time": MISFIRE_GRACE_SECONDS, "coalesce": True, "max_instances": 1},
    )
    scheduler.add_listener(_log_event, EVENT_JOB_MISSED | EVENT_JOB_MAX_INSTANCES | EVENT_JOB_ERROR)
    scheduler.start()
    return scheduler


def why_not_now(source: Source, now: datetime) -> str | None:
    """Why a source is not to be read now, None if it is. A window is in the source's own zone and may span midnight."""
    if source.paused:
        return "its file says paused"
    if source.window is None:
        return None
    begins, ends = map(time.fromisoformat, source.window.split("-"))
    clock = now.astimezone(ZoneInfo(source.timezone)).time()
    inside = begins <= clock < ends if begins < ends else clock >= begins or clock < ends
    return None if inside else f"it is read from {source.window} ({source.timezone}) only"


async def run_until_signal(schedule: Schedule) -> None:
    """Run a schedule until SIGTERM or SIGINT, and then to the next border of a batch."""
    loop = asyncio.get_running_loop()
    signals = (signal.SIGTERM, signal.SIGINT)
    for number in signals:
        loop.add_signal_handler(number, schedule.stop)
    try:
        await schedule.run()
    finally:
        for number in signals:
            loop.remove_signal_handler(number)


def _log_event(event: JobEvent) -> None:
    fault = getattr(event, "exception", None)
    log.warning(EVENTS[event.code], system=event.job_id, error=type(fault).__name__ if fault else None)


def _log_broken(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (fault := task.exception()):
        log.warning("follow_broke", system=task.get_name(), error=type(fault).__name__)
