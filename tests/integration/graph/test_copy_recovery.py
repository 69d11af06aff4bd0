"""The relational copy after a crash, beside other writers, of a graph made anew, and after somebody changed it."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from neo4j import AsyncDriver

from graph.client import GraphClient
from graph.laws import Law
from graph.restore import restore
from graph.steps import open_writer
from ledger.entries import CopiedKind, Entries, Gone
from ledger.ledger import Ledger
from tests.fixtures.servers import WIPE
from tests.integration.graph.bank import CORE, DAY, customer, transaction
from tests.integration.graph.copies import copier, read_tables
from tests.integration.graph.offices import Office


@pytest.fixture
def office(graph: GraphClient, ledger: Ledger, driver: AsyncDriver) -> Office:
    return Office(graph, ledger, driver)


@pytest.fixture
async def bank(office: Office) -> Office:
    await office.fill()
    return office


async def test_a_void_step_changes_nothing(bank: Office) -> None:
    before = await bank.copy()
    entries = Entries(gone=[Gone(CopiedKind.TRANSACTION, "core|transaction|2")])
    with pytest.raises(ZeroDivisionError):
        async with open_writer(bank.graph, bank.ledger) as writer, writer.step("load", entries=entries):
            raise ZeroDivisionError
    assert await bank.publish() == 0  # not settled
    await bank.tell(replace(CORE[1], updated_at=DAY + timedelta(days=1), attributes={}))
    await bank.check()
    assert await bank.copy() == before


@pytest.mark.parametrize("point", ["copied", "moved"])
async def test_a_crash_loses_nothing_and_doubles_nothing(bank: Office, point: str) -> None:
    def die(reached: str) -> None:
        if reached == point:
            raise ZeroDivisionError

    before = await read_tables(bank.ledger)
    await bank.tell(transaction("core|transaction|7", "TX7"), customer("core|customer|7", "Grace Njeri"))
    with pytest.raises(ZeroDivisionError):
        await copier(bank.graph, bank.ledger, die).publish()
    assert await read_tables(bank.ledger) == before
    await bank.check()


async def test_a_graph_made_anew_is_copied_as_a_whole(bank: Office) -> None:
    """Its sources have meanwhile lost a booking, and all but one account."""
    kept = await bank.versions("record")
    async with bank.driver.session(database="neo4j") as session:
        await (await session.run(WIPE)).consume()
    await restore(bank.graph, bank.ledger, policy=bank.policy)
    assert [finding.law for finding in await copier(bank.graph, bank.ledger).verify()] == [Law.COPY]
    await bank.load(CORE[2], *CORE[6:])
    report = await copier(bank.graph, bank.ledger).publish()
    assert report.whole
    await bank.check()
    assert {row[3] for row in (await bank.copy())["account_360"]} == {"core|account|1"}
    assert len((await bank.copy())["transaction_360"]) == 2
    assert await bank.versions("record") == kept


async def test_a_copy_that_somebody_changed_is_found_and_put_right(bank: Office) -> None:
    async with bank.ledger.transaction() as connection:
        await connection.execute("UPDATE reports.account SET balance = 1000000 WHERE key = 'core|account|1'")
        await connection.execute("DELETE FROM reports.membership")
        await connection.execute("INSERT INTO reports.score SELECT 'x', record, system, at, 99 FROM reports.score")
    found = {finding.id for finding in await copier(bank.graph, bank.ledger).verify()}
    assert found == {"account: 2 rows differ", "membership: 4 rows differ", "score: 1 rows differ"}
    await copier(bank.graph, bank.ledger).publish(from_nothing=True)
    await bank.check()


async def test_what_is_written_while_all_is_compared_is_not_taken_away(bank: Office) -> None:
    """Written by a newer step than the newest settled one, it is not read, but it is there."""

    async def rewrite() -> None:
        await bank.driver.execute_query("MATCH (n {key: 'core|transaction|1'}) SET n.step = n.step + 1000")

    await rewrite()
    report = await copier(bank.graph, bank.ledger).publish(from_nothing=True)
    assert report.changed == 0


async def test_two_at_once_copy_once(bank: Office) -> None:
    await bank.tell(transaction("core|transaction|7", "TX7"))
    reports = await asyncio.gather(*(copier(bank.graph, bank.ledger).publish() for _ in range(3)))
    assert sorted(report.changed for report in reports) == [0, 0, 1]
    await bank.check()
