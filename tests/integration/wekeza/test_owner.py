"""The sample bank's logs, published as its owner would."""

import asyncio
from collections.abc import Iterator
from contextlib import aclosing

import psycopg
import pytest

from ingest.check import check_source
from ingest.connectors.cdc import CdcFollower
from ingest.connectors.database import DatabaseReader
from ingest.connectors.slot import followed_tables
from ingest.errors import SourceUnavailable
from ingest.mapping import map_rows
from ingest.source import Source, load_sources
from local.directories import workplace
from local.postgres import Postgres, start_postgres
from samples.bank import Bank, create_bank, open_bank
from wekeza.owner import publish_bank

SYSTEMS = tuple(name for name, source in load_sources().items() if source.pattern == "cdc")
ACTIVE = "SELECT count(*) FROM pg_replication_slots WHERE active"
TOUCH = 'UPDATE {} SET "Id" = "Id"'


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with workplace() as place, start_postgres(place) as server:
        yield server


@pytest.fixture(scope="module")
def bank(postgres: Postgres) -> Bank:
    made = create_bank(postgres.dsn, people=80, systems=SYSTEMS)
    publish_bank(made, load_sources())
    return made


@pytest.mark.parametrize("name", SYSTEMS)
async def test_what_is_followed_becomes_the_records_that_are_polled(bank: Bank, name: str) -> None:
    source = load_sources()[name]
    dsns = {dsn: bank.sources[dsn] for dsn in source.dsn_names}
    assert (await check_source(source, dsns)).problems == ()
    touched = {f'"{table.schema_name or "public"}"."{table.table}"' for table in source.tables}
    with psycopg.connect(bank.writers[name]) as owner:
        for table in sorted(touched):
            owner.execute(TOUCH.format(table).encode())
    async with (
        CdcFollower.connect(source, dsns, asyncio.Event()) as follower,
        aclosing(follower.deliveries(100_000)) as groups,
    ):
        deliveries = await anext(groups)
    told = {it.table.name: map_rows(source, it.table, it.page.rows, b"secret") for it in deliveries}
    records = {name: {it.key: it for it in mapped.records} for name, mapped in told.items()}
    assert followed_tables(source) == source.tables
    assert records == await polled(source, dsns)
    assert sum(map(len, records.values())) > 100


async def polled(source: Source, dsns: dict[str, str]) -> dict[str, dict[str, object]]:
    """Of tables that have rows."""
    found: dict[str, dict[str, object]] = {}
    async with DatabaseReader.connect(source, dsns) as reader:
        for table in source.tables:
            async for page in reader.pages(table, None, 5_000):
                records = map_rows(source, table, page.rows, b"secret").records
                found[table.name] = found.get(table.name, {}) | {record.key: record for record in records}
    return found


@pytest.mark.nightly
async def test_a_bank_is_made_anew_while_its_log_is_followed(postgres: Postgres, bank: Bank) -> None:
    name = SYSTEMS[0]
    source = load_sources()[name]
    async with CdcFollower.connect(source, bank.sources, asyncio.Event()) as follower:
        waiting = asyncio.create_task(listen(follower))
        with psycopg.connect(postgres.dsn, autocommit=True) as admin:
            while admin.execute(ACTIVE).fetchone() != (1,):  # noqa: ASYNC110 - the server says nothing by itself
                await asyncio.sleep(0)
        again = await asyncio.to_thread(create_bank, postgres.dsn, people=40, systems=SYSTEMS)
        with pytest.raises(SourceUnavailable, match="does not answer"):
            await waiting
    publish_bank(again, load_sources())
    assert (await check_source(source, again.sources)).problems == ()


async def listen(follower: CdcFollower) -> None:
    async with aclosing(follower.deliveries(100_000)) as groups:
        async for _ in groups:
            continue


def test_what_stands_is_left_alone_and_what_is_missing_is_made(postgres: Postgres, bank: Bank) -> None:
    slots = "SELECT slot_name, confirmed_flush_lsn::text FROM pg_replication_slots ORDER BY slot_name"
    with psycopg.connect(postgres.dsn, autocommit=True) as admin:
        before = admin.execute(slots).fetchall()
        opened = open_bank(postgres.dsn, systems=SYSTEMS)
        assert opened is not None
        publish_bank(opened, load_sources())
        assert admin.execute(slots).fetchall() == before
        admin.execute("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots")
        publish_bank(opened, load_sources())
        assert [name for name, _ in admin.execute(slots)] == [name for name, _ in before]
