"""A graph restored from the ledger is the graph that was lost: every node, edge and time."""

from datetime import date

import pytest
from neo4j import AsyncDriver

from graph.client import GraphClient
from graph.proposals import Correct, Different, Release, Same, Suppress, Undo
from graph.restore import GraphLost, NotEmpty, refuse_lost, restore
from graph.verify import verify
from ledger.history import Run, runs
from ledger.ledger import Ledger
from tests.integration.graph.bank import SECRET, identifier
from tests.integration.graph.living import POLICY, WHY, Bank, key, national_id, person, phone
from tests.integration.graph.stores import OpenSite


@pytest.fixture
def bank(graph: GraphClient, ledger: Ledger, driver: AsyncDriver) -> Bank:
    return Bank(OpenSite(graph, driver), ledger, POLICY)


async def test_a_history_with_everything(bank: Bank) -> None:
    await live(bank)
    await assert_restored(bank)
    assert await verify(bank.site.client, bank.ledger, secret=SECRET, policy=bank.policy) == []
    assert (await bank.resolver.resolve_all()).steps == ()


async def assert_restored(bank: Bank) -> None:
    before = await bank.whole()
    after = await bank.restored()
    lost, added = ("\n".join(sorted(map(str, found))) for found in (before - after, after - before))
    assert (lost, added) == ("", ""), f"lost:\n{lost}\nadded:\n{added}"


async def live(bank: Bank) -> None:
    """Everything that can happen to records, each thing to other ones."""
    await bank.say(
        person(1, "Jane Wanjiru", national_id(1), phone(1), phone(2)),
        person(2, "WANJIRU Jane", phone(1), identifier("Email", "Jane@Example.org"), attributes={"limit": 1.5}),
        person(3, None, phone(2, verified=False)),
        *(person(n, f"{name} Otieno", phone(9)) for n, name in enumerate(("Amina", "Boniface", "Chebet", "Dida"), 10)),
        person(20, "Ann Moraa", national_id(2), phone(3), identifier("NationalId", "12345678")),
        person(21, "Ann Moraa", national_id(2)),
        person(30, "Peter Kamau", national_id(3)),
        person(31, "Peter Kamau", national_id(4)),
        person(40, "Grace Auma", phone(4), national_id(5), birth_date=date(1980, 1, 2)),
    )
    await bank.resolve()
    await bank.say(person(1, "Jane Wanjiru", phone(1), national_id(1)), person(2, "Jane A. Wanjiru", phone(5)))
    await bank.leave(key(20), key(40), key(13))
    await bank.resolve()
    await bank.steward.decide(Same(key(30), key(31)), **WHY)
    await bank.steward.decide(Different(frozenset({key(1)}), frozenset({key(2)})), **WHY)
    await bank.steward.decide(Suppress("Phone", "0712000005", "KE"), **WHY)
    await bank.steward.decide(Suppress("Phone", "0712000077", "KE"), **WHY)
    await bank.steward.decide(Release("NationalId", "12345678", "KE"), **WHY)
    await bank.steward.decide(Undo(2), **WHY)
    [(gcid,)] = await bank.site.rows("MATCH (s {key: 'core|customer|30'})-[:RESOLVES_TO]->(g) RETURN g.gcid")
    await bank.steward.decide(Correct(gcid, "name", "Peter Kamau Njoroge"), **WHY)
    await bank.say(
        person(20, "Ann Moraa", national_id(2), phone(1)),
        person(40, "Brian Kiptoo", national_id(6), birth_date=date(1999, 9, 9)),
    )
    await bank.resolve()
    await bank.leave(key(21))
    await bank.steward.erase(key(12), **WHY)
    await bank.resolve()


async def test_after_an_erasure_all_but_the_age_of_a_status_comes_back(bank: Bank) -> None:
    """What a customer said with the erased record is forgotten, and with it since when it is what it is."""
    shared = identifier("Phone", "0712000001")
    await bank.say(person(1, "Jane Wanjiru", shared, phone(2)), person(2, "Jane Wanjiru", shared, phone(3)))
    await bank.resolve()
    await bank.steward.decide(Different(frozenset({key(1)}), frozenset({key(2)})), **WHY)
    await bank.steward.decide(Suppress("Phone", "0712000003", "KE"), **WHY)
    await bank.steward.erase(key(2), **WHY)
    await bank.site.driver.execute_query("MATCH (g:GlobalCustomer) REMOVE g.since")
    before = await bank.whole()
    assert not any("0712000003" in str(row) and "HAD_" in str(row) for row in before)
    await bank.restored()
    await bank.site.driver.execute_query("MATCH (g:GlobalCustomer) REMOVE g.since")
    assert await bank.whole() == before


async def test_a_key_that_was_somebody_elses_twice(bank: Bank) -> None:
    for number in range(1, 4):
        born = date(1970 + number, 1, 1)
        name = ("Jane Wanjiru", "Peter Otieno", "Amina Hassan")[number - 1]
        await bank.say(person(1, name, national_id(number), birth_date=born), person(2, "Someone Else", phone(number)))
        await bank.resolve()
        await bank.leave(key(1))
        await bank.resolve()
    assert len([row for row in await bank.whole() if "former|" in str(row)]) > 0
    await assert_restored(bank)


async def test_what_was_due_is_due_again(bank: Bank) -> None:
    await bank.say(person(1, "Jane Wanjiru", phone(1)), person(2, "Jane Wanjiru", phone(2)), person(3, "Ann", phone(3)))
    await bank.resolve()
    await bank.say(person(2, "Jane Wanjiru", phone(1)))
    await bank.restored()
    marked = await bank.site.rows("MATCH (s:Unresolved) RETURN s.key")
    assert {found for (found,) in marked} == {key(1), key(2)}
    await bank.resolve()
    assert await bank.site.rows("MATCH (g:GlobalCustomer {status: 'current'}) RETURN count(g)") == [(2,)]


async def test_only_an_empty_graph_is_restored_into(bank: Bank) -> None:
    await bank.say(person(1))
    with pytest.raises(NotEmpty, match="not empty"):
        await restore(bank.site.client, bank.ledger, policy=bank.policy)


async def test_a_lost_graph_is_told_from_a_new_one(bank: Bank) -> None:
    await refuse_lost(bank.site.client, bank.ledger)
    await bank.say(person(1))
    await refuse_lost(bank.site.client, bank.ledger)
    await bank.site.wipe()
    with pytest.raises(GraphLost, match="run `wekeza rebuild`"):
        await refuse_lost(bank.site.client, bank.ledger)


async def test_it_writes_no_step(bank: Bank) -> None:
    await bank.say(person(1, "Jane Wanjiru", phone(1)))
    await bank.resolve()
    steps = await newest_steps(bank.ledger)
    told: list[str] = []
    await bank.site.wipe()
    report = await restore(bank.site.client, bank.ledger, policy=bank.policy, progress=told.append)
    assert await newest_steps(bank.ledger) == steps
    assert report.written["records"] == report.written["customers"] == 1
    assert "1 records" in told


async def newest_steps(ledger: Ledger) -> list[Run]:
    async with ledger.transaction() as connection:
        return await runs(connection, 100)
