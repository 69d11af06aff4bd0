"""Records per second of the product's loader, beside what a person would write by hand; and of a whole first round."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from time import perf_counter
from typing import TypeVar

from bench.byhand import LoaderByHand
from bench.place import emptied
from bench.records import made_accounts, made_customers, made_transactions
from bench.rounds import COMPARED, ROUNDS, Result, compared, interleave, load_average
from graph.business import TransactionRecord
from graph.load import Loader, LoadReport
from graph.records import Batch, CustomerRecord, SourceRecord
from wekeza.rounds import run_round
from wekeza.screen import Screen
from wekeza.site import Site
from wekeza.wiring import connect

Record = TypeVar("Record", CustomerRecord, TransactionRecord)

BATCH = 5_000
ACCOUNTS = 1_000
FIRST_ROUNDS = 2  # the first of them on servers that have compiled nothing yet


async def measure_loading(site: Site, _: Screen) -> AsyncIterator[Result]:
    yield await _first_rounds(site)  # before anything else has warmed the servers up
    settings = await emptied(site, "loading")
    async with connect(settings) as parts, LoaderByHand.connect(site.servers.neo4j) as peer:
        loader = parts.loader()
        await _load(loader, "accounts", made_accounts(ACCOUNTS))
        await peer.load_accounts(made_accounts(ACCOUNTS))
        customers = await _compare(
            "customers, 3 identifiers each", lambda number: made_customers(number, BATCH), loader, peer.load_customers
        )
        transactions = await _compare(
            "transactions", lambda number: made_transactions(number, BATCH, ACCOUNTS), loader, peer.load_transactions
        )
    title = f"Loading batches of {BATCH:,}: records/s, a batch a round, the first round to warm up not counted"
    yield Result(title=title, columns=COMPARED, rows=[*customers, *transactions], load=load_average())


async def _first_rounds(site: Site) -> Result:
    """The sample bank into an empty graph: extract, map, load, resolve."""
    rows = []
    for number in range(FIRST_ROUNDS):
        settings = await emptied(site, f"round_{number}")
        async with connect(settings) as parts:
            done = await run_round(parts)
        assert not done.failed
        read = sum(source.read for source in done.sources)
        server = "cold" if number == 0 else "warm"
        rows.append((server, f"{read:,}", f"{done.seconds:.1f}", f"{read / done.seconds:,.0f}"))
    title = f"The first round over the sample bank of {site.settings.people:,} people: extract, map, load, resolve"
    return Result(title=title, columns=("servers", "rows read", "seconds", "rows/s"), rows=rows, load=load_average())


async def _compare(
    what: str,
    make: Callable[[int], Sequence[Record]],
    loader: Loader,
    load_by_hand: Callable[[Sequence[Record]], Awaitable[None]],
) -> list[tuple[str, ...]]:
    """Each side loads batches of its own, which are equal; then the same ones again."""
    batches = [make(number) for number in range(ROUNDS + 1)]

    async def wekeza(number: int) -> float:
        begun = perf_counter()
        report = await _load(loader, what, batches[number])
        seconds = perf_counter() - begun
        assert report.created in (0, BATCH)
        return BATCH / seconds

    async def by_hand(number: int) -> float:
        begun = perf_counter()
        await load_by_hand(batches[number])
        return BATCH / (perf_counter() - begun)

    turns = {"wekeza": wekeza, "by hand": by_hand}
    rows: list[tuple[str, ...]] = []
    for said in (what, f"{what}: the same again"):
        rates = await interleave(turns, ROUNDS + 1)
        rows += compared(said, {name: found[1:] for name, found in rates.items()})
    return rows


async def _load(loader: Loader, table: str, records: Sequence[SourceRecord]) -> LoadReport:
    report = await loader.load(Batch(system="core", table=table, records=tuple(records), position=None))
    if report.created == 0:
        assert not report.counters, "A batch that was loaded before must write nothing."
    return report
