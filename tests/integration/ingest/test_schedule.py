"""Schedules on a real ledger and a real source."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from psycopg.conninfo import make_conninfo
from structlog.testing import capture_logs

from ingest.schedule import Schedule, run_until_signal
from ingest.source import Source, load_sources
from ledger.ledger import Ledger
from tests.integration.ingest.conftest import SourceDatabase
from tests.integration.ingest.line import MemoryLoader, events, eventually, line_of

AddUsers = Callable[[int, int, object], Awaitable[None]]
NOON = datetime(2024, 1, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def source() -> Source:
    return load_sources()["mobile"]


@asynccontextmanager
async def running(schedule: Schedule) -> AsyncIterator[None]:
    task = asyncio.create_task(schedule.run())
    try:
        yield
    finally:
        schedule.stop()
        await task


async def test_the_first_poll_is_at_once_and_the_next_is_known(
    source: Source, mobile: SourceDatabase, add_users: AddUsers, ledger: Ledger
) -> None:
    loader = MemoryLoader()
    await add_users(1, 3, NOON)
    schedule = Schedule(
        {source.name: source}, {source.name: {source.name: mobile.reader}}, line_of(loader, ledger), every=HOUR
    )
    assert schedule.next_run(source.name) is None
    async with running(schedule):
        await eventually(lambda: len(loader.keys_of("users")) == 3)
        due = schedule.next_run(source.name)
        assert due
        assert timedelta(minutes=59) < due - datetime.now(UTC) <= HOUR
        assert schedule.next_run("nobody") is None
    assert schedule.next_run(source.name) is None


async def test_a_source_is_polled_again_and_again(
    source: Source, mobile: SourceDatabase, add_users: AddUsers, ledger: Ledger
) -> None:
    loader = MemoryLoader()
    every = timedelta(seconds=0.2)
    schedule = Schedule(
        {source.name: source}, {source.name: {source.name: mobile.reader}}, line_of(loader, ledger), every=every
    )
    async with running(schedule):
        await add_users(1, 1, NOON)
        await eventually(lambda: len(loader.keys_of("users")) == 1)
        await add_users(2, 2, NOON)
        await eventually(lambda: len(loader.keys_of("users")) == 2)


async def test_processes_share_the_sources(
    source: Source, mobile: SourceDatabase, add_users: AddUsers, ledger: Ledger
) -> None:
    await add_users(1, 1, NOON)
    other = source.model_copy(update={"name": "other", "title": "Other"})
    sources = {source.name: source, "other": other}
    dsns = {name: {name: mobile.reader} for name in sources}
    mine, rest = MemoryLoader(), MemoryLoader()
    one = Schedule(sources, {source.name: dsns[source.name]}, line_of(mine, ledger), every=HOUR)
    all_of_them = Schedule(sources, dsns, line_of(rest, ledger), every=HOUR)
    with capture_logs() as logs:
        async with running(one):
            await eventually(lambda: bool(mine.records))
            async with running(all_of_them):
                await eventually(lambda: bool(rest.records))
                assert {key.split("|")[0] for key in mine.records} == {source.name}
                assert {key.split("|")[0] for key in rest.records} == {"other"}
    assert [(it["event"], it["sources"]) for it in logs if "sources" in it] == [
        ("reading", [source.name]),
        ("reading", ["other"]),
        ("standing_by", [source.name]),
    ]


async def test_one_schedule_leads_and_another_takes_over(
    source: Source, mobile: SourceDatabase, add_users: AddUsers, ledger: Ledger
) -> None:
    first, second = MemoryLoader(), MemoryLoader()
    await add_users(1, 1, NOON)
    schedules = [
        Schedule(
            {source.name: source}, {source.name: {source.name: mobile.reader}}, line_of(loader, ledger), every=HOUR
        )
        for loader in (first, second)
    ]
    with capture_logs() as logs:
        async with running(schedules[0]):
            await eventually(lambda: bool(first.records))
            async with running(schedules[1]):
                await eventually(lambda: bool(events(logs, "standing_by")))
                assert not second.records
                schedules[0].stop()
                await eventually(lambda: bool(second.records))


async def test_what_fails_for_a_reason_that_may_pass_is_tried_again_soon_and_others_go_on(
    source: Source, mobile: SourceDatabase, add_users: AddUsers, ledger: Ledger
) -> None:
    loader = MemoryLoader()
    await add_users(1, 1, NOON)
    other = source.model_copy(update={"name": "other", "title": "Other"})
    later = make_conninfo(mobile.reader, dbname="wekeza_ingest_later")
    dsns = {source.name: {source.name: mobile.reader}, "other": {"other": later}}
    schedule = Schedule({source.name: source, "other": other}, dsns, line_of(loader, ledger), every=HOUR)
    try:
        async with running(schedule):
            await eventually(lambda: bool(loader.records))
            await mobile.run("CREATE DATABASE wekeza_ingest_later")
            # Its tables are missing, which no waiting mends: so the next poll is the regular one.
            await eventually(lambda: (schedule.next_run("other") or NOON) > datetime.now(UTC) + HOUR / 2)
    finally:
        await mobile.run("DROP DATABASE IF EXISTS wekeza_ingest_later WITH (FORCE)")


async def test_a_graph_that_comes_back_is_used_within_seconds(
    source: Source, mobile: SourceDatabase, add_users: AddUsers, ledger: Ledger
) -> None:
    loader = MemoryLoader(down=True)
    await add_users(1, 1, NOON)
    schedule = Schedule(
        {source.name: source}, {source.name: {source.name: mobile.reader}}, line_of(loader, ledger), every=HOUR
    )
    with capture_logs() as logs:
        async with running(schedule):
            await eventually(lambda: bool(events(logs, "source_polled")))
            loader.down = False
            await eventually(lambda: bool(loader.records))
    assert events(logs, "source_polled")[0]["error"] == "Neo4j does not answer."


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_the_schedule(
    source: Source, mobile: SourceDatabase, ledger: Ledger, number: signal.Signals
) -> None:
    loader = MemoryLoader()
    schedule = Schedule(
        {source.name: source}, {source.name: {source.name: mobile.reader}}, line_of(loader, ledger), every=HOUR
    )
    task = asyncio.create_task(run_until_signal(schedule))
    await eventually(lambda: schedule.next_run(source.name) is not None)
    os.kill(os.getpid(), number)
    await asyncio.wait_for(task, 20)
