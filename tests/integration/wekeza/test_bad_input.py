"""What is wrong in a source costs as little as it can, is told in words, and nobody is named while telling it."""

import json
import logging
from collections.abc import Iterator, MutableMapping, Sequence
from typing import Any

import psycopg
import pytest
from neo4j import AsyncDriver
from psycopg.conninfo import make_conninfo
from structlog.testing import capture_logs

from ledger.ledger import Ledger
from ledger.sources import SourceState, source_statuses
from samples.bank import Bank
from tests.integration.wekeza.conftest import Connect, OpenBank
from wekeza.rounds import Round, run_round
from wekeza.wiring import Parts

SYSTEMS = ("comprehensive", "mobile", "fraud")
NAME, PHONE, EMAIL, NATIONAL_ID = "Zawadi Kanari", "0733918273", "zawadi.kanari@mail.example.com", "90817263"
PASSWORD = "a password that nobody may read"
# Also parts and other forms of them: nothing that tells who it was.
PERSONAL = ("zawadi", "kanari", "733918273", "733 918 273", "mail.example", NATIONAL_ID, PASSWORD)
KNOWN_TO_FRAUD = (
    "INSERT INTO monitored_customers (customer_ref, full_name, national_id, phone, email, created_at, updated_at)"
    " VALUES (%s, %s, %s, %s, %s, now(), now())"
)
Logs = list[MutableMapping[str, Any]]


@pytest.fixture
def bank(open_bank: OpenBank) -> Bank:
    return open_bank(people=20)


@pytest.fixture
def parts(connect: Connect, bank: Bank) -> Parts:
    return connect(bank.sources)


@pytest.fixture
def logs(caplog: pytest.LogCaptureFixture) -> Iterator[Logs]:
    """Ours, by name and value; the libraries' are held against the same rule at the end."""
    caplog.set_level(logging.WARNING)
    with capture_logs() as caught:
        yield caught
    assert said_of_persons(json.dumps(caught, default=str)) == []
    assert said_of_persons("".join(record.getMessage() for record in caplog.get_records("call"))) == []


def said_of_persons(text: str) -> list[str]:
    return [word for word in PERSONAL if word in text.lower()]


def change(bank: Bank, system: str, *statements: str) -> None:
    """What the source's own people did to it."""
    with psycopg.connect(bank.writers[system]) as source:
        for statement in statements:
            source.execute(statement.encode())


def add(bank: Bank, *rows: Sequence[object]) -> None:
    """People whom the fraud engine knows."""
    with psycopg.connect(bank.writers["fraud"]) as source:
        for row in rows:
            source.execute(KNOWN_TO_FRAUD, row)


def count(bank: Bank, system: str, table: str) -> int:
    with psycopg.connect(bank.writers[system]) as source:
        row = source.execute(f"SELECT count(*) FROM {table}".encode()).fetchone()  # noqa: S608 - fixed names
    return row[0] if row else 0


async def loaded(driver: AsyncDriver, system: str) -> dict[str, dict[str, Any]]:
    """The people in a system's table of customers, by their own ids."""
    rows, _, _ = await driver.execute_query(
        "MATCH (s:SourceCustomer {system: $system}) WHERE NOT s:Expected AND s.entity IN ['customers', 'users']"
        " RETURN split(s.key, '|')[2] AS id, s {.*, held: [(s)-->(i:Identifier) | i.kind]} AS said",
        system=system,
    )
    return {row["id"]: row["said"] for row in rows}


def errors(done: Round) -> dict[str, str | None]:
    return {report.system: report.error for report in done.sources}


def issues(logs: Logs, system: str) -> dict[str, int]:
    """What the log of the system's poll counts as missing."""
    [polled] = [entry for entry in logs if entry["event"] == "source_polled" and entry["system"] == system]
    found: dict[str, int] = polled["issues"]
    return found


async def test_a_row_without_a_key_is_rejected_alone(parts: Parts, bank: Bank, driver: AsyncDriver, logs: Logs) -> None:
    change(
        bank,
        "fraud",
        "ALTER TABLE monitored_customers DROP CONSTRAINT monitored_customers_pkey",
        "ALTER TABLE monitored_customers ALTER customer_ref DROP NOT NULL",
    )
    whole = count(bank, "fraud", "monitored_customers")
    add(bank, (None, NAME, NATIONAL_ID, PHONE, EMAIL), (" ", NAME, NATIONAL_ID, PHONE, EMAIL))
    done = await run_round(parts)
    assert errors(done) == dict.fromkeys(SYSTEMS)
    assert [report.rejected for report in done.sources] == [0, 0, 2]
    assert len(await loaded(driver, "fraud")) == whole
    [rejected] = [entry for entry in logs if entry["event"] == "rows_rejected"]
    assert {name: rejected[name] for name in ("system", "table", "reason", "field", "rows", "log_level")} == {
        "system": "fraud",
        "table": "customers",
        "reason": "missing_key",
        "field": "customer_ref",
        "rows": 2,
        "log_level": "warning",
    }
    assert (await run_round(parts)).counters.nodes_created == 0


async def test_a_date_that_cannot_be_parsed_costs_that_date(
    parts: Parts, bank: Bank, driver: AsyncDriver, logs: Logs
) -> None:
    change(
        bank,
        "comprehensive",
        'ALTER TABLE "Customers" ALTER "DateOfBirth" TYPE text',
        'UPDATE "Customers" SET "DateOfBirth" = \'31/02/1990 0733918273\', "LastName" = \'Kanari\''
        ' WHERE "Id" = (SELECT min("Id"::text)::uuid FROM "Customers" WHERE "DateOfBirth" IS NOT NULL)',
    )
    dated = count(bank, "comprehensive", '"Customers" WHERE "DateOfBirth" IS NOT NULL')
    done = await run_round(parts)
    assert errors(done) == dict.fromkeys(SYSTEMS)
    found = await loaded(driver, "comprehensive")
    assert len(found) == count(bank, "comprehensive", '"Customers"')
    assert sum("birth_date" in said for said in found.values()) == dated - 1
    assert [said.get("birth_date") for said in found.values() if "Kanari" in said["full_name"]] == [None]
    assert issues(logs, "comprehensive") == {"customers.map.birth_date:unparsable_date": 1}


async def test_blank_and_impossible_phones_link_nobody(
    parts: Parts, bank: Bank, driver: AsyncDriver, logs: Logs
) -> None:
    phones = ("", "", "  ", "-", "-", f"{PHONE} or {PHONE}", f"{PHONE} or {PHONE}")
    add(bank, *((f"CUST_9000{n}", NAME, None, phone, None) for n, phone in enumerate(phones)))
    done = await run_round(parts)
    assert errors(done) == dict.fromkeys(SYSTEMS)
    found = await loaded(driver, "fraud")
    new = [said for id, said in found.items() if id.startswith("CUST_9000")]
    assert [said["held"] for said in new] == [[]] * len(phones)
    rows, _, _ = await driver.execute_query(
        "MATCH (s:SourceCustomer)-[:RESOLVES_TO]->(g) WHERE s.key CONTAINS 'CUST_9000' RETURN DISTINCT g.gcid AS gcid"
    )
    assert len(rows) == len(phones)
    # Blank is not wrong, it is missing; the rest is wrong, and counted.
    assert issues(logs, "fraud") == {"customers.identifiers.Phone:invalid_identifier": 4}


async def test_a_text_of_a_megabyte_is_left_out_of_its_record(
    parts: Parts, bank: Bank, driver: AsyncDriver, logs: Logs
) -> None:
    megabyte = f"{NAME} " * (1_048_576 // len(NAME))
    change(
        bank,
        "fraud",
        "ALTER TABLE monitored_customers ALTER full_name TYPE text, ALTER email TYPE text, ALTER phone TYPE text",
    )
    add(bank, ("CUST_90001", megabyte, NATIONAL_ID, PHONE * 100_000, megabyte.replace(" ", "") + EMAIL))
    add(bank, ("CUST_90002", NAME, NATIONAL_ID, PHONE, EMAIL))
    done = await run_round(parts)
    assert errors(done) == dict.fromkeys(SYSTEMS)
    found = await loaded(driver, "fraud")
    assert (found["CUST_90001"].get("full_name"), found["CUST_90001"]["held"]) == (None, ["NationalId"])
    assert max(len(str(value)) for value in found["CUST_90001"].values()) < 1_000
    assert set(found["CUST_90002"]["held"]) == {"NationalId", "Phone", "Email"}
    assert issues(logs, "fraud") == {
        "customers.identifiers.Email.0:too_long": 1,
        "customers.identifiers.Phone.0:too_long": 1,
        "customers.map.full_name:too_long": 1,
    }


async def test_an_unknown_value_of_a_closed_list_is_counted(
    parts: Parts, bank: Bank, driver: AsyncDriver, logs: Logs
) -> None:
    change(
        bank,
        "mobile",
        'UPDATE "MobileUsers" SET "Status" = \'Kanari\' WHERE "Id" = (SELECT min("Id"::text)::uuid FROM "MobileUsers")',
    )
    done = await run_round(parts)
    assert errors(done) == dict.fromkeys(SYSTEMS)
    found = await loaded(driver, "mobile")
    assert {said["said_status"] for said in found.values()} - {"active", "inactive", "locked"} == {"Kanari"}
    assert issues(logs, "mobile") == {"users.attributes.status:unknown_value": 1}


async def test_a_lost_column_stops_its_table_and_nothing_else(
    parts: Parts, bank: Bank, driver: AsyncDriver, ledger: Ledger, logs: Logs
) -> None:
    change(bank, "mobile", 'ALTER TABLE "DeviceInfo" DROP "OperatingSystem"')
    done = await run_round(parts)
    sentence = (
        "Mobile Banking, table 'DeviceInfo', lost the column 'OperatingSystem' (renamed or dropped?): correct [[table]]"
        " 'devices' in ingest/sources/mobile.toml, or have it restored."
    )
    assert errors(done) == {"comprehensive": None, "mobile": sentence, "fraud": None}
    rows, _, _ = await driver.execute_query(
        "MATCH (n) WHERE n.system = 'mobile' AND NOT n:Expected UNWIND labels(n) AS label"
        " RETURN label, count(*) AS nodes"
    )
    nodes = {row["label"]: row["nodes"] for row in rows}
    assert nodes["SourceCustomer"] == count(bank, "mobile", '"MobileUsers"')
    assert nodes["Login"] == count(bank, "mobile", '"LoginActivity"')
    assert nodes["Sighting"] == count(bank, "mobile", '"ChannelTransactions"')
    assert "Device" not in nodes
    assert await states(ledger) == {"comprehensive": None, "mobile": sentence, "fraud": None}


async def states(ledger: Ledger) -> dict[str, str | None]:
    """The last error of each source, as the API tells it; a source without one is well."""
    statuses = await source_statuses(ledger)
    assert all((status.state is SourceState.DOWN) == bool(status.last_error) for status in statuses)
    return {status.system: status.last_error for status in statuses}


async def test_sources_that_cannot_be_read_stop_no_other(
    connect: Connect, bank: Bank, driver: AsyncDriver, ledger: Ledger, logs: Logs
) -> None:
    """One is down, one refuses the password; each tells its own sentence, and comes back as if nothing had been."""
    down = make_conninfo(bank.sources["mobile"], port="1")
    locked = make_conninfo(bank.sources["fraud"], password=PASSWORD)
    told = {
        "comprehensive": None,
        "mobile": "Mobile Banking: it does not answer: does the server run, and are host and port right in its DSN?",
        "fraud": "Fraud Detection: it refuses the user or the password: check them in its DSN.",
    }
    done = await run_round(connect({**bank.sources, "mobile": down, "fraud": locked}))
    assert errors(done) == await states(ledger) == told
    assert len(await loaded(driver, "comprehensive")) == count(bank, "comprehensive", '"Customers"')
    assert (await loaded(driver, "mobile"), await loaded(driver, "fraud")) == ({}, {})

    again = await run_round(connect(bank.sources))
    assert errors(again) == await states(ledger) == dict.fromkeys(SYSTEMS)
    assert len(await loaded(driver, "mobile")) == count(bank, "mobile", '"MobileUsers"')
    assert len(await loaded(driver, "fraud")) == count(bank, "fraud", "monitored_customers")
