"""A branch of a bank: a loader and a resolver over the same stores, and eyes on both.

Decisions are written as nodes, as `graph.decisions` writes them.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, LiteralString

from neo4j import AsyncDriver
from psycopg.rows import dict_row

from graph.client import GraphClient
from graph.load import Loader
from graph.records import Batch, CustomerRecord, Departure
from graph.resolve import Resolver, ResolveReport
from graph.statements import statement
from ledger.ledger import Ledger
from tests.integration.graph.populations import SECRET, held
from tests.unit.graph.resolution.worlds import GUARDED, identifier, record

A, B, C, D = (f"s|customer|{letter}" for letter in "abcd")
PHONE, OTHER_PHONE, NATIONAL_ID = identifier("Phone", "1"), identifier("Phone", "2"), identifier("NationalId", "1")
AT = datetime(2026, 3, 1, 8, 30, 0, 250_000, tzinfo=UTC)
READ_CUSTOMER = statement("read_customer_of_record").replace("{/*fields*/}", "[customer.gcid, requested_id]")
DECIDE = """
CREATE (d:Decision {id: $id, verdict: $verdict, at: $at, field: $field, value: $value})
WITH d UNWIND $sides AS row MATCH (s:SourceCustomer {key: row.key})
CREATE (d)-[:CONCERNS {side: row.side}]->(s) SET s:Unresolved, s.due = 1
"""
UNDO = "MATCH (d:Decision {id: $id})-[:CONCERNS]->(s) SET s:Unresolved, s.due = 1 DETACH DELETE d"


class Branch:
    """A loader and a resolver over the same stores, and eyes on both."""

    def __init__(self, graph: GraphClient, ledger: Ledger, driver: AsyncDriver) -> None:
        self.graph, self.ledger, self.driver = graph, ledger, driver
        self.loader = Loader(graph, ledger, secret=SECRET, policy=GUARDED)
        self.resolver = Resolver(graph, ledger, secret=SECRET, policy=GUARDED, trust={"s": 1})

    async def load(self, *records: CustomerRecord | Departure) -> int | None:
        report = await self.loader.load(Batch(system="s", table="customer", records=records, position=None))
        return report.step

    async def say(self, *records: CustomerRecord | Departure) -> ResolveReport:
        await self.load(*records)
        return await self.resolver.resolve()

    async def leave(self, *keys: str) -> ResolveReport:
        return await self.say(*(Departure(key) for key in keys))

    async def judge(
        self,
        id_: int,
        verdict: str,
        left: Iterable[str],
        right: Iterable[str] = (),
        *,
        field: str | None = None,
        value: str | None = None,
    ) -> ResolveReport:
        sides = [{"key": key, "side": "left"} for key in left] + [{"key": key, "side": "right"} for key in right]
        said = {"verdict": verdict, "at": AT, "field": field, "value": value}
        await self.driver.execute_query(DECIDE, id=id_, sides=sides, parameters_=said)
        return await self.resolver.resolve()

    async def undo(self, id_: int) -> ResolveReport:
        await self.driver.execute_query(UNDO, id=id_)
        return await self.resolver.resolve()

    async def gcids(self) -> dict[str, str]:
        """By the letter of each record."""
        return {key[-1]: gcid for key, gcid in (await held(self.driver)).memberships}

    async def parts(self) -> set[str]:
        return {"".join(sorted(key[-1] for key in part)) for part in (await held(self.driver)).partition}

    async def births(self) -> dict[str, str]:
        return {key[-1]: birth_id for key, (_, birth_id) in (await held(self.driver)).ranks.items()}

    async def answer(self, gcid: str) -> list[Any]:
        rows = await self.graph.read_text(READ_CUSTOMER, {"gcid": gcid}, name="read_customer_of_record")
        return [row["item"] for row in rows]

    async def rows(self, query: LiteralString) -> list[dict[str, Any]]:
        async with self.ledger.transaction() as connection, connection.cursor(row_factory=dict_row) as cursor:
            return await (await cursor.execute(query)).fetchall()

    async def tuples(self, query: LiteralString) -> set[tuple[Any, ...]]:
        return {tuple(row.values()) for row in await self.rows(query)}


def john(key: str, *values: Any) -> CustomerRecord:
    return record(key, "John Doe", *values)
