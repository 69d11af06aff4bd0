"""A bank to ask questions about: told a few records at a time, and resolved after each telling."""

from neo4j import AsyncDriver

from graph.client import GraphClient
from graph.decisions import Steward
from graph.load import Loader
from graph.records import Batch, Departure, SourceRecord
from graph.resolution.policy import Policy
from graph.resolve import Resolver
from ledger.ledger import Ledger
from tests.integration.graph.bank import SECRET, identifier
from tests.integration.graph.snapshot import Snapshot, snapshot
from tests.unit.graph.resolution.worlds import GUARDED

A, B, C, D = (f"core|customer|{letter}" for letter in "abcd")
ID, OTHER_ID = identifier("NationalId", "23456781"), identifier("NationalId", "34567812")
PHONE, MAIL = identifier("Phone", "0712000001"), identifier("Email", "a@example.org")
FILLER = identifier("Phone", "0700000000")
WHY = {"by": "tests", "reason": "the test says so"}
NOBODY = "00000000-0000-8000-8000-000000000000"


class Place:
    def __init__(self, graph: GraphClient, ledger: Ledger, driver: AsyncDriver, policy: Policy = GUARDED) -> None:
        self.graph, self.ledger, self.driver, self.policy = graph, ledger, driver, policy
        self.resolver = Resolver(graph, ledger, secret=SECRET, policy=policy, trust={})
        self.steward = Steward(graph, ledger, secret=SECRET, resolver=self.resolver)

    async def load(self, *records: SourceRecord | Departure) -> None:
        loader = Loader(self.graph, self.ledger, secret=SECRET, policy=self.policy)
        await loader.load(Batch(system="core", table="customer", records=records, position=None))

    async def tell(self, *records: SourceRecord | Departure) -> None:
        await self.load(*records)
        await self.resolver.resolve()

    async def gcid_of(self, key: str) -> str:
        return (await self.gcids())[key]

    async def gcids(self) -> dict[str, str]:
        found = await self.driver.execute_query("MATCH (s)-[:RESOLVES_TO]->(g) RETURN s.key AS key, g.gcid AS gcid")
        return {row["key"]: row["gcid"] for row in found.records}

    async def snapshot(self) -> Snapshot:
        return await snapshot(self.driver)
