"""What the relational copy is: as its document says, and readable by nobody but those who may."""

from typing import Any

import pytest
from psycopg import AsyncConnection, sql

from ledger.ledger import Ledger
from ledger.reports import BUSINESS, IDENTITY
from ledger.reports_model import GRANTS, ROLE, describe, may_be_read
from tests.architecture.tree import ROOT

VIEWS = ("account_360", "customer_360", "risk_profile", "transaction_360")
DOCUMENT = (ROOT / "docs" / "data-model.md").read_text(encoding="utf-8")


async def one(connection: AsyncConnection[Any], query: sql.SQL | sql.Composed) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in await (await connection.execute(query)).fetchall()]


async def test_the_document_is_what_the_database_says(ledger: Ledger) -> None:
    async with ledger.transaction() as connection:
        assert await describe(connection) == DOCUMENT


async def test_every_view_and_column_and_table_has_words(ledger: Ledger) -> None:
    async with ledger.transaction() as connection:
        columns = await one(
            connection,
            sql.SQL(
                "SELECT relname, attname, col_description(attrelid, attnum) FROM pg_attribute"
                " JOIN pg_class ON attrelid = pg_class.oid"
                " WHERE relnamespace = 'reports'::regnamespace AND relkind = 'v' AND attnum > 0"
            ),
        )
        words = await one(
            connection,
            sql.SQL(
                "SELECT relname, obj_description(oid, 'pg_class') FROM pg_class"
                " WHERE relnamespace = 'reports'::regnamespace AND relkind IN ('r', 'v')"
            ),
        )
    assert {view for view, _, _ in columns} == set(VIEWS)
    assert [(view, name) for view, name, said in columns if (said or "").partition(":")[0].lower() != name] == []
    assert [name for name, said in words if not said] == []


async def test_the_tables_are_those_that_are_written(ledger: Ledger) -> None:
    async with ledger.transaction() as connection:
        for table in (*IDENTITY, *BUSINESS.values()):
            query = sql.SQL("SELECT attname FROM pg_attribute WHERE attrelid = {}::regclass AND attnum > 0")
            found = await one(connection, query.format(sql.Literal(f"reports.{table.name}")))
            assert {name for (name,) in found} == set(table.columns)


async def test_the_role_reads_the_views_and_nothing_else(ledger: Ledger) -> None:
    async with ledger.transaction() as connection:
        assert await may_be_read(connection)
        await connection.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(ROLE)))
        for view in VIEWS:
            await connection.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier("reports", view)))
        await connection.execute("RESET ROLE")
        for table in ("reports.record", "reports.transaction", "wekeza.record_version"):
            query = sql.SQL("SELECT has_table_privilege({}, {}, 'SELECT')")
            assert await one(connection, query.format(sql.Literal(ROLE), sql.Literal(table))) == [(False,)]


async def test_what_is_to_be_run_where_the_role_may_not_be_created(ledger: Ledger) -> None:
    """What is printed does what the migration would have done."""
    async with ledger.session() as connection, connection.transaction(force_rollback=True):
        await connection.execute(sql.SQL("DROP OWNED BY {}").format(sql.Identifier(ROLE)))
        assert not await may_be_read(connection)
        await connection.execute(GRANTS.partition("\n")[2].encode())
        assert await may_be_read(connection)


async def test_a_copy_that_another_ledger_left_is_taken_away_and_nothing_else(ledger: Ledger) -> None:
    async with ledger.session() as connection:
        await connection.execute("INSERT INTO reports.membership VALUES (gen_random_uuid(), gen_random_uuid())")
        await connection.execute("DROP SCHEMA wekeza CASCADE")
        await ledger.migrate()
        assert await one(connection, sql.SQL("SELECT FROM reports.membership")) == []
        await connection.execute("COMMENT ON SCHEMA reports IS 'the bank''s own'")
        await connection.execute("DROP SCHEMA wekeza CASCADE")
        with pytest.raises(Exception, match="DuplicateSchema"):
            await ledger.migrate()
        await connection.execute("DROP SCHEMA reports CASCADE")
