"""The rule: its speed beside textbook components, and what resolving costs on Neo4j."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from statistics import median, quantiles
from time import perf_counter
from zlib import crc32

from bench.contestants import CONTESTANTS, Groups
from bench.place import emptied
from bench.records import DAY, draw_customers, identifier
from bench.rounds import COMPARED, ROUNDS, Result, compared, interleave, load_average
from graph.load import Loader
from graph.records import Batch, CustomerRecord
from graph.resolve import Resolver, ResolveReport
from wekeza.screen import Screen
from wekeza.site import Site
from wekeza.wiring import connect

PEOPLE = 6_000  # some 10,000 records
SEEDS = (7, 8, 9)
BATCH = 5_000
ONE_BY_ONE = 30
MANY = 1_000
ENOUGH_FOR_P90 = 10


async def measure_resolving(site: Site, _: Screen) -> AsyncIterator[Result]:
    yield await _measure_rule()
    yield await _measure_graph(site)


async def _measure_rule() -> Result:
    """Records per second, no server; each round has a population of its own, so that no name is remembered."""
    populations = [draw_customers(PEOPLE, seed)[0] for seed in SEEDS]

    async def resolve(group: Callable[[Sequence[CustomerRecord]], Groups], number: int) -> float:
        begun = perf_counter()
        group(populations[number])
        return len(populations[number]) / (perf_counter() - begun)

    rates = await interleave({name: partial(resolve, group) for name, group in CONTESTANTS.items()})
    title = f"The rule in memory, {PEOPLE:,} people, no server"
    return Result(title=title, columns=COMPARED, rows=compared("records/s", rates), load=load_average())


async def _measure_graph(site: Site) -> Result:
    """The resolver on Neo4j and the ledger, in milliseconds; what changes is a phone number."""
    settings = await emptied(site, "resolving")
    records, _ = draw_customers(PEOPLE, SEEDS[0])
    async with connect(settings) as parts:
        loader, resolver = parts.loader(), parts.resolver()
        for start in range(0, len(records), BATCH):
            await _load(loader, records[start : start + BATCH])
        first = [await _timed(resolver.resolve)]
        one = [await _change(loader, resolver, records[at : at + 1]) for at in range(ONE_BY_ONE)]
        many = [await _change(loader, resolver, records[MANY * at : MANY * (at + 1)]) for at in range(1, ROUNDS + 1)]
        none = [await _timed(resolver.resolve) for _ in range(ONE_BY_ONE)]
        everything = [await _timed(resolver.resolve_all) for _ in range(ROUNDS)]
    return Result(
        title=f"Resolving {len(records):,} records on Neo4j, milliseconds",
        columns=("what", "p50", "p90", "times"),
        rows=[
            _spread("all, for the first time", first),
            _spread("one changed record", one),
            _spread(f"{MANY:,} changed records", many),
            _spread("none is due", none),
            _spread("all anew, nothing changed", everything),
        ],
        load=load_average(),
    )


async def _load(loader: Loader, records: Sequence[CustomerRecord]) -> None:
    await loader.load(Batch(system="bench", table="customers", records=tuple(records), position=None))


async def _change(loader: Loader, resolver: Resolver, records: Sequence[CustomerRecord]) -> float:
    await _load(loader, [_with_new_phone(record) for record in records])
    return await _timed(resolver.resolve)


def _with_new_phone(record: CustomerRecord) -> CustomerRecord:
    number = f"0799{crc32(record.key.encode()) % 1_000_000:06d}"
    kept = tuple(it for it in record.identifiers if it.kind != "Phone")
    return replace(record, identifiers=(*kept, identifier("Phone", number)), updated_at=DAY + timedelta(days=310))


async def _timed(resolve: Callable[[], Awaitable[ResolveReport]]) -> float:
    begun = perf_counter()
    await resolve()
    return (perf_counter() - begun) * 1000


def _spread(what: str, times: Sequence[float]) -> tuple[str, ...]:
    p90 = f"{quantiles(times, n=10)[-1]:,.0f}" if len(times) >= ENOUGH_FOR_P90 else ""
    return (what, f"{median(times):,.0f}", p90, str(len(times)))
