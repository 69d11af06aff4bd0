"""Topics of the sample bank on a Kafka broker, and who tells on them what happened."""

import json
from datetime import datetime
from urllib.parse import urlsplit

from confluent_kafka import KafkaError, KafkaException, Producer
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from samples.server import BankError
from samples.tables import Row

TOPICS = (
    "customer.events",
    "account.events",
    "transaction.events",
    "payment.events",
    "login.events",
    "fraud.events",
    "risk.events",
)
PARTITIONS = 3
SECONDS = 10.0


class Teller:
    """Tells what happened. An event is with the broker when `tell` returns; BankError if it does not take it."""

    def __init__(self, dsn: str) -> None:
        self._producer = Producer({**_client(dsn), "enable.idempotence": True, "linger.ms": 0})

    def tell(self, topic: str, key: str, event: Row) -> None:
        """What happened to the same thing has the same key, so that it is heard in its order."""
        self._producer.produce(topic, json.dumps(event, default=_spell).encode(), key)
        if self._producer.flush(SECONDS):
            raise BankError(f"The Kafka broker does not take events on {topic!r}: does it run?")


def ensure_topics(dsn: str) -> None:
    """Create those that are not there. BankError if the broker does not answer."""
    admin = AdminClient(_client(dsn))  # ends what it was asked for when it is gone
    for done in admin.create_topics([NewTopic(name, PARTITIONS, 1) for name in TOPICS]).values():
        try:
            done.result(SECONDS)
        except KafkaException as fault:
            if fault.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                raise BankError("The Kafka broker does not let us create topics: does it run?") from fault


def _client(dsn: str) -> dict[str, str | int | float]:
    return {"bootstrap.servers": urlsplit(dsn).netloc, "log_level": 0}


def _spell(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
