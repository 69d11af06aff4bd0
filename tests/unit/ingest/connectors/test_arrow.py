import uuid
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from sqlalchemy import types as sql
from sqlalchemy.dialects import postgresql

from ingest.connectors.arrow import arrow_type, to_arrow

NAIROBI = ZoneInfo("Africa/Nairobi")


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        (sql.VARCHAR(20), pa.string()),
        (sql.UUID(), pa.string()),
        (postgresql.JSONB(), pa.string()),
        (postgresql.INET(), pa.string()),
        (sql.BIGINT(), pa.int64()),
        (sql.BOOLEAN(), pa.bool_()),
        (sql.DOUBLE(), pa.float64()),
        (sql.NUMERIC(18, 2), pa.decimal128(18, 2)),
        (sql.NUMERIC(), pa.string()),
        (sql.DATE(), pa.date32()),
        (postgresql.TIMESTAMP(timezone=True), pa.timestamp("us", tz="UTC")),
        (postgresql.TIMESTAMP(), pa.timestamp("us")),
    ],
)
def test_a_column_has_the_type_of_its_declaration(declared: sql.TypeEngine[Any], expected: pa.DataType) -> None:
    assert arrow_type(declared) == expected


def test_a_column_of_nothing_but_null_keeps_its_type() -> None:
    table, _ = to_arrow([(None,), (None,)], {"At": pa.timestamp("us", tz="UTC")}, NAIROBI)
    assert table.schema.field("At").type == pa.timestamp("us", tz="UTC")


def test_no_rows_are_an_empty_table_of_the_same_schema() -> None:
    table, _ = to_arrow([], {"A": pa.string(), "B": pa.decimal128(18, 2)}, NAIROBI)
    assert (table.num_rows, table.column_names) == (0, ["A", "B"])


def test_naive_times_are_read_in_the_sources_zone() -> None:
    table, _ = to_arrow([(datetime(2024, 1, 1, 3),)], {"At": pa.timestamp("us")}, NAIROBI)
    assert table.column("At").to_pylist() == [datetime(2024, 1, 1, tzinfo=UTC)]


def test_a_time_that_the_clock_showed_twice_is_read_and_not_refused() -> None:
    twice = datetime(2024, 10, 27, 2, 30)
    table, _ = to_arrow([(twice,)], {"At": pa.timestamp("us")}, ZoneInfo("Europe/Berlin"))
    assert table.column("At").to_pylist() == [datetime(2024, 10, 27, 0, 30, tzinfo=UTC)]


def test_whatever_has_no_plain_counterpart_is_text() -> None:
    row = (uuid.UUID(int=1), {"a": "é"}, Decimal("1.10"))
    table, _ = to_arrow([row], dict.fromkeys("abc", pa.string()), NAIROBI)
    assert table.to_pylist() == [{"a": str(uuid.UUID(int=1)), "b": '{"a": "é"}', "c": "1.10"}]


def test_a_value_that_no_type_holds_is_missing_and_counted() -> None:
    types = {"At": pa.timestamp("us", tz="UTC"), "Amount": pa.decimal128(18, 2), "Name": pa.string()}
    at = datetime(2024, 1, 1, tzinfo=UTC)
    rows = [("infinity", "NaN", "a"), ("2024-01-01 00:00:00+00", "1.50", None)]
    table, unreadable = to_arrow(rows, types, NAIROBI)
    assert table.to_pylist() == [
        {"At": None, "Amount": None, "Name": "a"},
        {"At": at, "Amount": Decimal("1.50"), "Name": None},
    ]
    assert unreadable == {"At": 1, "Amount": 1}
