"""`kill -9` of the ingest, Kafka, PostgreSQL and Neo4j, at moments of chance, while 20,000 events come by Kafka and by
the log of a core: afterwards the graph is that of a line which hears the same events undisturbed.

It takes minutes and runs in `make test-nightly` alone. PostgreSQL is the source, the ledger and the log at once.
"""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from threading import Thread

import psycopg
import pytest
from confluent_kafka import Producer
from neo4j import Driver
from neo4j.exceptions import DriverError, Neo4jError
from psycopg.conninfo import make_conninfo
from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_fixed

from ingest.source import load_sources
from samples import events
from samples.activity.channel import draw_device
from samples.bank import Bank, create_bank
from samples.records import draw_uuid
from samples.rows import comprehensive, fraud, mobile
from samples.rows.comprehensive import Account, Booking
from samples.tables import Row
from tests.e2e.commands import running
from tests.e2e.own import OwnServers, own_servers
from tests.e2e.picture import Picture, differences, picture, renamed
from tests.e2e.test_crashes import Line
from tests.fixtures.servers import WIPE
from wekeza.owner import publish_bank

pytestmark = pytest.mark.nightly

EVENTS = int(os.environ.get("TEST_EVENTS", "20000"))
SYSTEMS = ("database_api", "mobile", "fraud")
SERVERS = ("PostgreSQL", "Kafka", "Neo4j")
INGEST = "the ingest"
BEGIN = datetime(2026, 3, 1, 8, tzinfo=UTC)
PATIENCE_SECONDS = 900.0
AWAY = (psycopg.OperationalError, DriverError, Neo4jError)
COUNT = "MATCH (n) WHERE (n:Login OR n:RiskScore OR n:Transaction) AND NOT n:Expected RETURN count(n) AS number"


def patiently() -> Retrying:
    """What is away comes back, for it is this test that killed it."""
    return Retrying(
        stop=stop_after_delay(PATIENCE_SECONDS), wait=wait_fixed(0.2), retry=retry_if_exception_type(AWAY), reraise=True
    )


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnServers]:
    with own_servers(tmp_path_factory.mktemp("own servers"), SERVERS) as servers:
        yield servers


@pytest.fixture(scope="module")
def bank(own: OwnServers) -> Bank:
    made = create_bank(own["PostgreSQL"].dsn, None, own["Kafka"].dsn, people=40, systems=SYSTEMS)
    publish_bank(made, load_sources())
    return made


@dataclass(frozen=True, slots=True)
class Story:
    """What happens: messages with their topics and keys, and rows of the core's transactions."""

    messages: tuple[tuple[str, str, Row], ...]
    rows: tuple[Row, ...]

    @classmethod
    def draw(cls, bank: Bank, number: int) -> "Story":
        """Two fifths log-ins, two fifths scores, one fifth bookings."""
        random = Random(number)
        users = _column(bank, "mobile", 'SELECT "Id"::text FROM "MobileUsers" ORDER BY 1')
        watched = _column(bank, "fraud", "SELECT customer_ref FROM monitored_customers ORDER BY 1")
        accounts = _column(bank, "database_api", 'SELECT "Id"::text FROM "Accounts" ORDER BY 1')
        messages: list[tuple[str, str, Row]] = []
        for n in range(2 * number // 5):
            device, at = draw_device(random, random.choice(users)), BEGIN + timedelta(seconds=n)
            seen = mobile.login_row(draw_uuid(random), device, at)
            messages.append(("login.events", device.user_id, events.login(seen, mobile.device_row(device, at, at))))
            customer = random.choice(watched)
            score = fraud.score_row(customer, random.randrange(1_001), Decimal("0.900"), at)
            messages.append(("risk.events", customer, events.score({"id": 1_000_000 + n, **score})))
        rows = [_booking(random, random.choice(accounts), n) for n in range(number - len(messages))]
        return cls(tuple(messages), tuple(rows))

    def __len__(self) -> int:
        return len(self.messages) + len(self.rows)

    def tell(self, bank: Bank) -> None:
        """All of it, however often a server is away meanwhile."""
        broker = (bank.broker or "").removeprefix("kafka://").rstrip("/")
        settings = {"bootstrap.servers": broker, "log_level": 0, "enable.idempotence": True}
        producer = Producer({**settings, "delivery.timeout.ms": round(1000 * PATIENCE_SECONDS)})
        for n, (topic, key, event) in enumerate(self.messages):
            producer.produce(topic, json.dumps(event, default=_spell).encode(), key)
            producer.poll(0)
            if n % 4 == 0 and n // 4 < len(self.rows):
                self._book(bank, self.rows[n // 4])
        for row in self.rows[(len(self.messages) + 3) // 4 :]:
            self._book(bank, row)
        assert producer.flush(PATIENCE_SECONDS) == 0

    def _book(self, bank: Bank, row: Row) -> None:
        columns, values = ", ".join(f'"{name}"' for name in row), ", ".join(["%s"] * len(row))
        statement = f'INSERT INTO "Transactions" ({columns}) VALUES ({values}) ON CONFLICT DO NOTHING'  # noqa: S608
        for attempt in patiently():
            with attempt, psycopg.connect(bank.writers["database_api"]) as core:
                core.execute(statement.encode(), tuple(row.values()))


def _column(bank: Bank, system: str, query: str) -> list[str]:
    with psycopg.connect(bank.writers[system]) as source:
        return [value for (value,) in source.execute(query.encode())]


def _booking(random: Random, account: str, n: int) -> Row:
    amount = Decimal(random.randrange(100, 100_000)) / 100
    booked = Booking(
        id=draw_uuid(random),
        reference=f"DEP-{0x70000000 + n:08X}",
        account=Account(id=account, number="", customer_id=""),
        type="Credit",
        amount=amount,
        before=Decimal(0),
        after=amount,
        description="Transfer received",
        related_account=None,
        at=BEGIN + timedelta(seconds=n),
    )
    return comprehensive.transaction_row(booked)


def _spell(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def new_line(own: OwnServers, bank: Bank, ledger: str) -> Line:
    """To an empty graph and an empty ledger."""
    admin, neo4j = own["PostgreSQL"].dsn, own["Neo4j"]
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {ledger}".encode())
    dsn = make_conninfo(admin, dbname=ledger)
    line = Line(uri=neo4j.uri, user=neo4j.user, password=neo4j.password, ledger=dsn, bank=bank)
    with line.driver() as driver, driver.session() as session:
        session.run(WIPE).consume()
    return line


def has(driver: Driver, number: int) -> Callable[[], bool]:
    def look() -> bool:
        for attempt in patiently():
            with attempt:
                return bool(driver.execute_query(COUNT).records[0]["number"] >= number)
        return False

    return look


def said(driver: Driver) -> Picture:
    """Without positions: those of a log tell when it was heard."""
    return {kind: items for kind, items in renamed(picture(driver)).items() if kind != "Position"}


def test_a_stream_with_kills_is_a_stream_without(own: OwnServers, bank: Bank, tmp_path: Path) -> None:
    random, story = Random(EVENTS), Story.draw(bank, EVENTS)
    line = new_line(own, bank, "killed")
    line.ingest_once()
    with line.driver() as driver:
        before = driver.execute_query(COUNT).records[0]["number"]
        teller = Thread(target=story.tell, args=[bank])
        teller.start()
        victims = [INGEST, *SERVERS, INGEST]
        random.shuffle(victims)
        moments = sorted(random.sample(range(1, EVENTS - 1), len(victims)))
        for n, (victim, moment) in enumerate(zip(victims, moments, strict=True)):
            with running("ingest", "run", given=line.given, log=tmp_path / f"log{n}") as ingest:
                ingest.wait_until(has(driver, before + moment))
                if victim == INGEST:
                    ingest.process.kill()
                    ingest.process.wait()
                else:
                    own.kill(victim)
                    own.start(victim)
                    ingest.wait_until(has(driver, before + moment))
                assert "Traceback" not in ingest.said
        with running("ingest", "run", given=line.given, log=tmp_path / "last") as ingest:
            ingest.wait_until(has(driver, before + len(story)))
        teller.join()
        line.ingest_once()
        line.verify()
        disturbed = said(driver)
    again = new_line(own, bank, "undisturbed")
    again.ingest_once()
    with again.driver() as driver:
        with running("ingest", "run", given=again.given, log=tmp_path / "undisturbed") as ingest:
            ingest.wait_until(has(driver, before + len(story)))
        again.ingest_once()
        again.verify()
        assert differences(disturbed, said(driver)) == {}
