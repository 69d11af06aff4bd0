"""What is no customer leaves: it is deleted, or a stub as long as others name it; and returns as it was."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest
from neo4j import AsyncDriver

from graph.business import AccountRecord, DeviceRecord, TransactionRecord
from graph.client import Counters, GraphClient
from graph.load import Loader
from graph.records import Batch, CustomerRecord, Departure, SourceRecord
from graph.resolution.policy import Policy
from graph.rows import KINDS
from ledger.ledger import Ledger
from tests.integration.graph.bank import (
    CORE,
    DAY,
    FRAUD,
    MOBILE,
    SECRET,
    account,
    batch,
    load_all,
    sighting,
    transaction,
)
from tests.integration.graph.household import BATCHES, CURRENT, HOLDINGS, JOINT, TIED, labels, tied
from tests.integration.graph.snapshot import Snapshot, edges, snapshot
from tests.integration.graph.test_load_crash import Crash, Killed

WITHOUT = frozenset({"rank"})


@pytest.fixture
def loader(graph: GraphClient, ledger: Ledger, policy: Policy) -> Loader:
    return Loader(graph, ledger, secret=SECRET, policy=policy)


def leaves(*records: SourceRecord) -> Batch:
    return batch(*(Departure(record.key, kind=type(record)) for record in records))


OTHERS = [record for record in (*CORE, *MOBILE, *FRAUD) if not isinstance(record, CustomerRecord)]
HOUSE = [record for records in BATCHES for record in records if not isinstance(record, CustomerRecord)]
ONE_OF_EACH: dict[type[SourceRecord], SourceRecord] = {type(record): record for record in (*HOUSE, *OTHERS)}


async def load_everything(loader: Loader) -> None:
    for records in BATCHES:
        await loader.load(batch(*records))
    await load_all(loader)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind is not CustomerRecord], ids=lambda kind: kind.__name__)
async def test_each_kind_leaves_and_returns_as_it_was(
    loader: Loader, driver: AsyncDriver, kind: type[SourceRecord]
) -> None:
    await load_everything(loader)
    record, before = ONE_OF_EACH[kind], await snapshot(driver, without=WITHOUT)
    report = await loader.load(leaves(record))
    assert (report.departed, report.unchanged, report.created, report.changed) == (1, 0, 0, 0)
    left = (await labels(driver)).get(record.key)
    assert left in (None, {KINDS[kind].label, "Expected"})
    without = await snapshot(driver, without=WITHOUT)
    again = await loader.load(leaves(record))
    assert (again.step, again.departed, again.unchanged, again.counters) == (None, 0, 1, Counters())
    assert await snapshot(driver, without=WITHOUT) == without != before
    report = await loader.load(batch(record, system=record.key.split("|")[0]))
    assert report.created == 1
    assert await snapshot(driver, without=WITHOUT) == before


async def test_an_account_that_others_name_is_a_stub_without_facts(loader: Loader, driver: AsyncDriver) -> None:
    await load_everything(loader)
    await loader.load(leaves(AccountRecord(key=CURRENT, number=None, owner=None)))
    rows, _, _ = await driver.execute_query(
        "MATCH (a:Account {key: $key}) RETURN labels(a), properties(a)", key=CURRENT
    )
    assert [list(row.values()) for row in rows] == [[["Account", "Expected"], {"key": CURRENT}]]
    assert {edge for edge in await edges(driver, "OWNS") if CURRENT in edge} == set()
    assert {edge for edge in await edges(driver, "POSTED", "DRAWS_ON", "REPAID_FROM") if CURRENT in edge} == {
        (CURRENT, "POSTED", "core|transaction|1"),
        (CURRENT, "POSTED", "core|transaction|2"),
        (CURRENT, "POSTED", "core|transaction|3"),
        ("core|card|1", "DRAWS_ON", CURRENT),
        ("core|loan|1", "REPAID_FROM", CURRENT),
    }
    assert await tied(driver) == TIED, "who may sign says so by a row of its own"


async def test_a_stub_goes_with_the_last_that_named_it(loader: Loader, driver: AsyncDriver) -> None:
    await loader.load(batch(account(CURRENT, "0101", None), transaction("core|transaction|1", "TX1")))
    await loader.load(leaves(account(CURRENT, "0101", None)))
    assert await labels(driver) == {
        CURRENT: {"Account", "Expected"},
        "core|transaction|1": {"Transaction", "Event"},
    }
    await loader.load(leaves(transaction("core|transaction|1", "TX1")))
    assert await labels(driver) == {}


async def test_a_number_that_left_is_waited_for_again_and_another_s_is_unique_then(
    loader: Loader, driver: AsyncDriver
) -> None:
    await load_all(loader)
    await loader.load(leaves(account("core|account|2", "0102"), account("mobile|account|9", "0103")))
    assert await edges(driver, "COUNTERPARTY", "ABOUT") == {
        ("core|transaction|1", "COUNTERPARTY", "account.number|*|0102"),
        ("core|transaction|2", "COUNTERPARTY", "account.number|*|9999"),
        ("core|transaction|3", "COUNTERPARTY", "account.number|*|0201"),
        ("fraud|alert|1", "ABOUT", "core|account|3"),
        ("fraud|alert|1", "ABOUT", "core|transaction|2"),
        ("fraud|alert|1", "ABOUT", "fraud|party|a"),
    }
    await loader.load(leaves(transaction("core|transaction|2", "TX2"), sighting("mobile|transfer|1", "TX1")))
    rows, _, _ = await driver.execute_query("MATCH (r:Reference) RETURN r.key, r.state")
    assert {tuple(row.values()) for row in rows} == {
        ("account.number|*|0102", "waiting"),
        ("account.number|*|0103", "attached"),
        ("account.number|*|0201", "waiting"),
        ("transaction.reference|core|TX2", "waiting"),
        ("transaction.reference|*|TX-UNKNOWN", "waiting"),
    }
    externals, _, _ = await driver.execute_query("MATCH (e:ExternalAccount) RETURN e.number AS number")
    assert {row["number"] for row in externals} == {"0102", "0201"}


async def test_what_was_never_there_or_was_there_later_does_not_leave(loader: Loader, driver: AsyncDriver) -> None:
    await loader.load(batch(account(CURRENT, "0101", None), transaction("core|transaction|1", "TX1", account=JOINT)))
    before = await snapshot(driver)
    earlier = Departure(CURRENT, at=DAY - timedelta(seconds=1), kind=AccountRecord)
    stub, unknown = Departure(JOINT, kind=AccountRecord), Departure("core|device|9", kind=DeviceRecord)
    report = await loader.load(batch(earlier, stub, unknown))
    assert (report.step, report.departed, report.unchanged) == (None, 0, 3)
    assert await snapshot(driver) == before


async def test_in_one_batch_the_last_word_counts(loader: Loader, driver: AsyncDriver) -> None:
    one, other = account(CURRENT, "0101", None), account(JOINT, "0102", None)
    await loader.load(batch(one, other))
    gone, back = Departure(CURRENT, kind=AccountRecord), replace(other, status="reopened")
    report = await loader.load(batch(one, gone, Departure(JOINT, kind=AccountRecord), back))
    assert (report.departed, report.changed) == (1, 1)
    assert await labels(driver) == {JOINT: {"Account"}}


@pytest.fixture(scope="module")
def seen() -> dict[str, Snapshot]:
    return {}


GONE = leaves(*HOLDINGS)


@pytest.mark.parametrize("order", list(permutations(range(4))), ids=str)
async def test_in_every_order_what_left_is_the_same_graph(
    loader: Loader, driver: AsyncDriver, seen: dict[str, Snapshot], order: tuple[int, ...]
) -> None:
    """Holdings leave after they came; the others come before, between or after."""
    await loader.load(batch(*HOLDINGS))
    steps = [GONE, *(batch(*records) for records in BATCHES if records is not HOLDINGS)]
    for n in order:
        await loader.load(steps[n])
    found = await snapshot(driver, without=WITHOUT)
    assert found == seen.setdefault("first", found)


@pytest.mark.parametrize("point", ["never", "appended", "applied", "committed"])
async def test_a_crash_while_they_leave_changes_nothing_in_the_end(
    graph: GraphClient, ledger: Ledger, policy: Policy, driver: AsyncDriver, seen: dict[str, Snapshot], point: str
) -> None:
    for records in BATCHES:
        await Loader(graph, ledger, secret=SECRET, policy=policy).load(batch(*records))
    dying = Loader(graph, ledger, secret=SECRET, policy=policy, on_point=Crash(point, 1))
    try:
        await dying.load(GONE)
    except Killed:
        await Loader(graph, ledger, secret=SECRET, policy=policy).load(GONE)
    found = await snapshot(driver, without=WITHOUT)
    assert found == seen.setdefault("first", found)


async def keys(loader: Loader, kind: type[SourceRecord], entity: str, system: str = "core") -> list[list[str]]:
    return [page async for page in loader.keys(kind, system, entity, page=2)]


async def test_the_keys_of_a_table_are_told_in_pages_without_ghosts_and_stubs(loader: Loader) -> None:
    await load_all(loader)
    await loader.load(batch(account("core|account2|1", "0909", "core|customer|stub")))
    assert await keys(loader, AccountRecord, "account") == [["core|account|1", "core|account|2"], ["core|account|3"]]
    assert await keys(loader, AccountRecord, "account", "mobile") == [["mobile|account|1", "mobile|account|9"]]
    assert await keys(loader, TransactionRecord, "account") == []
    await loader.load(batch(Departure("core|customer|1"), Departure("core|account|1", kind=AccountRecord)))
    assert await keys(loader, CustomerRecord, "customer") == [["core|customer|2"]]
    assert await keys(loader, AccountRecord, "account") == [["core|account|2", "core|account|3"]]
