"""Polls of a real database: what they load, and how they end when something is wrong."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from psycopg.conninfo import make_conninfo
from structlog.testing import capture_logs

from graph.client import GraphClient
from graph.load import Loader, LoadReport
from graph.records import Batch
from graph.resolution.policy import Policy
from graph.resolve import Resolver
from ingest.pipeline import poll
from ingest.run import Line
from ingest.source import Source, load_sources
from ledger.ledger import Ledger
from ledger.sources import SourceState, source_statuses
from tests.integration.ingest.conftest import SourceDatabase
from tests.integration.ingest.line import MemoryLoader, events, line_of

AddUsers = Callable[[int, int, object], Awaitable[None]]
NOON = datetime(2024, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def source() -> Source:
    return load_sources()["mobile"]


@pytest.fixture
def loader() -> MemoryLoader:
    return MemoryLoader()


async def add_login(mobile: SourceDatabase, user: int) -> None:
    await mobile.run(
        'INSERT INTO "LoginActivity" ("Id", "MobileUserId", "DeviceId", "IsSuccessful", "IpAddress", "OccurredAt")'
        " VALUES (gen_random_uuid(), lpad(to_hex(%s::int), 32, '0')::uuid, 'device', true, '198.18.0.1', now())",
        user,
    )


async def test_a_second_poll_loads_nothing_and_writes_nothing_to_a_real_graph(
    source: Source, mobile: SourceDatabase, add_users: AddUsers, graph: GraphClient, ledger: Ledger, policy: Policy
) -> None:
    await add_users(1, 50, NOON)
    await add_login(mobile, 1)
    loader = Loader(graph, ledger, secret=b"secret", policy=policy)
    trust = {source.name: source.trust}
    resolver = Resolver(graph, ledger, secret=b"secret", policy=policy, trust=trust)
    line = Line(loader=loader, resolve=resolver.resolve, ledger=ledger, secret=b"secret", batch_size=20)
    first = await poll(source, mobile.dsns, line)
    second = await poll(source, mobile.dsns, line)
    assert (first.error, first.read, first.loaded, first.unchanged) == (None, 51, 51, 0)
    assert (second.error, second.read, second.loaded, second.unchanged) == (None, 51, 0, 51)


async def test_rows_cost_one_load_a_batch(
    source: Source, mobile: SourceDatabase, add_users: AddUsers, ledger: Ledger, loader: MemoryLoader
) -> None:
    await add_users(1, 1_050, NOON)
    report = await poll(source, mobile.dsns, line_of(loader, ledger, batch_size=100))
    assert (report.loaded, loader.batches) == (1_050, 11)


async def test_a_lost_column_stops_its_table_only_and_is_told(
    source: Source, mobile: SourceDatabase, add_users: AddUsers, ledger: Ledger, loader: MemoryLoader
) -> None:
    await add_users(1, 3, NOON)
    await add_login(mobile, 1)
    await mobile.run('ALTER TABLE "DeviceInfo" DROP "OperatingSystem"')
    report = await poll(source, mobile.dsns, line_of(loader, ledger))
    assert (len(loader.keys_of("users")), len(loader.keys_of("logins"))) == (3, 1)
    (status,) = await source_statuses(ledger)
    assert (status.state, status.last_read, status.records_loaded) == (SourceState.DOWN, None, 4)
    assert status.last_error == report.error
    assert "lost the column 'OperatingSystem'" in (report.error or "")
    assert not report.retryable


async def test_a_source_that_is_down_stops_nobody_else(
    source: Source, mobile: SourceDatabase, add_users: AddUsers, ledger: Ledger, loader: MemoryLoader
) -> None:
    await add_users(1, 3, NOON)
    line = line_of(loader, ledger)
    other = source.model_copy(update={"name": "other", "title": "Other"})
    down, up = await asyncio.gather(
        poll(other, {other.name: make_conninfo(mobile.reader, port="1")}, line), poll(source, mobile.dsns, line)
    )
    assert (up.state, up.loaded) == (SourceState.OK, 3)
    assert (down.state, down.retryable) == (SourceState.DOWN, True)
    assert (down.error or "").startswith("Other: it does not answer")
    assert {(status.system, status.state) for status in await source_statuses(ledger)} == {
        ("mobile", SourceState.OK),
        ("other", SourceState.DOWN),
    }


async def test_a_graph_that_is_down_is_one_sentence_and_the_next_poll_goes_on(
    source: Source, mobile: SourceDatabase, add_users: AddUsers, ledger: Ledger, loader: MemoryLoader
) -> None:
    await add_users(1, 3, NOON)
    loader.down = True
    failed = await poll(source, mobile.dsns, line_of(loader, ledger))
    loader.down = False
    again = await poll(source, mobile.dsns, line_of(loader, ledger))
    assert (failed.error, failed.retryable) == ("Neo4j does not answer.", True)
    assert (again.error, again.loaded) == (None, 3)


async def test_rejected_rows_are_counted_and_logged_without_what_they_say(
    source: Source, mobile: SourceDatabase, ledger: Ledger, loader: MemoryLoader
) -> None:
    await mobile.run(
        "INSERT INTO \"ChannelTransactions\" SELECT gen_random_uuid(), gen_random_uuid(), '', 's', 'WKZ1', 'T',"
        " 1, 'KES', 'secret purpose', 3, 'x', now(), NULL, NULL"
    )
    with capture_logs() as logs:
        report = await poll(source, mobile.dsns, line_of(loader, ledger))
    assert (report.read, report.loaded, report.rejected) == (1, 0, 1)
    (rejected,) = events(logs, "rows_rejected")
    assert (rejected["table"], rejected["reason"], rejected["field"], rejected["rows"]) == (
        "transactions", "missing_field", "of", 1,
    )  # fmt: skip
    assert len(rejected["key_hashes"]) == 1
    (polled,) = events(logs, "source_polled")
    assert {"read", "loaded", "rejected", "identity_matches", "errors", "seconds"} <= polled.keys()
    assert "secret purpose" not in json.dumps(logs, default=str)


async def test_latency_is_measured_from_the_second_load_on(
    source: Source, mobile: SourceDatabase, add_users: AddUsers, ledger: Ledger, loader: MemoryLoader
) -> None:
    line = line_of(loader, ledger)
    await add_users(1, 3, NOON)
    cold = await poll(source, mobile.dsns, line)
    await add_users(4, 4, datetime.now(UTC) - timedelta(seconds=30))
    warm = await poll(source, mobile.dsns, line)
    assert cold.latency == (0.0, 0)
    seconds, rows = warm.latency
    assert rows == 1
    assert 30 <= seconds < 60
    (status,) = await source_statuses(ledger)
    assert (status.latency_count, status.records_matched) == (1, 4)


async def test_a_poll_that_is_told_to_stop_ends_at_a_batch(
    source: Source, mobile: SourceDatabase, add_users: AddUsers, ledger: Ledger, loader: MemoryLoader
) -> None:
    await add_users(1, 100, NOON)
    stopping = asyncio.Event()
    line = line_of(loader, ledger, batch_size=10)
    load = loader.load

    async def load_and_stop(batch: Batch) -> LoadReport:
        stopping.set()
        return await load(batch)

    loader.load = load_and_stop  # type: ignore[method-assign]  # the first batch rings the bell
    stopped = await poll(source, mobile.dsns, line, stopping)
    rest = await poll(source, mobile.dsns, line)
    assert (stopped.error, stopped.loaded, rest.loaded) == (None, 10, 90)
