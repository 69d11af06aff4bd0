"""What the sample bank tells is as agreed, and says of each thing what its row says."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from ingest.connectors.messages import Message, hear, to_page
from ingest.contracts.event import Event
from ingest.mapping import map_rows
from ingest.source import load_sources
from samples import events
from samples.population import populate
from samples.tables import Row
from samples.telling import TOPICS, _spell
from tests.architecture.tree import ROOT
from tests.unit.ingest.rows import SECRET
from tests.unit.samples.mapped import map_tables

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def told() -> list[tuple[str, str, Row]]:
    """Of every row that an application tells of: system, topic and event."""
    population = populate(200, 7, NOW)
    rows = {(system, table.name): table.rows for system, tables in population.tables.items() for table in tables}
    devices = {row["DeviceId"]: row for row in rows["mobile", "DeviceInfo"]}
    logins = rows["mobile", "LoginActivity"]
    scores = [{"id": n, **row} for n, row in enumerate(rows["fraud", "risk_scores"], start=1)]
    return [
        *(("mobile", "customer.events", events.user(it)) for it in rows["mobile", "MobileUsers"]),
        *(("fraud", "customer.events", events.monitored(it)) for it in rows["fraud", "monitored_customers"]),
        *(("mobile", "login.events", events.login(it, devices[it["DeviceId"]])) for it in logins),
        *(("mobile", "transaction.events", events.transaction(it)) for it in rows["mobile", "ChannelTransactions"]),
        *(("fraud", "fraud.events", events.alert(it)) for it in rows["fraud", "fraud_alerts"]),
        *(("fraud", "fraud.events", events.case(it)) for it in rows["fraud", "analyst_cases"]),
        *(("fraud", "risk.events", events.score(it)) for it in scores),
    ]


def test_every_event_is_as_its_contract_says(told: list[tuple[str, str, Row]]) -> None:
    validators = {
        topic: Draft202012Validator(
            json.loads((ROOT / "docs" / "events" / f"{topic}.json").read_text(encoding="utf-8")),
            format_checker=FormatChecker(),
        )
        for topic in TOPICS
    }
    assert {topic for _, topic, _ in told} == {
        "customer.events",
        "login.events",
        "transaction.events",
        "fraud.events",
        "risk.events",
    }
    for _, topic, event in told:
        validators[topic].validate(json.loads(_json(event)))


def test_an_event_and_its_row_are_the_same_record(told: list[tuple[str, str, Row]]) -> None:
    sources = load_sources()
    population = populate(200, 7, NOW)
    polled: Mapping[str, Any] = {
        record.key: record
        for system in ("mobile", "fraud")
        for mapped in map_tables(population, sources[system]).values()
        for record in mapped.records
    }
    for system, table in ((name, it) for name in ("mobile", "fraud") for it in sources[name].tables if it.events):
        mine = [event for _, topic, event in told if topic == table.table]
        messages = [
            Message(topic=table.table, partition=0, offset=n, key=b"k", value=_json(event))
            for n, event in enumerate(mine)
        ]
        heard = [hear(it) for it in messages]
        assert all(isinstance(it, Event) for it in heard)
        page = to_page(system, table, messages, heard)
        records = map_rows(sources[system], table, page.rows, SECRET).records
        assert records
        assert [it for it in records if polled[it.key] != it] == []


def _json(event: Row) -> bytes:
    return json.dumps(event, default=_spell).encode()
