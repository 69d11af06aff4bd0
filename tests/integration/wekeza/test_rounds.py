"""Whole rounds over the sample bank: nothing twice, nothing by accident of order, and nobody joined who is not one."""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import structlog
from neo4j import AsyncDriver

from graph.client import Counters, GraphClient
from graph.load import Loader, LoadReport
from graph.records import Batch, Position, SourceRecord
from graph.resolution.components import Components
from graph.upheaval import Upheaval
from graph.verify import verify
from ingest.pipeline import poll
from ingest.run import Line
from ledger.entries import EventKind
from ledger.ledger import Ledger
from samples.services import open_services
from samples.systems import SYSTEMS
from tests.integration.graph.snapshot import edges
from tests.integration.wekeza.conftest import Connect, OpenBank
from wekeza.quality import measure_quality
from wekeza.rounds import run_round
from wekeza.wiring import Parts

Partition = frozenset[frozenset[str]]


async def partition(graph: GraphClient) -> Partition:
    return grouped({row["key"]: row["gcid"] for row in await graph.read("read_partition")})


def grouped(groups: Mapping[str, str]) -> Partition:
    members: dict[str, set[str]] = {}
    for key, group in groups.items():
        members.setdefault(group, set()).add(key)
    return frozenset(map(frozenset, members.values()))


async def textbook(graph: GraphClient) -> Partition:
    """Components over the values that would link if nothing were judged."""
    rows = await graph.read("read_partition")
    components = Components([*(row["key"] for row in rows), *(value for row in rows for value in row["values"])])
    for row in rows:
        components.unite_all((row["key"], *row["values"]))
    return grouped({row["key"]: components.find(row["key"]) for row in rows})


async def memberships(driver: AsyncDriver) -> set[tuple[str, str]]:
    rows, _, _ = await driver.execute_query(
        "MATCH (s:SourceCustomer)-[:RESOLVES_TO]->(g) RETURN s.key AS key, g.gcid AS gcid"
    )
    return {(row["key"], row["gcid"]) for row in rows}


async def appended(ledger: Ledger) -> int:
    async with ledger.transaction() as connection:
        row = await (await connection.execute("SELECT count(*) FROM step")).fetchone()
    return row[0] if row else 0


async def test_a_second_round_writes_nothing_whatever_the_order(
    connect: Connect, open_bank: OpenBank, graph: GraphClient, ledger: Ledger
) -> None:
    parts = connect(open_bank(people=60).sources, batch_size=100)
    first = await run_round(parts)
    steps = await appended(ledger)
    assert [(report.error, report.rejected) for report in first.sources] == [(None, 0)] * 3
    assert first.counters.nodes_created > 500
    for names in (None, ["fraud", "mobile", "comprehensive"]):
        again = await run_round(parts, names)
        assert [(report.error, report.loaded) for report in again.sources] == [(None, 0)] * 3
        assert [report.read for report in again.sources].count(0) == 0
        assert again.counters == Counters()
        assert again.resolved.steps == ()
    assert await appended(ledger) == steps
    assert await verify(graph, ledger, secret=parts.secret, policy=parts.policy) == []


async def test_the_order_of_the_sources_does_not_matter(
    connect: Connect, open_bank: OpenBank, graph: GraphClient, driver: AsyncDriver, ledger: Ledger
) -> None:
    """Who is who, which link was refused, and what attached to what; a customer's name is by who was born first."""
    parts = connect(open_bank(people=40).sources, batch_size=70)
    derived = ("COUNTERPARTY", "OF", "ABOUT", "REFERS_TO", "POSTED", "OWNS", "QUARANTINED", "LINKED")
    found = []
    for names in (["comprehensive", "mobile", "fraud"], ["mobile", "fraud", "comprehensive"], ["fraud", "mobile"]):
        await forget(driver, ledger)
        await run_round(parts, names)
        await run_round(parts)  # what was left out comes last
        assert await verify(graph, ledger, secret=parts.secret, policy=parts.policy) == []
        found.append((await partition(graph), await edges(driver, *derived)))
    assert found[0] == found[1] == found[2]


async def forget(driver: AsyncDriver, ledger: Ledger) -> None:
    """Empty both stores, as on the first day."""
    await driver.execute_query("MATCH (n) WHERE NOT n:WekezaTests DETACH DELETE n")
    async with ledger.transaction() as connection:
        await connection.execute("DROP SCHEMA wekeza CASCADE")
    await ledger.migrate()


@dataclass
class CountingLoader:
    """The real loader, with the statements of each batch."""

    loader: Loader
    statements: list[int] = field(default_factory=list)

    async def position(self, system: str, table: str) -> Position | None:
        return await self.loader.position(system, table)

    async def parts(self, system: str, table: str) -> Mapping[str, Position]:
        return await self.loader.parts(system, table)

    def keys(self, record: type[SourceRecord], system: str, entity: str) -> AsyncGenerator[list[str], None]:
        return self.loader.keys(record, system, entity)

    async def load(self, batch: Batch) -> LoadReport:
        report = await self.loader.load(batch)
        self.statements.append(report.statements)
        return report


async def statements(parts: Parts) -> tuple[list[int], int]:
    """The statements of each load, and those of the resolutions, of a first round."""
    loader, resolver, resolved = CountingLoader(parts.loader()), parts.resolver(), 0

    async def resolve() -> object:
        nonlocal resolved
        report = await resolver.resolve()
        resolved += report.statements
        return report

    line = Line(
        loader=loader,
        resolve=resolve,  # type: ignore[arg-type]  # it is the resolver's report
        ledger=parts.ledger,
        secret=parts.secret,
        batch_size=parts.settings.batch_size,
    )
    dsns = parts.dsns()
    for name in dsns:
        report = await poll(parts.sources[name], dsns[name], line)
        assert report.error is None
    return loader.statements, resolved


async def test_statements_go_by_batches_and_not_by_rows(
    connect: Connect, open_bank: OpenBank, driver: AsyncDriver, ledger: Ledger
) -> None:
    small = await statements(connect(open_bank(people=48).sources))
    await forget(driver, ledger)
    bank = open_bank(people=240)
    large = await statements(connect(bank.sources))
    assert large[0] == pytest.approx(small[0], abs=3), "one batch a table, of five times the rows"
    assert large[1] <= 2 * small[1]

    await forget(driver, ledger)
    batches, resolved = await statements(connect(bank.sources, batch_size=50))
    assert len(batches) > 4 * len(large[0])
    assert max(batches) <= max(large[0]) + 3
    assert resolved <= large[1] + 3


@pytest.mark.parametrize("seed", [7, 8])
async def test_nobody_is_joined_with_somebody_else(
    connect: Connect, open_bank: OpenBank, graph: GraphClient, seed: int
) -> None:
    bank = open_bank(people=600, seed=seed)
    await run_round(connect(bank.sources))
    scores = await measure_quality(graph, bank.truth)
    assert scores["guarded"].precision >= 0.98
    assert scores["guarded"].recall >= 0.8
    assert scores["plain"].precision < 0.6
    assert await partition(graph) != await textbook(graph)


async def test_nobody_is_joined_with_somebody_else_across_all_systems(
    connect: Connect, open_bank: OpenBank, graph: GraphClient, tmp_path: Path
) -> None:
    bank = open_bank(people=300, systems=tuple(SYSTEMS))
    with open_services(bank, tmp_path) as services:
        done = await run_round(connect({**bank.sources, **services.dsns}))
    assert [(report.system, report.error) for report in done.sources if report.error] == []
    scores = await measure_quality(graph, bank.truth)
    assert scores["guarded"].precision >= 0.98
    assert scores["guarded"].recall >= 0.8


async def test_one_comes_together_and_two_stay_apart_and_the_graph_says_why(
    connect: Connect, open_bank: OpenBank, driver: AsyncDriver
) -> None:
    bank = open_bank(people=40)
    await run_round(connect(bank.sources))
    homes = dict(await memberships(driver))
    assert len({homes[key] for key in bank.showcase}) == 1
    alice, john = (set(keys) for keys in bank.negative_control.values())
    assert len({homes[key] for key in alice}) == 1
    assert {homes[key] for key in alice}.isdisjoint(homes[key] for key in john)
    rows, _, _ = await driver.execute_query(
        "MATCH (a)-[q:QUARANTINED]->(b) RETURN a.key AS a, b.key AS b, q.kind AS kind, q.reason AS reason"
    )
    refused = {
        (row["kind"], row["reason"]) for row in rows if {row["a"], row["b"]} & alice and {row["a"], row["b"]} & john
    }
    assert refused == {("Phone", "names_contradict")}


async def test_a_live_graph_changes_its_policy_and_back(
    connect: Connect, open_bank: OpenBank, graph: GraphClient, driver: AsyncDriver, ledger: Ledger
) -> None:
    sources = open_bank(people=80).sources
    guarded, plain = connect(sources), connect(sources, policy="plain")
    await run_round(guarded)
    before = await memberships(driver), await edges(driver, "LINKED", "QUARANTINED")

    foreseen = await plain.what_if().adoption()
    with pytest.raises(Upheaval, match=f"would change the id of {foreseen.changed.total:,} of"):
        await plain.line().resolve()
    assert (await memberships(driver), await edges(driver, "LINKED", "QUARANTINED")) == before
    with structlog.testing.capture_logs() as logged:
        await guarded.line().resolve()
        assert logged == [], "the policy is in force"
        switched = await plain.line(accept=True).resolve()
    assert [{**entry, **foreseen.numbers()} for entry in logged] == logged
    assert (switched.merged, switched.churn) == (foreseen.happened[EventKind.MERGED], foreseen.changed.total)
    assert switched.merged > 0
    assert await partition(graph) == await textbook(graph)
    assert await edges(driver, "QUARANTINED") == set()
    assert await verify(graph, ledger, secret=plain.secret, policy=plain.policy) == []
    assert not (await plain.resolver().resolve()).steps

    back = await guarded.resolver().resolve()
    assert back.split > 0
    assert (await memberships(driver), await edges(driver, "LINKED", "QUARANTINED")) == before
    assert await verify(graph, ledger, secret=guarded.secret, policy=guarded.policy) == []
