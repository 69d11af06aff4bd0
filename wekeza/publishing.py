"""Tells on Kafka what happens to customers: one process at a time, in the order of the feed, each event at least once.

The place is stored once the broker has what is before it. Whoever takes over, or goes on after a fault, tells again
what is behind it: a stretch may come twice, but in its order, and nothing is left out. An event's key is the GCID it is
about, so a topic of several partitions keeps the order of each customer; ours has one, and so the order of all.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import structlog
from confluent_kafka import KafkaError, KafkaException, Producer
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from graph.errors import IdentityError
from graph.history import History
from ingest.connectors.brokers import client_settings
from ingest.errors import SourceUnavailable
from ledger.errors import LedgerError
from ledger.feed import Place
from ledger.ledger import Ledger
from ledger.locks import publisher_lock
from ledger.publication import publish, published
from wekeza.identity_events import TOPIC, IdentityEvent, to_event

PAGE = 1_000  # events that are told at once
EVERY_SECONDS = 0.5
ANSWER_SECONDS = 30.0
TOPIC_SECONDS = 5.0
RETRY_SECONDS = 5.0
SURE = {
    "enable.idempotence": True,
    "acks": "all",
    "linger.ms": 5,
    "delivery.timeout.ms": round(1000 * ANSWER_SECONDS),
    "allow.auto.create.topics": False,
}

log = structlog.get_logger()


class NotTold(Exception):
    """One sentence: why the broker does not have it."""


@asynccontextmanager
async def publishing(dsn: str | None, ledger: Ledger, history: History) -> AsyncIterator[None]:
    """Tell what happens while the block runs; without a DSN nobody is told."""
    if dsn is None:
        yield
        return
    task = asyncio.create_task(_go_on(dsn, ledger, history))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _go_on(dsn: str, ledger: Ledger, history: History) -> None:
    told = ""
    while True:
        try:
            async with publisher_lock(ledger) as alone:
                if alone:
                    await _tell(dsn, ledger, history)
        except (NotTold, SourceUnavailable, IdentityError, LedgerError) as fault:
            if str(fault) != told:
                log.warning("identity_events_wait", error=str(fault))
            told = str(fault)
        await asyncio.sleep(RETRY_SECONDS)


async def _tell(dsn: str, ledger: Ledger, history: History) -> None:
    """Raises NotTold or what a store raises; until then it goes on for ever."""
    settings = client_settings(dsn)
    await asyncio.to_thread(_ensure_topic, settings)
    producer = Producer({**settings, **SURE})
    async with ledger.transaction() as connection:
        place = await published(connection, TOPIC)
    log.info("telling_identity_events", step=place[0])
    while True:
        events = await history.changes(place, PAGE)
        if not events:
            await asyncio.sleep(EVERY_SECONDS)
            continue
        await asyncio.to_thread(_send, producer, [to_event(event) for event in events])
        place = await _store(ledger, (events[-1].step, events[-1].number))


async def _store(ledger: Ledger, place: Place) -> Place:
    async with ledger.transaction() as connection:
        await publish(connection, TOPIC, place)
    return place


def _send(producer: Producer, events: Sequence[IdentityEvent]) -> None:
    """Raises NotTold unless the broker has all of them."""
    faults: list[str] = []

    def note(error: KafkaError | None, _: object) -> None:
        if error is not None:
            faults.append(error.name())

    for event in events:
        producer.produce(TOPIC, event.model_dump_json().encode(), event.gcid, on_delivery=note)
    left = producer.flush(2 * ANSWER_SECONDS)
    if left or faults:
        raise NotTold(
            f"Kafka did not take {left or len(faults):,} identity events ({faults[0] if faults else 'no answer'}): "
            "they are told again once it does. Does the broker of WEKEZA_EVENTS run, and may we write to "
            f"{TOPIC!r}?"
        )


def _ensure_topic(settings: dict[str, str | int]) -> None:
    """Make the topic, with one partition, if it is not there."""
    try:
        admin = AdminClient(dict(settings))
        if TOPIC not in admin.list_topics(timeout=TOPIC_SECONDS).topics:
            admin.create_topics([NewTopic(TOPIC, 1, -1)])[TOPIC].result(ANSWER_SECONDS)
    except KafkaException as fault:
        error = fault.args[0]
        if error.code() != KafkaError.TOPIC_ALREADY_EXISTS:
            raise NotTold(
                f"Kafka has no topic {TOPIC!r} for us ({error.name()}): does the broker of WEKEZA_EVENTS run, and may "
                "we create the topic? Else create it, with one partition."
            ) from None
