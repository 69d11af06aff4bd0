"""A bank of customers that lives on real stores: its source says something new every minute, stewards decide."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from graph.decisions import Steward
from graph.load import Loader
from graph.records import CustomerRecord, Departure, IdentifierValue
from graph.resolution.policy import Policy, load_policy
from graph.resolve import Resolver
from graph.restore import restore
from ledger.ledger import Ledger
from tests.integration.graph.bank import DAY, SECRET, batch, customer, identifier
from tests.integration.graph.stores import OpenSite

POLICY = load_policy("guarded").model_copy(update={"cap": 3, "hub": 6, "private_limit": 2})
WHY = {"by": "jane", "reason": "seen the papers"}
RUNS = "MATCH (r:Run) RETURN properties(r)"
Graph = set[tuple[Any, ...]]


@dataclass
class Bank:
    site: OpenSite
    ledger: Ledger
    policy: Policy
    minutes: int = 0

    async def say(self, *records: CustomerRecord) -> None:
        self.minutes += 1
        at = DAY + timedelta(minutes=self.minutes)
        await self.loader.load(batch(*(replace(record, updated_at=at) for record in records)))

    async def leave(self, *keys: str) -> None:
        self.minutes += 1
        at = DAY + timedelta(minutes=self.minutes)
        await self.loader.load(batch(*(Departure(key, at=at) for key in keys)))

    async def resolve(self) -> None:
        await self.resolver.resolve()

    @property
    def loader(self) -> Loader:
        return Loader(self.site.client, self.ledger, secret=SECRET, policy=self.policy)

    @property
    def resolver(self) -> Resolver:
        return Resolver(self.site.client, self.ledger, secret=SECRET, policy=self.policy, trust={"core": 1})

    @property
    def steward(self) -> Steward:
        return Steward(self.site.client, self.ledger, secret=SECRET, resolver=self.resolver)

    async def whole(self) -> Graph:
        return await self.site.whole_graph() | {
            tuple(sorted(said.items(), key=str)) for (said,) in await self.site.rows(RUNS)
        }

    async def restored(self) -> Graph:
        await self.site.wipe()
        await restore(self.site.client, self.ledger, policy=self.policy)
        return await self.whole()


def key(number: int) -> str:
    return f"core|customer|{number}"


def person(number: int, name: str | None = "Jane Wanjiru", *values: IdentifierValue, **said: Any) -> CustomerRecord:
    return customer(key(number), name, *values, **said)


def phone(number: int, **said: Any) -> IdentifierValue:
    return identifier("Phone", f"07120000{number:02}", **said)


def national_id(number: int) -> IdentifierValue:
    return identifier("NationalId", f"234567{number:02}")
