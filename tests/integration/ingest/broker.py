"""The other side of the stream: topics, and who writes to them."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from confluent_kafka import KafkaError, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec  # type: ignore[attr-defined]  # it has no types
from confluent_kafka.cimpl import NewTopic
from tenacity import retry, retry_if_exception, stop_after_delay, wait_fixed

from ingest.contracts.topics import TOPICS
from ingest.follow import follow
from ingest.run import Line
from ingest.source import Source

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECONDS = 20.0
LARGE = 8_000_000  # bytes: so that somebody may send what we do not take


def _still_there(fault: BaseException) -> bool:
    return isinstance(fault, KafkaException) and fault.args[0].code() == KafkaError.TOPIC_ALREADY_EXISTS


class Broker:
    def __init__(self, address: str) -> None:
        self.dsn = f"kafka://{address}/"
        quiet: dict[str, str | int | float] = {"bootstrap.servers": address, "log_level": 0}
        self._admin = AdminClient(quiet)
        self._producer = Producer({**quiet, "enable.idempotence": True, "message.max.bytes": LARGE, "linger.ms": 0})

    def create(self, *topics: str, partitions: int = 2) -> None:
        """A topic that is being deleted has its name for a while yet."""

        @retry(stop=stop_after_delay(SECONDS), wait=wait_fixed(0.05), retry=retry_if_exception(_still_there))
        def create(topic: str) -> None:
            made = NewTopic(topic, partitions, 1, config={"max.message.bytes": str(LARGE)})
            self._admin.create_topics([made])[topic].result(SECONDS)

        for topic in topics:
            create(topic)
            while not all(self._keeps(topic, partition) for partition in range(partitions)):
                self.delete(topic)
                create(topic)

    def _keeps(self, topic: str, partition: int) -> bool:
        """Whether a message stays there: what is sent to one made anew may be lost with its former self."""
        self.send(topic, b"probe", partition=partition)
        kept = self.end(topic, partition) == 1
        if kept:
            self.cut(topic, partition, 1)
        return kept

    def end(self, topic: str, partition: int) -> int:
        """The offset that the next message will have; 0 while the topic is not there yet."""
        place = TopicPartition(topic, partition)
        try:
            found = self._admin.list_offsets({place: OffsetSpec.latest()})[place].result(SECONDS)  # type: ignore[no-untyped-call]
        except KafkaException:
            return 0
        return int(found.offset)

    def delete(self, *topics: str) -> None:
        known = self._admin.list_topics(timeout=SECONDS).topics
        if gone := [topic for topic in topics or TOPICS if topic in known]:
            for done in self._admin.delete_topics(gone).values():
                done.result(SECONDS)
            while not {*gone}.isdisjoint(self._admin.list_topics(timeout=SECONDS).topics):
                continue

    def partitions(self, topic: str) -> int:
        """Of a topic; 0 of one that is not there."""
        found = self._admin.list_topics(timeout=SECONDS).topics.get(topic)
        return len(found.partitions) if found else 0

    def cut(self, topic: str, partition: int, before: int) -> None:
        """Drop the messages before an offset, as a broker does when they are too old."""
        for done in self._admin.delete_records([TopicPartition(topic, partition, before)]).values():
            done.result(SECONDS)

    def send(self, topic: str, *messages: object, key: str | None = "k", partition: int = 0) -> None:
        """Bytes and None as they are, anything else as JSON; returns when the broker has all of them."""
        for message in messages:
            value = message if isinstance(message, bytes | None) else json.dumps(message).encode()
            self._producer.produce(topic, value, key, partition)
        if self._producer.flush(SECONDS):
            raise TimeoutError("The broker did not take them.")


def alert(number: int, at: datetime = NOON, **words: object) -> dict[str, object]:
    """An alert's event; ``at`` is when its state is of."""
    return envelope("FraudAlertRaised", at) | {
        "AlertId": f"A{number}",
        "AlertType": "11",
        "RiskScore": 875.0,
        "Status": "Open",
        "LocalCustomerId": "CUST_1",
        "RaisedAt": NOON.isoformat(),
        "UpdatedAt": at.isoformat(),
        **words,
    }


def case(number: int, at: datetime = NOON) -> dict[str, object]:
    return envelope("FraudCaseOpened", at) | {
        "CaseId": str(number),
        "OpenedAt": NOON.isoformat(),
        "UpdatedAt": at.isoformat(),
    }


def score(number: int, at: datetime = NOON) -> dict[str, object]:
    return envelope("RiskAssessed", at) | {
        "AssessmentId": str(number),
        "LocalCustomerId": "CUST_1",
        "Score": 333.0,
        "AssessedAt": at.isoformat(),
    }


def envelope(event_type: str, at: datetime = NOON) -> dict[str, object]:
    return {
        "Id": f"{event_type} {at}",
        "EventType": event_type,
        "SchemaVersion": 1,
        "OccurredAt": at.isoformat(),
        "SourceSystem": "Fraud Detection",
    }


@asynccontextmanager
async def following(source: Source, dsns: Mapping[str, str], line: Line) -> AsyncIterator[asyncio.Task[None]]:
    stopping = asyncio.Event()
    task = asyncio.create_task(follow(source, "stream", dsns, line, stopping))
    try:
        yield task
    finally:
        stopping.set()
        await asyncio.gather(task, return_exceptions=True)
