import asyncio

import pytest

from ledger.errors import LedgerUnavailable, LockLost
from ledger.ledger import Ledger
from ledger.locks import ingest_lock, rebuild_lock, resolver_lock, writer_lock

SOON_SECONDS = 5.0


async def test_each_source_belongs_to_one_process_until_it_leaves(ledger: Ledger) -> None:
    async with ingest_lock(ledger) as first, ingest_lock(ledger) as second:
        assert first is not None
        assert second is not None
        assert await first.claim(["core", "web"]) == {"core", "web"}
        assert await first.claim(["core"]) == frozenset()  # ours already: once is enough
        assert await second.claim(["core", "ussd"]) == {"ussd"}
        assert (sorted(first.held), sorted(second.held)) == (["core", "web"], ["ussd"])
    async with ingest_lock(ledger) as third:
        assert third is not None
        assert await third.claim(["core", "ussd", "web"]) == {"core", "ussd", "web"}


async def test_a_rebuild_has_all_sources_alone(ledger: Ledger) -> None:
    async with ingest_lock(ledger) as ingesting:
        assert ingesting is not None
        async with rebuild_lock(ledger) as alone:
            assert not alone
    async with rebuild_lock(ledger) as alone:
        assert alone
        async with ingest_lock(ledger) as ingesting, rebuild_lock(ledger) as another:
            assert (ingesting, another) == (None, False)


async def test_whose_session_ended_is_told_that_its_claims_are_gone(ledger: Ledger) -> None:
    async with ingest_lock(ledger) as claims:
        assert claims is not None
        await claims.claim(["core"])
        await end_other_sessions(ledger)
        with pytest.raises(LockLost):
            await claims.claim([])


async def test_one_at_a_time_resolves(ledger: Ledger) -> None:
    inside: list[str] = []

    async def resolve(name: str) -> None:
        async with resolver_lock(ledger):
            inside.append(name)
            assert inside == [name]
            await asyncio.gather(*(ledger.accept_secret(b"s" * 32) for _ in range(3)))  # others have every chance
            inside.remove(name)

    await asyncio.wait_for(asyncio.gather(*(resolve(name) for name in "abc")), SOON_SECONDS)


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
