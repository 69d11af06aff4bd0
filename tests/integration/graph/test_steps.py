import asyncio
from datetime import UTC

import pytest
from neo4j import AsyncDriver

from graph.client import GraphClient
from graph.errors import FenceLost
from graph.steps import Writer, open_writer, settle_open_steps
from ledger.entries import Birth, Entries, MembershipDelta, NewDecision, Verdict
from ledger.ledger import Ledger
from ledger.locks import writer_lock
from ledger.steps import open_steps

ONE = "00000000-0000-8000-8000-000000000001"


async def outcomes(ledger: Ledger) -> list[tuple[int, str | None]]:
    async with ledger.transaction() as connection:
        rows = await connection.execute("SELECT id, what FROM step LEFT JOIN outcome ON step = id ORDER BY id")
        return [tuple(row) async for row in rows]


async def runs(driver: AsyncDriver) -> set[tuple[int, str]]:
    rows, _, _ = await driver.execute_query("MATCH (r:Run) RETURN r.id AS id, r.kind AS kind")
    return {(row["id"], row["kind"]) for row in rows}


async def counts(ledger: Ledger) -> list[object]:
    async with ledger.transaction() as connection:
        rows = await connection.execute("SELECT counts FROM outcome ORDER BY step")
        return [row[0] async for row in rows]


async def test_a_step_is_in_both_stores(graph: GraphClient, ledger: Ledger, driver: AsyncDriver) -> None:
    async with open_writer(graph, ledger) as writer:
        entries = Entries(births=[Birth("core|customer|1", ONE)])
        async with writer.step("load", system="core", entries=entries) as first:
            first.count(created=1, noted=None)
        entries = Entries(memberships=[MembershipDelta(ONE, None, ONE, cause=first.id)])
        async with writer.step("resolve", policy="a1b2", entries=entries) as second:
            pass
        decision = NewDecision(
            verdict=Verdict.CORRECT, by="jane", reason="a slip", left=[ONE], field="name", content="A"
        )
        async with writer.step("decide", entries=Entries(decisions=[decision])) as third:
            pass
    assert (first.id, second.id, third.id) == (1, 2, 3)
    assert first.at.tzinfo is UTC
    assert first.at <= second.at
    assert first.ranks["core|customer|1"].rank == 1
    assert third.decisions == (1,)
    assert await runs(driver) == {(1, "load"), (2, "resolve"), (3, "decide")}
    assert await outcomes(ledger) == [(1, "committed"), (2, "committed"), (3, "committed")]
    assert await counts(ledger) == [{"created": 1, "due": 0}, {"due": 0}, {"due": 0}]


async def test_an_error_in_a_step_writes_nothing_and_the_next_writer_voids_it(
    graph: GraphClient, ledger: Ledger, driver: AsyncDriver
) -> None:
    async def fail() -> None:
        async with open_writer(graph, ledger) as writer, writer.step("load") as step:
            await step.run("load_expected_devices", keys=["mobile|device|1"])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert await outcomes(ledger) == [(1, None)]
    async with open_writer(graph, ledger):
        assert await outcomes(ledger) == [(1, "void")]
    rows, _, _ = await driver.execute_query("MATCH (d:Device) RETURN d.key")
    assert rows == []


async def test_a_commit_whose_outcome_was_not_appended_is_settled_as_committed(
    graph: GraphClient, ledger: Ledger
) -> None:
    def crash(point: str) -> None:
        if point == "committed":
            raise InterruptedError

    with pytest.raises(InterruptedError):
        async with open_writer(graph, ledger, on_point=crash) as writer, writer.step("load", system="core") as step:
            step.count(created=3, table="customer")
    assert await settle_open_steps(graph, ledger)
    assert await outcomes(ledger) == [(1, "committed")]
    assert await counts(ledger) == [{"created": 3, "table": "customer", "due": 0}]
    assert not await settle_open_steps(graph, ledger)


async def test_a_writer_that_lost_its_lock_cannot_commit(
    graph: GraphClient, ledger: Ledger, driver: AsyncDriver
) -> None:
    async def write_with(epoch: int) -> None:
        async with writer_lock(ledger) as lock, Writer(graph, lock, epoch).step("load"):
            pass

    async with open_writer(graph, ledger):
        pass  # epoch 1: what others knew before is void
    with pytest.raises(FenceLost):
        await write_with(epoch=0)
    async with open_writer(graph, ledger) as writer, writer.step("load"):
        pass
    assert await outcomes(ledger) == [(1, "void"), (2, "committed")]
    assert await runs(driver) == {(2, "load")}


async def test_a_new_writer_waits_for_the_commit_that_is_under_way(graph: GraphClient, ledger: Ledger) -> None:
    """The fence is locked by the step's first statement, so that nobody calls it void while it commits."""
    async with open_writer(graph, ledger) as writer, writer.step("load"), asyncio.TaskGroup() as tasks:
        raising = tasks.create_task(raise_fence(graph))
        done, _ = await asyncio.wait([raising], timeout=0.5)
        assert not done
        raising.cancel()
    async with ledger.transaction() as connection:
        assert await open_steps(connection) == []


async def raise_fence(graph: GraphClient) -> None:
    async with graph.transaction() as transaction:
        await transaction.run("run_fence")


async def test_one_writer_at_a_time(graph: GraphClient, ledger: Ledger) -> None:
    order: list[str] = []

    async def write(name: str) -> None:
        async with open_writer(graph, ledger) as writer, writer.step("load"):
            order.append(f"{name} in")
            await asyncio.sleep(0)
            order.append(f"{name} out")

    await asyncio.gather(*(write(name) for name in "abc"))
    assert [step.split()[1] for step in order] == ["in", "out"] * 3
    assert await outcomes(ledger) == [(1, "committed"), (2, "committed"), (3, "committed")]
