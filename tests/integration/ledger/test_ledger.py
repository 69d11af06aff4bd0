import asyncio
import traceback

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from ledger.errors import LedgerError, LedgerUnavailable, SchemaTooNew, WrongSecret
from ledger.ledger import Ledger
from ledger.locks import writer_lock
from ledger.steps import Birth, MembershipDelta, Outcome, append_outcome, append_step, open_steps, ranks_of

BIRTHS = [Birth(f"core|customer|{n}", f"00000000-0000-8000-8000-00000000000{n}") for n in (3, 1, 2)]
CHAIN = ("step", "outcome", "rank", "membership_delta")


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


@pytest.mark.parametrize("table", CHAIN)
@pytest.mark.parametrize("change", ["DELETE FROM {}", "TRUNCATE {} CASCADE", "UPDATE {} SET step = step"])
async def test_the_database_itself_refuses_to_change_the_chain(ledger: Ledger, table: str, change: str) -> None:
    text = change.format(f"wekeza.{table}").replace(
        "SET step = step", "SET at = at" if table == "step" else "SET step = step"
    )
    with pytest.raises(LedgerError, match="RaiseException"):
        async with ledger.transaction() as connection:
            await connection.execute(text.encode())


async def test_births_get_the_next_ranks_in_their_order(ledger: Ledger) -> None:
    async with writer_lock(ledger) as writer:
        first = await append_step(writer, "load", system="core", births=BIRTHS[:2])
        second = await append_step(writer, "load", system="core", births=BIRTHS[2:])
    assert {(key[-1], named.rank) for key, named in first.ranks.items()} == {("3", 1), ("1", 2)}
    assert {(key[-1], named.rank) for key, named in second.ranks.items()} == {("2", 3)}
    assert first.at <= second.at
    async with ledger.transaction() as connection:
        known = await ranks_of(connection, [birth.key for birth in BIRTHS] + ["core|customer|unknown"])
    assert {(key, named.birth_id, named.rank) for key, named in known.items()} == {
        (birth.key, birth.birth_id, rank) for rank, birth in enumerate(BIRTHS, start=1)
    }


async def test_time_never_runs_backwards(ledger: Ledger) -> None:
    async with writer_lock(ledger) as writer:
        await writer.execute("INSERT INTO step (id, at, kind) VALUES (1, now() + interval '1 day', 'load')")
        step = await append_step(writer, "load")
        cursor = await writer.execute("SELECT at FROM step WHERE id = 1")
        assert [row[0] async for row in cursor] == [step.at]


async def test_a_step_is_appended_whole_or_not_at_all(ledger: Ledger) -> None:
    unknown = "00000000-0000-8000-8000-000000000009"
    async with writer_lock(ledger) as writer:
        with pytest.raises(psycopg.errors.ForeignKeyViolation):
            await append_step(writer, "resolve", births=BIRTHS, deltas=[MembershipDelta(unknown, None, unknown)])
        cursor = await writer.execute("SELECT (SELECT count(*) FROM step) + (SELECT count(*) FROM rank)")
        assert [row[0] async for row in cursor] == [0]


async def test_an_error_does_not_quote_rows(ledger: Ledger) -> None:
    async def bear_twice() -> None:
        async with writer_lock(ledger) as writer:
            await append_step(writer, "load", births=[BIRTHS[0], BIRTHS[0]])

    with pytest.raises(LedgerError) as caught:
        await bear_twice()
    assert BIRTHS[0].birth_id not in "".join(traceback.format_exception(caught.value))


async def test_steps_stay_open_until_they_have_an_outcome(ledger: Ledger) -> None:
    async with writer_lock(ledger) as writer:
        for _ in range(3):
            await append_step(writer, "load")
        await append_outcome(writer, 1, Outcome.COMMITTED)
        assert await open_steps(writer) == [2, 3]


async def test_a_server_that_is_away_or_refuses_is_named_without_the_password(ledger_dsn: str) -> None:
    nowhere = make_conninfo(ledger_dsn, dbname="no_such_database", password="pa55word")
    closed = make_conninfo(ledger_dsn, host="127.0.0.1", port=1, password="pa55word")
    for dsn, reason in ((nowhere, "no_such_database"), (closed, "refused")):
        with pytest.raises(LedgerUnavailable, match=reason) as caught:
            async with Ledger.connect(dsn):
                pass
        assert "pa55word" not in str(caught.value)


async def test_a_connection_that_the_server_ends_is_replaced(ledger: Ledger) -> None:
    with pytest.raises(LedgerUnavailable):
        async with ledger.transaction() as connection:
            await connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    async with ledger.transaction() as connection:
        assert await open_steps(connection) == []
