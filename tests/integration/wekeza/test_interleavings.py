"""The sources that ship, in any order and in any interleaving of their batches, give one and the same graph.

`make test` tries five orders, `make test-nightly` fifty (a tenth of TEST_HISTORIES).
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from neo4j import GraphDatabase

from graph.records import Batch, SourceRecord
from graph.resolution.policy import load_policy
from graph.verify import verify
from ingest.source import Source, load_sources
from samples.population import populate
from samples.systems import SYSTEMS
from tests.e2e.picture import Picture, differences, first_records, partition, picture, renamed
from tests.fixtures.servers import TestServers
from tests.integration.graph.copies import read_copy
from tests.integration.graph.stores import Stores
from tests.integration.wekeza.conftest import SECRET
from tests.unit.samples.mapped import map_tables
from wekeza.settings import Settings
from wekeza.wiring import Parts

pytestmark = pytest.mark.scaled

ORDERS = max(int(os.environ.get("TEST_HISTORIES", "50")) // 10, 1)
PEOPLE, SEED = 12, 11
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
WHOLE = 1_000  # records: more than any table has here
SIZES = (15, WHOLE)
SYSTEM_BY_SYSTEM = 0.4  # the share of such orders
Place = tuple[str, str]  # a system and one of its tables
Records = Mapping[Place, Sequence[SourceRecord]]


@dataclass(frozen=True, slots=True)
class Piece:
    """A batch by where its records are, so that a failure shows an order and no people."""

    system: str
    table: str
    start: int
    size: int

    def batch(self, records: Records) -> Batch:
        found = records[self.system, self.table][self.start : self.start + self.size]
        return Batch(system=self.system, table=self.table, records=tuple(found), position=None)


Order = Sequence[Piece | None]  # None is a resolution


class World:
    def __init__(self, stores: Stores, servers: TestServers, data: Path, records: Records) -> None:
        self.records = records
        self._stores, self._servers, self._data = stores, servers, data

    @cached_property
    def inventory(self) -> Picture:
        """Table after table in the order of the inventory, and resolved once."""
        return self.deliver([Piece(*place, 0, WHOLE) for place in self.records])

    def deliver(self, order: Order) -> Picture:
        """What is in the graph at the end, and in its copy for reports; empties the stores before."""
        copied = self._stores.run(self._deliver(order))
        auth = (self._servers.neo4j_user, self._servers.neo4j_password)
        with GraphDatabase.driver(self._servers.neo4j_uri, auth=auth) as driver:
            found = picture(driver)
        names = first_records(found)
        reports = {view: frozenset((names.get(gcid), *said) for gcid, *said in rows) for view, rows in copied.items()}
        return {**renamed(found), **reports}

    async def _deliver(self, order: Order) -> Mapping[str, set[tuple[Any, ...]]]:
        ledger = await self._stores.reset()
        try:
            parts = Parts(
                settings=Settings(data=self._data),
                client=self._stores.client,
                ledger=ledger,
                policy=load_policy("guarded"),
                secret=SECRET,
                sources=load_sources(),
            )
            line = parts.line(accept=True)
            for piece in order:
                if piece is None:
                    await line.resolve()
                else:
                    await line.loader.load(piece.batch(self.records))
            await line.resolve()
            assert await verify(parts.client, ledger, secret=SECRET, policy=parts.policy) == []
            return await read_copy(ledger)
        finally:
            await self._stores.leave()


def _is_polled(source: Source) -> bool:
    """Whether its rows are those of its database: services and files give them in forms of their own."""
    return source.name in SYSTEMS and source.pattern in {"database", "cdc"}


def draw_records() -> Records:
    """In the order of the inventory and of the source files."""
    population = populate(PEOPLE, SEED, NOW)
    sources = sorted((it for it in load_sources().values() if _is_polled(it)), key=lambda it: it.number)
    found = {
        (source.name, table): mapped.records
        for source in sources
        for table, mapped in map_tables(population, source).items()
    }
    assert max(map(len, found.values())) < WHOLE
    return {place: rows for place, rows in found.items() if rows}


@pytest.fixture(scope="module")
def world(servers: TestServers, ledger_dsn: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    records = draw_records()
    stores = Stores(servers, ledger_dsn)
    yield World(stores, servers, tmp_path_factory.mktemp("data"), records)
    stores.close()


def order_of(records: Records, random: Random) -> Order:
    """Whole systems one after another, or all batches shuffled; with resolutions in between."""
    found: list[Piece | None] = []
    for place, rows in records.items():
        size = random.choice(SIZES)
        found += [Piece(*place, start, size) for start in range(0, len(rows), size)]
    random.shuffle(found)
    if random.random() < SYSTEM_BY_SYSTEM:
        systems = list(dict.fromkeys(system for system, _ in records))
        random.shuffle(systems)
        found.sort(key=lambda piece: systems.index(piece.system) if piece else 0)
    for _ in range(random.randrange(4)):
        found.insert(random.randrange(len(found)), None)
    return found


def test_every_system_and_kind_is_in_what_is_compared(world: World) -> None:
    inventory = world.inventory
    assert {system for system, _ in world.records} == {it.name for it in load_sources().values() if _is_polled(it)}
    assert {len(group) > 1 for group in partition(inventory)} == {True, False}
    assert not [kind for kind in inventory if "Unresolved" in kind]
    for kind in ("QUARANTINED", "LINKED", "OF", "COUNTERPARTY", "account_360", "transaction_360", "risk_profile"):
        assert inventory[kind], kind


@settings(max_examples=ORDERS, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(seed=st.integers(1, 2**32))
def test_any_interleaving_gives_the_graph_of_the_inventory_s_order(world: World, seed: int) -> None:
    """One number draws an order: there is nothing to shrink where to try an order takes seconds."""
    found = world.deliver(order_of(world.records, Random(seed)))
    assert differences(found, world.inventory) == {}
