"""How each source is doing: written by ingest after every poll, read by the API for freshness and metrics."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import dict_row

from ledger.ledger import Ledger


class SourceState(StrEnum):
    OK = "ok"
    DOWN = "down"
    HELD = "held"  # it answers, and says so much otherwise than before that a person has to accept it


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """What one poll of one source did. Counts are of this poll and are added up; None leaves what is stored."""

    system: str
    state: SourceState
    last_read: datetime | None = None  # when the poll read the source; None if it could not
    last_change: datetime | None = None  # the source's own date of the newest row that was loaded
    error: str | None = None  # one sentence without personal data; stored until a poll succeeds
    lag_seconds: float | None = None  # from the newest row's commit at the source to this poll's end
    read: int = 0
    loaded: int = 0
    rejected: int = 0
    matched: int = 0
    latency_seconds: float = 0.0  # summed over ``latency_count`` rows: source commit to visible answer
    latency_count: int = 0
    pushed: bool = False  # by the source: that this went well does not say that what a person must accept is settled


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceStatus:
    """The row of one source; counters since the ledger was made."""

    system: str
    state: SourceState
    last_read: datetime | None
    last_change: datetime | None
    last_error: str | None
    lag_seconds: float | None
    polls: int
    errors: int
    records_read: int
    records_loaded: int
    records_rejected: int
    records_matched: int
    latency_seconds: float
    latency_count: int


async def record_poll(ledger: Ledger, poll: Poll) -> None:
    """Add one poll to its source's row."""
    values = {
        "system": poll.system,
        "state": poll.state.value,
        "last_read": poll.last_read,
        "last_change": poll.last_change,
        "last_error": poll.error,
        "lag_seconds": poll.lag_seconds,
        "errors": int(poll.error is not None),
        "read": poll.read,
        "loaded": poll.loaded,
        "rejected": poll.rejected,
        "matched": poll.matched,
        "latency_seconds": poll.latency_seconds,
        "latency_count": poll.latency_count,
        "pushed": poll.pushed,
    }
    async with ledger.transaction() as connection:
        await connection.execute(
            "INSERT INTO source_status AS s VALUES (%(system)s, %(state)s, %(last_read)s, %(last_change)s,"
            " %(last_error)s, %(lag_seconds)s, 1, %(errors)s, %(read)s, %(loaded)s, %(rejected)s, %(matched)s,"
            " %(latency_seconds)s, %(latency_count)s)"
            " ON CONFLICT (system) DO UPDATE SET state ="
            " CASE WHEN s.state = 'held' AND EXCLUDED.state = 'ok' AND %(pushed)s THEN s.state ELSE EXCLUDED.state END,"
            " last_read = coalesce(EXCLUDED.last_read, s.last_read),"
            " last_change = coalesce(EXCLUDED.last_change, s.last_change),"
            " last_error ="
            " CASE WHEN s.state = 'held' AND EXCLUDED.state = 'ok' AND %(pushed)s THEN s.last_error"
            " ELSE EXCLUDED.last_error END,"
            " lag_seconds = coalesce(EXCLUDED.lag_seconds, s.lag_seconds),"
            " polls = s.polls + 1,"
            " errors = s.errors + EXCLUDED.errors,"
            " records_read = s.records_read + EXCLUDED.records_read,"
            " records_loaded = s.records_loaded + EXCLUDED.records_loaded,"
            " records_rejected = s.records_rejected + EXCLUDED.records_rejected,"
            " records_matched = s.records_matched + EXCLUDED.records_matched,"
            " latency_seconds = s.latency_seconds + EXCLUDED.latency_seconds,"
            " latency_count = s.latency_count + EXCLUDED.latency_count",
            values,
        )


async def source_statuses(ledger: Ledger) -> list[SourceStatus]:
    """All sources that were ever polled, by name; times in UTC."""
    async with ledger.transaction() as connection, connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute("SELECT * FROM source_status ORDER BY system")
        return [_status(row) async for row in cursor]


def _status(row: dict[str, Any]) -> SourceStatus:
    return SourceStatus(**row | {"state": SourceState(row["state"])})


class Scan(StrEnum):
    """A reading of a whole table: of its rows, for changes that no watermark tells, or of its keys, for deletes."""

    ROWS = "rows"
    KEYS = "keys"


WANTED = datetime(
    1970, 1, 1, tzinfo=UTC
)  # when a table was scanned last that is to be scanned now, whatever its file says


async def scans_of(connection: AsyncConnection[Any], system: str) -> dict[tuple[str, Scan], datetime]:
    """When each table of a source was scanned last, by table and what was read."""
    cursor = await connection.execute("SELECT table_name, what, at FROM source_scan WHERE system = %s", [system])
    return {(table, Scan(what)): at async for table, what, at in cursor}


async def record_scan(connection: AsyncConnection[Any], system: str, table: str, what: Scan, at: datetime) -> None:
    """A scan that began at this time came to its end."""
    await connection.execute(
        "INSERT INTO source_scan VALUES (%s, %s, %s, %s)"
        " ON CONFLICT (system, table_name, what) DO UPDATE SET at = EXCLUDED.at",
        [system, table, what.value, at],
    )


async def want_scan(connection: AsyncConnection[Any], system: str, table: str, what: Scan) -> None:
    """The next poll is to scan the table, until it has done so."""
    await record_scan(connection, system, table, what, WANTED)


async def forget_scans(connection: AsyncConnection[Any]) -> None:
    """Every table is to be read as a whole again: the graph that was filled by those scans is another one now."""
    await connection.execute("DELETE FROM source_scan")
