"""Records that leave, return, or come back as somebody else; versions in order; keys that were erased."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from typing import Any, LiteralString

import pytest
from neo4j import AsyncDriver

from graph.client import GraphClient
from graph.load import Loader
from graph.records import CustomerRecord, Departure, SourceRecord
from graph.resolution.global_ids import birth_id
from graph.resolution.policy import Policy
from graph.said import hear
from graph.steps import settle_open_steps
from ledger.ledger import Ledger
from ledger.records import known_records, latest_versions
from tests.integration.graph.bank import DAY, SECRET, account, batch, customer, identifier
from tests.integration.graph.snapshot import Snapshot, clear_marks, edges, marked, snapshot
from tests.integration.graph.test_load_crash import Crash, Killed

KEY, OTHER_KEY = "core|customer|1", "core|customer|2"
PHONE, ID = identifier("Phone", "0712345678"), identifier("NationalId", "12345678")
JANE = customer(KEY, "Jane Wanjiru", PHONE, ID)
PETER = customer(KEY, "Peter Otieno", PHONE, birth_date=date(1971, 2, 3))  # under the same key
SISTER = customer(OTHER_KEY, "Ann Wanjiru", PHONE)


@pytest.fixture
def loader(graph: GraphClient, ledger: Ledger, policy: Policy) -> Loader:
    return Loader(graph, ledger, secret=SECRET, policy=policy)


def later(record: CustomerRecord, days: int, **said: Any) -> CustomerRecord:
    return replace(record, updated_at=DAY + timedelta(days=days), **said)


def leaves(key: str, days: int) -> Departure:
    return Departure(key, at=DAY + timedelta(days=days))


def born(key: str, incarnation: int = 0) -> str:
    return str(birth_id(SECRET, key, incarnation))


async def nodes(driver: AsyncDriver) -> set[tuple[str, str, frozenset[str]]]:
    """Key, birth id and the labels besides SourceCustomer, of each record."""
    rows, _, _ = await driver.execute_query(
        "MATCH (s:SourceCustomer) RETURN s.key AS key, s.birth_id AS birth_id, labels(s) AS labels"
    )
    return {(row["key"], row["birth_id"], frozenset(row["labels"]) - {"SourceCustomer"}) for row in rows}


PRESENCES = "SELECT birth_id, p.what, source_at FROM presence_delta p JOIN outcome o USING (step)"
EVIDENCE = "SELECT birth_id, e.what, source_at FROM evidence_delta e JOIN outcome o USING (step)"


async def told(ledger: Ledger, said: LiteralString) -> list[tuple[Any, ...]]:
    """What committed steps said, in their order."""
    async with ledger.transaction() as connection:
        rows = await connection.execute(said + " WHERE o.what = 'committed' ORDER BY step")
        return [row async for row in rows]


async def test_who_leaves_is_a_ghost_without_personal_data(loader: Loader, ledger: Ledger, driver: AsyncDriver) -> None:
    await loader.load(batch(JANE, SISTER, account("core|account|1", "0101")))
    await clear_marks(driver)
    report = await loader.load(batch(leaves(KEY, 1)))
    assert (report.departed, report.changed, report.unchanged, report.marked) == (1, 0, 0, 2)
    rows, _, _ = await driver.execute_query("MATCH (s:Ghost) RETURN properties(s) AS p")
    (ghost,) = [row["p"] for row in rows]
    at = ghost.pop("updated_at").to_native()
    assert at == DAY + timedelta(days=1)
    assert ghost == {
        "key": KEY,
        "system": "core",
        "entity": "customer",
        "birth_id": born(KEY),
        "rank": 1,
        "step": report.step,
        "due": report.step,
    }
    assert await edges(driver, "HAS_PHONE", "HAD_PHONE", "HAS_NATIONAL_ID", "HAD_NATIONAL_ID", "OWNS") == {
        (KEY, "HAD_PHONE", PHONE.key),
        (KEY, "HAD_NATIONAL_ID", ID.key),
        (OTHER_KEY, "HAS_PHONE", PHONE.key),
        (KEY, "OWNS", "core|account|1"),
    }
    assert await marked(driver) == {KEY, OTHER_KEY}
    assert await told(ledger, PRESENCES) == [(born(KEY), "left", at)]
    assert sorted((await told(ledger, EVIDENCE))[-2:]) == [(born(KEY), "ended", at)] * 2


async def test_nobody_leaves_twice_nor_before_he_came(loader: Loader, driver: AsyncDriver) -> None:
    await loader.load(batch(JANE))
    await loader.load(batch(account("core|account|1", "0101", "core|customer|expected")))
    for nobody in (leaves("core|customer|unknown", 1), leaves("core|customer|expected", 1), leaves(KEY, -1)):
        assert (await loader.load(batch(nobody))).step is None
    await loader.load(batch(leaves(KEY, 1)))
    before = await snapshot(driver)
    for again in (leaves(KEY, 1), leaves(KEY, 2), JANE):
        assert (await loader.load(batch(again))).step is None, "of the past nothing is written"
    assert await snapshot(driver) == before


async def test_who_returns_is_who_he_was(loader: Loader, ledger: Ledger, driver: AsyncDriver) -> None:
    await loader.load(batch(JANE, SISTER, customer("core|customer|3", "Heir", ID)))
    await loader.load(batch(leaves(KEY, 1)))
    await driver.execute_query(
        "MATCH (g:Ghost), (h:SourceCustomer {key: 'core|customer|3'}) CREATE (g)-[:HEIR]->(h)"
    )  # as the resolution would
    await clear_marks(driver)
    report = await loader.load(batch(later(JANE, 2, identifiers=(PHONE,))))
    assert (report.changed, report.created, report.returned) == (1, 0, 1)
    assert {(key, birth, "Ghost" in labels) for key, birth, labels in await nodes(driver)} == {
        (KEY, born(KEY), False),
        (OTHER_KEY, born(OTHER_KEY), False),
        ("core|customer|3", born("core|customer|3"), False),
    }
    assert await marked(driver) == {KEY, OTHER_KEY, "core|customer|3"}
    assert await told(ledger, PRESENCES) == [
        (born(KEY), "left", DAY + timedelta(days=1)),
        (born(KEY), "returned", DAY + timedelta(days=2)),
    ]
    rows, _, _ = await driver.execute_query("MATCH (s:SourceCustomer {key: $key}) RETURN s.rank AS rank", key=KEY)
    assert rows[0]["rank"] == 1


async def test_a_key_that_comes_back_with_somebody_else(loader: Loader, ledger: Ledger, driver: AsyncDriver) -> None:
    await loader.load(batch(JANE, SISTER, account("core|account|1", "0101")))
    await loader.load(batch(leaves(KEY, 1)))
    await loader.load(batch(later(PETER, 2)))
    assert {(key, birth, "Ghost" in labels) for key, birth, labels in await nodes(driver)} == {
        (f"former|{born(KEY)}", born(KEY), True),
        (KEY, born(KEY, 1), False),
        (OTHER_KEY, born(OTHER_KEY), False),
    }
    assert await edges(driver, "HAS_PHONE", "OWNS") == {
        (KEY, "HAS_PHONE", PHONE.key),
        (OTHER_KEY, "HAS_PHONE", PHONE.key),
        (f"former|{born(KEY)}", "OWNS", "core|account|1"),
    }
    async with ledger.transaction() as connection:
        known = (await known_records(connection, [KEY]))[KEY]
        last = await latest_versions(connection, [born(KEY), born(KEY, 1)])
    assert (known.birth_id, known.rank, known.incarnation, known.presence) == (born(KEY, 1), 3, 1, None)
    assert {birth: hear(version.said).full_name for birth, version in last.items()} == {
        born(KEY): "Jane Wanjiru",
        born(KEY, 1): "Peter Otieno",
    }
    await loader.load(batch(leaves(KEY, 3)))
    await loader.load(batch(later(JANE, 4)))
    assert (KEY, born(KEY, 2), frozenset({"Unresolved"})) in await nodes(driver), "a third, not the first again"


async def test_another_name_alone_is_the_same_person(loader: Loader, driver: AsyncDriver) -> None:
    await loader.load(batch(JANE))
    await loader.load(batch(leaves(KEY, 1)))
    await loader.load(batch(later(PETER, 2, birth_date=JANE.birth_date)))
    assert await nodes(driver) == {(KEY, born(KEY), frozenset({"Unresolved"}))}


HISTORY: tuple[tuple[SourceRecord | Departure, ...], ...] = (
    (JANE, SISTER),
    (leaves(KEY, 1),),
    (later(JANE, 2),),
    (leaves(KEY, 3),),
    (later(PETER, 4),),
    (leaves(OTHER_KEY, 5), later(PETER, 5, identifiers=())),
)


@pytest.fixture(scope="module")
def undisturbed() -> dict[str, Snapshot]:
    return {}


@pytest.mark.parametrize(
    ("point", "countdown"),
    [("never", 1), *product(("appended", "applied", "committed"), range(1, len(HISTORY) + 1))],
)
async def test_a_crash_at_any_point_changes_nothing_in_the_end(
    graph: GraphClient,
    ledger: Ledger,
    policy: Policy,
    driver: AsyncDriver,
    undisturbed: dict[str, Snapshot],
    point: str,
    countdown: int,
) -> None:
    """A departure, a return, an incarnation: what a void step gave birth to is born again with the same id and rank."""
    dying = Loader(graph, ledger, secret=SECRET, policy=policy, on_point=Crash(point, countdown))
    for records in HISTORY:
        try:
            await dying.load(batch(*records))
        except Killed:
            await Loader(graph, ledger, secret=SECRET, policy=policy).load(batch(*records))
    await settle_open_steps(graph, ledger)
    found = await snapshot(driver)
    assert found == undisturbed.setdefault("first", found)
    ranks, _, _ = await driver.execute_query("MATCH (s:SourceCustomer) RETURN s.birth_id AS id, s.rank AS rank")
    assert {(row["id"], row["rank"]) for row in ranks} == {(born(KEY), 1), (born(OTHER_KEY), 2), (born(KEY, 1), 3)}
    assert [what for _, what, _ in await told(ledger, PRESENCES)] == ["left", "returned", "left", "left"]
