"""Real stores for histories: driven from synchronous tests, emptied for each history."""

import asyncio
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from typing import Any, LiteralString, TypeVar

import psycopg
from neo4j import AsyncDriver, AsyncGraphDatabase

from graph.client import GraphClient
from ledger.ledger import Ledger
from tests.fixtures.servers import WIPE, TestServers

T = TypeVar("T")
NODES: LiteralString = "MATCH (n) WHERE NOT n:Run|Fence|Position|WekezaTests RETURN "
MARKED, UNMARKED = "labels(n), properties(n)", "[it IN labels(n) WHERE it <> 'Unresolved'], n {.*, due: null}"
EDGES: LiteralString = (
    "MATCH (a)-[e]->(b) RETURN coalesce(a.key, a.gcid, a.id), type(e), properties(e), coalesce(b.key, b.gcid)"
)


class Site:
    """A graph with what a test looks at by itself."""

    client: GraphClient
    driver: AsyncDriver

    async def wipe(self) -> None:
        async with self.driver.session(database="neo4j") as session:
            await (await session.run(WIPE)).consume()

    async def rows(self, query: LiteralString) -> list[tuple[Any, ...]]:
        return [tuple(record.values()) for record in (await self.driver.execute_query(query)).records]

    async def whole_graph(self, *, marks: bool = True) -> set[tuple[Any, ...]]:
        """Every node and edge with all that it says, but for runs, the fence and the sources' positions.

        With or without what marks a record for resolution.
        """
        found = [*await self.rows(NODES + (MARKED if marks else UNMARKED)), *await self.rows(EDGES)]
        return {tuple(_spell(item) for item in row) for row in found}


class OpenSite(Site):
    """Of an asynchronous test, whose fixtures empty it."""

    def __init__(self, client: GraphClient, driver: AsyncDriver) -> None:
        self.client, self.driver = client, driver


class Stores(Site):
    """A graph and a ledger with an event loop of their own."""

    def __init__(self, servers: TestServers, ledger_dsn: str) -> None:
        self._dsn = ledger_dsn
        self._runner = asyncio.Runner()
        self._stack, self._history = AsyncExitStack(), AsyncExitStack()
        self.run(self._open(servers))

    async def _open(self, servers: TestServers) -> None:
        user, password = servers.neo4j_user, servers.neo4j_password
        driver = AsyncGraphDatabase.driver(servers.neo4j_uri, auth=(user, password), notifications_min_severity="OFF")
        self.driver = await self._stack.enter_async_context(driver)
        connection = GraphClient.connect(servers.neo4j_uri, user, password)
        self.client = await self._stack.enter_async_context(connection)
        await self.client.apply_schema()

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(coroutine)

    async def reset(self) -> Ledger:
        """Empty both stores for the next history."""
        await self.wipe()
        async with await psycopg.AsyncConnection.connect(self._dsn, autocommit=True) as connection:
            await connection.execute("DROP SCHEMA IF EXISTS wekeza CASCADE")
        ledger = await self._history.enter_async_context(Ledger.connect(self._dsn))
        await ledger.migrate()
        return ledger

    async def leave(self) -> None:
        await self._history.aclose()

    def close(self) -> None:
        self.run(self._stack.aclose())
        self._runner.close()


def _spell(item: Any) -> Any:
    if isinstance(item, dict):
        return tuple(sorted((name, str(value)) for name, value in item.items()))
    return tuple(sorted(item)) if isinstance(item, list) else item
