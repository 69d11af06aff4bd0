"""The reader on a real PostgreSQL: the cursor, the overlap, the read-only session, and what it says when refused."""

from collections.abc import Awaitable, Callable
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pyarrow as pa
import pytest
from psycopg.conninfo import make_conninfo
from sqlalchemy.exc import DBAPIError

from graph.records import Position
from ingest.check import check_source
from ingest.connectors.database import DatabaseReader
from ingest.connectors.postgresql import open_engine
from ingest.errors import SourceContractError, SourceUnavailable
from ingest.source import Source, load_sources
from tests.integration.ingest.conftest import SourceDatabase

NOON = datetime(2024, 1, 1, 12, tzinfo=UTC)
AddUsers = Callable[[int, int, object], Awaitable[None]]


@pytest.fixture
def source() -> Source:
    return load_sources()["mobile"]


def number_of(id: str) -> int:
    return int(id.replace("-", ""), 16)


async def read(
    source: Source,
    dsn: str,
    since: Position | None = None,
    *,
    size: int = 10,
    pages: int | None = None,
    after_page: Callable[[], Awaitable[None]] | None = None,
) -> tuple[list[list[int]], Position | None]:
    """The numbers of the users on each page, and the position after the last of ``pages``."""
    found: list[list[int]] = []
    position = since
    async with (
        DatabaseReader.connect(source, {source.name: dsn}) as reader,
        aclosing(reader.pages(source.tables[0], since, size)) as all_pages,
    ):
        async for page in all_pages:
            found.append([number_of(id) for id in page.rows.column("Id").to_pylist()])
            position = page.position
            if after_page:
                await after_page()
            if len(found) == pages:
                break
    return found, position


@pytest.mark.parametrize("overlap", [timedelta(), timedelta(minutes=5)])
async def test_equal_watermarks_across_a_page_border_lose_nobody(
    source: Source, mobile: SourceDatabase, add_users: AddUsers, overlap: timedelta
) -> None:
    """A run that ends after its first page goes on behind it, though every row has the same watermark."""
    source = source.model_copy(update={"overlap": overlap})
    await add_users(1, 25, NOON)
    first, position = await read(source, mobile.reader, pages=1)
    rest, _ = await read(source, mobile.reader, position)
    assert first == [list(range(1, 11))]
    assert {n for page in rest for n in page} | set(first[0]) == set(range(1, 26))
    if not overlap:
        assert rest == [list(range(11, 21)), list(range(21, 26))]


async def test_the_overlap_is_read_again_and_what_lies_before_it_is_not(
    source: Source, mobile: SourceDatabase, add_users: AddUsers
) -> None:
    await add_users(1, 1, NOON - timedelta(minutes=6))
    await add_users(2, 2, NOON - timedelta(minutes=4))
    await add_users(3, 3, NOON)
    _, position = await read(source, mobile.reader)
    assert (await read(source, mobile.reader, position)) == ([[2, 3]], position)


async def test_a_row_dated_back_into_the_overlap_is_found_and_the_position_stays(
    source: Source, mobile: SourceDatabase, add_users: AddUsers
) -> None:
    await add_users(1, 1, NOON)
    _, position = await read(source, mobile.reader)
    await add_users(2, 2, NOON - timedelta(minutes=3))
    assert (await read(source, mobile.reader, position)) == ([[2, 1]], position)


async def test_rows_come_in_pages_by_one_cursor(
    source: Source, mobile: SourceDatabase, add_users: AddUsers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """n rows cost n / size round trips, and no page is larger: memory does not grow with the table."""
    await add_users(1, 1_050, NOON)
    fetched: list[int] = []
    fetchmany = psycopg.AsyncServerCursor.fetchmany

    async def counted(self: psycopg.AsyncServerCursor[Any], size: int = 0) -> Any:
        fetched.append(size)
        return await fetchmany(self, size)

    monkeypatch.setattr(psycopg.AsyncServerCursor, "fetchmany", counted)
    pages, _ = await read(source, mobile.reader, size=100)
    assert [len(page) for page in pages] == [100] * 10 + [50]
    assert max(fetched) == 100
    assert len(fetched) <= 1_050 / 100 + 3


async def test_columns_have_the_types_of_the_table_not_of_its_rows(source: Source, mobile: SourceDatabase) -> None:
    async with DatabaseReader.connect(source, mobile.dsns) as reader:
        schema = {field.name: field.type for field in await reader.schema(source.tables[0])}
        devices = {field.name: field.type for field in await reader.schema(source.tables[1])}
    instant = pa.timestamp("us", tz="UTC")
    assert (schema["Id"], schema["Email"], schema["UpdatedAt"]) == (pa.string(), pa.string(), instant)
    assert devices["IsTrusted"] == pa.bool_()


async def test_dates_that_only_postgresql_knows_cost_that_value(source: Source, mobile: SourceDatabase) -> None:
    for number, enrolled in enumerate(("infinity", "0044-03-15 BC", "20240-01-01"), start=1):
        await mobile.run(
            'INSERT INTO "MobileUsers" ("Id", "PhoneNumber", "FullName", "Status", "EnrolledAt", "UpdatedAt")'
            " VALUES (lpad(to_hex(%s::int), 32, '0')::uuid, '0722000101', 'A', 'Active', %s::timestamptz, %s)",
            number, enrolled, NOON,
        )  # fmt: skip
    async with (
        DatabaseReader.connect(source, mobile.dsns) as reader,
        aclosing(reader.pages(source.tables[0], None, 10)) as pages,
    ):
        (page,) = [page async for page in pages]
    assert page.rows.column("EnrolledAt").to_pylist() == [None, None, None]
    assert page.unreadable == {"EnrolledAt": 3}


async def test_the_session_refuses_to_write_even_as_administrator(mobile: SourceDatabase, add_users: AddUsers) -> None:
    engine = open_engine(mobile.admin_dsn, "test")
    try:
        async with engine.connect() as connection:
            with pytest.raises(DBAPIError) as raised:
                await connection.exec_driver_sql('DELETE FROM "MobileUsers"')
            assert isinstance(raised.value.orig, psycopg.errors.ReadOnlySqlTransaction)
    finally:
        await engine.dispose()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            'ALTER TABLE "MobileUsers" RENAME "PhoneNumber" TO "Msisdn"',
            "Mobile Banking, table 'MobileUsers', lost the column 'PhoneNumber' (renamed or dropped?): correct"
            " [[table]] 'users' in ingest/sources/mobile.toml, or have it restored.",
        ),
        (
            'ALTER TABLE "MobileUsers" RENAME TO "Users"',
            "Mobile Banking has no table 'MobileUsers' any more: correct [[table]] 'users' in"
            " ingest/sources/mobile.toml, or have it restored.",
        ),
        (
            'REVOKE SELECT ON "MobileUsers" FROM wekeza_ingest_reader',
            "Mobile Banking, table 'MobileUsers': this user may not read it: grant SELECT on it.",
        ),
    ],
)
async def test_a_table_that_is_not_as_declared_is_one_sentence(
    source: Source, mobile: SourceDatabase, change: str, sentence: str
) -> None:
    await mobile.run(change)
    with pytest.raises(SourceContractError) as raised:
        await read(source, mobile.reader)
    assert str(raised.value) == sentence


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"password": "guessed and wrong"}, "refuses the user or the password"),
        ({"user": "nobody_of_this_name"}, "refuses the user or the password"),
        ({"dbname": "no_such_database"}, "no such database"),
        ({"port": "1"}, "does not answer"),
    ],
)
async def test_a_source_that_cannot_be_reached_says_why_and_no_secret(
    source: Source, mobile: SourceDatabase, wrong: dict[str, str], words: str
) -> None:
    with pytest.raises(SourceUnavailable) as raised:
        await read(source, make_conninfo(mobile.reader, **wrong))
    assert str(raised.value).startswith("Mobile Banking: it")
    assert words in str(raised.value)
    assert "wrong" not in str(raised.value)
    assert "only for reading" not in str(raised.value)


async def test_a_source_that_goes_away_while_it_is_read_is_unavailable(
    source: Source, mobile: SourceDatabase, add_users: AddUsers
) -> None:
    await add_users(1, 5_000, NOON)

    async def end_its_session() -> None:
        await mobile.run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s",
            "wekeza ingest (mobile)",
        )

    with pytest.raises(SourceUnavailable, match=r"^Mobile Banking, table 'MobileUsers': it does not answer"):
        await read(source, mobile.reader, size=100, after_page=end_its_session)


async def test_check_tells_what_is_gone_and_what_is_new(source: Source, mobile: SourceDatabase) -> None:
    await mobile.run('ALTER TABLE "DeviceInfo" DROP "AppVersion", ADD "Rooted" boolean')
    await mobile.run('ALTER TABLE "LoginActivity" ADD "Country" char(2)')
    await mobile.run("CREATE TABLE consents (id int)")
    found = await check_source(source, mobile.dsns)
    (problem,) = found.problems
    assert "lost the column 'AppVersion'" in problem
    assert set(found.remarks) == {
        "Mobile Banking: 'Country' of 'LoginActivity' is new",
        "Mobile Banking: 'Rooted' of 'DeviceInfo' is new",
        "Mobile Banking: table 'consents' is new",
    }
