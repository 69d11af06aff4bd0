"""Rows that became no record: kept once, tried again, forgotten with their person."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from ingest.dead_letters import Letterbox, Replayed, replay
from ingest.declared import RETENTION
from ingest.pipeline import poll
from ingest.source import Source, load_sources
from ledger.dead_letters import Count, count_letters, drop_letters_of
from ledger.ledger import Ledger
from tests.integration.ingest.conftest import SourceDatabase
from tests.integration.ingest.line import MemoryLoader, line_of

AddUsers = Callable[[int, int, object], Awaitable[None]]
NOON = datetime(2024, 1, 1, 12, tzinfo=UTC)
LOGIN = (
    'INSERT INTO "LoginActivity" ("Id", "MobileUserId", "DeviceId", "IsSuccessful", "IpAddress", "OccurredAt")'
    " VALUES (gen_random_uuid(), lpad(to_hex(1), 32, '0')::uuid, 'device', true, '198.18.0.1', %s)"
)


def source(at: str = '"OccurredAt"') -> Source:
    """Mobile Banking, with the date of a login read otherwise."""
    found = load_sources()["mobile"]
    logins = next(table for table in found.tables if table.name == "logins")
    wrong = logins.model_copy(update={"map": {**logins.map, "at": at}})
    wrong.__dict__.pop("expressions", None)
    return found.model_copy(update={"tables": (found.tables[0], wrong)})


async def letters(ledger: Ledger) -> list[Count]:
    async with ledger.transaction() as connection:
        return await count_letters(connection)


MISREAD = "TRY_CAST(CAST(\"OccurredAt\" AS VARCHAR) || ' of March' AS TIMESTAMPTZ)"


async def test_a_rejected_row_is_one_letter_however_often_it_is_read_and_becomes_a_record_by_replay(
    mobile: SourceDatabase, add_users: AddUsers, ledger: Ledger
) -> None:
    loader = MemoryLoader()
    line = line_of(loader, ledger)
    await add_users(1, 1, NOON)
    for _ in range(3):
        await mobile.run(LOGIN, NOON)
    for _ in range(2):
        report = await poll(source(MISREAD), mobile.dsns, line)
        assert (report.error, report.rejected) == (None, 3)
    assert await letters(ledger) == [Count("mobile", "logins", "missing_field", "at", 3)]
    still, right = source(MISREAD), source()
    kept = await replay(still, still.tables[1], ledger, loader.load, b"secret")
    assert kept == Replayed(table="logins", loaded=0, kept=3)
    done = await replay(right, right.tables[1], ledger, loader.load, b"secret")
    assert done == Replayed(table="logins", loaded=3, kept=0)
    assert (len(loader.keys_of("logins")), await letters(ledger)) == (3, [])


async def test_a_row_that_arrives_in_a_better_form_leaves_no_letter(
    mobile: SourceDatabase, add_users: AddUsers, ledger: Ledger
) -> None:
    loader = MemoryLoader()
    line = line_of(loader, ledger)
    await add_users(1, 1, NOON)
    await mobile.run(LOGIN, NOON)
    await poll(source(MISREAD), mobile.dsns, line)
    report = await poll(source(), mobile.dsns, line)
    assert (report.rejected, report.loaded, await letters(ledger)) == (0, 1, [])


async def test_letters_of_an_erased_record_are_forgotten(
    mobile: SourceDatabase, add_users: AddUsers, ledger: Ledger
) -> None:
    await add_users(1, 1, NOON)
    await mobile.run(LOGIN, NOON)
    await poll(source(MISREAD), mobile.dsns, line_of(MemoryLoader(), ledger))
    async with ledger.transaction() as connection:
        (key,) = [key async for (key,) in await connection.execute("SELECT key FROM dead_letter")]
        await drop_letters_of(connection, [key])
    assert await letters(ledger) == []


async def test_a_table_of_which_nothing_fits_keeps_no_more_letters_than_help(
    mobile: SourceDatabase, add_users: AddUsers, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.dead_letters.MAX_LETTERS", 4)
    line = line_of(MemoryLoader(), ledger)
    await add_users(1, 1, NOON)
    for _ in range(2):
        for _ in range(3):
            await mobile.run(LOGIN, NOON)
        report = await poll(source(MISREAD), mobile.dsns, line)
    assert (report.error, report.rejected) == (None, 6)
    assert [count.letters for count in await letters(ledger)] == [4]


async def test_the_strictest_class_of_a_tables_columns_says_how_long_its_letters_are_kept(
    mobile: SourceDatabase, add_users: AddUsers, ledger: Ledger
) -> None:
    line = line_of(MemoryLoader(), ledger)
    await add_users(1, 1, NOON)
    await mobile.run(LOGIN, NOON)
    await poll(source(MISREAD), mobile.dsns, line)
    assert {*source().tables[1].columns.values()} == {"operational"}
    box = Letterbox(ledger, source(MISREAD), b"secret")
    await box.open({**RETENTION, "pii": timedelta()})
    assert box.known == {"logins": 1}
    await box.open({**RETENTION, "operational": timedelta()})
    assert box.known == {}
