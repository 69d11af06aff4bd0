"""Whole tables: rows that changed without a watermark, rows that are gone, and how much of that is held."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ingest.breaker import Breaker
from ingest.pipeline import poll
from ingest.source import Source, load_sources
from ledger.ledger import Ledger
from ledger.sources import Scan, SourceState, forget_scans, scans_of, source_statuses
from tests.integration.ingest.conftest import SourceDatabase
from tests.integration.ingest.line import MemoryLoader, line_of

AddUsers = Callable[[int, int, object], Awaitable[None]]
NOON = datetime(2024, 1, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
RENAME = 'UPDATE "MobileUsers" SET "FullName" = %s WHERE "Id" = lpad(to_hex(1), 32, \'0\')::uuid'
DELETE = 'DELETE FROM "MobileUsers" WHERE "Id" > lpad(to_hex(%s::int), 32, \'0\')::uuid'


def users(**changes: object) -> Source:
    """Mobile Banking's users alone, declared otherwise."""
    source = load_sources()["mobile"]
    return source.model_copy(update={"tables": (source.tables[0].model_copy(update=changes),)})


def names(loader: MemoryLoader) -> set[str | None]:
    return {getattr(record, "full_name", None) for record in loader.records.values()}


async def scans(ledger: Ledger) -> set[tuple[str, Scan]]:
    async with ledger.transaction() as connection:
        return set(await scans_of(connection, "mobile"))


async def test_a_change_that_moves_no_watermark_is_found_by_a_rescan_and_not_before(
    mobile: SourceDatabase, add_users: AddUsers, ledger: Ledger
) -> None:
    loader = MemoryLoader()
    line, source = line_of(loader, ledger), users(rescan=HOUR)
    await add_users(1, 3, NOON)
    await add_users(4, 4, NOON + HOUR)
    await poll(source, mobile.dsns, line)
    position = loader.positions["mobile", "users"]
    await mobile.run(RENAME, "Amina")
    assert (await poll(source, mobile.dsns, line)).loaded == 0
    async with ledger.transaction() as connection:
        await forget_scans(connection)
    assert (await poll(source, mobile.dsns, line)).loaded == 1
    assert "Amina" in names(loader)
    assert loader.positions["mobile", "users"] == position


async def test_a_table_without_a_watermark_is_read_whole_each_time_and_keeps_no_position(
    mobile: SourceDatabase, add_users: AddUsers, ledger: Ledger
) -> None:
    loader = MemoryLoader()
    line, source = line_of(loader, ledger, batch_size=2), users(watermark=())
    await add_users(1, 5, NOON)
    first = await poll(source, mobile.dsns, line)
    await mobile.run(RENAME, "Amina")
    second = await poll(source, mobile.dsns, line)
    assert (first.error, first.read, first.loaded) == (None, 5, 5)
    assert (second.error, second.read, second.loaded) == (None, 5, 1)
    assert loader.positions == {}
    assert first.tables[0].cold
    assert not second.tables[0].cold


async def test_what_the_source_deleted_ends_and_the_scan_is_remembered(
    mobile: SourceDatabase, add_users: AddUsers, ledger: Ledger
) -> None:
    loader = MemoryLoader()
    line, source = line_of(loader, ledger, batch_size=3), users(deletes=HOUR)
    await add_users(1, 10, NOON)
    await poll(source, mobile.dsns, line)
    await mobile.run(DELETE, 3)
    assert (await poll(source, mobile.dsns, line)).ended == 0  # not due yet
    async with ledger.transaction() as connection:
        await forget_scans(connection)
    report = await poll(source, mobile.dsns, line)
    assert (report.error, report.ended) == (None, 7)
    assert len(loader.keys_of("users")) == 3
    assert ("users", Scan.KEYS) in await scans(ledger)


async def test_an_emptied_source_is_held_until_somebody_accepts_it(
    mobile: SourceDatabase, add_users: AddUsers, ledger: Ledger
) -> None:
    loader = MemoryLoader()
    line, source = line_of(loader, ledger), users(deletes=timedelta(0))
    cautious = replace(line, breaker=Breaker(share=0.02, least=5))
    await add_users(1, 50, NOON)
    await poll(source, mobile.dsns, cautious)
    await mobile.run(DELETE, 0)
    await add_users(51, 51, NOON)
    held = await poll(source, mobile.dsns, cautious)
    assert (held.state, held.loaded, held.ended, len(loader.records)) == (SourceState.HELD, 0, 0, 50)
    assert held.error
    assert "Mobile Banking has no longer 50 of 50 records of users: nothing of this run was written." in held.error
    (status,) = await source_statuses(ledger)
    assert (status.state, status.last_error) == (SourceState.HELD, held.error)
    accepted = await poll(source, mobile.dsns, line)
    assert (accepted.state, accepted.loaded, accepted.ended) == (SourceState.OK, 1, 50)
    assert len(loader.keys_of("users")) == 1


@pytest.mark.parametrize("gone", [0, 5])
async def test_a_few_deletes_pass_the_breaker(
    mobile: SourceDatabase, add_users: AddUsers, ledger: Ledger, gone: int
) -> None:
    loader = MemoryLoader()
    line = replace(line_of(loader, ledger), breaker=Breaker(share=0.02, least=5))
    source = users(deletes=timedelta(0))
    await add_users(1, 50, NOON)
    await poll(source, mobile.dsns, line)
    await mobile.run(DELETE, 50 - gone)
    report = await poll(source, mobile.dsns, line)
    assert (report.state, report.ended) == (SourceState.OK, gone)


async def test_a_scan_that_breaks_off_ends_nobody(mobile: SourceDatabase, add_users: AddUsers, ledger: Ledger) -> None:
    loader = MemoryLoader()
    line, source = line_of(loader, ledger), users(deletes=timedelta(0))
    await add_users(1, 50, NOON)
    await poll(source, mobile.dsns, line)
    await mobile.run('ALTER TABLE "MobileUsers" RENAME COLUMN "Id" TO "Key"')
    report = await poll(source, mobile.dsns, line)
    assert (report.state, report.ended, len(loader.records)) == (SourceState.DOWN, 0, 50)
    assert report.error
    assert "lost the column" in report.error
