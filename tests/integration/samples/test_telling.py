"""What the bank's applications commit they also tell, each event as agreed."""

import json
from collections.abc import Iterator

import pytest
from confluent_kafka import Consumer
from jsonschema import Draft202012Validator

from local.kafka import Kafka
from samples.bank import Bank, create_bank
from samples.live import LiveActivity
from samples.newcomer import NewPerson
from samples.records import FIRST
from tests.architecture.tree import ROOT
from tests.integration.ingest.broker import SECONDS, Broker

TOPICS = ["customer.events", "login.events", "transaction.events", "fraud.events", "risk.events"]


@pytest.fixture
def bank(postgres_admin_dsn: str, kafka: Kafka) -> Iterator[Bank]:
    broker = Broker(kafka.address)
    broker.delete()
    broker.create(*TOPICS, partitions=3)
    yield create_bank(postgres_admin_dsn, kafka_dsn=kafka.dsn, people=60, seed=5, systems=FIRST)
    broker.delete()


def test_the_scenario_is_told_as_it_happens(bank: Bank, kafka: Kafka) -> None:
    assert {name for name, dsn in bank.sources.items() if dsn == kafka.dsn} == {"mobile_events", "fraud_events"}
    live = LiveActivity(bank)
    customer = live.create_customer(NewPerson())
    log_in = live.log_in(customer)
    transacted = live.transact(customer, log_in)
    raised = live.raise_alert(customer, transacted)
    consumer = Consumer(
        {"bootstrap.servers": kafka.address, "log_level": 0, "group.id": "test", "auto.offset.reset": "earliest"}
    )
    consumer.subscribe(TOPICS)
    told: list[tuple[str, object, dict[str, object]]] = []
    while len(told) < 6:
        message = consumer.poll(SECONDS)
        assert message is not None, told
        assert message.error() is None
        told.append((message.topic() or "", message.key(), json.loads(message.value() or b"")))
    consumer.close()
    assert {(topic, key, event["EventType"]) for topic, key, event in told} == {
        ("customer.events", log_in.record.id.encode(), "CustomerCreated"),
        ("customer.events", raised.record.id.encode(), "CustomerCreated"),
        ("login.events", log_in.device.user_id.encode(), "LoginPerformed"),
        ("transaction.events", transacted.seen_id.encode(), "TransactionPosted"),
        ("fraud.events", raised.alert.id.encode(), "FraudAlertRaised"),
        ("risk.events", raised.record.id.encode(), "RiskAssessed"),
    }
    for topic, _, event in told:
        contract = json.loads((ROOT / "docs" / "events" / f"{topic}.json").read_text(encoding="utf-8"))
        assert list(Draft202012Validator(contract).iter_errors(event)) == []
