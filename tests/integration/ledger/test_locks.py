import asyncio

import pytest

from ledger.errors import LedgerUnavailable, LockLost
from ledger.ledger import Ledger
from ledger.locks import leader_lock, writer_lock

SOON_SECONDS = 5.0


async def test_there_is_one_leader_until_it_leaves(ledger: Ledger) -> None:
    async with leader_lock(ledger) as first:
        assert first is not None
        await first.confirm()
        async with leader_lock(ledger) as second:
            assert second is None
    async with leader_lock(ledger) as third:
        assert third is not None


async def test_a_leader_whose_session_ended_is_told(ledger: Ledger) -> None:
    async with leader_lock(ledger) as leader:
        assert leader is not None
        await end_other_sessions(ledger)
        with pytest.raises(LockLost):
            await leader.confirm()


async def test_writers_wait_for_each_other(ledger: Ledger) -> None:
    entered = asyncio.Event()

    async def write() -> None:
        async with writer_lock(ledger):
            entered.set()

    async with writer_lock(ledger):
        waiting = asyncio.create_task(write())
        await asyncio.wait([waiting], timeout=0.2)
        assert not entered.is_set()
    await asyncio.wait_for(waiting, SOON_SECONDS)
    assert entered.is_set()


async def test_the_lock_of_a_writer_that_died_is_free(ledger: Ledger) -> None:
    async def die() -> None:
        async with writer_lock(ledger) as writer:
            await end_other_sessions(ledger)
            await writer.execute("SELECT 1")

    with pytest.raises(LedgerUnavailable):
        await die()
    async with asyncio.timeout(SOON_SECONDS), writer_lock(ledger):
        pass


async def end_other_sessions(ledger: Ledger) -> None:
    async with ledger.session() as connection:
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND datname = current_database()"
        )
