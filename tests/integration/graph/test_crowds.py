"""Hostile input: a crowd on one phone, and a record with five hundred identifiers, are resolved like everybody else.

`make test` takes a small crowd, `make test-nightly` one of 100,000 (TEST_CROWD); times are printed.
"""

import os
import time
from collections.abc import AsyncIterator, Sequence

import pytest
from neo4j import AsyncDriver

from graph.client import GraphClient
from graph.load import Loader
from graph.records import Batch, CustomerRecord
from graph.resolution.policy import load_policy
from graph.resolve import Resolver, ResolveReport
from ledger.ledger import Ledger
from tests.integration.graph.bank import SECRET, customer, identifier

CROWD = int(os.environ.get("TEST_CROWD", "4000"))
BATCH = 2_000
VALUES = 500
POLICY = load_policy("guarded")

pytestmark = pytest.mark.scaled


class Bank:
    def __init__(self, graph: GraphClient, ledger: Ledger) -> None:
        self.loader = Loader(graph, ledger, secret=SECRET, policy=POLICY)
        self.resolver = Resolver(graph, ledger, secret=SECRET, policy=POLICY, trust={})

    async def tell(self, records: Sequence[CustomerRecord]) -> ResolveReport:
        begun = time.perf_counter()
        for first in range(0, len(records), BATCH):
            part = tuple(records[first : first + BATCH])
            await self.loader.load(Batch(system="core", table="customer", records=part, position=None))
        loaded = time.perf_counter()
        report = await self.resolver.resolve()
        print(f"{len(records):,} records: loaded {loaded - begun:.1f} s, resolved {time.perf_counter() - loaded:.1f} s")  # noqa: T201
        return report


@pytest.fixture
async def bank(graph: GraphClient, ledger: Ledger, driver: AsyncDriver) -> AsyncIterator[Bank]:
    """Leaves no node of so many edges that it could not be deleted in one transaction."""
    yield Bank(graph, ledger)
    async with driver.session(database="neo4j") as session:
        await (await session.run("MATCH ()-[e]->() CALL (e) { DELETE e } IN TRANSACTIONS OF 10000 ROWS")).consume()


def on_one_phone(number: int, *, verified: bool) -> CustomerRecord:
    return customer(
        f"core|customer|{number}", f"Jane Number{number}", identifier("Phone", "0712345678", verified=verified)
    )


@pytest.mark.parametrize("holders", [1, CROWD // 2, CROWD], ids=["claims", "both", "holders"])
async def test_a_crowd_on_one_phone_costs_its_newcomer_nothing(bank: Bank, driver: AsyncDriver, holders: int) -> None:
    report = await bank.tell([on_one_phone(n, verified=n < holders) for n in range(CROWD)])
    assert (report.created, report.links) == (CROWD, 0)
    newcomer = await bank.tell([on_one_phone(CROWD, verified=False)])
    assert newcomer.records <= 2
    found = await driver.execute_query("MATCH (:SourceCustomer)-[:RESOLVES_TO]->(g) RETURN count(DISTINCT g) AS ids")
    assert found.records[0]["ids"] == CROWD + 1


async def test_a_record_with_hundreds_of_identifiers_is_resolved_as_a_whole(bank: Bank, driver: AsyncDriver) -> None:
    """Each of its phones is also somebody else's of its name."""
    phones = [identifier("Phone", f"0722{123_456 + n}") for n in range(VALUES)]
    others = [customer(f"core|other|{n}", "Jane Wanjiru", phone) for n, phone in enumerate(phones)]
    report = await bank.tell([customer("core|customer|many", "Jane Wanjiru", *phones), *others])
    assert (report.created, report.links) == (1, VALUES)
    found = await driver.execute_query("MATCH (:SourceCustomer)-[:RESOLVES_TO]->(g) RETURN count(DISTINCT g) AS ids")
    assert found.records[0]["ids"] == 1
