"""A broker that dies, a process that dies, a broker that lets nobody in, and words that come too late."""

import asyncio
import os
import signal
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from graph.client import GraphClient
from graph.errors import GraphUnavailable
from graph.load import Loader, LoadReport
from graph.records import Batch
from graph.resolution.policy import Policy
from graph.resolve import ResolveReport
from ingest.run import Line
from ingest.source import Source, load_sources
from ledger.ledger import Ledger
from ledger.sources import source_statuses
from local.directories import workplace
from local.kafka import Kafka, start_kafka
from local.ports import reserved_port
from tests.integration.ingest.broker import NOON, Broker, alert, envelope, following
from tests.integration.ingest.line import DEADLINE_SECONDS, LOOK_SECONDS, MemoryLoader, events, eventually, line_of

LATER = NOON + timedelta(minutes=1)


@pytest.fixture
def broker(kafka: Kafka) -> Iterator[Broker]:
    broker = Broker(kafka.address)
    broker.delete()
    broker.create("customer.events", "fraud.events", "risk.events", "login.events", "transaction.events")
    yield broker
    broker.delete()


@pytest.fixture
def source() -> Source:
    return load_sources()["fraud"]


def real_line(graph: GraphClient, ledger: Ledger, policy: Policy) -> Line:
    async def resolve() -> ResolveReport:
        return ResolveReport()

    loader = Loader(graph, ledger, secret=b"secret", policy=policy)
    return Line(loader=loader, resolve=resolve, ledger=ledger, secret=b"secret")


async def stored(graph: GraphClient, statement: str, key: str) -> list[dict[str, object]]:
    return [dict(row) for row in await graph.read(statement, rows=[{"key": key, "hash": None}])]


async def test_a_late_word_changes_nothing(
    broker: Broker, source: Source, graph: GraphClient, ledger: Ledger, policy: Policy
) -> None:
    """Whether it comes behind an event or behind a poll of the same table, in a delivery of its own or with others."""
    line = real_line(graph, ledger, policy)
    async with following(source, {"fraud_events": broker.dsn}, line):
        broker.send("fraud.events", alert(1, LATER, Status="Closed"))
        await loaded(ledger, 1)
        broker.send("fraud.events", alert(1, NOON), alert(2, LATER, Status="Closed"), alert(2, NOON), alert(3))
        await loaded(ledger, 3)
    found = {key: await stored(graph, "load_stored_alerts", f"fraud|alerts|A{key}") for key in (1, 2, 3)}
    times = {key: str(rows[0]["updated_at"])[:19] for key, rows in found.items()}
    assert times == {1: "2026-03-01T12:01:00", 2: "2026-03-01T12:01:00", 3: "2026-03-01T12:00:00"}


async def test_a_device_is_as_it_was_seen_last(
    broker: Broker, graph: GraphClient, ledger: Ledger, policy: Policy
) -> None:
    """A device's row has no other date of its state."""

    def login(number: int, minutes: int, version: str) -> dict[str, object]:
        at = NOON + timedelta(minutes=minutes)
        return envelope("LoginPerformed", at) | {
            "SourceSystem": "Mobile Banking",
            "LoginId": str(number),
            "LocalCustomerId": "U1",
            "Channel": "Mobile",
            "IsSuccessful": True,
            "DeviceInfo": {"DeviceId": "D1", "AppVersion": version, "LastSeenAt": at.isoformat()},
            "LoggedInAt": at.isoformat(),
        }

    mobile = load_sources()["mobile"]
    async with following(mobile, {"mobile_events": broker.dsn}, real_line(graph, ledger, policy)):
        broker.send("login.events", login(1, 5, "new"))
        await loaded(ledger, 2)
        broker.send("login.events", login(2, 1, "old"))
        await loaded(ledger, 3)
    (device,) = await stored(graph, "load_stored_devices", "mobile|devices|D1")
    assert str(device["updated_at"])[:16] == "2026-03-01T12:05"


async def loaded(ledger: Ledger, records: int) -> None:
    """Wait until so many records were new or changed."""
    found = 0
    async with asyncio.timeout(DEADLINE_SECONDS):
        while found < records:
            found = sum(status.records_loaded for status in await source_statuses(ledger))
            await asyncio.sleep(LOOK_SECONDS)
    assert found == records


@dataclass
class DyingLoader(MemoryLoader):
    """Dies, as its process would, when a batch is in the graph and nobody has been told so."""

    deaths: int = 1

    async def load(self, batch: Batch) -> LoadReport:
        done = await super().load(batch)
        if self.deaths:
            self.deaths -= 1
            raise GraphUnavailable("The process was killed.")
        return done


async def test_who_dies_between_loading_and_acknowledging_hears_nothing_twice(
    broker: Broker, source: Source, ledger: Ledger
) -> None:
    loader = DyingLoader()
    broker.send("fraud.events", *(alert(n) for n in range(10)))
    async with following(source, {"fraud_events": broker.dsn}, line_of(loader, ledger)):
        await eventually(lambda: len(loader.records) == 10)
        broker.send("fraud.events", alert(10))
        await eventually(lambda: len(loader.records) == 11)
    (status,) = await source_statuses(ledger)
    assert (loader.deaths, status.records_read) == (0, 1)  # the ten were there, so they were not asked for again


@pytest.mark.nightly
async def test_a_broker_that_is_killed_loses_nothing(tmp_path: Path, source: Source, ledger: Ledger) -> None:
    loader = MemoryLoader()
    with ExitStack() as first:
        place = first.enter_context(workplace(tmp_path))
        running = first.enter_context(start_kafka(place))
        port = int(running.address.rpartition(":")[2])
        broker = Broker(running.address)
        broker.create("customer.events", "fraud.events", "risk.events")
        with capture_logs() as logs:
            async with following(source, {"fraud_events": broker.dsn}, line_of(loader, ledger, batch_size=50)):
                broker.send("fraud.events", *(alert(n) for n in range(500)))
                await eventually(lambda: len(loader.records) > 100)
                assert running.pid is not None
                os.kill(running.pid, signal.SIGKILL)
                await eventually(lambda: any("does not answer" in (it["error"] or "") for it in polled(logs)))
                first.close()
                with workplace(tmp_path) as place, start_kafka(place, port=port) as again:
                    assert again.address == running.address
                    broker.send("fraud.events", *(alert(n) for n in range(500, 600)))
                    await eventually(lambda: len(loader.records) == 600)
    (status,) = await source_statuses(ledger)
    assert status.records_loaded == 600


def polled(logs: list[MutableMapping[str, Any]]) -> list[Mapping[str, Any]]:
    return events(logs, "source_polled")


@pytest.mark.nightly
async def test_who_is_not_let_in_is_told_so(tmp_path: Path, source: Source, ledger: Ledger) -> None:
    with workplace(tmp_path) as place, reserved_port(19_400) as port:
        settings = {
            "listeners": f"SASL://127.0.0.1:{port},PLAINTEXT://127.0.0.1:19492,CONTROLLER://127.0.0.1:19493",
            "advertised.listeners": f"SASL://127.0.0.1:{port},PLAINTEXT://127.0.0.1:19492",
            "controller.quorum.voters": "1@127.0.0.1:19493",
            "sasl.enabled.mechanisms": "PLAIN",
            "listener.name.sasl.plain.sasl.jaas.config": (
                'org.apache.kafka.common.security.plain.PlainLoginModule required user_reader="right";'
            ),
        }
        with start_kafka(place, settings=settings):
            broker = Broker("127.0.0.1:19492")
            broker.create("customer.events", "fraud.events", "risk.events")
            broker.send("fraud.events", alert(1))
            loader = MemoryLoader()
            with capture_logs() as logs:
                wrong = {"fraud_events": f"kafka://reader:hush@127.0.0.1:{port}/"}
                async with following(source, wrong, line_of(loader, ledger)):
                    await eventually(lambda: bool(polled(logs)))
            assert polled(logs)[0]["error"] == (
                "Fraud Detection, events: it refuses the user or the password: check them in its DSN."
            )
            assert "hush" not in repr(logs)
            async with following(
                source, {"fraud_events": f"kafka://reader:right@127.0.0.1:{port}/"}, line_of(loader, ledger)
            ):
                await eventually(lambda: len(loader.records) == 1)
