import os
import signal
from pathlib import Path

import pytest
from confluent_kafka import Consumer, Producer
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from local.directories import UNFINISHED, workplace
from local.errors import LocalError
from local.kafka import Kafka, reach_kafka, start_kafka

SECONDS = 30.0


def send(kafka: Kafka, value: bytes) -> None:
    producer = Producer({"bootstrap.servers": kafka.address, "log_level": 0, "enable.idempotence": True})
    producer.produce("kept", value, b"key")
    assert producer.flush(SECONDS) == 0


def values(kafka: Kafka) -> list[bytes | None]:
    consumer = Consumer(
        {"bootstrap.servers": kafka.address, "log_level": 0, "group.id": "g", "auto.offset.reset": "earliest"}
    )
    consumer.subscribe(["kept"])
    first = consumer.poll(SECONDS)
    found = [it.value() for it in ([first] if first else []) + consumer.consume(10, 0.5)]
    consumer.close()
    return found


@pytest.mark.nightly
def test_it_keeps_its_topics_also_when_it_is_killed_and_is_back_soon(tmp_path: Path) -> None:
    data = tmp_path / "my data"
    with workplace(data) as place, start_kafka(place) as kafka:
        admin = AdminClient({"bootstrap.servers": kafka.address, "log_level": 0})
        admin.create_topics([NewTopic("kept", 1, 1)])["kept"].result(SECONDS)
        send(kafka, b"one")
        assert reach_kafka(kafka.dsn).address == kafka.address
        with workplace() as other, start_kafka(other) as second:
            assert second.address != kafka.address
        assert kafka.pid is not None
        os.kill(kafka.pid, signal.SIGKILL)
    with workplace(data) as place, start_kafka(place) as again:
        send(again, b"two")
        assert values(again) == [b"one", b"two"]
    with pytest.raises(LocalError, match="check KAFKA_URL"):
        reach_kafka(again.dsn)


def test_a_format_that_was_cut_short_is_made_again(tmp_path: Path) -> None:
    half = tmp_path / "data" / "kafka"
    (half / "files").mkdir(parents=True)
    (half / "files" / "meta.properties").write_text("version=1\n")
    (half / UNFINISHED).touch()
    with workplace(tmp_path / "data") as place, start_kafka(place) as kafka:
        assert reach_kafka(kafka.dsn).pid is None


@pytest.mark.parametrize("dsn", ["nonsense", "amqp://a:1/", "kafka:///"])
def test_what_is_no_address_is_said(dsn: str) -> None:
    with pytest.raises(LocalError, match="write it as kafka://"):
        reach_kafka(dsn)
