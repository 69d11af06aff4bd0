"""Versions in their order, and what is left out: erased keys, and what the stores cannot hold."""

from dataclasses import replace

import pytest
from neo4j import AsyncDriver

from graph.business import AccountRecord
from graph.client import GraphClient
from graph.load import Loader
from graph.records import CustomerRecord, Departure
from graph.resolution.global_ids import key_hash
from graph.resolution.policy import Policy
from graph.steps import open_writer
from ledger.entries import Entries, Erasing, Erasure
from ledger.ledger import Ledger
from ledger.records import forget
from tests.integration.graph.bank import SECRET, account, batch, customer, identifier
from tests.integration.graph.snapshot import clear_marks, edges, marked, snapshot
from tests.integration.graph.test_load_crash import Crash, Killed
from tests.integration.graph.test_load_presence import JANE, KEY, OTHER_KEY, PETER, SISTER, born, later, leaves, nodes


@pytest.fixture
def loader(graph: GraphClient, ledger: Ledger, policy: Policy) -> Loader:
    return Loader(graph, ledger, secret=SECRET, policy=policy)


async def test_versions_of_one_batch_are_consecutive_steps(loader: Loader, ledger: Ledger, driver: AsyncDriver) -> None:
    def version(record: CustomerRecord, number: int) -> CustomerRecord:
        return replace(record, source_version=number)

    jumbled = (version(PETER, 3), SISTER, Departure(KEY, source_version=2), version(JANE, 1))
    report = await loader.load(batch(*jumbled, at="1"))
    assert (report.step, report.created, report.changed, report.departed) == (3, 2, 1, 1)
    assert await loader.position("core", "rows") is not None
    assert {(key, birth) for key, birth, _ in await nodes(driver)} == {
        (f"former|{born(KEY)}", born(KEY)),
        (KEY, born(KEY, 1)),
        (OTHER_KEY, born(OTHER_KEY)),
    }
    before = await snapshot(driver)
    again = await loader.load(batch(*jumbled, at="1"))
    assert (again.step, again.unchanged) == (None, 4)
    assert await snapshot(driver) == before


async def test_the_position_goes_with_the_last_wave(graph: GraphClient, ledger: Ledger, policy: Policy) -> None:
    versions = batch(JANE, later(JANE, 1, full_name="Jane Kamau"), at="1")
    dying = Loader(graph, ledger, secret=SECRET, policy=policy, on_point=Crash("committed", 1))
    with pytest.raises(Killed):
        await dying.load(versions)
    loader = Loader(graph, ledger, secret=SECRET, policy=policy)
    assert await loader.position("core", "rows") is None
    report = await loader.load(versions)
    assert (report.created, report.changed, report.unchanged) == (0, 1, 1)
    assert await loader.position("core", "rows") is not None


async def test_an_older_number_is_the_past_whatever_its_date(loader: Loader, driver: AsyncDriver) -> None:
    await loader.load(batch(replace(JANE, source_version=7)))
    older = later(JANE, 9, source_version=6, identifiers=())
    assert (await loader.load(batch(older))).step is None
    await loader.load(batch(Departure(KEY, source_version=9)))
    assert (await loader.load(batch(replace(older, source_version=8)))).step is None
    assert (await loader.load(batch(replace(older, source_version=10)))).returned == 1
    rows, _, _ = await driver.execute_query("MATCH (s:SourceCustomer) RETURN s.source_version AS version")
    assert [row["version"] for row in rows] == [10]


async def test_the_other_side_of_a_standing_same_is_marked(loader: Loader, driver: AsyncDriver) -> None:
    apart = customer(OTHER_KEY, "Ann Mwangi", identifier("Phone", "0733000001"))
    await loader.load(batch(JANE, apart))
    await driver.execute_query(
        "MATCH (a:SourceCustomer {key: $a}), (b:SourceCustomer {key: $b})"
        " CREATE (a)<-[:CONCERNS {side: 'left'}]-(:Decision {id: 1, verdict: 'same'})-[:CONCERNS {side: 'right'}]->(b)",
        a=KEY,
        b=OTHER_KEY,
    )
    for change in (later(JANE, 1), leaves(KEY, 2), later(JANE, 3)):
        await clear_marks(driver)
        await loader.load(batch(change))
        assert await marked(driver) == {KEY, OTHER_KEY}
    rows, _, _ = await driver.execute_query("MATCH (s:SourceCustomer) RETURN s.due AS due")
    assert [row["due"] for row in rows] == [4, 4]


async def test_an_erased_key_is_left_out_until_it_is_released(
    loader: Loader, graph: GraphClient, ledger: Ledger, driver: AsyncDriver
) -> None:
    await loader.load(batch(JANE))
    hashed = str(key_hash(SECRET, KEY))

    async def say(word: Erasing) -> None:
        async with (
            open_writer(graph, ledger) as writer,
            writer.step("erase", entries=Entries(erasures=[Erasure(hashed, word)])),
        ):
            pass

    await say(Erasing.ERASED)
    await driver.execute_query("MATCH (s:SourceCustomer) SET s:Ghost:Erased, s.key = 'erased|' + s.birth_id")
    async with ledger.transaction() as connection:
        await forget(connection, [born(KEY)])
    report = await loader.load(batch(later(JANE, 1), SISTER, account("core|account|1", "0101", KEY)))
    assert (report.created, report.erased, report.unchanged) == (2, 1, 0)
    assert (await loader.load(batch(later(JANE, 1)))).step is None
    assert {key for key, _, _ in await nodes(driver)} == {f"erased|{born(KEY)}", OTHER_KEY}
    assert await edges(driver, "OWNS") == set()
    await say(Erasing.RELEASED)
    await loader.load(batch(later(JANE, 1)))
    assert {(key, birth) for key, birth, _ in await nodes(driver)} == {
        (f"erased|{born(KEY)}", born(KEY)),
        (KEY, born(KEY, 1)),
        (OTHER_KEY, born(OTHER_KEY)),
    }


async def test_what_does_not_fit_is_left_out_and_the_rest_is_loaded(loader: Loader, driver: AsyncDriver) -> None:
    values = tuple(identifier("Phone", f"0712{n:06}") for n in range(500))
    many = customer(OTHER_KEY, "Call Centre", *values)
    report = await loader.load(
        batch(
            customer("core|customer|" + "x" * 9_000),
            customer("core|customer|3", attributes={"n": 2**63}),
            AccountRecord(key="core|account|1", number="1", owner=None, balance_minor=-(2**70)),
            many,
        )
    )
    assert (report.read, report.created, report.unfit, report.unchanged) == (4, 1, 3, 0)
    assert {key for key, _, _ in await nodes(driver)} == {OTHER_KEY}
    rows, _, _ = await driver.execute_query("MATCH (:SourceCustomer)-[h:HAS_PHONE]->() RETURN h.position AS position")
    assert sorted(row["position"] for row in rows) == list(range(500))
