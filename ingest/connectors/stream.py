"""Kafka: the events of a source, as one of a consumer group.

Where each table stands in each partition is stored in the graph with what was loaded: that is the truth, and a
partition that we are given is read from there. The offsets that the broker keeps of the group are for those who watch
its lag.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from threading import Thread
from typing import Self, TypeVar

import pyarrow as pa
import structlog

from ingest.connectors.brokers import client_settings
from ingest.connectors.group import Member, Place
from ingest.connectors.messages import Heard, Message, hear, to_page
from ingest.connectors.offsets import Partition, start_of
from ingest.connectors.page import NO_TIMES, Delivery, Memory, Page, position_of
from ingest.contracts.event import Event
from ingest.declared import Pattern
from ingest.errors import SourceUnavailable
from ingest.source import Source
from ingest.table import Table

PATTERN: Pattern = "stream"
LEAVE_SECONDS = 5.0
START_SECONDS = 60.0  # to ask the graph where we are
SETTLE = 5_000  # messages of no concern to a table, before its position is written all the same

Answer = TypeVar("Answer")

log = structlog.get_logger()


class StreamFollower:
    """Use ``async with StreamFollower.connect(...)``."""

    def __init__(self, source: Source, dsn: str, memory: Memory, stopping: asyncio.Event) -> None:
        tables = [table for table in source.tables if source.place_of(table).pattern == PATTERN]
        self._source = source
        self._tables: defaultdict[str, list[Table]] = defaultdict(list)  # by topic
        for table in tables:
            self._tables[table.table].append(table)
        self._memory = memory
        self._stopping = stopping
        self._loop = asyncio.get_running_loop()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"kafka {source.name}")
        group = f"wekeza-{memory.installation}-{source.name}"
        self._member = Member(client_settings(dsn), group, sorted(self._tables), self._starts)
        self._partitions: dict[Place, Partition] = {}
        self._wanted: dict[tuple[str, Place], int] = {}  # by table: the first offset that it has not got
        self._stored: dict[tuple[str, Place], int] = {}  # the same, as the graph has it once all is acknowledged
        self._read: dict[Place, int] = {}  # since the last acknowledgement
        self._began = datetime.now(UTC)

    @classmethod
    @asynccontextmanager
    async def connect(
        cls, source: Source, dsns: Mapping[str, str], memory: Memory, stopping: asyncio.Event
    ) -> AsyncIterator[Self]:
        """Raises SourceUnavailable, retryable, where the broker does not answer or does not let us in."""
        try:
            follower = cls(source, dsns[source.dsn_of_pattern(PATTERN)], memory, stopping)
        except SourceUnavailable as fault:
            raise _named(source, fault) from fault
        try:
            await follower._run(follower._member.open)
            yield follower
        finally:
            await follower._leave()

    async def deliveries(self, size: int) -> AsyncGenerator[Sequence[Delivery], None]:
        """Each time also what is wrong with single topics, as long as it is; once more, empty, when it is no longer."""
        unheard: dict[str, str] = {}
        while not self._stopping.is_set():
            messages = await self._run(lambda: self._member.take(size))
            found = await self._run(lambda messages=messages: self._sort_out(messages))  # type: ignore[misc]
            if found or unheard != self._member.unheard:
                unheard = dict(self._member.unheard)
                yield [*self._faults(unheard), *found]

    async def acknowledge(self) -> None:
        read, self._read = self._read, {}
        await self._run(lambda: self._member.commit(read))

    async def _leave(self) -> None:
        """Where the broker is away it takes as long as that, and so nobody waits for it."""
        await self._run(lambda: None)  # whatever was asked has been answered
        leaving = Thread(target=self._member.close, daemon=True)
        leaving.start()
        await self._run(lambda: leaving.join(LEAVE_SECONDS))
        self._thread.shutdown(wait=False)

    async def _run(self, call: Callable[[], Answer]) -> Answer:
        try:
            return await self._loop.run_in_executor(self._thread, call)
        except SourceUnavailable as fault:
            raise _named(self._source, fault) from fault

    def _starts(self, partitions: Sequence[Partition]) -> Mapping[Place, int]:
        """Called by the thread, while the loop waits for it."""
        asked = asyncio.run_coroutine_threadsafe(self._recall(partitions), self._loop)
        try:
            return asked.result(START_SECONDS)
        except TimeoutError:
            raise SourceUnavailable("the graph did not tell in time how far they have been read.") from None

    async def _recall(self, partitions: Sequence[Partition]) -> Mapping[Place, int]:
        """From where the partitions that are ours now are read: where the table stands that is furthest behind."""
        self._partitions = {(it.topic, it.number): it for it in partitions}
        self._wanted, self._stored = {}, {}
        starts: dict[Place, int] = {}
        for place, partition in self._partitions.items():
            for table in self._tables[partition.topic]:
                stored = await self._memory.position(position_of(table, PATTERN, partition.name))
                offset, why = start_of(partition, stored)
                if why:
                    log.warning(
                        "stream_interrupted", system=self._source.name, table=table.name, part=partition.name, why=why
                    )
                self._wanted[table.name, place] = self._stored[table.name, place] = offset
            starts[place] = min(self._wanted[table.name, place] for table in self._tables[partition.topic])
        return starts

    def _sort_out(self, messages: Sequence[Message]) -> list[Delivery]:
        by_place: defaultdict[Place, list[tuple[Message, Heard]]] = defaultdict(list)
        for message in messages:
            by_place[message.place].append((message, hear(message)))
        found = []
        for place, heard in by_place.items():
            self._read[place] = heard[-1][0].offset + 1
            for table in self._tables[place[0]]:
                if told := self._told(table, place, heard):
                    found.append(told)
        return found

    def _told(self, table: Table, place: Place, heard: Sequence[tuple[Message, Heard]]) -> Delivery | None:
        """What is news to a table; None if nothing is, and its position is not far behind either."""
        news = [it for it in heard if it[0].offset >= self._wanted[table.name, place]]
        if not news:
            return None
        following = self._wanted[table.name, place] = news[-1][0].offset + 1
        page = to_page(self._source.name, table, [message for message, _ in news], [event for _, event in news])
        if not (len(page.rows) or page.poison) and following - self._stored[table.name, place] < SETTLE:
            return None
        self._stored[table.name, place] = following
        partition = self._partitions[place]
        page = replace(page, position=partition.position(following), fresh=self._fresh(table, news))
        return Delivery(table=table, page=page, part=partition.name)

    def _fresh(self, table: Table, news: Sequence[tuple[Message, Heard]]) -> pa.ChunkedArray:
        events = (it for _, it in news if isinstance(it, Event) and it.event_type in table.events)
        times = sorted(it.occurred_at for it in events if it.occurred_at >= self._began)
        return pa.chunked_array([pa.array(times, NO_TIMES.type)])

    def _faults(self, unheard: Mapping[str, str]) -> list[Delivery]:
        return [
            Delivery(
                table=table,
                page=Page(rows=table.event_columns.empty_table(), position=None),
                fault=f"{self._source.title}: {why}",
            )
            for topic, why in unheard.items()
            for table in self._tables.get(topic, ())
        ]


def _named(source: Source, fault: SourceUnavailable) -> SourceUnavailable:
    return SourceUnavailable(f"{source.title}, events: {fault}")
