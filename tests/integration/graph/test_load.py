from dataclasses import replace
from datetime import timedelta

import pytest
from neo4j import AsyncDriver

from graph.client import Counters, GraphClient
from graph.errors import IdentityError
from graph.load import Loader
from graph.records import Position, source_key
from graph.resolution.policy import Policy
from ledger.ledger import Ledger
from tests.integration.graph.bank import (
    CORE,
    DAY,
    SECRET,
    SYSTEMS,
    account,
    batch,
    customer,
    identifier,
    load_all,
    transaction,
)
from tests.integration.graph.snapshot import edges, marked, snapshot


@pytest.fixture
def loader(graph: GraphClient, ledger: Ledger, policy: Policy) -> Loader:
    return Loader(graph, ledger, secret=SECRET, policy=policy)


async def steps(ledger: Ledger) -> int:
    async with ledger.transaction() as connection:
        rows = await connection.execute("SELECT id FROM step")
        return len([row async for row in rows])


async def test_loading_again_writes_nothing_at_all(loader: Loader, ledger: Ledger, driver: AsyncDriver) -> None:
    await load_all(loader)
    before, number = await snapshot(driver), await steps(ledger)
    for system, records in SYSTEMS.items():
        report = await loader.load(batch(*records, system=system, at="2026-03-01"))
        assert report.step is None
        assert report.counters == Counters()
        assert (report.created, report.changed, report.unchanged) == (0, 0, len(records))
    assert (await snapshot(driver), await steps(ledger)) == (before, number)


async def test_records_of_one_system_meet_by_their_keys(loader: Loader, driver: AsyncDriver) -> None:
    await load_all(loader)
    assert await edges(driver, "OWNS", "POSTED", "REGISTERED", "LOGGED_IN", "FROM", "SCORED") == {
        ("core|customer|1", "OWNS", "core|account|1"),
        ("core|customer|2", "OWNS", "core|account|2"),
        ("mobile|user|7", "OWNS", "mobile|account|1"),
        ("mobile|user|7", "OWNS", "mobile|account|9"),
        ("core|account|1", "POSTED", "core|transaction|1"),
        ("core|account|1", "POSTED", "core|transaction|2"),
        ("core|account|1", "POSTED", "core|transaction|3"),
        ("mobile|user|7", "REGISTERED", "mobile|device|1"),
        ("mobile|user|7", "LOGGED_IN", "mobile|login|1"),
        ("mobile|login|1", "FROM", "mobile|device|1"),
        ("fraud|party|a", "SCORED", "fraud|score|1"),
    }


async def test_a_stub_waits_and_its_arrival_completes_it(loader: Loader, driver: AsyncDriver) -> None:
    await loader.load(batch(account("core|account|1", "0101", "core|customer|1")))
    rows, _, _ = await driver.execute_query("MATCH (s:SourceCustomer:Expected) RETURN properties(s) AS p")
    assert [row["p"] for row in rows] == [{"key": "core|customer|1"}]
    assert await marked(driver) == set()
    await loader.load(batch(customer("core|customer|1")))
    rows, _, _ = await driver.execute_query("MATCH (s:SourceCustomer) RETURN s:Expected AS expected, s.rank AS rank")
    assert [(row["expected"], row["rank"]) for row in rows] == [(False, 1)]
    assert await marked(driver) == {"core|customer|1"}


async def test_a_newer_version_replaces_and_an_older_one_is_ignored(loader: Loader, driver: AsyncDriver) -> None:
    first = customer("core|customer|1", "Jane Wanjiru", identifier("Phone", "0712345678"))
    await loader.load(batch(first))
    newer = replace(first, full_name="Jane Kamau", attributes={}, updated_at=DAY + timedelta(days=1))
    assert (await loader.load(batch(newer))).changed == 1
    assert (await loader.load(batch(first))).step is None
    rows, _, _ = await driver.execute_query("MATCH (s:SourceCustomer) RETURN properties(s) AS p")
    (stored,) = [row["p"] for row in rows]
    assert (stored["full_name"], stored["rank"], "said_kyc_status" in stored) == ("Jane Kamau", 1, False)


async def test_of_two_versions_in_a_batch_the_last_updated_wins(loader: Loader, driver: AsyncDriver) -> None:
    old = account("core|account|1", "0101", balance_minor=1)
    new = replace(old, balance_minor=2, updated_at=DAY + timedelta(hours=1))
    report = await loader.load(batch(new, old))
    assert (report.read, report.created, report.unchanged) == (2, 1, 1)
    rows, _, _ = await driver.execute_query("MATCH (a:Account) RETURN a.balance_minor AS balance")
    assert [row["balance"] for row in rows] == [2]


async def test_a_changed_owner_takes_the_account_along(loader: Loader, driver: AsyncDriver) -> None:
    await loader.load(batch(*CORE))
    await loader.load(
        batch(account("core|account|1", "0101", "core|customer|2", role="joint", updated_at=DAY + timedelta(days=1)))
    )
    assert await edges(driver, "OWNS") == {
        ("core|customer|2", "OWNS", "core|account|1"),
        ("core|customer|2", "OWNS", "core|account|2"),
    }


async def test_ranks_follow_the_source_s_dates_and_batches_follow_each_other(
    loader: Loader, driver: AsyncDriver
) -> None:
    await loader.load(
        batch(
            customer("core|customer|1", created_at=None),
            customer("core|customer|3", created_at=DAY + timedelta(days=3)),
            customer("core|customer|9", created_at=DAY),
            customer("core|customer|2", created_at=DAY),
        )
    )
    await loader.load(batch(customer("core|customer|0", created_at=DAY - timedelta(days=9))))
    rows, _, _ = await driver.execute_query("MATCH (s:SourceCustomer) RETURN s.key AS key, s.rank AS rank")
    assert {(row["key"][-1], row["rank"]) for row in rows} == {("2", 1), ("9", 2), ("3", 3), ("1", 4), ("0", 5)}


async def test_the_position_is_that_of_the_last_batch(loader: Loader) -> None:
    assert await loader.position("core", "rows") is None
    await loader.load(batch(CORE[0], at="2026-03-01"))
    await loader.load(batch(at="2026-03-02"))  # rows that were all rejected still move on
    assert await loader.position("core", "rows") == Position("2026-03-02", "")
    assert await loader.position("core", "other") is None


async def test_statements_do_not_grow_with_the_batch(loader: Loader) -> None:
    sent = []
    for place, size in (("small", 5), ("large", 2_000)):
        customers = [
            customer(source_key("core", place, str(n)), f"Jane {place}{n}", identifier("NationalId", f"{size}{n:06}"))
            for n in range(size)
        ]
        postings = [transaction(f"core|{place}|{n}", f"{place}{n}", f"{place}{n}") for n in range(size)]
        renamed = [replace(record, full_name="Jane Renamed", identifiers=()) for record in customers]
        batches = (batch(*customers, *postings, at=place), batch(*renamed, at=place), batch(*renamed, at=place))
        sent.append([(await loader.load(each)).statements for each in batches])
    assert sent[0] == sent[1]
    assert max(sent[0]) < 30


async def test_values_of_a_row_never_stand_in_an_error(loader: Loader) -> None:
    too_long_for_an_index = replace(batch(CORE[0], at="1"), table="0712345678" * 4_000)
    with pytest.raises(IdentityError) as caught:
        await loader.load(too_long_for_an_index)
    assert "0712345678" not in str(caught.value)
    assert (await loader.load(batch(CORE[0], at="1"))).changed == 0
