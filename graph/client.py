"""The one door to Neo4j: statements by name, reads in READ mode, writes in explicit transactions."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, fields
from typing import Any, Self

from neo4j import READ_ACCESS, AsyncDriver, AsyncGraphDatabase, AsyncTransaction, Query, SummaryCounters
from neo4j.exceptions import AuthError, ClientError, DriverError, Neo4jError, ServiceUnavailable, TransientError

from graph.errors import GraphTimeout, GraphUnavailable, IdentityError, StatementError, TooLarge
from graph.statements import parameters, statement, statement_names, with_one_parameter

Row = dict[str, Any]
DATABASE = "neo4j"
POOL_SIZE = 20
CONNECT_SECONDS = 2.0  # a server that is there takes the line in milliseconds
ACQUIRE_SECONDS = 5.0  # for a free connection: who waits longer is better told to come back
READ_TIMEOUT_SECONDS = 30.0
PLAN_SECONDS = 120.0  # that planning one text may take
PLANNERS = 4  # texts that are planned at once
PLANS = 1_000  # that are known to be planned; the server keeps as many
SILENCE_SECONDS = 2.0  # beyond a statement's limit, after which a server is not slow but hangs
TIMED_OUT = "TransactionTimedOut"  # how the server's codes for it begin
TOO_LARGE = "OutOfMemoryError"  # how they end for a transaction that needed more memory than there was
OWN_LIMIT = "db.memory.transaction.max"  # the setting that the server's message names if that was its own limit


@dataclass(frozen=True, slots=True)
class Counters:
    """What a transaction wrote, as Neo4j counts it; all zero means that nothing was written."""

    nodes_created: int = 0
    nodes_deleted: int = 0
    relationships_created: int = 0
    relationships_deleted: int = 0
    properties_set: int = 0
    labels_added: int = 0
    labels_removed: int = 0

    def __add__(self, other: "Counters") -> "Counters":
        return Counters(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    def __bool__(self) -> bool:
        return any(getattr(self, f.name) for f in fields(self))

    @classmethod
    def of(cls, summary: SummaryCounters) -> Self:
        return cls(*(getattr(summary, f.name) for f in fields(cls)))


class GraphTransaction:
    """An open write transaction; commits when its ``async with`` ends without an error."""

    def __init__(self, transaction: AsyncTransaction) -> None:
        self._transaction = transaction
        self.counters = Counters()
        self.statements = 0

    async def run(self, name: str, *, label: str | None = None, **given: Any) -> list[Row]:
        """Run one named statement; rows come back as dicts: statements return maps and scalars, no nodes."""
        _check(name, given)
        with_name = f"cypher/{name}.cypher"
        try:
            result = await self._transaction.run(*with_one_parameter(statement(name, label), given))
            rows = [dict(record) async for record in result]
            summary = await result.consume()
        except (Neo4jError, DriverError) as fault:
            raise _translate(fault, with_name) from fault
        self.statements += 1
        self.counters += Counters.of(summary.counters)
        return rows


class GraphClient:
    """A pool of connections to one Neo4j database. Use ``async with GraphClient.connect(...)``."""

    def __init__(self, driver: AsyncDriver) -> None:
        self._driver = driver
        self.outages = 0  # reads that found nobody: whoever was there then may have been started anew since
        self._planned: set[str] = set()
        self._planning: dict[str, asyncio.Task[None]] = {}
        self._planners = asyncio.Semaphore(PLANNERS)

    @classmethod
    @asynccontextmanager
    async def connect(cls, uri: str, user: str, password: str) -> AsyncIterator[Self]:
        """Open the pool and shake hands once.

        Raises GraphUnavailable where nobody answers, StatementError where the password is wrong.
        """
        driver = AsyncGraphDatabase.driver(
            uri,
            auth=(user, password),
            max_connection_pool_size=POOL_SIZE,
            connection_timeout=CONNECT_SECONDS,
            connection_acquisition_timeout=ACQUIRE_SECONDS,
            liveness_check_timeout=30,
            notifications_min_severity="OFF",
        )
        async with driver:
            try:
                await driver.verify_connectivity()
            except AuthError as fault:
                raise StatementError(f"Neo4j at {uri} refused the user {user!r}: check NEO4J_PASSWORD.") from fault
            except (Neo4jError, DriverError) as fault:
                raise GraphUnavailable(f"Neo4j at {uri} does not answer: is it running, is NEO4J_URI right?") from fault
            yield cls(driver)

    async def read(self, name: str, *, label: str | None = None, **given: Any) -> list[Row]:
        """Run one named read in an auto-commit READ transaction."""
        _check(name, given)
        return await self.read_text(statement(name, label), given, name=f"cypher/{name}.cypher")

    async def read_text(
        self,
        text: str,
        given: Mapping[str, Any],
        *,
        name: str,
        timeout: float = READ_TIMEOUT_SECONDS,  # noqa: ASYNC109 - the server's own limit, not ours
    ) -> list[Row]:
        """Run a text that was composed from statements; ``name`` is how errors call it. One retry if the line broke.

        Whoever is cancelled here takes the connection along, by which the server ends the statement.
        """
        sent, parameters_ = with_one_parameter(text, given)
        query = Query(sent, timeout=timeout)
        try:
            async with asyncio.timeout(timeout + SILENCE_SECONDS):
                return await self._read_twice(query, parameters_)
        except TimeoutError as fault:
            raise GraphTimeout(f"Neo4j said nothing about {name} in time.") from fault
        except (Neo4jError, DriverError) as fault:
            raise _translate(fault, name) from fault

    async def plan(self, text: str, given: Mapping[str, Any], *, name: str, timeout: float) -> None:  # noqa: ASYNC109
        """Have a text planned that the server has not met since it was started, once for all who wait for it.

        Planning counts to a statement's limit and is lost with it: on a busy machine callers would be timed out one
        after the other, each of them having planned for nothing. This goes on, whoever waits no longer.
        """
        if text in self._planned:
            return
        planning = self._planning.get(text)
        if planning is None:
            planning = self._planning[text] = asyncio.create_task(self._plan(text, given))
            planning.add_done_callback(lambda done: self._hear(text, done))
        try:
            async with asyncio.timeout(timeout):
                await asyncio.shield(planning)
        except TimeoutError as fault:
            raise GraphTimeout(f"Neo4j still plans {name}.") from fault
        except (Neo4jError, DriverError) as fault:
            raise _translate(fault, name) from fault

    async def _plan(self, text: str, given: Mapping[str, Any]) -> None:
        sent, parameters_ = with_one_parameter(text, given)
        async with self._planners, asyncio.timeout(PLAN_SECONDS + SILENCE_SECONDS):
            await self._read_twice(Query(f"EXPLAIN {sent}", timeout=PLAN_SECONDS), parameters_)

    def _hear(self, text: str, planning: asyncio.Task[None]) -> None:
        del self._planning[text]
        if planning.cancelled() or planning.exception():
            return  # told to whoever waits; the next one tries again
        if len(self._planned) >= PLANS:
            self._planned.clear()
        self._planned.add(text)

    async def _read_twice(self, query: Query, given: Mapping[str, Any]) -> list[Row]:
        """A second time if the line broke."""
        try:
            return await self._read(query, given)
        except ServiceUnavailable:
            self.outages += 1
            self._planned.clear()
            return await self._read(query, given)

    async def _read(self, query: Query, given: Mapping[str, Any]) -> list[Row]:
        async with self._driver.session(database=DATABASE, default_access_mode=READ_ACCESS) as session:
            result = await session.run(query, dict(given))
            return [dict(record) async for record in result]

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[GraphTransaction]:
        """An explicit write transaction: all or nothing. A commit whose outcome is unknown raises GraphUnavailable."""
        try:
            async with self._driver.session(database=DATABASE) as session, await session.begin_transaction() as inner:
                yield GraphTransaction(inner)
        except (Neo4jError, DriverError) as fault:
            raise _translate(fault, "the transaction") from fault

    async def apply_schema(self) -> None:
        """Create constraints and indexes (``schema_*``), each idempotent, and wait until they are online."""
        for name in statement_names("schema_"):
            try:
                async with self._driver.session(database=DATABASE) as session:
                    await (await session.run(statement(name))).consume()
            except (Neo4jError, DriverError) as fault:
                raise _translate(fault, f"cypher/{name}.cypher") from fault


def _check(name: str, given: Mapping[str, Any]) -> None:
    if (needed := parameters(name)) != given.keys():
        difference = ", ".join(sorted(needed ^ given.keys()))
        raise StatementError(f"cypher/{name}.cypher takes other parameters than it was given: {difference}.")


def _translate(fault: Exception, name: str) -> IdentityError:
    """A driver's error in our words. The server's message is left out: it may quote the values of a row."""
    code = getattr(fault, "code", None) or ""
    if TIMED_OUT in code:
        return GraphTimeout(f"Neo4j ended {name}: it took longer than its limit.")
    if TOO_LARGE in code and OWN_LIMIT in str(fault):
        return TooLarge(f"Neo4j ended {name}: it took more memory than its limit.")
    if isinstance(fault, ClientError) and not isinstance(fault, TransientError):
        return StatementError(f"Neo4j refused {name}: {fault.code}.")
    return GraphUnavailable(f"Neo4j did not finish {name}: {getattr(fault, 'code', None) or type(fault).__name__}.")
