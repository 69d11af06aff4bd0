"""Who goes away leaves no work behind: what he asked of Neo4j and of PostgreSQL is ended there."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import httpx
import psycopg
import pytest
from neo4j import AsyncDriver

from api.app import create_app
from graph.client import READ_TIMEOUT_SECONDS, GraphClient, Row
from ledger.ledger import Ledger
from tests.integration.api.conftest import AMINA, SETTINGS, questions, token
from tests.integration.api.listening import HeardFeed, Site, serve

PATIENCE = 120.0  # for what shall happen; a busy machine plans for long
LIMIT = replace(SETTINGS, query_seconds=300.0, request_seconds=300.0)
PAYMENTS = """
MATCH (:SourceCustomer {key: 'core|customer|1'})-[:OWNS]->(a:Account {key: 'core|account|10'})
UNWIND range(1, 20000) AS n
CREATE (a)-[:POSTED]->(:Transaction:Event {key: 'core|transaction|many' + n, system: 'core', amount_minor: n,
  currency: 'KES', at: datetime('2026-02-03T08:00:00Z') + duration({minutes: n})})
"""
PAGES = " ".join(f"a{n}: transactions(first: {n}) {{ edges {{ node {{ key }} }} }}" for n in range(1, 6))
SLOW = f"query($all: [ID!]!) {{ customers(gcids: $all) {{ {PAGES} }} }}"
RUNNING = """SHOW TRANSACTIONS YIELD currentQuery, status
WHERE currentQuery CONTAINS 'transactions.a5' AND NOT currentQuery STARTS WITH 'EXPLAIN'
  AND NOT currentQuery CONTAINS 'SHOW TRANSACTIONS' RETURN status"""
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"


class Watched(GraphClient):
    """The real client, which says when it is asked."""

    def __init__(self, driver: AsyncDriver) -> None:
        super().__init__(driver)
        self.given_up = 0

    async def read_text(
        self,
        text: str,
        given: Mapping[str, Any],
        *,
        name: str,
        timeout: float = READ_TIMEOUT_SECONDS,  # noqa: ASYNC109 - as in GraphClient
    ) -> list[Row]:
        try:
            return await super().read_text(text, given, name=name, timeout=timeout)
        except asyncio.CancelledError:
            self.given_up += 1
            raise


@pytest.fixture
async def client(small_bank: None, driver: AsyncDriver) -> Watched:
    return Watched(driver)


@pytest.fixture
async def site(client: Watched, polled: None, ledger: Ledger) -> AsyncIterator[Site]:
    app = create_app(LIMIT, client, ledger, questions=questions(client, ledger))
    feed = HeardFeed(client, ledger, questions(client, ledger).history, every=0.05)
    app.state.feed = feed
    async with serve(app) as address:
        yield Site(app, address, feed)


@asynccontextmanager
async def asking(site: Site, query: str, **variables: Any) -> AsyncIterator[None]:
    """A caller who waits for an answer while the block runs, and then goes away."""
    url, headers = f"http://{site.address}/graphql", {"Authorization": f"Bearer {token()}"}
    async with httpx.AsyncClient(headers=headers, timeout=4 * PATIENCE) as http:
        asked = asyncio.create_task(http.post(url, json={"query": query, "variables": variables}))
        try:
            yield
            assert not asked.done()
        finally:
            print(asked.result().text if asked.done() else "no answer yet")  # noqa: T201 - why it failed
            asked.cancel()
            await asyncio.gather(asked, return_exceptions=True)


async def until(count: Any, wanted: bool) -> None:
    async with asyncio.timeout(PATIENCE):
        while bool(await count()) is not wanted:  # noqa: ASYNC110 - the server tells nobody
            await asyncio.sleep(0.05)


async def test_a_question_to_neo4j_ends_with_its_caller(site: Site, client: Watched, driver: AsyncDriver) -> None:
    async def running() -> int:
        return len((await driver.execute_query(RUNNING)).records)

    await driver.execute_query(PAYMENTS)
    async with asking(site, SLOW, all=[AMINA] * 500):
        await until(running, True)
    await until(running, False)
    assert client.given_up == 1


@pytest.fixture
async def locked(ledger: Ledger, ledger_dsn: str) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
    """Nobody can read how the sources are, nor what happened."""
    async with await psycopg.AsyncConnection.connect(ledger_dsn) as connection:
        await connection.execute("LOCK TABLE wekeza.source_status, wekeza.step IN ACCESS EXCLUSIVE MODE")
        yield connection
        await connection.rollback()


async def waiting(connection: psycopg.AsyncConnection[Any]) -> int:
    cursor = await connection.execute(WAITING)
    row = await cursor.fetchone()
    return int(row[0]) if row else 0


async def test_a_question_to_the_ledger_ends_with_its_caller(site: Site, locked: psycopg.AsyncConnection[Any]) -> None:
    async with asking(site, "{ sources { system } }"):
        await until(lambda: waiting(locked), True)
    await until(lambda: waiting(locked), False)


async def test_a_websocket_that_is_closed_leaves_nobody_waiting(
    site: Site, locked: psycopg.AsyncConnection[Any]
) -> None:
    async with site.line() as line:
        await line.subscribe("subscription { identityChanged { gcid } }")
        await until(lambda: waiting(locked), True)
    await until(lambda: waiting(locked), False)
    await site.listeners(0)


async def test_who_waits_too_long_is_told(small_bank: None, locked: Any, driver: AsyncDriver, ledger: Ledger) -> None:
    app = create_app(replace(LIMIT, request_seconds=0.5), GraphClient(driver), ledger)
    headers = {"Authorization": f"Bearer {token()}"}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://api", headers=headers) as http:
        reply = await http.post("/graphql", json={"query": "{ sources { system } }"})
    assert (reply.status_code, reply.json()["errors"][0]["extensions"]["code"]) == (504, "TIMEOUT")
    await until(lambda: waiting(locked), False)
