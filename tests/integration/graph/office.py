"""A steward's desk on real stores: records in few words, decisions, and what the graph holds as sets."""

from datetime import timedelta
from typing import Any

from neo4j import AsyncDriver

from graph.client import GraphClient
from graph.decisions import Steward
from graph.load import Loader
from graph.proposals import Different, Same, Undo
from graph.records import Batch, CustomerRecord, Departure, IdentifierValue, PartyType
from graph.resolution.policy import Policy
from graph.resolve import Resolver
from graph.steps import OnPoint
from ledger.ledger import Ledger
from tests.integration.graph.bank import DAY, SECRET, identifier
from tests.unit.graph.resolution.worlds import GUARDED

WHY = {"by": "wanja", "reason": "seen both passports"}
PHONE, OTHER_PHONE, MAIL = ("Phone", "0712000001"), ("Phone", "0712000002"), ("Email", "a@example.org")
ID, OTHER_ID = ("NationalId", "23456781"), ("NationalId", "23456782")


def key(name: str) -> str:
    return f"s|customer|{name}"


def keys(names: str) -> frozenset[str]:
    """``"ab"`` are the records a and b."""
    return frozenset(key(name) for name in names)


def record(name: str, full_name: str | None, *values: tuple[str, str], **said: Any) -> CustomerRecord:
    held: list[IdentifierValue] = [identifier(*value) for value in values]
    return CustomerRecord(key=key(name), full_name=full_name, identifiers=tuple(held), **said)


def company(name: str, full_name: str, *values: tuple[str, str]) -> CustomerRecord:
    return record(name, full_name, *values, party_type=PartyType.COMPANY)


class Office:
    """Records go by the last part of their key."""

    def __init__(self, client: GraphClient, ledger: Ledger, driver: AsyncDriver, policy: Policy = GUARDED) -> None:
        self.client, self.ledger, self.driver, self.policy = client, ledger, driver, policy
        self.resolver = Resolver(client, ledger, secret=SECRET, policy=policy, trust={"s": 1})
        self.steward = self.another_steward()
        self._minutes = 0

    def another_steward(self, on_point: OnPoint | None = None) -> Steward:
        return Steward(self.client, self.ledger, secret=SECRET, resolver=self.resolver, on_point=on_point)

    async def load(self, *items: CustomerRecord | Departure) -> None:
        """Each as a newer version than all before, then resolved."""
        loader = Loader(self.client, self.ledger, secret=SECRET, policy=self.policy)
        for item in items:
            self._minutes += 1
            at = DAY + timedelta(minutes=self._minutes)
            newer = (
                Departure(item.key, at=at)
                if isinstance(item, Departure)
                else CustomerRecord(**{name: getattr(item, name) for name in item.__slots__} | {"updated_at": at})
            )
            await loader.load(Batch(system="s", table="customer", records=(newer,), position=None))
        await self.resolver.resolve()

    async def leave(self, *names: str) -> None:
        await self.load(*(Departure(key(name)) for name in names))

    async def same(self, a: str, b: str) -> int:
        return (await self.steward.decide(Same(key(a), key(b)), **WHY)).decision

    async def different(self, left: str, right: str) -> int:
        return (await self.steward.decide(Different(frozenset(keys(left)), frozenset(keys(right))), **WHY)).decision

    async def undo(self, decision: int) -> int:
        return (await self.steward.decide(Undo(decision), **WHY)).decision

    async def rows(self, query: str, **given: Any) -> set[tuple[Any, ...]]:
        records = (await self.driver.execute_query(query, given)).records
        return {tuple(it.values()) for it in records}

    async def gcids(self) -> dict[str, str]:
        """The GCID of each present record, by its name."""
        rows = await self.rows("MATCH (s:SourceCustomer)-[:RESOLVES_TO]->(g) RETURN s.key, g.gcid")
        return {name.rsplit("|", 1)[1]: gcid for name, gcid in rows}

    async def parts(self) -> set[str]:
        gcids = await self.gcids()
        return {"".join(sorted(name for name, its in gcids.items() if its == gcid)) for gcid in gcids.values()}

    async def born_as(self, name: str) -> str:
        rows = await self.rows("MATCH (s:SourceCustomer {key: $key}) RETURN s.birth_id", key=key(name))
        return str(next(iter(rows))[0])

    async def decisions(self) -> set[tuple[int, str]]:
        return await self.rows("MATCH (d:Decision) RETURN d.id, d.verdict")

    async def marked(self) -> set[tuple[Any, ...]]:
        return await self.rows("MATCH (s:Unresolved) RETURN s.key")

    async def golden(self, gcid: str, field: str) -> Any:
        rows = await self.rows("MATCH (g:GlobalCustomer {gcid: $gcid}) RETURN g[$field]", gcid=gcid, field=field)
        return next(iter(rows))[0]

    async def count_steps(self) -> int:
        async with self.ledger.transaction() as connection:
            row = await (await connection.execute("SELECT count(*) FROM step")).fetchone()
        return int(row[0]) if row else 0
