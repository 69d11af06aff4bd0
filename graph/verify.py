"""Every law over the whole graph, and the graph against the ledger; read in pages, so of any size."""

from collections.abc import AsyncIterator
from functools import partial
from typing import Any

from psycopg import AsyncConnection

from graph.client import GraphClient, Row
from graph.laws import Finding, Law, Remembered, check_customer, check_decisions, check_goldens, check_records
from graph.remembered import standings
from graph.resolution.global_ids import value_id
from graph.resolution.policy import Policy
from graph.restore import in_pages, read_patiently
from graph.suppressions import stale_suppressions
from ledger.decisions import decisions
from ledger.history import customers_at, holdings_at, links_of
from ledger.ledger import Ledger
from ledger.names import heirs_of
from ledger.state import RecordState, all_goldens, all_memberships, all_records
from ledger.values import known_values

PAGE = 2_000  # nodes of the graph


async def verify(client: GraphClient, ledger: Ledger, *, secret: bytes, policy: Policy) -> list[Finding]:
    """Check every law; an empty list is a sound graph. Writes nothing.

    ``secret`` names values, which must not be told otherwise. While somebody writes, it may find what is only half
    done; where a resolution is due, what that will put right.
    """
    async with ledger.snapshot() as memory:
        verification = _Verification(client, memory, secret, policy)
        return sorted({finding async for finding in verification.findings()})


class _Verification:
    def __init__(self, client: GraphClient, memory: AsyncConnection[Any], secret: bytes, policy: Policy) -> None:
        self._read = partial(read_patiently, client)
        self._memory = memory
        self._secret = secret
        self._policy = policy

    async def findings(self) -> AsyncIterator[Finding]:
        for part in (self._customers, self._records, self._goldens, self._issued, self._decisions, self._values):
            async for finding in part():
                yield finding

    async def _customers(self) -> AsyncIterator[Finding]:
        async for rows in self._pages("verify_customers", "", exclusive=list(self._policy.exclusive)):
            for row in rows:
                for finding in check_customer(row, self._policy):
                    yield finding

    async def _records(self) -> AsyncIterator[Finding]:
        known = 0
        async for records in in_pages(all_records(self._memory)):
            known += len(records)
            ids = [record.birth_id for record in records]
            rows = await self._read("verify_records", ids=ids)
            for finding in check_records(records, rows, await self._remember(records)):
                yield finding
        there: int = (await self._read("verify_count"))[0]["records"]
        if there > known:
            yield Finding(Law.RECORDS, f"{there - known} too many")

    async def _remember(self, records: list[RecordState]) -> Remembered:
        ids = [record.birth_id for record in records]
        held = await holdings_at(self._memory, ids)
        links = await links_of(self._memory, ids)
        named = {it.value for it in held} | {link.value for link in links if link.value}
        return Remembered(
            customers=await customers_at(self._memory, ids),
            held=held,
            heirs=await heirs_of(self._memory, ids),
            links=links,
            values=await known_values(self._memory, named),
        )

    async def _goldens(self) -> AsyncIterator[Finding]:
        async for goldens in in_pages(all_goldens(self._memory)):
            rows = await self._read("verify_goldens", ids=[golden.gcid for golden in goldens])
            for finding in check_goldens(goldens, rows):
                yield finding

    async def _issued(self) -> AsyncIterator[Finding]:
        async for memberships in in_pages(all_memberships(self._memory)):
            ids = sorted({membership.gcid for membership in memberships})
            for row in await self._read("verify_issued", ids=ids):
                yield Finding(Law.ISSUED, row["id"])

    async def _decisions(self) -> AsyncIterator[Finding]:
        standing = await decisions(self._memory)
        values = await known_values(self._memory, {it.value for it in standing if it.value})
        rows = [row async for page in self._pages("verify_decisions", 0) for row in page]
        for finding in check_decisions(standing, values, rows):
            yield finding

    async def _values(self) -> AsyncIterator[Finding]:
        """What stewards say of a value must be the ledger's last word, what it does the policy's."""
        words = standings(await decisions(self._memory))
        values = await known_values(self._memory, words)
        said = {values[value].key: word for value, word in words.items() if value in values}
        async for rows in self._pages("verify_values", ""):
            keys = [row["key"] for row in rows]
            stale = {row["key"] for row in await stale_suppressions(self._read, keys, self._policy)}
            wrong = stale | {row["key"] for row in rows if row["standing"] != said.get(row["key"])}
            for key in wrong:
                yield Finding(Law.SUPPRESSED, str(value_id(self._secret, key)))

    async def _pages(self, name: str, after: str | int, **given: Any) -> AsyncIterator[list[Row]]:
        while rows := await self._read(name, after=after, limit=PAGE, **given):
            yield rows
            after = rows[-1]["key"]
