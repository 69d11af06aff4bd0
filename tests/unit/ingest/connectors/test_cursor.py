"""The cursor's query and its position, without a database. What a server makes of it is an integration test."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import types as sql
from sqlalchemy.dialects import registry

from graph.records import Position
from ingest.connectors.arrow import to_arrow
from ingest.connectors.cursor import Cursor, Reflected
from ingest.table import Table

OVERLAP = timedelta(minutes=5)
NONE = timedelta()
UTC_ZONE = ZoneInfo("UTC")


def table(watermark: str | list[str] = "At") -> Table:
    return Table.model_validate(
        {
            "name": "things", "kind": "device", "from": "Things", "key": "Id", "watermark": watermark,
            "columns": {"Id": "operational", "At": "operational", "Then": "operational"},
        }
    )  # fmt: skip


def cursor(
    since: Position | None,
    overlap: timedelta = OVERLAP,
    *,
    watermark: str | list[str] = "At",
    mark: sql.TypeEngine[Any] | None = None,
    nullable: tuple[str, ...] = (),
    zone: ZoneInfo = UTC_ZONE,
) -> Cursor:
    types = {"Id": sql.VARCHAR(20), "At": mark or sql.DateTime(timezone=True), "Then": sql.DateTime(timezone=True)}
    return Cursor(table(watermark), Reflected(types, frozenset(nullable)), since, overlap, zone)


def spelled(found: Cursor, dialect: str = "postgresql") -> str:
    return " ".join(str(found.select().compile(dialect=registry.load(dialect)())).replace('"Things".', "").split())


def bound(found: Cursor) -> set[object]:
    return set(found.select().compile(dialect=registry.load("postgresql")()).params.values())


def advance(found: Cursor, *rows: tuple[str, object], zone: ZoneInfo = UTC_ZONE) -> tuple[datetime, ...]:
    """By rows of a key and a watermark, as the reader does."""
    return tuple(found.advance(to_arrow([(key, mark, None) for key, mark in rows], found.types(), zone)[0]).to_pylist())


def at(minute: int) -> datetime:
    return datetime(2024, 1, 1, 0, minute, tzinfo=UTC)


SINCE = Position("2024-01-01T00:10:00.000000+00:00", "k")


def test_the_first_read_takes_everything_in_order() -> None:
    text = spelled(cursor(None))
    assert "WHERE" not in text
    assert text.endswith('ORDER BY "At", "Id"')


def test_with_an_overlap_the_window_before_the_watermark_is_read_again() -> None:
    found = cursor(SINCE)
    assert 'WHERE "At" >= ' in spelled(found)
    assert bound(found) == {at(5)}


def test_without_an_overlap_equal_watermarks_go_on_behind_the_key() -> None:
    text = spelled(cursor(SINCE, NONE))
    assert '"At" > ' in text
    assert '"At" = ' in text
    assert '"Id" > ' in text


def test_rows_without_watermark_are_never_lost() -> None:
    assert '"At" IS NULL' in spelled(cursor(SINCE, nullable=("At",)))
    assert "IS NULL" not in spelled(cursor(SINCE))


def test_the_first_watermark_that_is_there_counts() -> None:
    text = spelled(cursor(SINCE, watermark=["Then", "At"], nullable=("Then",)))
    assert 'coalesce("Then", "At") >= ' in text
    assert "IS NULL" not in text


@pytest.mark.parametrize(("dialect", "quoted"), [("mysql", "`Things`"), ("mssql", "[Things]")])
@pytest.mark.parametrize("overlap", [OVERLAP, NONE])
def test_other_engines_need_no_other_query(dialect: str, quoted: str, overlap: timedelta) -> None:
    assert f"FROM {quoted} WHERE" in spelled(cursor(SINCE, overlap), dialect)


def test_the_position_is_the_last_row_and_never_goes_back() -> None:
    found = cursor(SINCE)
    assert advance(found, ("a", at(6)), ("b", at(9))) == ()
    assert found.position == SINCE
    assert advance(found, ("c", at(10)), ("d", at(12))) == (at(12),)
    assert found.position == Position("2024-01-01T00:12:00.000000+00:00", "d")


def test_without_an_overlap_every_row_moves_the_position() -> None:
    found = cursor(SINCE, NONE)
    advance(found, ("z", at(10)))
    assert found.position == Position(SINCE.watermark, "z")


def test_a_missing_watermark_moves_nothing() -> None:
    found = cursor(SINCE)
    advance(found, ("a", at(11)), ("b", None))
    assert found.position == Position("2024-01-01T00:11:00.000000+00:00", "a")


def test_a_naive_watermark_is_stored_in_utc_and_compared_in_the_sources_zone() -> None:
    nairobi = ZoneInfo("Africa/Nairobi")
    naive = datetime(2024, 1, 1, 3, 20)
    found = cursor(SINCE, mark=sql.DateTime(), zone=nairobi)
    assert bound(found) == {datetime(2024, 1, 1, 3, 5)}
    assert advance(found, ("a", naive), zone=nairobi) == (at(20),)
    assert found.position == Position("2024-01-01T00:20:00.000000+00:00", "a")


def test_a_number_is_a_watermark_too_and_knows_no_overlap() -> None:
    found = cursor(Position("41", "x"), mark=sql.BIGINT())
    assert bound(found) == {41, "x"}
    advance(found, ("y", 42))
    assert found.position == Position("42", "y")
