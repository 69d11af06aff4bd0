"""The relational copy: a million bookings copied for the first time, one more, and a merge of her who has them all."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from time import perf_counter

from neo4j import AsyncGraphDatabase

from bench.place import emptied
from bench.records import made_accounts, made_customers, made_transactions
from bench.rounds import Result, load_average
from graph.copy import CopyReport
from graph.proposals import Same
from graph.records import Batch, SourceRecord
from graph.steps import open_writer
from ledger.ledger import Ledger
from wekeza.screen import Screen
from wekeza.site import Site
from wekeza.wiring import Parts, connect

BOOKINGS = int(os.environ.get("BENCH_BOOKINGS", "1000000"))
ACCOUNTS = 1_000
PAGE = 20_000  # bookings in one step
WRITE = Path(__file__).with_name("bookings.cypher")
HERS, HIS = "core|customer|1-1", "core|customer|1-3"


async def measure_copying(site: Site, screen: Screen) -> AsyncIterator[Result]:
    settings = await emptied(site, "copying")
    async with connect(settings) as parts:
        with screen.waiting(f"Writing {BOOKINGS:,} bookings of one customer ..."):
            await _prepare(parts, site)
        yield Result(
            title=f"The relational copy, one customer with {BOOKINGS:,} bookings on {ACCOUNTS:,} accounts",
            columns=("what", "seconds", "rows written", "rows/s", "bookings rewritten"),
            rows=[row async for row in _turns(parts)],
            load=load_average(),
        )


async def _prepare(parts: Parts, site: Site) -> None:
    """Two customers by the ordinary road; the bookings straight into the graph, each page under a step of its own."""
    customers = [record for record in made_customers(1, 4) if record.key in (HERS, HIS)]
    await _load(parts, *customers)
    await parts.resolver().resolve()
    await _load(parts, *(replace(account, owner=HERS) for account in made_accounts(ACCOUNTS)))
    neo4j = site.servers.neo4j
    async with AsyncGraphDatabase.driver(neo4j.uri, auth=(neo4j.user, neo4j.password)) as driver:
        for start in range(0, BOOKINGS, PAGE):
            async with open_writer(parts.client, parts.ledger) as writer, writer.step("load", system="core") as step:
                step.count(created=PAGE, changed=0)
            given = {"from": start, "count": PAGE, "accounts": ACCOUNTS, "step": step.id}
            await driver.execute_query(WRITE.read_text(encoding="utf-8"), given)  # type: ignore[arg-type]  # a file's


async def _turns(parts: Parts) -> AsyncIterator[tuple[str, ...]]:
    yield await _timed("first copy", parts, parts.copier().publish)
    yield await _timed("nothing new", parts, parts.copier().publish)
    for number in (1, 2):
        await _load(parts, *made_transactions(number, 1, ACCOUNTS))
        yield await _timed("one more booking", parts, parts.copier().publish)
    taken = await parts.steward().decide(Same(HERS, HIS), by="bench", reason="measured")
    assert taken.resolved.merged == 1
    yield await _timed("she merges with another", parts, parts.copier().publish)
    yield await _timed("compared from nothing", parts, lambda: parts.copier().publish(from_nothing=True))


async def _timed(what: str, parts: Parts, publish: Callable[[], Awaitable[CopyReport]]) -> tuple[str, ...]:
    before = await _versions(parts.ledger)
    begun = perf_counter()
    report = await publish()
    seconds = perf_counter() - begun
    after = await _versions(parts.ledger)
    rewritten = sum(max(rows - after.get(writer, 0), 0) for writer, rows in before.items())
    rate = f"{report.changed / seconds:,.0f}" if report.changed > ACCOUNTS else ""
    return what, f"{seconds:.2f}", f"{report.changed:,}", rate, f"{rewritten:,}"


async def _versions(ledger: Ledger) -> dict[str, int]:
    """How many bookings each transaction of PostgreSQL wrote: one that is written anew counts for another."""
    async with ledger.transaction() as connection:
        cursor = await connection.execute("SELECT xmin::text, count(*) FROM reports.transaction GROUP BY 1")
        return dict([row async for row in cursor])


async def _load(parts: Parts, *records: SourceRecord) -> None:
    await parts.loader().load(Batch(system="core", table="bench", records=records, position=None))
