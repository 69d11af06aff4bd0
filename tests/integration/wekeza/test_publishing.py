"""What happens to customers is told on a real broker: all of it, in the order of the feed, by one process at a time."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from confluent_kafka import Consumer
from jsonschema import Draft202012Validator
from structlog.testing import capture_logs

from api.pages import decode_cursor
from graph.history import History
from ingest.contracts.topics import json_schema
from ledger.entries import Entries, EventKind, IdentityEvent
from ledger.ledger import Ledger
from ledger.publication import publish, published
from ledger.steps import Outcome
from local.kafka import Kafka
from tests.integration.ingest.broker import Broker
from tests.integration.ingest.line import events, eventually
from tests.integration.ledger.told import A, B, C, tell
from wekeza.identity_events import TOPIC
from wekeza.identity_events import IdentityEvent as Told
from wekeza.publishing import publishing

SECRET = b"secret"
STORY = (
    Entries(events=[IdentityEvent(what=EventKind.CREATED, gcid=it, records=1) for it in (A, B)]),
    Entries(events=[IdentityEvent(what=EventKind.MERGED, gcid=A, others=(B,), records=1)]),
    Entries(
        events=[
            IdentityEvent(what=EventKind.SPLIT, gcid=A, others=(A, C), records=1),
            IdentityEvent(what=EventKind.MOVED, gcid=C, others=(A,), records=1),
        ]
    ),
)
WHOLE = [
    ("IdentityCreated", A, [], [A]),
    ("IdentityCreated", B, [], [B]),
    ("IdentityMerged", A, [B], [A]),
    ("IdentitySplit", A, [A], [A, C]),
    ("IdentityMoved", C, [A], [C]),
]


@pytest.fixture
def broker(kafka: Kafka) -> Iterator[Broker]:
    """Without the topic."""
    broker = Broker(kafka.address)
    broker.delete(TOPIC)
    yield broker
    broker.delete(TOPIC)


class Hearer:
    """All that is on the topic, in its order, so far."""

    def __init__(self, kafka: Kafka) -> None:
        settings = {
            "bootstrap.servers": kafka.address,
            "log_level": 0,
            "group.id": "hearer",
            "enable.auto.commit": False,
        }
        self._consumer = Consumer(
            {**settings, "auto.offset.reset": "earliest", "topic.metadata.refresh.interval.ms": 500}
        )
        self._consumer.subscribe([TOPIC])
        self.heard: list[dict[str, Any]] = []
        self.keys: list[bytes | None] = []

    def count(self) -> int:
        for message in self._consumer.consume(100, 0.1):
            if message.error() is None:
                self.heard.append(json.loads(message.value() or b""))
                self.keys.append(message.key())
        return len(self.heard)

    def told(self) -> list[tuple[str, str, list[str], list[str]]]:
        return [(it["EventType"], it["Gcid"], it["From"], it["To"]) for it in self.heard]

    def close(self) -> None:
        self._consumer.close()


@pytest.fixture
def hearer(kafka: Kafka, broker: Broker) -> Iterator[Hearer]:
    broker.create(TOPIC, partitions=1)
    hearer = Hearer(kafka)
    yield hearer
    hearer.close()


@asynccontextmanager
async def telling(broker: Broker, ledger: Ledger) -> AsyncIterator[None]:
    async with publishing(broker.dsn, ledger, History(ledger, SECRET)):
        yield


async def test_all_is_told_in_the_order_of_the_feed(broker: Broker, hearer: Hearer, ledger: Ledger) -> None:
    await tell(ledger, *STORY[:2])
    async with telling(broker, ledger):
        await eventually(lambda: hearer.count() == 3)
        await tell(ledger, *STORY[2:])
        await eventually(lambda: hearer.count() == 5)
    assert hearer.told() == WHOLE
    assert hearer.keys == [it["Gcid"].encode() for it in hearer.heard]
    validator = Draft202012Validator(json_schema(TOPIC, (Told,)))
    assert [error for it in hearer.heard for error in validator.iter_errors(it)] == []


async def test_the_id_is_the_cursor_from_which_changes_go_on(broker: Broker, hearer: Hearer, ledger: Ledger) -> None:
    await tell(ledger, *STORY)
    async with telling(broker, ledger):
        await eventually(lambda: hearer.count() == 5)
    step, number = decode_cursor(hearer.heard[2]["Id"], ("number", "number")) or (0, 0)
    rest = await History(ledger, SECRET).changes((step, number), 10)
    assert [it.what for it in rest] == [EventKind.SPLIT, EventKind.MOVED]


async def test_what_is_not_settled_waits_and_holds_back_what_is_behind_it(
    broker: Broker, hearer: Hearer, ledger: Ledger
) -> None:
    await tell(ledger, STORY[0])
    (open_step,) = await tell(ledger, STORY[1], outcome=None)
    await tell(ledger, STORY[2])
    async with telling(broker, ledger):
        await eventually(lambda: hearer.count() == 2)
        async with ledger.transaction() as connection:
            assert (await published(connection, TOPIC))[0] < open_step.id
            await connection.execute(
                "INSERT INTO outcome (step, what) VALUES (%s, %s)", [open_step.id, Outcome.COMMITTED]
            )
        await eventually(lambda: hearer.count() == 5)
    assert hearer.told() == WHOLE


async def test_who_did_not_live_to_store_the_place_tells_again_and_in_order(
    broker: Broker, hearer: Hearer, ledger: Ledger
) -> None:
    await tell(ledger, *STORY)
    async with telling(broker, ledger):
        await eventually(lambda: hearer.count() == 5)
    async with ledger.transaction() as connection:
        first = decode_cursor(hearer.heard[1]["Id"], ("number", "number")) or (0, 0)
        await publish(connection, TOPIC, (first[0], first[1]))
    async with telling(broker, ledger):
        await eventually(lambda: hearer.count() == 8)
    assert hearer.told() == [*WHOLE, *WHOLE[2:]]
    assert len({it["Id"] for it in hearer.heard}) == 5


async def test_two_processes_tell_once(broker: Broker, hearer: Hearer, ledger: Ledger) -> None:
    await tell(ledger, STORY[0])
    async with telling(broker, ledger), telling(broker, ledger):
        await eventually(lambda: hearer.count() >= 2)
        await tell(ledger, *STORY[1:])
        await eventually(lambda: hearer.count() >= 5)
    assert hearer.told() == WHOLE


async def test_the_topic_is_made_with_one_partition_and_so_one_order(
    broker: Broker, kafka: Kafka, ledger: Ledger
) -> None:
    await tell(ledger, *STORY)
    async with telling(broker, ledger):
        await eventually(lambda: broker.partitions(TOPIC) == 1)


async def test_a_broker_that_is_away_is_one_sentence(ledger: Ledger) -> None:
    with capture_logs() as logs:
        async with publishing("kafka://u:hush@127.0.0.1:9/", ledger, History(ledger, SECRET)):
            await eventually(lambda: bool(events(logs, "identity_events_wait")))
    (told,) = events(logs, "identity_events_wait")
    assert "does the broker of WEKEZA_EVENTS run" in told["error"]
    assert "hush" not in repr(logs)


async def test_without_a_broker_nobody_is_told(ledger: Ledger) -> None:
    before = asyncio.all_tasks()
    async with publishing(None, ledger, History(ledger, SECRET)):
        assert asyncio.all_tasks() == before
