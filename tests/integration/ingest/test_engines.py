"""The reader on a real MariaDB, and on a system whose tables are in two engines."""

import asyncio
from contextlib import aclosing
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from graph.records import Position
from ingest.check import check_source
from ingest.connectors.cursor import start_of
from ingest.connectors.database import DatabaseReader
from ingest.connectors.mysql import open_engine
from ingest.connectors.page import Page
from ingest.connectors.session import open_session
from ingest.errors import SourceContractError, SourceUnavailable
from ingest.grants import PASSWORD, grants_of
from ingest.source import Source
from local.mariadb import ask_mariadb
from tests.fixtures.databases import NewDatabase
from tests.integration.ingest.engines import CREATE_EVENTS, source

NOON = datetime(2024, 1, 1, 12, tzinfo=UTC)
Dsns = dict[str, str]


@pytest.fixture(scope="module")
def events_dsn(new_mariadb_database: NewDatabase) -> str:
    return new_mariadb_database("events")


@pytest.fixture
def dsns(database_dsn: str, events_dsn: str) -> Dsns:
    ask_mariadb(events_dsn, "DROP TABLE IF EXISTS `Events`, other", CREATE_EVENTS)
    with psycopg.connect(database_dsn, autocommit=True) as admin:
        admin.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        admin.execute("CREATE TABLE devices (id int PRIMARY KEY, updated_at timestamptz NOT NULL, secret text)")
    return {"split": database_dsn, "split_events": events_dsn}


def add(dsn: str, id: int, created: str, **values: str) -> None:
    row = {"Kind": "'login'", "Blocked": "0", **values, "Id": str(id), "CreatedAt": f"'{created}'"}
    columns = ", ".join(f"`{name}`" for name in row)
    insert = f"INSERT INTO `Events` ({columns}) VALUES ({', '.join(row.values())})"  # noqa: S608 - the test's own words
    ask_mariadb(dsn, "SET sql_mode = ''", insert)


async def pages(
    declared: Source, dsns: Dsns, table: int, since: Position | None = None, size: int = 100, **given: Any
) -> list[Page]:
    async with (
        DatabaseReader.connect(declared, dsns) as reader,
        aclosing(reader.pages(declared.tables[table], since, size, **given)) as found,
    ):
        return [page async for page in found]


def ids(found: list[Page], column: str = "Id") -> list[int]:
    return [int(id) for page in found for id in page.rows.column(column).to_pylist()]


async def test_what_mysql_writes_is_read_as_what_it_means(dsns: Dsns) -> None:
    """DATETIME in the zone that the file names; TIMESTAMP is UTC, whatever zone its server lives in."""
    add(
        dsns["split_events"], 18446744073709551615, "2024-01-01 15:00:00", Kind="'fraud'", Blocked="1", Flag="b'0'",
        Mask="b'101'", Amount="1.5", Details="'{\"a\": 1.10}'", Born="'2000-02-29'", Name="'Wanjikũ 🦒'",
        SeenAt="from_unixtime(1704110400)", Hash="0x00ff01fe",
    )  # fmt: skip
    (page,) = await pages(source(), dsns, 1)
    assert page.rows.to_pylist() == [
        {
            "Id": Decimal(18446744073709551615), "Kind": "fraud", "Blocked": True, "Flag": False, "Mask": 5,
            "Amount": Decimal("1.50"), "Details": '{"a": 1.10}', "Born": date(2000, 2, 29), "CreatedAt": NOON,
            "SeenAt": NOON, "Name": "Wanjikũ 🦒", "Hash": "00ff01fe",
        }
    ]  # fmt: skip
    assert page.fresh.to_pylist() == [NOON]
    assert page.position == Position(NOON.isoformat(timespec="microseconds"), "18446744073709551615")


async def test_dates_of_nothing_but_zeros_cost_that_value(dsns: Dsns) -> None:
    add(dsns["split_events"], 1, "2024-01-01 15:00:00", Born="'0000-00-00'", SeenAt="'0000-00-00 00:00:00'")
    add(dsns["split_events"], 2, "0000-00-00 00:00:00", Born="'2000-00-00'")
    (page,) = await pages(source(), dsns, 1)
    assert page.rows.column("Born").to_pylist() == page.rows.column("SeenAt").to_pylist() == [None, None]
    assert page.unreadable == {"Born": 2, "SeenAt": 1, "CreatedAt": 1}
    assert page.position is not None
    assert page.position.key == "1"


@pytest.mark.parametrize("overlap", ["0s", "5m"])
async def test_rows_of_one_second_across_a_page_border_lose_nobody(dsns: Dsns, overlap: str) -> None:
    for id in range(1, 8):
        add(dsns["split_events"], id, "2024-01-01 15:00:00")
    declared = source(overlap=overlap)
    async with (
        DatabaseReader.connect(declared, dsns) as reader,
        aclosing(reader.pages(declared.tables[1], None, 3)) as found,
    ):
        first = await anext(found)
    rest = await pages(declared, dsns, 1, first.position, 3)
    assert ids([first]) == [1, 2, 3]
    assert ids(rest) == ([4, 5, 6, 7] if overlap == "0s" else [1, 2, 3, 4, 5, 6, 7])


async def test_a_table_without_watermark_is_read_by_key_and_has_no_position(dsns: Dsns) -> None:
    for id in (3, 1, 2):
        add(dsns["split_events"], id, f"2024-01-0{4 - id} 15:00:00")
    declared = source()
    table = declared.tables[1].model_copy(update={"watermark": ()})
    declared = declared.model_copy(update={"tables": (declared.tables[0], table)})
    found = await pages(declared, dsns, 1, size=2)
    assert [(page.position, len(page.fresh)) for page in found] == [(None, 0)] * 2
    assert ids(found) == [1, 2, 3]


async def test_a_pass_from_a_day_on_reads_again_and_never_moves_the_position_back(dsns: Dsns) -> None:
    for day in (1, 2, 3, 4):
        add(dsns["split_events"], day, f"2024-01-0{day} 00:00:00")
    declared = source(overlap="0s")
    stored = (await pages(declared, dsns, 1))[-1].position
    add(dsns["split_events"], 5, "2024-01-05 00:00:00")
    found = await pages(declared, dsns, 1, start_of(date(2024, 1, 3), ZoneInfo("Africa/Nairobi")), 1, stored=stored)
    assert ids(found) == [3, 4, 5]
    assert [page.position for page in found][:2] == [stored, stored]
    assert found[2].position == Position("2024-01-04T21:00:00.000000+00:00", "5")


async def test_keys_are_read_alone_and_with_what_ids_are_made_of(dsns: Dsns) -> None:
    for id in (2, 1):
        add(dsns["split_events"], id, "2024-01-01 15:00:00", Name="'a'")
    declared = source()
    composed = declared.tables[1].model_copy(update={"id": '"Id" || \':\' || "Name"', "where": "\"Kind\" = 'login'"})
    async with DatabaseReader.connect(declared, dsns) as reader:
        plain = [page async for page in reader.keys(declared.tables[1], 1)]
        with_id = [page async for page in reader.keys(composed, 10)]
    assert [page.to_pylist() for page in plain] == [[{"Id": Decimal(1)}], [{"Id": Decimal(2)}]]
    assert with_id[0].column_names == ["Id", "Kind", "Name"]


async def test_the_session_refuses_to_write_even_as_administrator(dsns: Dsns) -> None:
    async with open_session(open_engine(dsns["split_events"], "test")) as session:
        with pytest.raises(DBAPIError) as raised:
            await session.run(lambda connection: connection.execute(text("DELETE FROM `Events`")))
        shown = await session.run(
            lambda connection: connection.execute(text("SELECT @@time_zone, @@max_statement_time")).all()
        )
    assert raised.value.orig is not None
    assert raised.value.orig.args[0] == 1792
    assert shown == [("+00:00", 3600)]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (("wekeza:", "wekeza:wrong"), "refuses the user or the password"),
        (("_tests_events", "_tests_nothing"), "no such database"),
        (("mysql://", "postgresql://"), "its DSN cannot be read"),
        (("@127.0.0.1:", "@127.0.0.1:1"), "does not answer"),
    ],
)
async def test_a_database_that_is_down_fails_its_own_tables_and_says_why_and_no_secret(
    dsns: Dsns, wrong: tuple[str, str], words: str
) -> None:
    with psycopg.connect(dsns["split"], autocommit=True) as admin:
        admin.execute("INSERT INTO devices VALUES (1, now())")
    down = dsns["split_events"].replace(*wrong)
    if wrong[1].endswith(":1"):
        down = f"mysql://wekeza:hush@127.0.0.1:1/{down.rpartition('/')[2]}"
    asked = dsns | {"split_events": down}
    with pytest.raises(SourceUnavailable, match=f"^Split Bank, Events: .*{words}") as raised:
        await pages(source(), asked, 1)
    assert not any(secret in str(raised.value) for secret in ("wrong", "hush"))
    assert ids(await pages(source(), asked, 0), "id") == [1]
    found = await check_source(source(), asked)
    assert found.problems == (str(raised.value),)


async def test_a_source_that_goes_away_while_it_is_read_is_unavailable_and_the_others_go_on(dsns: Dsns) -> None:
    ask_mariadb(
        dsns["split_events"],
        "INSERT INTO `Events` (`Id`, `Kind`, `Blocked`, `CreatedAt`, `Name`)"
        " SELECT seq, 'login', 0, now(), repeat('x', 80) FROM seq_1_to_200000",
    )
    with psycopg.connect(dsns["split"], autocommit=True) as admin:
        admin.execute("INSERT INTO devices VALUES (1, now())")
    declared = source()

    async def cut(reader: DatabaseReader) -> None:
        async with aclosing(reader.pages(declared.tables[1], None, 100)) as found:
            await anext(found)
            ((id,),) = await asyncio.to_thread(
                ask_mariadb,
                dsns["split_events"],
                "SELECT id FROM information_schema.processlist WHERE db LIKE '%tests_events' AND id <> connection_id()",
            )
            await asyncio.to_thread(ask_mariadb, dsns["split_events"], f"KILL {id}")
            async for _ in found:
                pass

    async with DatabaseReader.connect(declared, dsns) as reader:
        with pytest.raises(SourceUnavailable, match=r"^Split Bank, table 'Events': it does not answer"):
            await cut(reader)
        assert [page.rows.num_rows async for page in reader.pages(declared.tables[0], None, 10)] == [1]


async def test_ending_a_read_early_does_not_read_the_rest(dsns: Dsns) -> None:
    add(dsns["split_events"], 1, "2024-01-01 15:00:00")
    declared = source()
    async with DatabaseReader.connect(declared, dsns) as reader:
        for _ in range(2):  # the line that was cut is opened again
            async with aclosing(reader.pages(declared.tables[1], None, 1)) as found:
                assert (await anext(found)).rows.num_rows == 1


async def test_tables_that_are_gone_or_changed_are_one_sentence(dsns: Dsns) -> None:
    ask_mariadb(dsns["split_events"], "ALTER TABLE `Events` DROP `Name`, ADD `Sent` int", "CREATE TABLE other (id int)")
    found = await check_source(source(), dsns)
    assert "lost the column 'Name'" in found.problems[0]
    ask_mariadb(dsns["split_events"], "DROP TABLE `Events`")
    with pytest.raises(SourceContractError, match=r"^Split Bank has no table 'Events' any more"):
        await pages(source(), dsns, 1)
    assert "Split Bank: table 'other' is new" in found.remarks


async def test_the_printed_grants_let_the_declared_columns_be_read_and_nothing_else(dsns: Dsns) -> None:
    add(dsns["split_events"], 1, "2024-01-01 15:00:00", Pin="'1234'")
    postgres, mariadb = grants_of(source()).split("\n\n", 1)
    ask_mariadb(dsns["split_events"], "DROP USER IF EXISTS wekeza_split_events", *statements(mariadb))
    with psycopg.connect(dsns["split"], autocommit=True) as admin:
        admin.execute("INSERT INTO devices VALUES (1, now(), 'secret')")
        admin.execute("DROP ROLE IF EXISTS wekeza_split")
        for statement in statements(postgres):
            admin.execute(statement.encode())
        narrow = {
            "split": make_conninfo(dsns["split"], user="wekeza_split", password=PASSWORD),
            "split_events": as_user(dsns["split_events"], "wekeza_split_events"),
        }
        try:
            assert ids(await pages(source(), narrow, 0), "id") == ids(await pages(source(), narrow, 1)) == [1]
            assert (await check_source(source(), narrow)).problems == ()
            with pytest.raises(psycopg.errors.InsufficientPrivilege), psycopg.connect(narrow["split"]) as reader:
                reader.execute("SELECT secret FROM devices")
            with pytest.raises(Exception, match="SELECT command denied"):
                ask_mariadb(narrow["split_events"], "SELECT `Pin` FROM `Events`")
        finally:
            admin.execute("DROP OWNED BY wekeza_split; DROP ROLE wekeza_split")
            ask_mariadb(dsns["split_events"], "DROP USER wekeza_split_events")


def statements(script: str) -> list[str]:
    lines = [line for line in script.splitlines() if line and not line.startswith("--")]
    return [line.rstrip(";") for line in lines]


def as_user(dsn: str, user: str) -> str:
    return f"mysql://{user}:{PASSWORD.replace(' ', '%20')}@{dsn.rpartition('@')[2]}"


async def test_a_driver_that_is_not_asynchronous_is_read_by_a_thread(dsns: Dsns) -> None:
    """As SQL Server's is; here PostgreSQL's plain one, because no SQL Server can be had."""
    engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(dsns["split"]))
    async with open_session(engine) as session:
        numbers = text("SELECT i FROM generate_series(1, 7) AS i").columns()
        assert [len(part) async for part in session.parts(numbers, 3)] == [3, 3, 1]  # type: ignore[arg-type]
        assert await session.run(lambda connection: connection.execute(text("SELECT 1")).scalar()) == 1


async def test_a_source_that_wants_to_be_read_slowly_is_and_an_end_is_not_waited_for(dsns: Dsns) -> None:
    for id in range(1, 5):
        add(dsns["split_events"], id, "2024-01-01 15:00:00")
    declared, stopping = source(rows_per_second=1), asyncio.Event()
    begun = datetime.now(UTC)
    async with (
        DatabaseReader.connect(declared, dsns, stopping) as reader,
        aclosing(reader.pages(declared.tables[1], None, 2)) as found,
    ):
        await anext(found)
        await anext(found)
        between = datetime.now(UTC)
        stopping.set()
        assert [page async for page in found] == []
    assert between - begun > timedelta(seconds=0.9)
    assert datetime.now(UTC) - between < timedelta(seconds=5)


async def test_watermarks_that_the_clocks_of_two_zones_wrote_are_refused(dsns: Dsns) -> None:
    """MySQL's timestamp is in UTC, its datetime in nobody knows which zone."""
    declared = source()
    table = declared.tables[1].model_copy(update={"watermark": ("SeenAt", "CreatedAt")})
    declared = declared.model_copy(update={"tables": (declared.tables[0], table)})
    with pytest.raises(SourceContractError, match=r"several types, 'SeenAt' \(.*\), 'CreatedAt' \(.*\): name those of"):
        await pages(declared, dsns, 1)
