"""Random populations of many small worlds that share no value, and what a graph holds of them as sets of tuples."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from neo4j import AsyncDriver

from graph.load import Loader
from graph.records import Batch, CustomerRecord
from graph.resolution.model import Member, Resolution
from graph.resolution.policy import Policy
from graph.resolution.population import gather_evidence, resolve_population
from tests.unit.graph.resolution.worlds import BORN, NAMES, PARTIES, VALUES, identifier

SECRET = b"integration tests of the resolver"
Tuples = frozenset[tuple[object, ...]]
Pairs = frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What the graph holds of identity."""

    memberships: Pairs  # (record, gcid)
    linked: Tuples  # (a, b, kind, identifier, stage)
    refused: Tuples  # (a, b, kind, identifier, reason, inside)
    customers: Pairs  # (gcid, status)
    mergers: Pairs  # (from, into)
    ranks: Mapping[str, tuple[int, str]]  # record → (rank, birth id)

    @property
    def partition(self) -> set[frozenset[str]]:
        gcids = {gcid for _, gcid in self.memberships}
        return {frozenset(key for key, named in self.memberships if named == gcid) for gcid in gcids}


QUERIES = {
    "memberships": "MATCH (s)-[:RESOLVES_TO]->(g) RETURN s.key, g.gcid",
    "linked": "MATCH (a)-[l:LINKED]->(b) RETURN a.key, b.key, l.kind, l.identifier, l.stage",
    "refused": "MATCH (a)-[q:QUARANTINED]->(b) RETURN a.key, b.key, q.kind, q.identifier, q.reason, q.inside",
    "customers": "MATCH (g:GlobalCustomer) RETURN g.gcid, g.status",
    "mergers": "MATCH (a)-[:MERGED_INTO]->(b) RETURN a.gcid, b.gcid",
}


async def held(driver: AsyncDriver) -> Held:
    found: dict[str, Any] = {}
    for name, query in QUERIES.items():
        rows = [tuple(record.values()) for record in (await driver.execute_query(query)).records]
        assert len(set(rows)) == len(rows), f"doubles in {name}"
        found[name] = frozenset(rows)
    records = (await driver.execute_query("MATCH (s:SourceCustomer) RETURN s.key, s.rank, s.birth_id")).records
    return Held(ranks={key: (rank, born) for key, rank, born in records}, **found)


def resolve_purely(records: Iterable[CustomerRecord], policy: Policy) -> Resolution:
    records = list(records)
    members = [
        Member(key=r.key, rank=n, name=r.full_name, birth_date=r.birth_date, party_type=r.party_type)
        for n, r in enumerate(records)
    ]
    return resolve_population(members, gather_evidence(records, policy), (), policy)


def assert_held(found: Held, records: Iterable[CustomerRecord], policy: Policy) -> None:
    """The graph holds exactly what the rule says of all the records at once."""
    said = resolve_purely(records, policy)
    born = {key: min(found.ranks[member] for member in group)[1] for group in said.groups for key in group}
    assert found.memberships == set(born.items())
    assert found.linked == {(link.a, link.b, link.kind, link.identifier, link.stage) for link in said.links}
    assert found.refused == {(r.a, r.b, r.kind, r.identifier, r.reason.value, r.inside) for r in said.refused}
    assert {gcid for gcid, status in found.customers if status == "current"} == set(born.values())
    lives = {found.ranks[key][1]: gcid for key, gcid in found.memberships}
    merged = {gcid for gcid, status in found.customers if status == "merged"}
    assert found.mergers == {(gcid, lives[gcid]) for gcid in merged}


def random_record(random: Random, key: str, verified: float = 0.8) -> CustomerRecord:
    """A record whose values are shared by its world only: the part of the key before the dash."""
    world = key.rsplit("|", 1)[1].partition("-")[0]
    chosen = random.sample(sorted(set(VALUES)), random.randint(0, 4))
    return CustomerRecord(
        key=key,
        full_name=random.choice(NAMES),
        birth_date=random.choice(BORN),
        party_type=random.choice(PARTIES),
        identifiers=tuple(
            replace(value, value=f"{world}-{value.value}", raw=value.value, masked="***")
            for value in (identifier(kind, text, verified=random.random() < verified) for kind, text in chosen)
        ),
    )


def random_population(random: Random, worlds: int, verified: float = 0.8) -> dict[str, CustomerRecord]:
    """``verified`` is the share of the contacts that are no claims."""
    keys = [f"s|customer|{world}-{n}" for world in range(worlds) for n in range(random.randint(1, 9))]
    return {key: random_record(random, key, verified) for key in keys}


async def load(loader: Loader, records: Sequence[CustomerRecord], random: Random) -> None:
    """Load in any order, in batches of any size."""
    rest = random.sample(records, len(records))
    while rest:
        size = random.randint(1, len(rest))
        await loader.load(Batch(system="s", table="customer", records=tuple(rest[:size]), position=None))
        rest = rest[size:]
