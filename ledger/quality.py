"""What the sources' data are like: counted by ingest, table by table, and kept for the last two polls that tell."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from psycopg import AsyncConnection
from psycopg.types.json import Jsonb

from ledger.dead_letters import count_letters
from ledger.ledger import Ledger
from ledger.rows import read_rows

ENOUGH = 100  # rows: what fewer have in common is chance


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """``filled``: how many of the rows have a field; ``issues``: in how many it has a flaw, by ``field:flaw``."""

    rows: int
    filled: Mapping[str, int] = field(default_factory=dict)
    issues: Mapping[str, int] = field(default_factory=dict)

    def rate(self, name: str) -> float:
        """The share of rows that have the field."""
        return self.filled.get(name, 0) / self.rows if self.rows else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TableQuality:
    system: str
    table: str
    at: datetime
    now: Measures
    former: Measures | None


async def record_quality(
    connection: AsyncConnection[Any], system: str, table: str, at: datetime, measures: Measures
) -> None:
    """What was last becomes what was before; a few rows say nothing against many."""
    await connection.execute(
        "INSERT INTO source_quality AS q VALUES (%s, %s, %s, %s, %s, %s, NULL)"
        " ON CONFLICT (system, table_name) DO UPDATE SET at = EXCLUDED.at, rows = EXCLUDED.rows,"
        " filled = EXCLUDED.filled, issues = EXCLUDED.issues,"
        " former = jsonb_build_object('rows', q.rows, 'filled', q.filled, 'issues', q.issues)"
        " WHERE EXCLUDED.rows >= least(q.rows, %s)",
        [system, table, at, measures.rows, Jsonb(dict(measures.filled)), Jsonb(dict(measures.issues)), ENOUGH],
    )


async def qualities(connection: AsyncConnection[Any]) -> list[TableQuality]:
    """Of every table that was ever measured, by system and table."""
    return await read_rows(
        connection,
        _quality,
        'SELECT system, table_name AS "table", at, rows, filled, issues, former FROM source_quality ORDER BY 1, 2',
    )


def _quality(
    system: str,
    table: str,
    at: datetime,
    rows: int,
    filled: dict[str, int],
    issues: dict[str, int],
    former: dict[str, Any] | None,
) -> TableQuality:
    return TableQuality(
        system=system,
        table=table,
        at=at,
        now=Measures(rows=rows, filled=filled, issues=issues),
        former=Measures(**former) if former else None,
    )


async def letters_and_qualities(ledger: Ledger) -> tuple[dict[str, int], list[TableQuality]]:
    """Dead letters by system, and every table's quality."""
    async with ledger.transaction() as connection:
        letters: Counter[str] = Counter()
        for count in await count_letters(connection):
            letters[count.system] += count.letters
        return dict(letters), await qualities(connection)
