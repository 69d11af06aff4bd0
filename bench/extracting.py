"""Reading a large table out of a source: rows a second and memory, by a process that does nothing else.

`python -m bench.extracting DSN ROWS` is that process.
"""

import asyncio
import json
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from time import perf_counter

import psycopg

from bench.rounds import ROUNDS, Result, load_average, spelled
from ingest.connectors.database import DatabaseReader
from ingest.source import Source
from local.directories import workplace
from local.postgres import start_postgres

ROWS = 5_000_000
SMALL = 500_000  # the same memory at a tenth of the size: it does not grow with the table
PAGE = 5_000
COLUMNS = {
    "id": "bigint PRIMARY KEY", "reference": "varchar(40)", "account": "varchar(20)", "amount": "numeric(18,2)",
    "currency": "char(3)", "status": "varchar(20)", "booked_at": "timestamptz NOT NULL", "value_date": "date",
    "channel": "varchar(20)", "is_reversed": "boolean", "narrative": "text", "fraud_score": "double precision",
}  # fmt: skip
FILL = """
    INSERT INTO bookings SELECT i, 'REF-' || lpad(i::text, 12, '0'), lpad((i %% 1000000)::text, 13, '0'),
      (i %% 10000000) / 100.0, 'KES', (ARRAY['POSTED', 'PENDING', 'FAILED'])[i %% 3 + 1],
      timestamptz '2024-01-01' + i * interval '1 second', date '2024-01-01' + (i %% 700)::int, 'MOBILE', i %% 97 = 0,
      'Payment of invoice ' || i, (i %% 1000) / 10.0
    FROM generate_series(%s::bigint, %s::bigint) AS i
"""


async def measure_extracting() -> AsyncIterator[Result]:
    """On a PostgreSQL of its own; Neo4j has no part in it."""
    with workplace() as place, start_postgres(place, settings={"max_wal_size": "4GB"}) as server:
        read = {}
        _create(server.dsn)
        for rows, first in ((SMALL, 1), (ROWS, SMALL + 1)):
            _fill(server.dsn, first, rows)
            read[rows] = [_read_apart(server.dsn, rows) for _ in range(ROUNDS)]
    yield Result(
        title=f"A table of {len(COLUMNS)} columns, in pages of {PAGE:,}, as Arrow",
        columns=("rows", "rows/s", "peak memory, MiB"),
        rows=[
            (f"{rows:,}", spelled([one[0] for one in found]), spelled([one[1] for one in found]))
            for rows, found in read.items()
        ],
        load=load_average(),
    )


def _create(dsn: str) -> None:
    with psycopg.connect(dsn) as connection:
        columns = ", ".join(f"{name} {type_}" for name, type_ in COLUMNS.items())
        connection.execute(f"CREATE TABLE bookings ({columns})")
        connection.execute("CREATE INDEX ON bookings (booked_at, id)")


def _fill(dsn: str, first: int, last: int) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(FILL, (first, last))
        connection.execute("VACUUM ANALYZE bookings")


def _read_apart(dsn: str, rows: int) -> tuple[float, float]:
    command = [sys.executable, "-m", "bench.extracting", dsn, str(rows)]
    said = subprocess.run(command, capture_output=True, text=True, check=True)
    speed, memory = json.loads(said.stdout)
    return speed, memory


async def _read(dsn: str) -> tuple[int, float]:
    source = Source.model_validate(SOURCE)
    begun, read = perf_counter(), 0
    async with DatabaseReader.connect(source, {source.name: dsn}) as reader:
        async for page in reader.pages(source.tables[0], None, PAGE):
            read += page.rows.num_rows
    return read, read / (perf_counter() - begun)


def _peak_mebibytes() -> float:
    """Of this program alone: what `getrusage` says begins with the size of the process that it was forked from."""
    peak = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    assert peak, "Linux says it."
    return int(peak[1]) / 1024


SOURCE = {
    "name": "bench", "title": "Bench", "number": 0, "category": "", "purpose": "", "database": "", "country": "KE",
    "engine": "postgresql", "pattern": "database", "writes": "", "origin": {"state": "proposed"}, "timezone": "UTC",
    "trust": 1.0, "every": "1h", "overlap": "5m",
    "table": [
        {
            "name": "bookings", "kind": "device", "from": "bookings", "key": "id", "watermark": "booked_at",
            "columns": dict.fromkeys(COLUMNS, "operational"),
        }
    ],
}  # fmt: skip


if __name__ == "__main__":
    count, speed = asyncio.run(_read(sys.argv[1]))
    assert count == int(sys.argv[2]), "Every row was read."
    print(json.dumps((speed, _peak_mebibytes())))
