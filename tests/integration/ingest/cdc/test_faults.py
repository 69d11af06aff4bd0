"""Lines break, servers die, slots get lost: nothing is lost or doubled, and each fault is one sentence."""

import asyncio
import os
import signal

import pytest
from psycopg.conninfo import make_conninfo
from structlog.testing import capture_logs

from graph.errors import GraphUnavailable
from graph.load import LoadReport
from graph.records import Batch
from ingest.check import check_source
from ingest.pipeline import poll
from ingest.run import run_source
from ledger.ledger import Ledger
from ledger.locks import source_lock
from ledger.sources import Scan
from local.directories import workplace
from local.postgres import start_postgres
from tests.integration.ingest.cdc.bank import DECLARED, NAME, Bank, Graph, add, books, followed, line, reopened, wanted
from tests.integration.ingest.cdc.conftest import bank_on
from tests.integration.ingest.line import DEADLINE_SECONDS, events, eventually

ALL = {(table, what) for table in ("people", "accounts") for what in Scan}
SENDER = "SELECT pid FROM pg_stat_replication"
DROP_SLOT = f"SELECT pg_drop_replication_slot('{NAME}')"
CREATE_SLOT = f"SELECT pg_create_logical_replication_slot('{NAME}', 'pgoutput')"


def people(*numbers: int) -> set[tuple[str, str]]:
    return {(str(n), f"Person {n}") for n in numbers}


class Dying(Graph):
    """Loads, and does not live to say so, as often as it is told."""

    dies = 0

    async def load(self, batch: Batch) -> LoadReport:
        report = await super().load(batch)
        if self.dies and batch.table == "accounts (cdc)":
            self.dies -= 1
            raise GraphUnavailable("It went away.")
        return report


async def test_what_was_loaded_and_not_acknowledged_comes_again_and_changes_nothing(bank: Bank, ledger: Ledger) -> None:
    graph = Dying()
    with capture_logs() as logs:
        async with followed(books(), bank, line(graph, ledger)):
            await bank.run(add(1))
            await eventually(lambda: graph.names() == people(1))
            graph.dies = 1
            await bank.commit(add(2), "INSERT INTO accounts (number, balance, currency) VALUES ('A1', 1, 'KES')")
            await eventually(
                lambda: [bool(it["error"]) for it in events(logs, "source_polled")] == [False, True, False]
            )
            await bank.run(add(3))
            await eventually(lambda: graph.names() == people(1, 2, 3))
    assert graph.told == [("people (cdc)", 1), ("people (cdc)", 1), ("accounts (cdc)", 1), ("people (cdc)", 1)]


async def test_a_server_that_is_killed_is_followed_on(bank: Bank, ledger: Ledger) -> None:
    """Its slot falls back to where it stood at the last checkpoint: what the ledger knows is not sent again."""
    graph = Graph()
    async with followed(books(), bank, line(graph, ledger)):
        await bank.run(*map(add, range(1, 51)))
        await eventually(lambda: len(graph.names()) == 50)
        os.kill(await bank.ask(SENDER), signal.SIGKILL)  # one of its processes dies, and it starts all of them anew
        told = len(graph.told)
        async with reopened(bank) as owner:
            await owner.run(*map(add, range(51, 101)))
            await eventually(lambda: len(graph.names()) == 100)
    assert graph.names() == people(*range(1, 101))
    assert sum(rows for _, rows in graph.told[told:]) == 50
    assert await wanted(ledger) == ALL  # as at the first start: nothing was lost since


async def test_a_poll_is_not_overtaken(bank: Bank, ledger: Ledger) -> None:
    """What it read is loaded before the log may say what is newer: else the older state would come over it."""
    graph = Graph()
    await bank.run(add(1))
    source = books()
    async with followed(source, bank, line(graph, ledger)):
        await eventually(lambda: graph.names() == people(1))
        graph.gate.clear()
        reading = asyncio.create_task(run_source(source, bank.dsns, line(graph, ledger)))
        await eventually(lambda: graph.waiting == 1)
        await bank.run("UPDATE people SET name = 'Newer'")
        await waits(bank, graph)
        graph.gate.set()
        await reading
        await eventually(lambda: graph.names() == {("1", "Newer")})
    assert graph.told[1][0] == "people"


async def test_the_log_waits_for_who_reads_alone(bank: Bank, ledger: Ledger) -> None:
    graph = Graph()
    async with followed(books(), bank, line(graph, ledger)):
        await bank.run(add(1))
        await eventually(lambda: graph.names() == people(1))
        async with source_lock(ledger, "books"):
            await bank.run(add(2))
            await waits(bank, graph)
            assert graph.names() == people(1)
        await eventually(lambda: graph.names() == people(1, 2))


async def test_a_lost_slot_is_told_and_what_it_lost_is_scanned() -> None:
    with workplace() as place, start_postgres(place, settings={"max_slot_wal_keep_size": "1MB"}) as server:
        async with Ledger.connect(server.dsn) as ledger, bank_on(server.dsn) as bank:
            await ledger.migrate()
            graph, source = Graph(), books()
            await bank.run(add(1), add(2))
            async with followed(source, bank, line(graph, ledger)):
                await eventually(lambda: graph.names() == people(1, 2))
            await poll(source, bank.dsns, line(graph, ledger))
            await lose_slot(bank)
            await bank.run(add(3), "DELETE FROM people WHERE id = 1")
            with capture_logs() as logs:
                async with followed(source, bank, line(graph, ledger)):
                    await eventually(lambda: any(it["error"] for it in events(logs, "source_polled")))
                    await bank.run(DROP_SLOT, CREATE_SLOT)
                    await eventually(lambda: bool(events(logs, "source_scans_wanted")))
            assert "is lost" in events(logs, "source_polled")[0]["error"]
            assert await wanted(ledger) == ALL
            await poll(source, bank.dsns, line(graph, ledger))
            assert (graph.names(), await wanted(ledger)) == (people(2, 3), set())
            await lose_slot(bank)
            managed = books(cdc={"manage": True})
            with capture_logs() as logs:
                async with followed(managed, bank, line(graph, ledger)):
                    await eventually(lambda: bool(events(logs, "source_scans_wanted")))
                    await bank.run(add(4))
                    await eventually(lambda: graph.names() == people(2, 3, 4))
            assert await wanted(ledger) == ALL


async def test_a_slot_has_one_reader(bank: Bank, ledger: Ledger) -> None:
    first, second = Graph(), Graph()
    with capture_logs() as logs:
        async with followed(books(), bank, line(first, ledger)):
            await bank.run(add(1))
            await eventually(lambda: bool(first.names()))
            async with followed(books(), bank, line(second, ledger)):
                await eventually(lambda: any(it["error"] for it in events(logs, "source_polled")))
    assert "'wekeza_books' is in use by another process" in events(logs, "source_polled")[-1]["error"]
    assert not second.names()


MISSING: list[tuple[list[str], str]] = [
    ([DROP_SLOT], "it has no replication slot 'wekeza_books': its owner runs what `wekeza ingest grants books` prints"),
    ([f"DROP PUBLICATION {NAME}"], "it has no publication 'wekeza_books'"),
    ([f"ALTER PUBLICATION {NAME} DROP TABLE accounts"], "its publication 'wekeza_books' lacks table 'accounts'"),
    (
        [f"ALTER PUBLICATION {NAME} SET TABLE people (id, name), accounts"],
        "lacks the columns active, notes, updated_at",
    ),
    ([f"ALTER ROLE {NAME} NOREPLICATION"], "this user may not follow its log"),
    ([DROP_SLOT, f"SELECT pg_create_physical_replication_slot('{NAME}')"], "of another plugin than pgoutput"),
]


@pytest.mark.parametrize(("statements", "sentence"), MISSING, ids=[sentence[:40] for _, sentence in MISSING])
async def test_what_is_missing_is_told_and_polls_go_on(
    bank: Bank, ledger: Ledger, statements: list[str], sentence: str
) -> None:
    graph, source = Graph(), books()
    await bank.run(*statements, add(1))
    with capture_logs() as logs:
        async with followed(source, bank, line(graph, ledger)):
            await eventually(lambda: bool(events(logs, "source_polled")))
            assert (await poll(source, bank.dsns, line(graph, ledger))).error is None
    assert sentence in events(logs, "source_polled")[0]["error"]
    assert graph.names() == people(1)
    (problem,) = (await check_source(source, bank.dsns)).problems
    assert sentence in problem


async def test_a_source_that_is_as_it_must_be_has_remarks_at_most(bank: Bank) -> None:
    found = await check_source(books(), bank.dsns)
    assert found.problems == ()
    assert set(found.remarks) == {"Books: table 'noise' is new"}
    other = books(table=[{**it, "id": '"updated_at"'} for it in DECLARED["table"]])
    found = await check_source(other, bank.dsns)
    assert any("the log does not say which of its records end" in it for it in found.remarks)


async def test_a_server_without_such_a_log_is_polled(ledger: Ledger) -> None:
    with workplace() as place, start_postgres(place, settings={"wal_level": "replica"}) as server:
        async with Ledger.connect(server.dsn) as own:
            await own.migrate()
            with pytest.raises(Exception, match="wal_level"):
                async with bank_on(server.dsn):
                    pytest.fail("the owner's script has to say so")
            found = await check_source(books(), {"books": make_conninfo(server.dsn, dbname="bank")})
    assert any("wal_level is replica" in it for it in found.problems)


async def waits(bank: Bank, graph: Graph) -> None:
    """Until somebody waits for the lock of the source, or does not and loads."""
    told = len(graph.told)
    async with asyncio.timeout(DEADLINE_SECONDS):
        while len(graph.told) == told:
            if await bank.ask("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"):
                return


async def lose_slot(bank: Bank) -> None:
    lost = f"SELECT wal_status = 'lost' FROM pg_replication_slots WHERE slot_name = '{NAME}'"  # noqa: S608
    while not await bank.ask(lost):
        await bank.run("INSERT INTO noise SELECT generate_series(1, 20000)", "SELECT pg_switch_wal()", "CHECKPOINT")
