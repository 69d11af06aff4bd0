"""The peer that loading is compared with: what a person would write by hand with the driver and a MERGE per kind.

No content hash, no step in a ledger, no stubs or references, no marks for resolution: it loads, and that is all.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Self

from neo4j import AsyncDriver, AsyncGraphDatabase, AsyncManagedTransaction

from graph.business import AccountRecord, TransactionRecord
from graph.records import CustomerRecord
from local.neo4j import Neo4j

PEER = Path(__file__).with_name("peer")
KINDS = {"NationalId": "has_national_id", "Phone": "has_phone", "Email": "has_email"}

Row = dict[str, Any]
Statements = Sequence[tuple[str, list[Row]]]


class LoaderByHand:
    def __init__(self, driver: AsyncDriver) -> None:
        self._driver = driver

    @classmethod
    @asynccontextmanager
    async def connect(cls, neo4j: Neo4j) -> AsyncIterator[Self]:
        async with AsyncGraphDatabase.driver(neo4j.uri, auth=(neo4j.user, neo4j.password)) as driver:
            for file in sorted(PEER.glob("schema_*.cypher")):
                await driver.execute_query(_statement(file.stem))
            yield cls(driver)

    async def load_customers(self, records: Sequence[CustomerRecord]) -> None:
        customers = [
            {
                "key": record.key,
                "party_type": record.party_type.value,
                "full_name": record.full_name,
                "birth_date": record.birth_date,
                "created_at": record.created_at,
                "updated_at": record.updated_at,
                **record.attributes,
            }
            for record in records
        ]
        values: dict[str, Row] = {}
        held: dict[str, list[Row]] = {name: [] for name in KINDS.values()}
        for record in records:
            for it in record.identifiers:
                values[it.key] = {"key": it.key, "kind": it.kind, "value": it.value, "masked": it.masked}
                held[KINDS[it.kind]].append({"customer": record.key, "identifier": it.key})
        await self._write([("customers", customers), ("identifiers", list(values.values())), *held.items()])

    async def load_accounts(self, records: Sequence[AccountRecord]) -> None:
        rows = [{"key": it.key, "number": it.number, "currency": it.currency} for it in records]
        await self._write([("accounts", rows)])

    async def load_transactions(self, records: Sequence[TransactionRecord]) -> None:
        fields = ("key", "reference", "type", "direction", "amount_minor", "currency", "status", "description", "at")
        rows = [{field: getattr(record, field) for field in fields} for record in records]
        posted = [{"key": record.key, "account": record.account} for record in records]
        await self._write([("transactions", rows), ("posted", posted)])

    async def _write(self, statements: Statements) -> None:
        """One transaction a batch."""
        async with self._driver.session() as session:
            await session.execute_write(_run_all, statements)


async def _run_all(transaction: AsyncManagedTransaction, statements: Statements) -> None:
    for name, rows in statements:
        await (await transaction.run(_statement(name), rows=rows)).consume()


def _statement(name: str) -> str:
    return PEER.joinpath(f"{name}.cypher").read_text(encoding="utf-8")
