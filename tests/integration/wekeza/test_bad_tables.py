"""What may be wrong with a table, on either engine: it costs a sentence, the rest is read, and nothing is lost."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import psycopg
import pytest
from neo4j import AsyncDriver

from graph.verify import verify
from ingest.source import load_sources
from ledger.ledger import Ledger
from ledger.quality import qualities
from local.mariadb import ask_mariadb
from samples.bank import Bank, create_bank
from tests.integration.wekeza.conftest import Connect
from tests.integration.wekeza.test_bad_input import Logs, errors, issues, logs, said_of_persons, states
from wekeza.rounds import run_round
from wekeza.wiring import Parts

__all__ = ["logs"]  # the fixture: no test names anybody in a log

OLD, NEW = "Zawadi Kanari", "Zawadi Kanari Mwangi"
NATIONAL_IDS = ("90817263", "90817264", "90817265")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A table of customers of one engine, and how its own people change it."""

    system: str
    table: str
    key: str
    insert: str  # {key}, {name}, {national_id}, {at}: SQL
    without_key: str
    drop: str
    as_text: str
    as_time: str

    def change(self, bank: Bank, *statements: str) -> None:
        dsn = bank.writers[self.system]
        if dsn.startswith("mysql"):
            ask_mariadb(dsn, "SET SESSION time_zone = '+00:00'", *statements)
            return
        with psycopg.connect(dsn) as source:
            source.execute("SET TimeZone = 'UTC'")
            for statement in statements:
                source.execute(statement.encode())

    def count(self, bank: Bank) -> int:
        query = f"SELECT count(*) FROM {self.table}"  # noqa: S608 - of this file
        if bank.sources[self.system].startswith("mysql"):
            return int(ask_mariadb(bank.sources[self.system], query)[0][0])
        with psycopg.connect(bank.sources[self.system]) as source:
            return int(source.execute(query.encode()).fetchall()[0][0])

    def add(self, bank: Bank, number: int, *, name: str = OLD, at: str = "now()") -> None:
        values = {"key": self.key_of(number), "name": name, "national_id": NATIONAL_IDS[number], "at": at}
        self.change(bank, self.insert.format(**values))

    def key_of(self, number: int) -> str:
        return str(90_000 + number)


PLACES: Mapping[str, Place] = {
    "postgresql": Place(
        system="fraud",
        table="monitored_customers",
        key="customer_ref",
        insert="INSERT INTO monitored_customers VALUES ('{key}', '{name}', '{national_id}', NULL, NULL, now(), {at})",
        without_key="ALTER TABLE monitored_customers DROP CONSTRAINT monitored_customers_pkey",
        drop="ALTER TABLE monitored_customers DROP phone",
        as_text="ALTER TABLE monitored_customers ALTER updated_at TYPE text",
        as_time="ALTER TABLE monitored_customers ALTER updated_at TYPE timestamptz USING updated_at::timestamptz",
    ),
    "mysql": Place(
        system="web",
        table="customers",
        key="customer_id",
        insert="INSERT INTO customers (customer_id, cif_number, full_name, national_id, phone_number, updated_at)"
        " VALUES ({key}, '{national_id}', '{name}', '{national_id}', '', {at})",
        without_key="ALTER TABLE customers MODIFY customer_id INT NOT NULL, DROP PRIMARY KEY",
        drop="ALTER TABLE customers DROP phone_number",
        as_text="ALTER TABLE customers MODIFY updated_at VARCHAR(40) NOT NULL",
        as_time="ALTER TABLE customers MODIFY updated_at TIMESTAMP NOT NULL",
    ),
}
SYSTEMS = tuple(place.system for place in PLACES.values())


@pytest.fixture
def bank(postgres_admin_dsn: str, mariadb_admin_dsn: str) -> Bank:
    return create_bank(postgres_admin_dsn, mariadb_admin_dsn, people=20, systems=SYSTEMS)


@pytest.fixture
def parts(connect: Connect, bank: Bank) -> Parts:
    return connect(bank.sources)


@pytest.fixture(params=PLACES)
def place(request: pytest.FixtureRequest) -> Place:
    return PLACES[request.param]


async def names(driver: AsyncDriver, place: Place) -> dict[str, str]:
    """Of the customers in the place's table, by key."""
    rows, _, _ = await driver.execute_query(
        "MATCH (s:SourceCustomer {system: $system, entity: 'customers'}) WHERE NOT s:Expected"
        " RETURN split(s.key, '|')[2] AS key, s.full_name AS name",
        system=place.system,
    )
    return {row["key"]: row["name"] for row in rows}


async def told(ledger: Ledger, place: Place) -> Mapping[str, int]:
    """What the quality of the table's last load counts."""
    async with ledger.transaction() as connection:
        found = await qualities(connection)
    return next(it.now.issues for it in found if (it.system, it.table) == (place.system, "customers"))


async def nothing_is_lost(parts: Parts, place: Place, bank: Bank, driver: AsyncDriver) -> None:
    """Every row is there, nothing is there twice, and the next round finds nothing new."""
    assert errors(await run_round(parts)) == dict.fromkeys(SYSTEMS)
    assert len(await names(driver, place)) == place.count(bank)
    assert [report.loaded for report in (await run_round(parts)).sources] == [0] * len(SYSTEMS)
    assert await verify(parts.client, parts.ledger, secret=parts.secret, policy=parts.policy) == []


async def test_a_clock_that_is_ahead_hides_no_row_and_no_correction(
    parts: Parts, place: Place, bank: Bank, driver: AsyncDriver, ledger: Ledger, logs: Logs
) -> None:
    place.add(bank, 0, at="'2037-01-01 00:00:00'")
    assert errors(await run_round(parts)) == dict.fromkeys(SYSTEMS)
    assert (await names(driver, place))[place.key_of(0)] == OLD
    assert (await told(ledger, place))["updated_at:future"] == 1
    position = await parts.loader().position(place.system, "customers")
    assert position is not None
    assert position.watermark is not None
    assert datetime.fromisoformat(position.watermark) <= datetime.now(UTC)

    place.add(bank, 1)
    place.change(
        bank,
        f"UPDATE {place.table} SET full_name = '{NEW}', updated_at = now()"  # noqa: S608 - of this file
        f" WHERE {place.key} = '{place.key_of(0)}'",
    )
    assert errors(await run_round(parts)) == dict.fromkeys(SYSTEMS)
    found = await names(driver, place)
    assert (found[place.key_of(0)], found[place.key_of(1)]) == (NEW, OLD)
    await nothing_is_lost(parts, place, bank, driver)


async def test_a_key_that_a_table_has_twice_is_one_record_as_its_newest_row_says(
    parts: Parts, place: Place, bank: Bank, driver: AsyncDriver, ledger: Ledger, logs: Logs
) -> None:
    place.change(bank, place.without_key)
    place.add(bank, 0, name=NEW)
    twin = place.insert.format(key=place.key_of(0), name=OLD, national_id=NATIONAL_IDS[1], at="'2024-01-01 00:00:00'")
    place.change(bank, twin)
    assert errors(await run_round(parts)) == dict.fromkeys(SYSTEMS)
    assert (await names(driver, place))[place.key_of(0)] == NEW
    assert len(await names(driver, place)) == place.count(bank) - 1
    assert (await told(ledger, place))["key:duplicate"] == 1
    assert [report.loaded for report in (await run_round(parts)).sources] == [0] * len(SYSTEMS)


async def test_a_column_that_is_gone_stops_its_table_until_it_is_back(
    connect: Connect, place: Place, bank: Bank, driver: AsyncDriver, ledger: Ledger, logs: Logs
) -> None:
    parts, column = connect(bank.sources), place.drop.split()[-1]
    place.change(bank, place.drop)
    done = errors(await run_round(parts))
    title = load_sources()[place.system].title
    sentence = (
        f"{title}, table '{place.table}', lost the column '{column}' (renamed or dropped?): correct [[table]]"
        f" 'customers' in ingest/sources/{place.system}.toml, or have it restored."
    )
    assert done == await states(ledger) == {**dict.fromkeys(SYSTEMS), place.system: sentence}
    assert await names(driver, place) == {}
    assert len(await names(driver, other(place))) == other(place).count(bank)
    place.change(bank, f"ALTER TABLE {place.table} ADD {column} varchar(20)")
    await nothing_is_lost(parts, place, bank, driver)


async def test_a_watermark_of_another_type_stops_its_table_and_hides_no_row(
    parts: Parts, place: Place, bank: Bank, driver: AsyncDriver, ledger: Ledger, logs: Logs
) -> None:
    """Text is not ordered as times are: what lay behind the position by the alphabet would never be read."""
    await run_round(parts)
    place.change(bank, place.as_text)
    place.add(bank, 0, at=f"'{datetime.now(UTC):%Y-%m-%d %H:%M:%S}'")
    done = errors(await run_round(parts))
    sentence = (
        f"{load_sources()[place.system].title}, table '{place.table}': its watermark 'updated_at' is of another type"
        f" than when it was read last: correct [[table]] 'customers' in ingest/sources/{place.system}.toml, or have it"
        " restored."
    )
    assert done == await states(ledger) == {**dict.fromkeys(SYSTEMS), place.system: sentence}
    place.change(bank, place.as_time)
    await nothing_is_lost(parts, place, bank, driver)


async def test_a_value_that_is_none_of_its_type_costs_that_value(
    connect: Connect, bank: Bank, driver: AsyncDriver, logs: Logs
) -> None:
    """PostgreSQL's is in test_bad_input."""
    place = PLACES["mysql"]
    place.change(
        bank,
        "ALTER TABLE customers MODIFY date_of_birth VARCHAR(40)",
        "UPDATE customers SET date_of_birth = '31/02/1990 0733918273'"
        " WHERE customer_type = 'individual' ORDER BY customer_id LIMIT 1",
    )
    assert errors(await run_round(connect(bank.sources))) == dict.fromkeys(SYSTEMS)
    assert len(await names(driver, place)) == place.count(bank)
    assert issues(logs, "web")["customers.map.birth_date:unparsable_date"] == 1


def other(place: Place) -> Place:
    return next(it for it in PLACES.values() if it is not place)


def test_the_people_of_these_tests_are_watched_for_in_every_log() -> None:
    assert [bool(said_of_persons(name)) for name in (OLD, NEW)] == [True, True]
