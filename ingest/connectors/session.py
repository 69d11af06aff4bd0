"""A connection to a source: the same for a driver that is asynchronous and for one that is not, which gets a thread."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, Engine, Select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

# An engine's option: its driver would read the rest of the table in order to end a query early, so the line is cut.
ABANDON = "abandon"
# An engine's option: how many seconds an answer may take, where neither the server nor the driver would end the wait
# for a line that is open and silent.
PATIENCE = "patience"
Answer = TypeVar("Answer")
Rows = Sequence[Sequence[Any]]


class Session(Protocol):
    """One connection. Whatever it does is rolled back, so that nothing at the source waits for us."""

    @property
    def lost(self) -> bool:
        """Whether the line broke: the next try opens another one."""

    async def run(self, work: Callable[[Connection], Answer]) -> Answer:
        """Do what asks little of the source, such as reading its catalogue."""

    def parts(self, statement: Select[Any], size: int) -> AsyncGenerator[Rows, None]:
        """The rows of a query, at most ``size`` at a time: memory does not grow with the table."""


@asynccontextmanager
async def open_session(engine: AsyncEngine | Engine) -> AsyncIterator[Session]:
    """Connect; the engine ends with the session. Raises TimeoutError, as the session does, where the line is silent."""
    if isinstance(engine, AsyncEngine):
        options = engine.sync_engine.get_execution_options()
        patience = options.get(PATIENCE)
        try:
            async with asyncio.timeout(patience):
                connection = await engine.connect()
            try:
                yield AwaitedSession(connection, options.get(ABANDON, False), patience)
            finally:
                async with asyncio.timeout(patience):
                    await connection.close()
        finally:
            await engine.dispose()
    else:
        # one thread for one connection: such drivers do not bear being handed from thread to thread
        with ThreadPoolExecutor(1) as thread:
            session = ThreadedSession(thread, await _in(thread, engine.connect))
            try:
                yield session
            finally:
                await session.close()
                await _in(thread, engine.dispose)


class AwaitedSession:
    def __init__(self, connection: AsyncConnection, abandon: bool, patience: float | None) -> None:
        self._connection = connection
        self._abandon = abandon
        self._patience = patience

    @property
    def lost(self) -> bool:
        return self._connection.invalidated

    async def run(self, work: Callable[[Connection], Answer]) -> Answer:
        try:
            async with self._patient():
                return await self._connection.run_sync(work)
        finally:
            async with self._patient():
                await self._connection.rollback()

    async def parts(self, statement: Select[Any], size: int) -> AsyncGenerator[Rows, None]:
        try:
            async with self._patient():
                result = await self._connection.stream(statement, execution_options={"yield_per": size})
            try:
                parts = result.partitions(size)
                while part := await self._next(parts):
                    yield part
            except (GeneratorExit, asyncio.CancelledError):
                if self._abandon:
                    await self._connection.invalidate()
                raise
            finally:
                if not (self._abandon and self.lost):
                    async with self._patient():
                        await result.close()
        finally:
            async with self._patient():
                await self._connection.rollback()

    async def _next(self, parts: AsyncIterator[Rows]) -> Rows | None:
        """Only the wait for the source is bounded, not what is done with its rows."""
        async with self._patient():
            return await anext(parts, None)

    def _patient(self) -> asyncio.Timeout:
        return asyncio.timeout(self._patience)


class ThreadedSession:
    def __init__(self, thread: ThreadPoolExecutor, connection: Connection) -> None:
        self._thread = thread
        self._connection = connection

    @property
    def lost(self) -> bool:
        return self._connection.invalidated

    async def close(self) -> None:
        await _in(self._thread, self._connection.close)

    async def run(self, work: Callable[[Connection], Answer]) -> Answer:
        try:
            return await _in(self._thread, lambda: work(self._connection))
        finally:
            await _in(self._thread, self._connection.rollback)

    async def parts(self, statement: Select[Any], size: int) -> AsyncGenerator[Rows, None]:
        options = {"stream_results": True, "max_row_buffer": size}
        try:
            result = await _in(self._thread, lambda: self._connection.execute(statement, execution_options=options))
            while part := await _in(self._thread, lambda: result.fetchmany(size)):
                yield part
            await _in(self._thread, result.close)
        finally:
            await _in(self._thread, self._connection.rollback)


async def _in(thread: ThreadPoolExecutor, work: Callable[[], Answer]) -> Answer:
    return await asyncio.get_running_loop().run_in_executor(thread, work)
