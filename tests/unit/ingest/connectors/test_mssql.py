"""What SQL Server would be asked. No server can be had here: WEKEZA_TEST_MSSQL names one for the test at the end."""

import os
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pymssql
import pytest
from sqlalchemy import text
from sqlalchemy import types as sql
from sqlalchemy.dialects import mssql
from sqlalchemy.dialects.mssql.pymssql import dialect

from graph.records import Position
from ingest.connectors.arrow import arrow_type
from ingest.connectors.cursor import Cursor, Reflected, select_keys
from ingest.connectors.mssql import column_type, explain, open_engine
from ingest.connectors.session import open_session
from ingest.errors import SourceContractError, SourceUnavailable
from ingest.table import Table

SINCE = Position("2024-01-01T00:10:00.000000+00:00", "7d444840-9dc0-11d1-b245-5ffdce74fad2")
PRECISE: sql.TypeEngine[Any] = mssql.DATETIME2(7)  # type: ignore[no-untyped-call]
TYPES: dict[str, sql.TypeEngine[Any]] = {
    "Id": mssql.UNIQUEIDENTIFIER(),
    "UpdatedAt": PRECISE,
    "CreatedAt": PRECISE,
    "Order": sql.NVARCHAR(20),
}
DIALECT = dialect()  # type: ignore[no-untyped-call]


def table(watermark: list[str]) -> Table:
    return Table.model_validate(
        {
            "name": "things", "kind": "device", "from": "Weird]Name", "schema": "dbo", "key": "Id",
            "watermark": watermark, "columns": dict.fromkeys(TYPES, "operational"),
        }
    )  # fmt: skip


def compiled(watermark: list[str], since: Position | None, overlap: timedelta = timedelta()) -> str:
    types = {name: column_type(it) for name, it in TYPES.items()}
    cursor = Cursor(table(watermark), Reflected(types, frozenset({"UpdatedAt"})), since, overlap, ZoneInfo("UTC"))
    return " ".join(str(cursor.select().compile(dialect=DIALECT)).replace("[dbo].[Weird]]Name].", "").split())


def test_the_cursor_quotes_in_brackets_and_orders_by_the_watermark_that_is_there() -> None:
    assert compiled(["UpdatedAt", "CreatedAt"], None) == (
        "SELECT [Id], [UpdatedAt], [CreatedAt], [Order], coalesce([UpdatedAt], [CreatedAt]) AS coalesce_1"
        " FROM [dbo].[Weird]]Name] ORDER BY coalesce([UpdatedAt], [CreatedAt]), [Id]"
    )


def test_equal_watermarks_go_on_behind_the_key_and_rows_without_one_are_kept() -> None:
    assert compiled(["UpdatedAt"], SINCE).partition(" WHERE ")[2] == (
        "[UpdatedAt] > :UpdatedAt_1 OR [UpdatedAt] = :UpdatedAt_2 AND [Id] > :Id_1 OR [UpdatedAt] IS NULL"
        " ORDER BY [UpdatedAt], [Id]"
    )


def test_with_an_overlap_the_window_before_is_read_again() -> None:
    assert "WHERE [CreatedAt] >= :CreatedAt_1 ORDER BY" in compiled(["CreatedAt"], SINCE, timedelta(minutes=5))


def test_without_a_watermark_it_is_read_by_key() -> None:
    assert compiled([], None).endswith("FROM [dbo].[Weird]]Name] ORDER BY [Id]")


def test_the_keys_alone() -> None:
    statement = select_keys(table(["UpdatedAt"]), Reflected(TYPES, frozenset()))
    found = " ".join(str(statement.compile(dialect=DIALECT)).split())
    assert found == "SELECT [dbo].[Weird]]Name].[Id] FROM [dbo].[Weird]]Name] ORDER BY [dbo].[Weird]]Name].[Id]"


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        (PRECISE, pa.timestamp("us")),
        (mssql.DATETIMEOFFSET(7), pa.timestamp("us", "UTC")),  # type: ignore[no-untyped-call]
        (mssql.UNIQUEIDENTIFIER(), pa.string()),
        (mssql.MONEY(), pa.decimal128(19, 4)),
        (mssql.BIT(), pa.bool_()),
        (mssql.TINYINT(), pa.int64()),
        (mssql.REAL(), pa.float64()),  # type: ignore[no-untyped-call]
        (sql.DECIMAL(18, 2), pa.decimal128(18, 2)),
        (mssql.XML(), pa.string()),
    ],
)
def test_a_column_has_the_type_of_its_declaration(declared: sql.TypeEngine[Any], expected: pa.DataType) -> None:
    assert arrow_type(column_type(declared)) == expected


@pytest.mark.parametrize(
    ("code", "kind", "words"),
    [
        (18456, SourceUnavailable, "refuses the user or the password"),
        (4060, SourceUnavailable, "no such database"),
        (230, SourceContractError, "grant SELECT"),
        (207, SourceContractError, "changed while it was read"),
        (1222, SourceUnavailable, "time limit"),
        (20009, SourceUnavailable, "does the server run"),
        (8114, SourceContractError, "8114"),
    ],
)
@pytest.mark.parametrize("wrapped", [True, False])
def test_a_drivers_error_says_what_to_do(code: int, kind: type[Exception], words: str, wrapped: bool) -> None:
    args = (code, b"about 0722000101")
    found = explain(pymssql.OperationalError(args) if wrapped else pymssql.OperationalError(*args))
    assert type(found) is kind
    assert words in str(found)
    assert "0722" not in str(found)


def test_a_dsn_that_cannot_be_read_is_not_repeated() -> None:
    with pytest.raises(SourceUnavailable) as raised:
        open_engine("mssql://u:hush@h/d?driver=x", "test")
    assert "hush" not in str(raised.value)


@pytest.mark.skipif("WEKEZA_TEST_MSSQL" not in os.environ, reason="WEKEZA_TEST_MSSQL names no SQL Server to ask")
async def test_a_real_server_is_read() -> None:
    async with open_session(open_engine(os.environ["WEKEZA_TEST_MSSQL"], "test")) as session:
        numbers = text("SELECT name FROM sys.objects ORDER BY name").columns()
        assert max([len(part) async for part in session.parts(numbers, 3)]) == 3  # type: ignore[arg-type]
