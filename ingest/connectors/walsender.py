"""The line to a PostgreSQL that sends its log: psycopg connects, the rest is libpq's COPY BOTH.

The server ends a line on which nobody answers, so a task of its own says every few seconds how far the log is
confirmed, also while what came is being loaded.
"""

import asyncio
import struct
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Self

import psycopg
from psycopg import sql
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus

from ingest.connectors.pgoutput import EPOCH

STATUS_SECONDS = 5.0  # a server waits 60 s for an answer, unless it was set otherwise
STATUS = struct.Struct(">cQQQqB")  # written, flushed, applied, clock, whether an answer is wanted
DATA = struct.Struct(">cQQq")  # start, end of the log as the server knows it, clock
KEEPALIVE = struct.Struct(">cQqB")  # how far the log was sent, clock, whether an answer is wanted
# What the server writes as text is what a polled reader is given: see `postgresql.SESSION`. No statement ends here.
OPTIONS = "-c statement_timeout=0 -c DateStyle=ISO -c TimeZone=UTC -c bytea_output=hex -c extra_float_digits=1"


@dataclass(frozen=True, slots=True)
class Data:
    """One message of the plugin."""

    content: bytes


@dataclass(frozen=True, slots=True)
class Keepalive:
    """All of the log up to ``sent`` was sent, as far as it is ours. A server that shuts down waits for an answer that
    confirms it, and says so by ``wanted``.
    """

    sent: int
    wanted: bool


def spell(lsn: int) -> str:
    """A position in the log as PostgreSQL reads it, in one width: the later of two is the greater text."""
    return f"{lsn >> 32:08X}/{lsn & 0xFFFFFFFF:08X}"


def parse(lsn: str) -> int:
    high, low = lsn.split("/")
    return int(high, 16) << 32 | int(low, 16)


class Walsender:
    """Use ``async with Walsender.connect(...)``. All of it raises psycopg.Error."""

    def __init__(self, connection: psycopg.AsyncConnection[Any]) -> None:
        self._connection = connection
        self._pgconn = connection.pgconn
        self._confirmed = 0

    @classmethod
    @asynccontextmanager
    async def connect(cls, parameters: dict[str, Any]) -> AsyncIterator[Self]:
        given = {**parameters, "replication": "database", "options": OPTIONS}
        async with await psycopg.AsyncConnection.connect(**given, autocommit=True) as connection:
            yield cls(connection)

    async def server(self) -> str:
        """Names the log: another server's, or that of one that was promoted, is another."""
        cursor = await self._connection.execute("IDENTIFY_SYSTEM")
        row = await cursor.fetchone()
        assert row is not None  # noqa: S101 - it always answers with one
        return f"{row[0]}/{row[1]}"

    @asynccontextmanager
    async def sending(self, slot: str, publication: str, begin: int) -> AsyncIterator[None]:
        """What follows ``begin``, or the slot's own position if that is further, is sent until the block ends."""
        statement = sql.SQL("START_REPLICATION SLOT {} LOGICAL {} (proto_version '1', publication_names {})").format(
            sql.Identifier(slot), sql.SQL(spell(begin)), sql.Literal(sql.Identifier(publication).as_string())
        )
        await self._connection.execute(statement)
        self._confirmed = begin
        answering = asyncio.create_task(self._answer())
        try:
            yield
        finally:
            answering.cancel()
            await asyncio.gather(answering, return_exceptions=True)  # what broke the line is told to who reads it
            await self._connection.close()  # nothing but an end of the line ends the sending

    def receive(self) -> Data | Keepalive | None:
        """What is here already; None where nothing is."""
        while True:
            size, data = self._pgconn.get_copy_data(1)
            if size == 0:
                return None
            if size < 0:
                raise self._end()
            content = bytes(data)
            if content[:1] == b"w":
                return Data(content[DATA.size :])
            if content[:1] == b"k":
                _, sent, _, wanted = KEEPALIVE.unpack(content)
                if wanted:
                    self._say()
                return Keepalive(sent, bool(wanted))

    async def wait(self, seconds: float, stopping: asyncio.Event) -> None:
        """Until something comes, at most so long, or until somebody wants an end."""
        loop, arrived = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(self._pgconn.socket, arrived.set)
        waits = [asyncio.create_task(it.wait()) for it in (arrived, stopping)]
        try:
            await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            loop.remove_reader(self._pgconn.socket)
            for task in waits:
                task.cancel()
        if arrived.is_set():
            self._pgconn.consume_input()

    def confirm(self, lsn: int, *, ask: bool = False) -> None:
        """The server need not keep what is before; ``ask`` for how far it has sent."""
        self._confirmed = max(self._confirmed, lsn)
        self._say(ask=ask)

    async def _answer(self) -> None:
        while True:
            await asyncio.sleep(STATUS_SECONDS)
            self._say()

    def _say(self, *, ask: bool = False) -> None:
        clock = int((time.time() - EPOCH.timestamp()) * 1_000_000)
        self._pgconn.put_copy_data(STATUS.pack(b"r", *[self._confirmed] * 3, clock, ask))
        self._pgconn.flush()

    def _end(self) -> psycopg.Error:
        """Why the server sends no more."""
        result = self._pgconn.get_result()
        if result is not None and result.status == ExecStatus.FATAL_ERROR:
            return error_from_result(result)
        return psycopg.OperationalError("the server ended the line")
