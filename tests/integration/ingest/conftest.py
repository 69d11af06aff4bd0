"""A source database of our own, with the sample bank's real tables, and a user who may only read them."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

DATABASE, READER, PASSWORD = "wekeza_ingest_tests", "wekeza_ingest_reader", "only for reading"
SCHEMAS = Path(__file__).resolve().parents[3] / "samples" / "schemas"


@dataclass(frozen=True, slots=True)
class SourceDatabase:
    """``admin`` writes to it as the application would; ``reader`` is the DSN that ingest gets."""

    admin: psycopg.AsyncConnection[Any]
    admin_dsn: str
    reader: str

    @property
    def dsns(self) -> dict[str, str]:
        """What settings would give."""
        return {"mobile": self.reader}

    async def run(self, text: str, *values: object) -> None:
        await self.admin.execute(text, values or None)


@pytest.fixture(scope="session")
def database_dsn(postgres_admin_dsn: str) -> Iterator[str]:
    name, reader = sql.Identifier(DATABASE), sql.Identifier(READER)
    with psycopg.connect(postgres_admin_dsn, autocommit=True) as admin:
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
        admin.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(reader))
        admin.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(reader, PASSWORD))
        admin.execute(sql.SQL("CREATE DATABASE {}").format(name))
        yield make_conninfo(postgres_admin_dsn, dbname=DATABASE)
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))
        admin.execute(sql.SQL("DROP ROLE {}").format(reader))


@pytest.fixture
async def mobile(database_dsn: str) -> AsyncIterator[SourceDatabase]:
    """Empty tables of Mobile Banking."""
    schema = (SCHEMAS / "mobile.sql").read_text(encoding="utf-8")
    async with await psycopg.AsyncConnection.connect(database_dsn, autocommit=True) as admin:
        await admin.execute("DROP SCHEMA public CASCADE")
        await admin.execute("CREATE SCHEMA public")
        await admin.execute(schema.encode())
        await admin.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(sql.Identifier(READER)))
        await admin.execute(sql.SQL("GRANT SELECT ON ALL TABLES IN SCHEMA public TO {}").format(sql.Identifier(READER)))
        yield SourceDatabase(admin, database_dsn, make_conninfo(database_dsn, user=READER, password=PASSWORD))


USERS = (
    'INSERT INTO "MobileUsers" ("Id", "PhoneNumber", "FullName", "Status", "EnrolledAt", "UpdatedAt")'
    " SELECT lpad(to_hex(i), 32, '0')::uuid, '07' || (22000000 + i), 'User ' || i, 'Active', %s, %s"
    " FROM generate_series(%s::int, %s::int) AS i"
)


@pytest.fixture
def add_users(mobile: SourceDatabase) -> Any:
    """``await add_users(first, last, updated_at)``: users whose ids are their numbers."""

    async def add(first: int, last: int, updated_at: object) -> None:
        await mobile.run(USERS, updated_at, updated_at, first, last)

    return add
