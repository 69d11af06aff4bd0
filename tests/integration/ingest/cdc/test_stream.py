"""What is committed at a real PostgreSQL is what the graph is told."""

import pytest
from structlog.testing import capture_logs

from ingest.connectors import cdc
from ingest.run import run_source
from ledger.ledger import Ledger
from ledger.sources import SourceState, source_statuses
from ledger.streams import streams
from tests.integration.ingest.cdc.bank import NAME, Bank, Graph, add, books, followed, line, wanted
from tests.integration.ingest.line import events, eventually

CONFIRMED = "SELECT (confirmed_flush_lsn - '0/0')::bigint FROM pg_replication_slots WHERE database = 'bank'"
FIRST_ACCOUNT = (
    "INSERT INTO accounts (id, owner, number, balance, currency)"
    " VALUES ('00000000-0000-0000-0000-000000000001', 1, 'A1', 10.50, 'KES')"
)


async def test_rows_come_change_move_and_go(bank: Bank, ledger: Ledger) -> None:
    graph = Graph()
    async with followed(books(), bank, line(graph, ledger)):
        await bank.run(*map(add, range(1, 6)))
        await eventually(lambda: len(graph.names()) == 5)
        await bank.run(
            "UPDATE people SET name = 'Another' WHERE id = 1",
            "DELETE FROM people WHERE id = 2",
            "UPDATE people SET id = 30 WHERE id = 3",
            "UPDATE people SET active = false WHERE id = 4",  # which the source file leaves out
            "INSERT INTO people (id, name) VALUES (6, 'Last')",
        )
        await eventually(lambda: ("6", "Last") in graph.names())
    assert graph.names() == {("1", "Another"), ("30", "Person 3"), ("5", "Person 5"), ("6", "Last")}


async def test_a_transaction_comes_whole_and_as_it_ends(bank: Bank, ledger: Ledger) -> None:
    """Two tables, a row that is inserted and deleted, one that is deleted and inserted, ids that are exchanged."""
    graph = Graph()
    async with followed(books(), bank, line(graph, ledger)):
        await bank.commit(
            "INSERT INTO people (id, name) VALUES (1, 'One'), (2, 'Two'), (3, 'Three'), (4, 'Four')",
            FIRST_ACCOUNT,
        )
        await eventually(lambda: bool(graph.balances()))
        told = len(graph.told)
        await bank.commit(
            "INSERT INTO people (id, name) VALUES (9, 'Never'); DELETE FROM people WHERE id = 9",
            "DELETE FROM people WHERE id = 1; INSERT INTO people (id, name) VALUES (1, 'One again')",
            "UPDATE people SET id = -2 WHERE id = 2; UPDATE people SET id = 2 WHERE id = 3",
            "UPDATE people SET id = 3 WHERE id = -2",
            *["UPDATE accounts SET balance = balance + 1"] * 50,
        )
        await eventually(lambda: graph.balances() == {("A1", 6050)})
    assert graph.names() == {("1", "One again"), ("2", "Three"), ("3", "Two"), ("4", "Four")}
    loaded = [it for it in graph.told[told:] if it[0].endswith("(cdc)")]
    assert loaded == [("people (cdc)", 3), ("accounts (cdc)", 1)]


async def test_a_value_that_was_not_sent_does_not_get_lost(bank: Bank, ledger: Ledger) -> None:
    """An update leaves a long value alone, and the log does not repeat it."""
    graph = Graph()
    await bank.run("INSERT INTO people (id, name, notes) SELECT n, 'P', repeat('x', 9000) FROM generate_series(1, 4) n")

    def notes() -> set[tuple[str, str]]:
        return {
            (key.split("|")[2], str(record.attributes.get("notes")))  # type: ignore[union-attr]
            for key, record in graph.records.items()
        }

    async with followed(books(), bank, line(graph, ledger)):
        await eventually(lambda: len(graph.names()) == 4)
        await bank.run("UPDATE people SET name = 'Q' WHERE id = 1")
        await bank.commit(
            "UPDATE people SET id = 20 WHERE id = 2",
            "UPDATE people SET notes = 'short' WHERE id = 3; UPDATE people SET name = 'R' WHERE id = 3",
            "UPDATE people SET name = 'S' WHERE id = 4; DELETE FROM people WHERE id = 4",
        )
        await eventually(lambda: ("3", "R") in graph.names())
    assert graph.names() == {("1", "Q"), ("20", "P"), ("3", "R")}
    assert notes() == {("1", "9000"), ("20", "9000"), ("3", "5")}


async def test_a_large_transaction_comes_in_parts_and_its_position_last(bank: Bank, ledger: Ledger) -> None:
    graph = Graph()
    async with followed(books(), bank, line(graph, ledger, batch_size=10)):
        await bank.commit(
            "INSERT INTO people (id, name) SELECT n, 'P' FROM generate_series(1, 255) n", "UPDATE people SET name = 'Q'"
        )
        await eventually(lambda: ("books", "people (cdc)") in graph.positions)
    assert {name for _, name in graph.names()} == {"Q"}
    assert [rows for table, rows in graph.told] == [100, 100, 100, 100, 100, 10]


async def test_a_column_that_is_new_is_ignored_and_one_that_is_gone_is_told(bank: Bank, ledger: Ledger) -> None:
    graph = Graph()
    with capture_logs() as logs:
        async with followed(books(), bank, line(graph, ledger)):
            await bank.run(
                "INSERT INTO people (id, name) VALUES (1, 'One')",
                "ALTER TABLE people ADD COLUMN more text DEFAULT 'x'",
                "INSERT INTO people (id, name) VALUES (2, 'Two')",
            )
            await eventually(lambda: len(graph.names()) == 2)
            await bank.run(
                "ALTER TABLE people DROP COLUMN notes CASCADE", f"ALTER PUBLICATION {NAME} ADD TABLE people",
                "INSERT INTO people (id, name) VALUES (3, 'Three')",
            )  # fmt: skip
            await eventually(lambda: any(it["error"] for it in events(logs, "source_polled")))
    (error,) = {it["error"] for it in events(logs, "source_polled")} - {None}
    assert "Books, table 'people' lost the column 'notes'" in error
    assert graph.names() == {("1", "One"), ("2", "Two")}
    (status,) = await source_statuses(ledger)
    assert status.state is SourceState.DOWN


async def test_the_log_is_let_go_while_nothing_of_ours_happens(
    bank: Bank, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cdc, "LOOK_SECONDS", 0.1)
    graph = Graph()
    async with followed(books(), bank, line(graph, ledger)):
        await bank.run("INSERT INTO people (id, name) VALUES (1, 'One')")
        await eventually(lambda: len(graph.names()) == 1)
        await bank.run("INSERT INTO noise SELECT generate_series(1, 10000)")
        written = await bank.ask("SELECT (pg_current_wal_lsn() - '0/0')::bigint")
        while await bank.ask(CONFIRMED) < written:
            assert not graph.down
        (stream,) = await streams(ledger)
        assert stream.live
        assert {table for table, _ in graph.told} == {"people (cdc)"}  # nothing is written for that
    (stream,) = await streams(ledger)
    assert not stream.live


async def test_a_followed_table_is_polled_for_its_first_rows_and_when_it_is_not_followed(
    bank: Bank, ledger: Ledger
) -> None:
    graph = Graph()
    await bank.run("INSERT INTO people (id, name) VALUES (1, 'One')")
    source = books()
    async with followed(source, bank, line(graph, ledger)):
        await eventually(lambda: len(graph.names()) == 1)
        first = await run_source(source, bank.dsns, line(graph, ledger))
        second = await run_source(source, bank.dsns, line(graph, ledger))
    third = await run_source(source, bank.dsns, line(graph, ledger))
    assert [report.read for report in (first, second, third)] == [1, 0, 1]
    assert await wanted(ledger) == set()
