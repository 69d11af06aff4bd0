"""A source that is emptied through its log is held as one that is found empty by a poll."""

from dataclasses import replace

from structlog.testing import capture_logs

from ingest.breaker import Breaker
from ingest.pipeline import poll
from ledger.ledger import Ledger
from ledger.sources import Scan, SourceState, source_statuses
from tests.integration.ingest.cdc.bank import Bank, Graph, books, followed, line, wanted
from tests.integration.ingest.line import events, eventually

BREAKER = Breaker(share=0.1, least=5)
HUNDRED = "INSERT INTO people (id, name) SELECT n, 'P' FROM generate_series(1, 100) n"


async def filled(bank: Bank, graph: Graph) -> None:
    await bank.run(HUNDRED)
    await eventually(lambda: len(graph.names()) == 100)


async def test_as_many_as_may_end_do_so_at_once(bank: Bank, ledger: Ledger) -> None:
    graph = Graph()
    async with followed(books(), bank, line(graph, ledger, breaker=BREAKER)):
        await filled(bank, graph)
        await poll(books(), bank.dsns, line(graph, ledger))
        await bank.run("DELETE FROM people WHERE id <= 10")
        await eventually(lambda: len(graph.names()) == 90)
    assert await wanted(ledger) == set()


async def test_what_is_emptied_waits_until_somebody_accepts_it(bank: Bank, ledger: Ledger) -> None:
    graph = Graph()
    through, source = line(graph, ledger, breaker=BREAKER), books()
    async with followed(source, bank, through):
        await filled(bank, graph)
        await poll(source, bank.dsns, through)
        with capture_logs() as logs:
            await bank.run("TRUNCATE people")
            await eventually(lambda: bool(events(logs, "source_ends_many")))
        held = await poll(source, bank.dsns, through)
        assert held.held
        assert held.error is not None
        assert "100 of 100 records of people" in held.error
        await bank.run("INSERT INTO people (id, name) VALUES (1000, 'New')")
        await eventually(lambda: ("1000", "New") in graph.names())  # what is pushed goes on, and hides nothing
        (status,) = await source_statuses(ledger)
        assert (status.state, len(graph.names())) == (SourceState.HELD, 101)
        assert (await poll(source, bank.dsns, replace(through, breaker=None))).ended == 100
    assert graph.names() == {("1000", "New")}
    assert await wanted(ledger) == set()


async def test_many_ends_one_by_one_are_many(bank: Bank, ledger: Ledger) -> None:
    graph = Graph()
    async with followed(books(), bank, line(graph, ledger, breaker=BREAKER)):
        await filled(bank, graph)
        await poll(books(), bank.dsns, line(graph, ledger))
        for n in range(1, 31):
            await bank.run(f"DELETE FROM people WHERE id = {n}")  # noqa: S608 - a number
        await bank.run("INSERT INTO people (id, name) VALUES (1000, 'New')")
        await eventually(lambda: ("1000", "New") in graph.names())
    assert len(graph.names()) >= 100 + 1 - 10
    assert await wanted(ledger) == {("people", Scan.KEYS)}
