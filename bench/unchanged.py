"""What a run costs in which nothing changed, beside a peer with ids that last: both have seen all records before."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from psycopg import sql

from bench.goldenmatch_peer import DurableIds
from bench.place import emptied
from bench.population import draw_bank, records_of
from bench.rounds import COMPARED, ROUNDS, Result, compared, interleave, load_average
from graph.client import Counters
from graph.records import Batch, CustomerRecord
from ledger.ledger import Ledger
from wekeza.screen import Screen
from wekeza.site import Site
from wekeza.wiring import Parts, connect

PEOPLE = 67_000  # some 200,000 records
BATCH = 5_000


async def measure_unchanged(site: Site, screen: Screen) -> AsyncIterator[Result]:
    drawn = records_of(draw_bank(PEOPLE, seed=1).now)
    records = [replace(record, key=f"bench|customer|{record.key}") for record in drawn]
    settings = await emptied(site, "unchanged")
    with TemporaryDirectory(prefix="wekeza-bench-") as folder:
        async with connect(settings) as parts:
            with screen.waiting(f"Loading and resolving {len(records):,} records for the first time ..."):
                first = await _first(parts, records)
            with screen.waiting("The peer, for the first time ..."):
                peer = DurableIds(records, Path(folder) / "identity.db")
                first_of_peer = peer.run()
            yield await _again(parts, records, peer, (first, first_of_peer))


async def _first(parts: Parts, records: Sequence[CustomerRecord]) -> float:
    begun = perf_counter()
    await _load(parts, records)
    await parts.resolver().resolve()
    return perf_counter() - begun


async def _again(
    parts: Parts, records: Sequence[CustomerRecord], peer: DurableIds, first: tuple[float, float]
) -> Result:
    before = await _rows(parts.ledger), peer.rows()

    async def poll(_: int) -> float:
        """The sources had nothing new, and so nothing is due."""
        begun = perf_counter()
        assert not (await parts.resolver().resolve()).steps
        return perf_counter() - begun

    async def scan(_: int) -> float:
        """Every record is delivered again and compared by its hash."""
        begun = perf_counter()
        assert not await _load(parts, records)
        assert not (await parts.resolver().resolve()).steps
        return perf_counter() - begun

    async def resolve_all(_: int) -> float:
        """Every record is resolved anew, and what comes out compared with the graph."""
        begun = perf_counter()
        assert not (await parts.resolver().resolve_all()).steps
        return perf_counter() - begun

    async def goldenmatch(_: int) -> float:
        return peer.run()

    turns = {"nothing new": poll, "re-scanned by hash": scan, "resolved anew": resolve_all, "GoldenMatch": goldenmatch}
    seconds = await interleave(turns)
    after = await _rows(parts.ledger), peer.rows()
    assert before[0] == after[0], "An unchanged run writes no row."
    rows = compared("seconds", seconds, ",.2f")
    written = (0, 0, 0, after[1] - before[1])
    return Result(
        title=(
            f"{len(records):,} records that were seen before (the first time {first[0]:,.0f} s; GoldenMatch"
            f" {first[1]:,.0f} s); rows and nodes written in {ROUNDS} runs"
        ),
        columns=(*COMPARED, "written"),
        rows=[(*row, f"{number:,}") for row, number in zip(rows, written, strict=True)],
        load=load_average(),
    )


async def _load(parts: Parts, records: Sequence[CustomerRecord]) -> Counters:
    """Answers what was written to the graph, as Neo4j counts it."""
    loader, written = parts.loader(), Counters()
    for start in range(0, len(records), BATCH):
        batch = Batch(system="bench", table="customers", records=tuple(records[start : start + BATCH]), position=None)
        written += (await loader.load(batch)).counters
    return written


async def _rows(ledger: Ledger) -> int:
    async with ledger.transaction() as connection:
        names = await connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'wekeza'")
        total = 0
        for (name,) in await names.fetchall():
            rows = await connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name)))
            total += (await rows.fetchall())[0][0]
        return total
