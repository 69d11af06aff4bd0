"""Edges by number across systems: what they are does not depend on which system arrives first."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest
from neo4j import AsyncDriver

from graph.client import GraphClient
from graph.load import Loader
from graph.resolution.policy import Policy
from ledger.ledger import Ledger
from tests.integration.graph.bank import DAY, FRAUD, SECRET, SYSTEMS, account, batch, load_all, sighting, transaction
from tests.integration.graph.snapshot import edges, snapshot

IDENTITY = frozenset({"rank"})  # frozen in the order of first loading, by design


@pytest.fixture
def loader(graph: GraphClient, ledger: Ledger, policy: Policy) -> Loader:
    return Loader(graph, ledger, secret=SECRET, policy=policy)


async def states(driver: AsyncDriver) -> set[tuple[str, str, bool]]:
    rows, _, _ = await driver.execute_query(
        "MATCH (r:Reference) RETURN r.key AS key, r.state AS state, r:Expected AS expected"
    )
    return {(row["key"], row["state"], row["expected"]) for row in rows}


async def test_a_number_attaches_to_one_waits_for_none_and_refuses_several(loader: Loader, driver: AsyncDriver) -> None:
    await load_all(loader)
    assert await states(driver) == {
        ("account.number|*|0102", "attached", False),
        ("account.number|*|0103", "ambiguous", False),
        ("account.number|*|0201", "waiting", True),
        ("account.number|*|9999", "waiting", True),
        ("transaction.reference|*|TX1", "attached", False),
        ("transaction.reference|*|TX-UNKNOWN", "waiting", True),
        ("transaction.reference|core|TX2", "attached", False),
    }
    assert await edges(driver, "COUNTERPARTY", "OF", "ABOUT") == {
        ("core|transaction|1", "COUNTERPARTY", "core|account|2"),
        ("core|transaction|2", "COUNTERPARTY", "account.number|*|9999"),
        ("core|transaction|3", "COUNTERPARTY", "account.number|*|0201"),
        ("mobile|transfer|1", "OF", "core|transaction|1"),
        ("fraud|alert|1", "ABOUT", "core|transaction|2"),
        ("fraud|alert|1", "ABOUT", "core|account|2"),
        ("fraud|alert|1", "ABOUT", "fraud|party|a"),
    }


@pytest.fixture(scope="module")
def seen() -> dict[str, object]:
    return {}


@pytest.mark.parametrize("order", list(permutations(SYSTEMS)), ids="-".join)
async def test_every_order_of_systems_gives_the_same_graph(
    loader: Loader, driver: AsyncDriver, seen: dict[str, object], order: tuple[str, ...]
) -> None:
    await load_all(loader, *order)
    found = await snapshot(driver, without=IDENTITY)
    assert found == seen.setdefault("first", found)


async def test_every_record_alone_backwards_gives_the_same_graph(loader: Loader, driver: AsyncDriver) -> None:
    for system, records in SYSTEMS.items():
        for record in reversed(records):
            await loader.load(batch(record, system=system, at="2026-03-01"))
    hidden = IDENTITY | {"row_key"}
    alone = await snapshot(driver, without=hidden)
    await driver.execute_query("MATCH (n) WHERE NOT n:WekezaTests DETACH DELETE n")
    await load_all(loader)
    assert alone == await snapshot(driver, without=hidden)


async def test_a_second_target_detaches_and_its_leaving_attaches_again(loader: Loader, driver: AsyncDriver) -> None:
    await load_all(loader)
    before = await snapshot(driver, without=IDENTITY)
    await loader.load(batch(account("mobile|account|5", "0102", None), system="mobile"))
    assert ("core|transaction|1", "COUNTERPARTY", "account.number|*|0102") in await edges(driver, "COUNTERPARTY")
    assert ("fraud|alert|1", "ABOUT", "core|account|2") not in await edges(driver, "ABOUT")
    renumbered = account("mobile|account|5", "0777", None, updated_at=DAY + timedelta(days=1))
    await loader.load(batch(renumbered, system="mobile"))
    nodes, found = await snapshot(driver, without=IDENTITY)
    assert found == before[1]
    assert len(nodes - before[0]) == 1  # the renumbered account


async def test_what_a_record_no_longer_says_goes_with_all_that_followed(loader: Loader, driver: AsyncDriver) -> None:
    await load_all(loader)
    await loader.load(batch(transaction("core|transaction|2", "TX2", "0102")))
    alert = replace(FRAUD[1], about=(), updated_at=DAY + timedelta(days=1))
    await loader.load(batch(alert, system="fraud"))
    await loader.load(batch(sighting("mobile|transfer|1", "TX3"), system="mobile"))
    assert await edges(driver, "COUNTERPARTY", "OF", "ABOUT") == {
        ("core|transaction|1", "COUNTERPARTY", "core|account|2"),
        ("core|transaction|2", "COUNTERPARTY", "core|account|2"),
        ("core|transaction|3", "COUNTERPARTY", "account.number|*|0201"),
        ("mobile|transfer|1", "OF", "core|transaction|3"),
        ("fraud|alert|1", "ABOUT", "fraud|party|a"),
    }
    rows, _, _ = await driver.execute_query("MATCH (n:ExternalAccount|Reference) RETURN labels(n)[0] + n.key AS key")
    assert {row["key"] for row in rows} == {
        "ExternalAccountaccount.number|*|0201",
        "Referenceaccount.number|*|0102",
        "Referenceaccount.number|*|0201",
        "Referencetransaction.reference|*|TX3",
        "Referencetransaction.reference|*|TX-UNKNOWN",
    }


async def test_naming_a_settled_number_again_touches_no_other_who_names_it(loader: Loader) -> None:
    crowd = [transaction(f"core|transaction|{n}", f"TX{n}", "9999") for n in range(500)]
    await loader.load(batch(*crowd))
    report = await loader.load(batch(transaction("core|transaction|new", "TX-new", "9999")))
    assert (report.counters.relationships_created, report.counters.relationships_deleted) == (3, 0)
    assert report.counters.properties_set < 40
