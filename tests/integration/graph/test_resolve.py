"""Resolving on real servers: incremental, full and pure agree, over random histories; nothing unchanged is written."""

from random import Random
from typing import Any

import networkx as nx
import pytest
from neo4j import AsyncDriver

from graph.client import Counters, GraphClient
from graph.load import Loader
from graph.records import CustomerRecord
from graph.resolution.policy import Policy
from graph.resolve import Resolver
from graph.statements import statement
from graph.verify import verify
from ledger.ledger import Ledger
from tests.integration.graph.populations import (
    SECRET,
    assert_held,
    held,
    load,
    random_population,
    random_record,
)
from tests.unit.graph.resolution.worlds import GUARDED, LOW, PLAIN, identifier, record

TYPED = "read_linked_equals_memberships"  # the statement by which a person sees that law in Neo4j Browser
STRICT = GUARDED.model_copy(update=LOW)
ONE_STAGE = STRICT.model_copy(update={"stages": (("NationalId",), ("Passport", "Document"), ("Phone", "Email"))})
WORLDS = 12
POLICIES = [STRICT, ONE_STAGE, PLAIN]
NAMES = ["guarded", "contacts in one stage", "plain"]


def parts(graph: GraphClient, ledger: Ledger, policy: Policy) -> tuple[Loader, Resolver]:
    return Loader(graph, ledger, secret=SECRET, policy=policy), Resolver(
        graph, ledger, secret=SECRET, policy=policy, trust={"s": 1}
    )


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("policy", POLICIES, ids=NAMES)
async def test_incremental_is_full_is_pure(
    graph: GraphClient,
    ledger: Ledger,
    driver: AsyncDriver,
    monkeypatch: pytest.MonkeyPatch,
    policy: Policy,
    seed: int,
) -> None:
    random = Random(seed)
    monkeypatch.setattr("graph.resolve.SEEDS_PER_STEP", random.choice([15, 1000]))
    loader, resolver = parts(graph, ledger, policy)
    records: dict[str, CustomerRecord] = {}
    population = random_population(random, WORLDS)
    arriving = random.sample(sorted(population), len(population))
    for portion in (arriving[: len(arriving) // 2], arriving[len(arriving) // 2 :]):
        records |= {key: population[key] for key in portion}
        await load(loader, [population[key] for key in portion], random)
        await resolver.resolve()
        assert_held(await held(driver), records.values(), policy)
    for _ in range(2):
        corrected = {key: random_record(random, key) for key in random.sample(sorted(records), 12)}
        records |= corrected
        await load(loader, list(corrected.values()), random)
        await resolver.resolve()
        assert_held(await held(driver), records.values(), policy)
    assert await verify(graph, ledger, secret=SECRET, policy=policy) == []
    assert await graph.read(TYPED) == []

    incremental = await held(driver)
    assert (await resolver.resolve_all()).steps == ()
    await driver.execute_query("MATCH (g:GlobalCustomer) DETACH DELETE g")
    await driver.execute_query("MATCH (:SourceCustomer)-[l:LINKED|QUARANTINED]->() DELETE l")
    await resolver.resolve_all()
    full = await held(driver)
    assert (full.memberships, full.linked, full.refused) == (
        incremental.memberships,
        incremental.linked,
        incremental.refused,
    )


async def test_an_unchanged_graph_is_not_written(graph: GraphClient, ledger: Ledger, driver: AsyncDriver) -> None:
    random = Random(7)
    loader, resolver = parts(graph, ledger, STRICT)
    await load(loader, list(random_population(random, WORLDS).values()), random)
    first = await resolver.resolve()
    assert first.counters.relationships_created > 0
    everything = "MATCH (n) RETURN count(n) AS nodes, sum(COUNT { (n)-->() }) AS edges, max(n.epoch) AS epoch"
    before = (await driver.execute_query(everything)).records
    for again in (await resolver.resolve(), await resolver.resolve_all()):
        assert again.steps == ()
        assert again.counters == Counters()
        assert again.churn == 0
    assert (await driver.execute_query(everything)).records == before  # not even a fence was raised
    async with ledger.transaction() as connection:
        steps = await (await connection.execute("SELECT max(id) FROM step WHERE kind = 'resolve'")).fetchone()
    assert steps == (first.steps[-1],)


async def test_marks_alone_cost_one_step_that_rewrites_nothing(
    graph: GraphClient, ledger: Ledger, driver: AsyncDriver
) -> None:
    random = Random(8)
    loader, resolver = parts(graph, ledger, STRICT)
    await load(loader, list(random_population(random, WORLDS).values()), random)
    await resolver.resolve()
    before = await held(driver)
    await driver.execute_query("MATCH (s:SourceCustomer) WITH s LIMIT 40 SET s:Unresolved")
    again = await resolver.resolve()
    assert len(again.steps) == 1
    assert again.counters.labels_removed == 40
    assert (again.counters.relationships_created, again.counters.relationships_deleted) == (0, 0)
    assert again.counters.nodes_created == 1  # the :Run
    assert await held(driver) == before


async def test_plain_is_networkx(graph: GraphClient, ledger: Ledger, driver: AsyncDriver) -> None:
    random = Random(9)
    loader, resolver = parts(graph, ledger, PLAIN)
    records = random_population(random, worlds=60, verified=1.0)
    await load(loader, list(records.values()), random)
    await resolver.resolve()
    shared: nx.Graph[str] = nx.Graph()
    shared.add_nodes_from(records)
    for each in records.values():
        shared.add_edges_from((each.key, value.key) for value in each.identifiers if not value.placeholder)
    components = [part & records.keys() for part in nx.connected_components(shared)]
    assert (await held(driver)).partition == {frozenset(part) for part in components if part}


@pytest.mark.parametrize("size", [30, 300])
async def test_statements_of_a_step_do_not_grow_with_its_rows(
    graph: GraphClient, ledger: Ledger, driver: AsyncDriver, size: int
) -> None:
    random = Random(size)
    loader, resolver = parts(graph, ledger, STRICT)
    await load(loader, list(random_population(random, worlds=size).values()), random)
    report = await resolver.resolve()
    assert len(report.steps) == 1
    assert report.statements <= WRITES + HOPS


WRITES = 10 + 3  # kinds of differences; marks, guard and :Run
HOPS = 9 + 1  # the widest world has nine records


HUB = 400


async def test_a_suppressed_value_is_never_walked(graph: GraphClient, ledger: Ledger, driver: AsyncDriver) -> None:
    """One more holder of a shared phone reads himself, not the others."""
    loader, resolver = parts(graph, ledger, STRICT)
    phone = identifier("Phone", "1")
    await load(loader, [record(f"s|customer|{n}", f"Name{n} Person{n}", phone) for n in range(HUB)], Random(10))
    assert (await resolver.resolve()).links == 0
    await load(loader, [record("s|customer|new", "Jane Doe", phone)], Random(10))
    report = await resolver.resolve()
    assert (report.records, report.components, report.created) == (1, 1, 1)
    given: dict[str, list[str]] = {"values": [], "claimed": [], "customers": [], "known": []}
    profile = await driver.execute_query(
        "PROFILE " + statement("resolve_expand"), given | {"records": ["s|customer|new"]}
    )
    assert hits(profile.summary.profile) < HUB


def hits(operator: dict[str, Any] | None) -> int:
    if operator is None:
        return 0
    return int(operator.get("dbHits", 0)) + sum(map(hits, operator.get("children", ())))
