import asyncio
from time import monotonic

import pytest
from psycopg.conninfo import make_conninfo

from ledger.errors import LedgerUnavailable, SchemaTooNew, WrongSecret
from ledger.ledger import Ledger
from ledger.steps import open_steps
from tests.fixtures.relay import Failing, relay_to


async def test_migrations_are_applied_once_also_by_many_at_once(ledger: Ledger) -> None:
    versions = await asyncio.gather(*(ledger.migrate() for _ in range(4)))
    assert len(set(versions)) == 1
    async with ledger.transaction() as connection:
        rows = await connection.execute("SELECT version FROM wekeza.migration ORDER BY version")
        assert [row[0] async for row in rows] == list(range(1, versions[0] + 1))


async def test_a_newer_schema_is_refused(ledger: Ledger) -> None:
    async with ledger.transaction() as connection:
        await connection.execute("INSERT INTO migration (version) VALUES (99)")
    with pytest.raises(SchemaTooNew, match="version 99"):
        await ledger.migrate()


async def test_another_secret_is_refused(ledger: Ledger) -> None:
    await ledger.accept_secret(b"a" * 32)
    await ledger.accept_secret(b"a" * 32)
    with pytest.raises(WrongSecret, match="another secret"):
        await ledger.accept_secret(b"b" * 32)


async def test_a_server_that_is_away_or_refuses_is_named_without_the_password(ledger_dsn: str) -> None:
    nowhere = make_conninfo(ledger_dsn, dbname="no_such_database", password="pa55word")
    closed = make_conninfo(ledger_dsn, host="127.0.0.1", port=1, password="pa55word")
    for dsn, reason in ((nowhere, "no_such_database"), (closed, "refused")):
        with pytest.raises(LedgerUnavailable, match=reason) as caught:
            async with Ledger.connect(dsn):
                pass
        assert "pa55word" not in str(caught.value)


async def test_a_server_that_stays_away_is_waited_for_once(
    ledger_dsn: str, postgres_admin_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A round of many sources asks many times: it must not take minutes to say that the ledger is gone."""
    monkeypatch.setattr("ledger.ledger.POOL_WAIT_SECONDS", 4.0)
    async with (
        relay_to(postgres_admin_dsn) as line,
        Ledger.connect(make_conninfo(ledger_dsn, host="127.0.0.1", port=line.own_port)) as ledger,
    ):
        line.fail_after(0, Failing.CUT)
        begun = monotonic()
        for _ in range(8):
            with pytest.raises(LedgerUnavailable, match=r"did not let us in|broke off"):
                async with ledger.transaction():
                    pass
        assert monotonic() - begun < 3 * 4.0
        line.limit = None
        async with ledger.transaction() as connection:
            assert await open_steps(connection) == []


async def test_a_connection_that_the_server_ends_is_replaced(ledger: Ledger) -> None:
    with pytest.raises(LedgerUnavailable):
        async with ledger.transaction() as connection:
            await connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    async with ledger.transaction() as connection:
        assert await open_steps(connection) == []
