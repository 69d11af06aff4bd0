"""A decision, a merger and a split cost the same number of statements however large the graph is.

`make test` compares small graphs, `make test-nightly` 10,000 records with 1,000,000 (TEST_SIZES); times are printed.
"""

import os
import time
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from neo4j import AsyncDriver

from graph.client import GraphClient, GraphTransaction, Row
from graph.decisions import Steward
from graph.load import Loader
from graph.proposals import Same, Undo
from graph.records import Batch, CustomerRecord
from graph.resolution.policy import policy_hash
from graph.resolve import Resolver
from ledger.ledger import Ledger
from tests.fixtures.servers import WIPE, TestServers
from tests.integration.graph.bank import SECRET, customer, identifier
from tests.integration.graph.large import make_large
from tests.unit.graph.resolution.worlds import GUARDED

pytestmark = pytest.mark.scaled

SIZES = [int(size) for size in os.environ.get("TEST_SIZES", "300,6000").split(",")]
WHY = {"by": "tests", "reason": "to count"}


class CountingClient(GraphClient):
    """Counts what it sends."""

    sent = 0

    async def read_text(self, *args: Any, **given: Any) -> list[Row]:
        self.sent += 1
        return await super().read_text(*args, **given)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[GraphTransaction]:
        async with super().transaction() as transaction:
            yield transaction
            self.sent += transaction.statements


async def costs(client: CountingClient, ledger: Ledger) -> dict[str, int]:
    resolver = Resolver(client, ledger, secret=SECRET, policy=GUARDED, trust={})
    loader = Loader(client, ledger, secret=SECRET, policy=GUARDED)
    steward = Steward(client, ledger, secret=SECRET, resolver=resolver)
    spent: dict[str, int] = {}

    async def count(name: str, work: Awaitable[Any]) -> None:
        sent, begun = client.sent, time.perf_counter()
        await work
        spent[name] = client.sent - sent
        print(f"{name}: {spent[name]} statements, {(time.perf_counter() - begun) * 1000:.0f} ms")  # noqa: T201

    async def load(record: CustomerRecord) -> None:
        await loader.load(Batch(system="large", table="customer", records=(record,), position=None))
        await resolver.resolve()

    phones = [identifier("Phone", raw) for raw in ("0712000001", "0712000002")]
    first, second = (customer(f"large|customer|new{n}", "Jane Wanjiru", phone) for n, phone in enumerate(phones))
    await count("a new record", load(first))
    await load(second)
    await count("a merger", load(customer(second.key, "Jane Wanjiru", phones[0], updated_at=None)))
    await count("a split", load(customer(second.key, "Jane Wanjiru", phones[1], updated_at=None)))
    await count("a decision", steward.decide(Same("large|customer|7a", "large|customer|9b"), **WHY))
    await count("its undo", steward.decide(Undo(1), **WHY))
    await count("nothing", resolver.resolve())
    return spent


@pytest.mark.usefixtures("graph")
async def test_costs_do_not_grow_with_the_graph(servers: TestServers, driver: AsyncDriver, ledger_dsn: str) -> None:
    found = []
    for size in SIZES:
        async with driver.session(database="neo4j") as session:
            await (await session.run(WIPE)).consume()
        async with fresh_ledger(ledger_dsn) as ledger:
            await make_large(driver, ledger, records=size, policy=policy_hash(GUARDED))
            print(f"{size:,} records")  # noqa: T201
            async with CountingClient.connect(servers.neo4j_uri, servers.neo4j_user, servers.neo4j_password) as client:
                found.append(await costs(client, ledger))
    assert all(each == found[0] for each in found)
    assert found[0]["nothing"] <= 3


@asynccontextmanager
async def fresh_ledger(dsn: str) -> AsyncIterator[Ledger]:
    async with Ledger.connect(dsn) as ledger:
        async with ledger.transaction() as connection:
            await connection.execute("DROP SCHEMA IF EXISTS wekeza CASCADE")
        await ledger.migrate()
        yield ledger
