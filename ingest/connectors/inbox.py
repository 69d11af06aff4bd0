"""What a source tells by itself: the service accepts it into the ledger's inbox, and it is taken from there.

An event holds the whole item, in the form in which the source's lists have it, too. What no table of the source file
names is dropped, and the log says so.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Self

import structlog

from ingest.connectors.items import at_path, read_json, to_rows
from ingest.connectors.page import Delivery, Page
from ingest.source import Source
from ingest.table import Table
from ledger.inbox import Message, await_message, drop_messages, listen_to_inbox, waiting_messages
from ledger.ledger import Ledger

LOOK_SECONDS = 1.0  # for what came unheard, and for an end

log = structlog.get_logger()


class InboxFollower:
    """Of one source. Raises LedgerError where the ledger is away."""

    def __init__(self, source: Source, ledger: Ledger, stopping: asyncio.Event) -> None:
        self._source = source
        self._ledger = ledger
        self._stopping = stopping
        self._taken: Sequence[Message] = ()

    @classmethod
    @asynccontextmanager
    async def connect(cls, source: Source, ledger: Ledger, stopping: asyncio.Event) -> AsyncIterator[Self]:
        yield cls(source, ledger, stopping)

    async def deliveries(self, size: int) -> AsyncGenerator[Sequence[Delivery], None]:
        async with self._ledger.session() as session:
            await listen_to_inbox(session)
            while not self._stopping.is_set():
                async with self._ledger.transaction() as connection:
                    self._taken = await waiting_messages(connection, self._source.name, size)
                if self._taken:
                    yield self._read(self._taken)
                else:
                    await await_message(session, LOOK_SECONDS)

    async def acknowledge(self) -> None:
        async with self._ledger.transaction() as connection:
            await drop_messages(connection, self._source.name, [it.event for it in self._taken])

    def _read(self, messages: Sequence[Message]) -> list[Delivery]:
        """The items by table, in the order of the file; of those with one key the last."""
        items: dict[str, dict[Any, Any]] = defaultdict(dict)
        for body in map(_body, messages):
            item_of = {table.name: at_path(body, table.webhook.item) for table in self._named(body) if table.webhook}
            if not item_of:
                log.warning("webhook_ignored", system=self._source.name)
            for name, item in item_of.items():
                key = item.get(self._table(name).key) if isinstance(item, dict) else None
                items[name][key if isinstance(key, str) else len(items[name])] = item
        return [_delivery(table, [*items[table.name].values()]) for table in self._source.tables if items[table.name]]

    def _named(self, body: Any) -> list[Table]:
        """The tables that name the type of an event."""
        said = at_path(body, "type")
        return [table for table in self._source.tables if table.webhook and said in table.webhook.events]

    def _table(self, name: str) -> Table:
        return next(table for table in self._source.tables if table.name == name)


def _body(message: Message) -> Any:
    try:
        return read_json(message.body)
    except ValueError:  # the service accepts none such: what is none has no type
        return None


def _delivery(table: Table, items: Sequence[Any]) -> Delivery:
    rows, unreadable = to_rows(items, table.columns, table.resource.nested)
    return Delivery(table=table, page=Page(rows=rows, position=None, unreadable=unreadable))
