"""A PostgreSQL of our own, which may be killed, with a ledger and a bank whose owner ran the printed script."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from ingest.grants import PASSWORD, grants_of
from local.directories import workplace
from local.postgres import Postgres, start_postgres
from tests.integration.ingest.cdc.bank import NAME, SCHEMA, Bank, books

END = "SELECT pg_terminate_backend(active_pid, 10000) FROM pg_replication_slots WHERE active"
DROP = "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots"


@pytest.fixture(scope="package")
def log_server() -> Iterator[Postgres]:
    with workplace() as place, start_postgres(place) as server:
        yield server


@pytest.fixture(scope="package")
def ledger_dsn(log_server: Postgres) -> str:
    """Instead of the one beside a Neo4j, which nothing here asks for."""
    return log_server.dsn


@pytest.fixture
async def bank(log_server: Postgres) -> AsyncIterator[Bank]:
    async with bank_on(log_server.dsn) as found:
        yield found


@asynccontextmanager
async def bank_on(admin_dsn: str) -> AsyncIterator[Bank]:
    user = sql.Identifier(NAME)
    async with await psycopg.AsyncConnection.connect(admin_dsn, autocommit=True) as admin:
        await admin.execute("CREATE DATABASE bank")
        dsn = make_conninfo(admin_dsn, dbname="bank")
        async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as owner:
            await owner.execute(SCHEMA.encode())
            await owner.execute(grants_of(books()).encode())
            yield Bank(owner, dsn, make_conninfo(dsn, user=NAME, password=PASSWORD))
    # a new connection: the server may have been killed meanwhile
    async with await psycopg.AsyncConnection.connect(admin_dsn, autocommit=True) as admin:
        await admin.execute(END)
        await admin.execute(DROP)
        await admin.execute("DROP DATABASE bank WITH (FORCE)")
        await admin.execute(sql.SQL("DROP ROLE {}").format(user))
