"""A source's events on a real broker: what becomes of good ones and bad ones, and from where they are read."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from ingest.source import Source, load_sources
from ledger.dead_letters import count_letters
from ledger.ledger import Ledger
from ledger.sources import SourceState, source_statuses
from local.kafka import Kafka
from tests.integration.ingest.broker import NOON, Broker, alert, case, following, score
from tests.integration.ingest.line import MemoryLoader, eventually, line_of

LATER = NOON + timedelta(minutes=1)


@pytest.fixture
def broker(kafka: Kafka) -> Iterator[Broker]:
    """Without any topic."""
    broker = Broker(kafka.address)
    broker.delete()
    yield broker
    broker.delete()


@pytest.fixture
def source() -> Source:
    return load_sources()["fraud"]


@pytest.fixture
def loader() -> MemoryLoader:
    return MemoryLoader()


def dsns(broker: Broker) -> dict[str, str]:
    return {"fraud_events": broker.dsn}


async def letters(ledger: Ledger) -> dict[tuple[str, str], int]:
    async with ledger.transaction() as connection:
        return {(it.table, it.reason): it.letters for it in await count_letters(connection)}


async def test_events_become_the_records_that_their_rows_are(
    broker: Broker, source: Source, ledger: Ledger, loader: MemoryLoader
) -> None:
    broker.create("fraud.events", "risk.events")
    broker.send("fraud.events", alert(1), case(1))
    broker.send("fraud.events", alert(2), partition=1)
    broker.send("risk.events", score(1))
    keys = {"fraud|alerts|A1", "fraud|alerts|A2", "fraud|cases|1", "fraud|scores|1"}
    async with following(source, dsns(broker), line_of(loader, ledger)):
        await eventually(lambda: set(loader.records) == keys)
        broker.send("fraud.events", alert(3, LATER), alert(1, LATER, Status="Closed"))
        await eventually(lambda: "fraud|alerts|A3" in loader.records)
        assert loader.records["fraud|alerts|A1"].status == "closed"  # type: ignore[union-attr]
    (status,) = await source_statuses(ledger)
    assert (status.state, status.records_loaded, status.records_rejected) == (SourceState.OK, 6, 0)
