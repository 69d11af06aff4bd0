"""The log into a real graph: what died half-way is finished, nothing is doubled, and a poll finds nothing to add."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field

from structlog.testing import capture_logs

from graph.client import GraphClient
from graph.errors import GraphUnavailable
from graph.load import Loader, LoadReport
from graph.records import Batch, CustomerRecord, Position, SourceRecord
from graph.resolution.policy import Policy
from ingest.run import run_source
from ledger.ledger import Ledger
from tests.integration.ingest.cdc.bank import Bank, Graph, add, books, followed, line, wanted
from tests.integration.ingest.line import events, eventually


@dataclass
class Dying:
    """The real loader, which does not live to say that it loaded, once for each table that is named."""

    loader: Loader
    dies: set[str] = field(default_factory=set)
    reports: list[LoadReport] = field(default_factory=list)

    async def load(self, batch: Batch) -> LoadReport:
        self.reports.append(await self.loader.load(batch))
        if batch.table in self.dies:
            self.dies.remove(batch.table)
            raise GraphUnavailable("It went away.")
        return self.reports[-1]

    async def position(self, system: str, table: str) -> Position | None:
        return await self.loader.position(system, table)

    def keys(self, record: type[SourceRecord], system: str, entity: str) -> AsyncGenerator[list[str], None]:
        return self.loader.keys(record, system, entity)


async def test_what_died_half_way_is_finished_and_a_poll_has_nothing_to_add(
    bank: Bank, ledger: Ledger, graph: GraphClient, policy: Policy
) -> None:
    loader = Dying(Loader(graph, ledger, secret=b"of the tests, thirty-two bytes..", policy=policy))
    through, source = line(Graph(), ledger, loader=loader), books()
    with capture_logs() as logs:
        async with followed(source, bank, through):
            await bank.commit(
                *map(add, range(1, 21)),
                "INSERT INTO accounts (owner, number, balance, currency)"
                " SELECT n, 'A' || n, n, 'KES' FROM generate_series(1, 20) n",
            )
            await eventually(lambda: sum(it.created for it in loader.reports) == 40)
            loader.dies = {"people (cdc)", "accounts (cdc)"}
            await bank.commit(
                "UPDATE people SET name = name || ' Again' WHERE id <= 5",
                "DELETE FROM people WHERE id = 6",
                "UPDATE people SET id = 70 WHERE id = 7",
                "UPDATE accounts SET balance = balance + 1 WHERE owner <= 3",
            )
            await eventually(lambda: not loader.dies and not events(logs, "source_polled")[-1]["error"])
    told = loader.reports[2:]
    assert (sum(it.created for it in told), sum(it.changed for it in told), sum(it.departed for it in told)) == (
        1,
        8,
        2,
    )
    assert await wanted(ledger) != set()
    before = len(loader.reports)
    polled = await run_source(source, bank.dsns, through)  # rows and keys of all tables
    assert (polled.error, polled.read, polled.loaded, polled.ended) == (None, 39, 0, 0)
    moved = [it for it in loader.reports[before:] if it.counters.nodes_created]
    assert {it.table for it in moved} <= {"people", "accounts"}  # their positions
    found = {key async for page in loader.keys(CustomerRecord, "books", "people") for key in page}
    assert found == {f"books|people|{n}" for n in {*range(1, 21), 70} - {6, 7}}
