"""A source's events on a real broker: what becomes of good ones and bad ones, and from where they are read."""

import json
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from ingest.connectors.messages import Message, Unread, to_page
from ingest.dead_letters import Letterbox, replay
from ingest.rejections import Reason
from ingest.source import Source, load_sources
from ledger.dead_letters import count_letters
from ledger.ledger import Ledger
from ledger.sources import SourceState, source_statuses
from local.kafka import Kafka
from tests.integration.ingest.broker import NOON, Broker, alert, case, envelope, following, score
from tests.integration.ingest.line import MemoryLoader, events, eventually, line_of

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
    broker.create("customer.events", "fraud.events", "risk.events")
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


async def test_what_nobody_can_read_is_kept_and_stops_nothing(
    broker: Broker, source: Source, ledger: Ledger, loader: MemoryLoader
) -> None:
    broker.create("customer.events", "fraud.events", "risk.events")
    wrong = alert(8, LATER, RiskScore="much")
    poison = [
        b"\xff\x00 no JSON",
        b"[1]",
        b"x" * 5_000_000,
        None,
        alert(6) | {"SchemaVersion": 99},
        envelope("SomethingNew"),
        wrong,
    ]
    broker.send("fraud.events", alert(1), *poison)
    broker.send("fraud.events", alert(7), key=None)
    broker.send("fraud.events", alert(2))
    with capture_logs() as logs:
        async with following(source, dsns(broker), line_of(loader, ledger)):
            await eventually(lambda: set(loader.records) == {"fraud|alerts|A1", "fraud|alerts|A2"})
    of_any = {"not_json", "not_as_agreed", "too_large", "no_value", "unknown_event"}
    found = await letters(ledger)
    assert {reason for table, reason in found if table == "case_events"} == of_any
    assert {reason: n for (table, reason), n in found.items() if table == "alert_events"} == {
        **dict.fromkeys(of_any | {"unknown_version", "no_key"}, 1),
        "not_as_agreed": 2,
    }
    (status,) = await source_statuses(ledger)
    assert (status.state, status.records_rejected) == (SourceState.OK, 13)
    assert {entry["reason"] for entry in events(logs, "rows_rejected")} == of_any | {"unknown_version", "no_key"}
    assert "much" not in repr(logs)
    broker.send("fraud.events", alert(8, LATER))
    async with following(source, dsns(broker), line_of(loader, ledger)):
        await eventually(lambda: "fraud|alerts|A8" in loader.records)
    assert (await letters(ledger))["alert_events", "not_as_agreed"] == 1  # A8 has arrived in a better form


async def test_a_message_is_replayed_once_its_contract_is_known(
    broker: Broker, source: Source, ledger: Ledger, loader: MemoryLoader
) -> None:
    """The letter is of a day on which nobody knew the version that we know now."""
    table = next(it for it in source.tables if it.name == "alert_events")
    said = [alert(1), alert(2) | {"SchemaVersion": 99}]
    messages = [
        Message(topic="fraud.events", partition=0, offset=n, key=b"k", value=json.dumps(it).encode())
        for n, it in enumerate(said)
    ]
    page = to_page("fraud", table, messages, [Unread(Reason.UNKNOWN_VERSION, it) for it in said])
    box = Letterbox(ledger, source, b"secret")
    await box.keep_poison(table, page.poison)
    await box.keep_poison(table, page.poison)  # delivered again, it is the same letter
    done = await replay(source, table, ledger, loader.load, b"secret")
    assert (done.loaded, done.kept, set(loader.records)) == (1, 1, {"fraud|alerts|A1"})
    assert await letters(ledger) == {("alert_events", "unknown_version"): 1}


async def test_of_each_thing_the_last_word_of_a_delivery_counts(
    broker: Broker, source: Source, ledger: Ledger, loader: MemoryLoader
) -> None:
    broker.create("customer.events", "fraud.events", "risk.events")
    times = [NOON + timedelta(seconds=n) for n in range(300)]
    broker.send("fraud.events", *(alert(n % 3, at, Reason=str(at)) for n, at in enumerate(times)))
    async with following(source, dsns(broker), line_of(loader, ledger)):
        await eventually(lambda: len(loader.records) == 3)
        await eventually(lambda: loader.records["fraud|alerts|A2"].reason == str(times[-1]))  # type: ignore[union-attr]
    assert [loader.records[f"fraud|alerts|A{n}"].reason for n in range(3)] == [str(it) for it in times[-3:]]  # type: ignore[union-attr]


async def test_it_goes_on_where_the_graph_stands(
    broker: Broker, source: Source, ledger: Ledger, loader: MemoryLoader
) -> None:
    """Whatever the broker remembers of the group: a graph that was set back hears again what it does not know."""
    broker.create("customer.events", "fraud.events", "risk.events")
    broker.send("fraud.events", alert(1), alert(2))
    async with following(source, dsns(broker), line_of(loader, ledger)):
        await eventually(lambda: len(loader.records) == 2)
    before, positions = dict(loader.records), dict(loader.positions)
    broker.send("fraud.events", alert(3), alert(4))
    loader.records.clear()
    async with following(source, dsns(broker), line_of(loader, ledger)):
        await eventually(lambda: len(loader.records) == 2)
    assert set(loader.records) == {"fraud|alerts|A3", "fraud|alerts|A4"}
    loader.records, loader.positions = before, positions
    async with following(source, dsns(broker), line_of(loader, ledger)):
        await eventually(lambda: len(loader.records) == 4)
    assert {key: position.key for key, position in loader.positions.items()} == {
        ("fraud", "alert_events (stream fraud.events/0)"): str(broker.end("fraud.events", 0))
    }


async def test_a_topic_that_is_missing_stops_no_other_and_is_read_once_it_is_there(
    broker: Broker, source: Source, ledger: Ledger, loader: MemoryLoader
) -> None:
    broker.create("customer.events", "risk.events")
    broker.send("risk.events", score(1))
    async with following(source, dsns(broker), line_of(loader, ledger)):
        await eventually(lambda: "fraud|scores|1" in loader.records)
        (status,) = await source_statuses(ledger)
        assert status.state is SourceState.DOWN
        assert status.last_error == (
            "Fraud Detection: there is no topic 'fraud.events': create it, or check its name; the others are read."
        )
        broker.create("fraud.events")
        broker.send("fraud.events", alert(1))
        await eventually(lambda: "fraud|alerts|A1" in loader.records)
    (status,) = await source_statuses(ledger)
    assert status.state is SourceState.OK


@pytest.mark.parametrize("running", [False, True], ids=["while nobody reads", "while it is read"])
async def test_a_topic_that_was_made_anew_is_read_from_its_beginning(
    broker: Broker, source: Source, ledger: Ledger, loader: MemoryLoader, running: bool
) -> None:
    broker.create("customer.events", "fraud.events", "risk.events")
    broker.send("fraud.events", *(alert(n) for n in range(5)))
    with capture_logs() as logs:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(following(source, dsns(broker), line_of(loader, ledger)))
            await eventually(lambda: len(loader.records) == 5)
            if not running:
                await stack.aclose()
            broker.delete("fraud.events")
            broker.create("fraud.events")
            broker.send("fraud.events", *(alert(n) for n in range(10, 20)))
            if not running:
                await stack.enter_async_context(following(source, dsns(broker), line_of(loader, ledger)))
            await eventually(lambda: len(loader.records) == 15)
    (told, *_) = [entry for entry in events(logs, "stream_interrupted") if entry["table"] == "alert_events"]
    assert told["why"] == "it was made anew: it is read from its beginning."


async def test_messages_that_went_unread_are_told(
    broker: Broker, source: Source, ledger: Ledger, loader: MemoryLoader
) -> None:
    broker.create("customer.events", "fraud.events", "risk.events")
    broker.send("fraud.events", alert(1))
    async with following(source, dsns(broker), line_of(loader, ledger)):
        await eventually(lambda: len(loader.records) == 1)
    read = broker.end("fraud.events", 0)
    broker.send("fraud.events", *(alert(n) for n in range(2, 8)))
    broker.cut("fraud.events", 0, before=read + 3)
    with capture_logs() as logs:
        async with following(source, dsns(broker), line_of(loader, ledger)):
            await eventually(lambda: len(loader.records) == 4)
    (told,) = [entry for entry in events(logs, "stream_interrupted") if entry["table"] == "alert_events"]
    assert (told["part"], told["why"]) == (
        "fraud.events/0",
        "3 messages are gone that nobody had read: it keeps them for too short a time.",
    )


async def test_two_processes_share_a_topic_and_one_takes_over(
    broker: Broker, source: Source, ledger: Ledger, loader: MemoryLoader
) -> None:
    """Neither loses nor doubles anything while partitions go from one to the other and back."""
    broker.create("customer.events", "fraud.events", "risk.events", partitions=4)
    line = line_of(loader, ledger)

    def send(first: int) -> None:
        for number in range(first, first + 40):
            broker.send("fraud.events", alert(number), partition=number % 4)

    def are_there(number: int) -> Callable[[], bool]:
        return lambda: len(loader.records) == number

    async with following(source, dsns(broker), line):
        send(0)
        await eventually(are_there(40))
        async with following(source, dsns(broker), line):
            send(100)
            await eventually(are_there(80))
            send(200)
            await eventually(are_there(120))
        send(300)
        await eventually(are_there(160))
    (status,) = await source_statuses(ledger)
    assert (status.records_read, status.records_loaded, status.errors) == (160, 160, 0)


async def test_no_more_is_delivered_at_once_than_is_asked_for(
    broker: Broker, source: Source, ledger: Ledger, loader: MemoryLoader
) -> None:
    broker.create("customer.events", "fraud.events", "risk.events", partitions=1)
    broker.send("fraud.events", *(alert(n) for n in range(100)))
    async with following(source, dsns(broker), line_of(loader, ledger, batch_size=10)):
        await eventually(lambda: len(loader.records) == 100)
    assert loader.batches >= 10


async def test_a_graph_that_is_down_loses_nothing(
    broker: Broker, source: Source, ledger: Ledger, loader: MemoryLoader
) -> None:
    broker.create("customer.events", "fraud.events", "risk.events")
    async with following(source, dsns(broker), line_of(loader, ledger)):
        broker.send("fraud.events", alert(1))
        await eventually(lambda: len(loader.records) == 1)
        loader.down = True
        broker.send("fraud.events", alert(2), b"no JSON", alert(3))
        with capture_logs() as logs:
            await eventually(lambda: any(entry["error"] == "Neo4j does not answer." for entry in polled(logs)))
        loader.down = False
        await eventually(lambda: len(loader.records) == 3)
    assert await letters(ledger) == {("alert_events", "not_json"): 1, ("case_events", "not_json"): 1}


@pytest.mark.parametrize(
    ("dsn", "sentence"),
    [
        ("kafka://127.0.0.1:9/", "it does not answer: does the broker run, and are hosts and ports right in its DSN?"),
        ("kafka://127.0.0.1/", "its DSN cannot be read: write kafka://host:port"),
        ("kafka://127.0.0.1:9/?enable.ssl.certificate.verification=false", "its DSN cannot be read: write kafka://"),
        ("kafka://127.0.0.1:9/?security.protocol=NONSENSE", "its DSN has an option that Kafka's client cannot use."),
    ],
)
async def test_what_is_wrong_is_one_sentence(
    source: Source, ledger: Ledger, loader: MemoryLoader, dsn: str, sentence: str
) -> None:
    with capture_logs() as logs:
        async with following(source, {"fraud_events": dsn}, line_of(loader, ledger)):
            await eventually(lambda: bool(polled(logs)))
    assert polled(logs)[0]["error"].startswith(f"Fraud Detection, events: {sentence}")


def polled(logs: list[MutableMapping[str, Any]]) -> list[Mapping[str, Any]]:
    return events(logs, "source_polled")
