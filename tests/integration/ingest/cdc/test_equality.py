"""By the log or by a poll: the same rows, the same types, the same records."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import aclosing

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.connectors.cdc import CdcFollower
from ingest.connectors.database import DatabaseReader
from ingest.grants import publication_of
from ingest.run import run_source
from ingest.source import Source
from ledger.ledger import Ledger
from local.postgres import Postgres
from tests.integration.ingest.cdc.bank import NAME, Bank, Graph, add, books, followed, line
from tests.integration.ingest.cdc.conftest import bank_on
from tests.integration.ingest.line import eventually

COLUMNS = {
    "id": "uuid PRIMARY KEY",
    "i": "integer", "s": "smallint", "b": "boolean", "n": "numeric(18,4)", "nn": "numeric",
    "f": "double precision", "r": "real", "t": "text", "v": "varchar(20)", "c": "char(5)", "d": "date",
    "ts": "timestamp", "tz": "timestamptz", "ti": "time", "iv": "interval", "j": "json", "jb": "jsonb", "by": "bytea",
    "ta": "text[]", "ia": "integer[]", "ip": "inet", "e": "mood", "p": "positive", "yes": "agreed", "m": "money",
    "o": "oid", "k": "bigint",
}  # fmt: skip
TYPES = """
CREATE TYPE mood AS ENUM ('good', 'bad'); CREATE DOMAIN positive AS integer CHECK (value > 0);
CREATE DOMAIN agreed AS boolean;
"""
ROWS = [
    """('00000000-0000-0000-0000-000000000001', -5, 7, true, 12345.6789, 1.50, 0.1, 0.1, 'ünï ''quoted'' \\ and',
    'v', 'c', '1990-02-28', '2024-05-06 07:08:09.123456', '2024-05-06 07:08:09.1+03', '07:08:09', '1 day 02:03:04',
    '{"a": [1, null]}', '{"b": {"c": "d"}}', '\\xdeadbeef', '{one,"two, three",NULL}', '{1,2}', '10.0.0.1/8', 'good', 5,
    true, 12.34, 26, 9223372036854775807)""",
    "('00000000-0000-0000-0000-000000000002'" + ", NULL" * (len(COLUMNS) - 1) + ")",
    """('00000000-0000-0000-0000-000000000003', 0, 0, false, -0.0001, 'NaN', 'Infinity', '-0', '', '', '', 'infinity',
    '0044-03-15 BC', '-infinity', '24:00', '-1 month', 'null', 'null', '', '{}', '{}', '::1', 'bad', 1, false, -1,
    0, 0)""",
]


def things() -> Source:
    """A source of one table with a column of each type."""
    table = {"name": "things", "kind": "device", "from": "things", "key": "id"}
    columns = dict.fromkeys(COLUMNS, "operational")
    return Source.model_validate(
        books().model_dump(by_alias=True, exclude={"tables", "places", "cdc", "every", "overlap", "ignore", "origin"})
        | {"every": "1m", "overlap": "5m", "origin": {"state": "proposed"}, "timezone": "Africa/Nairobi"}
        | {"table": [{**table, "columns": columns}]}
    )


async def test_every_type_is_as_a_poll_reads_it(bank: Bank) -> None:
    source = things()
    listed = ", ".join(f'"{name}" {type_}' for name, type_ in COLUMNS.items())
    await bank.run(f"{TYPES}; CREATE TABLE things ({listed}); GRANT SELECT ON things TO {NAME}")
    await bank.run(f"DROP PUBLICATION {NAME}", f"SELECT pg_drop_replication_slot('{NAME}')")
    await bank.run(*publication_of(NAME, source.tables))
    await bank.run(f"INSERT INTO things VALUES {', '.join(ROWS)}")  # noqa: S608 - of ours
    async with DatabaseReader.connect(source, bank.dsns) as reader:
        (polled,) = [page.rows async for page in reader.pages(source.tables[0], None, 100)]
    told, unreadable = await first_rows(source, bank)
    assert told.schema == polled.schema
    assert told.sort_by("id").to_pylist() == polled.sort_by("id").to_pylist()
    assert unreadable <= {"d", "ts", "tz"}  # what Arrow has no time for


async def first_rows(source: Source, bank: Bank) -> tuple[pa.Table, set[str]]:
    async with (
        CdcFollower.connect(source, bank.dsns, asyncio.Event()) as follower,
        aclosing(follower.deliveries(100)) as groups,
    ):
        async for deliveries in groups:
            if deliveries:
                return deliveries[0].page.rows, {*deliveries[0].page.unreadable}
    raise AssertionError("the log ended")


KEY = st.integers(1, 4)
NOTES = st.sampled_from(["NULL", "'short'", "repeat('x', 5000)", "repeat('y', 6000)"])
CHANGE = st.one_of(
    st.builds("INSERT INTO people (id, name, notes) VALUES ({}, 'N', {}) ON CONFLICT DO NOTHING".format, KEY, NOTES),
    st.builds("UPDATE people SET notes = {} WHERE id = {}".format, NOTES, KEY),
    st.builds("UPDATE people SET name = name || 'x', updated_at = now() WHERE id = {}".format, KEY),
    st.builds("UPDATE people SET active = NOT active WHERE id = {}".format, KEY),
    st.builds(
        "UPDATE people SET id = {0} WHERE id = {1} AND NOT EXISTS (SELECT FROM people WHERE id = {0})".format, KEY, KEY
    ),
    st.builds("DELETE FROM people WHERE id = {}".format, KEY),
    st.builds("INSERT INTO accounts (owner, number, balance, currency) VALUES ({0}, '{0}', {0}, 'KES')".format, KEY),
    st.builds("UPDATE accounts SET balance = balance + 1 WHERE owner = {}".format, KEY),
    st.builds("DELETE FROM accounts WHERE owner = {}".format, KEY),
)
HISTORY = st.lists(st.lists(CHANGE, min_size=1, max_size=5), min_size=1, max_size=8)  # of transactions
EXAMPLES = int(os.environ.get("TEST_HISTORIES", "6"))


@pytest.fixture(scope="module")
async def shared(log_server: Postgres) -> AsyncIterator[Bank]:
    async with bank_on(log_server.dsn) as found:
        yield found


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=HISTORY)
async def test_whatever_happens_the_log_tells_what_a_poll_finds(
    shared: Bank, ledger: Ledger, history: list[list[str]]
) -> None:
    await shared.run("DELETE FROM people", "DELETE FROM accounts")
    by_log, by_poll = Graph(), Graph()
    async with followed(books(), shared, line(by_log, ledger, batch_size=3)):
        for changes in history:
            await shared.commit(*changes)
        await shared.run(add(99))
        await eventually(lambda: ("99", "Person 99") in by_log.names())
    await run_source(books(), shared.dsns, line(by_poll, ledger))
    assert by_log.records == by_poll.records
