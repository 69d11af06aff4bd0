"""The rule: its speed beside textbook components, its quality beside Splink, and what resolving costs on Neo4j."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from statistics import median, quantiles
from time import perf_counter
from zlib import crc32

import networkx as nx
import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from bench.place import emptied
from bench.records import DAY, draw_customers, identifier
from bench.rounds import COMPARED, ROUNDS, Result, compared, interleave, load_average
from bench.splink_peer import best_scores
from graph.load import Loader
from graph.records import Batch, CustomerRecord
from graph.resolution.model import Member
from graph.resolution.policy import load_policy
from graph.resolution.population import gather_evidence, resolve_population
from graph.resolve import Resolver, ResolveReport
from samples import people
from samples.truth import Scores, pairwise_scores
from wekeza.screen import Screen
from wekeza.site import Site
from wekeza.wiring import connect

PEOPLE = 6_000  # some 10,000 records
PEOPLE_JUDGED = 2_000  # of each population whose quality is measured
SEEDS = (7, 8, 9)
HARDER = {"HOUSEHOLD_SHARE": 0.16, "FAMILY_NAME_SHARE": 0.7}
BATCH = 5_000
ONE_BY_ONE = 30
MANY = 1_000
ENOUGH_FOR_P90 = 10

Groups = Mapping[str, str | int]  # record → its group


async def measure_resolving(site: Site, _: Screen) -> AsyncIterator[Result]:
    yield _measure_quality()
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


def _measure_quality() -> Result:
    rows = []
    for name, shares in (("default", {}), ("harder", HARDER)):
        for seed in SEEDS:
            with _shares(shares):
                records, truth = draw_customers(PEOPLE_JUDGED, seed)
            threshold, splink = best_scores(records, truth)
            judged = {
                "guarded": _scores(_by_rule("guarded", records), truth),
                "plain": _scores(_by_rule("plain", records), truth),
                f"Splink at {threshold}": splink,
            }
            rows += [(name, str(seed), who, *_spelled(scores)) for who, scores in judged.items()]
    return Result(
        title=f"Pairwise quality on {PEOPLE_JUDGED:,} people; harder: {HARDER}",
        columns=("population", "seed", "who", "precision", "recall", "F1"),
        rows=rows,
        load=load_average(),
    )


@contextmanager
def _shares(shares: Mapping[str, float]) -> Iterator[None]:
    """Draw people with other shares: they are constants of the sample bank, which has no use for a choice."""
    before = {name: getattr(people, name) for name in shares}
    for name, share in shares.items():
        setattr(people, name, share)
    try:
        yield
    finally:
        for name, share in before.items():
            setattr(people, name, share)


def _scores(groups: Groups, truth: Mapping[str, str]) -> Scores:
    return pairwise_scores({key: str(group) for key, group in groups.items()}, truth)


def _spelled(scores: Scores) -> tuple[str, ...]:
    return tuple(f"{value:.4f}" for value in (scores.precision, scores.recall, scores.f1))


def _by_rule(policy_name: str, records: Sequence[CustomerRecord]) -> Groups:
    policy = load_policy(policy_name)
    members = [
        Member(key=it.key, rank=rank, name=it.full_name, birth_date=it.birth_date, party_type=it.party_type)
        for rank, it in enumerate(records)
    ]
    said = resolve_population(members, gather_evidence(records, policy), (), policy)
    return {key: group[0] for group in said.groups for key in group}


def _by_networkx(records: Sequence[CustomerRecord]) -> Groups:
    graph: nx.Graph[str] = nx.Graph()
    graph.add_nodes_from(record.key for record in records)
    first: dict[str, str] = {}
    for record in records:
        graph.add_edges_from((record.key, first.setdefault(key, record.key)) for key in _values(record))
    return {key: number for number, part in enumerate(nx.connected_components(graph)) for key in part}


def _by_scipy(records: Sequence[CustomerRecord]) -> Groups:
    first: dict[str, int] = {}
    edges = [(at, first.setdefault(key, at)) for at, record in enumerate(records) for key in _values(record)]
    left, right = np.array(edges).T
    size = len(records)
    _, labels = connected_components(coo_array((np.ones(len(edges)), (left, right)), shape=(size, size)))
    return {record.key: int(label) for record, label in zip(records, labels, strict=True)}


def _values(record: CustomerRecord) -> Iterator[str]:
    return (it.key for it in record.identifiers if it.verified and not it.placeholder)


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


CONTESTANTS: Mapping[str, Callable[[Sequence[CustomerRecord]], Groups]] = {
    "guarded": partial(_by_rule, "guarded"),
    "plain": partial(_by_rule, "plain"),
    "scipy": _by_scipy,
    "networkx": _by_networkx,
}
