"""A source whose line breaks, or that hangs, on either engine: a sentence, the others are read, and nothing is lost."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from urllib.parse import unquote, urlsplit

import asyncmy
import psycopg
import pytest
from neo4j import AsyncDriver

from graph.client import GraphClient
from graph.verify import verify
from ingest.connectors.database import DatabaseReader
from ingest.source import load_sources
from local.mariadb import ask_mariadb
from samples.bank import Bank, create_bank
from tests.fixtures.relay import Failing, relay_to
from tests.integration.wekeza.conftest import Connect
from wekeza.rounds import Round, run_round
from wekeza.wiring import Parts

PAGE = 20
# system -> by table, the source's own count of what becomes a record
ROWS: Mapping[str, Mapping[str, str]] = {
    "enhanced": {"customers": '"Customers"', "accounts": '"Accounts"'},
    "fraud": {"customers": "monitored_customers", "alerts": "fraud_alerts", "scores": "risk_scores"},
    "web": {"customers": "customers", "accounts": "accounts", "transactions": "transactions"},
}
LOCKED = {"fraud": "fraud_alerts", "web": "transactions"}
BROKEN = {"fraud": ("scores", "risk_scores"), "web": ("transactions", "transactions")}  # more than a page each
CUT_OFF = "it does not answer: does the server run, and are host and port right in its DSN?"
TOO_LATE = "it did not answer within the time limit: it is busy, somebody holds a lock, or the line hangs."


@pytest.fixture(scope="module")
def bank(postgres_admin_dsn: str, mariadb_admin_dsn: str) -> Bank:
    return create_bank(postgres_admin_dsn, mariadb_admin_dsn, people=60, seed=5, systems=tuple(ROWS))


def count_rows(bank: Bank, system: str, rows: str) -> int:
    query = f"SELECT count(*) FROM {rows}"  # noqa: S608 - of this file
    if bank.sources[system].startswith("mysql"):
        return int(ask_mariadb(bank.sources[system], query)[0][0])
    with psycopg.connect(bank.sources[system]) as source:
        return int(source.execute(query.encode()).fetchall()[0][0])


def counted(bank: Bank, *systems: str) -> dict[str, int]:
    return {
        f"{system}|{table}": count_rows(bank, system, rows)
        for system in systems
        for table, rows in ROWS[system].items()
    }


async def held(driver: AsyncDriver, *systems: str) -> dict[str, int]:
    """How many records of each table the graph has; a constraint lets each be there only once."""
    places = [f"{system}|{table}" for system in systems for table in ROWS[system]]
    query = (
        "UNWIND $places AS place RETURN place,"
        " COUNT { MATCH (n) WHERE n.key STARTS WITH place + '|' AND NOT n:Expected } AS number"
    )
    rows, _, _ = await driver.execute_query(query, places=places)
    return {row["place"]: row["number"] for row in rows}


def errors(done: Round) -> dict[str, str | None]:
    return {report.system: report.error for report in done.sources}


async def bytes_until(system: str, entity: str, dsn: str) -> int:
    """How much the server says when the tables up to this one are read, and most of its rows."""
    source = load_sources()[system]
    async with relay_to(dsn) as line, DatabaseReader.connect(source, {system: line.through(dsn)}) as reader:
        for table in source.tables:
            before = line.passed
            async for _ in reader.pages(table, None, PAGE):
                pass
            if table.name == entity:
                return line.passed - (line.passed - before) // 10
    raise AssertionError(entity)


async def everything_is_there_once(parts: Parts, bank: Bank, driver: AsyncDriver) -> None:
    """After the fault: a round reads what was missing, and the next finds nothing new."""
    assert errors(await run_round(parts)) == dict.fromkeys(ROWS)
    assert await held(driver, *ROWS) == counted(bank, *ROWS)
    again = await run_round(parts)
    assert [report.loaded for report in again.sources] == [0] * len(ROWS)
    assert await verify(parts.client, parts.ledger, secret=parts.secret, policy=parts.policy) == []


@pytest.mark.parametrize("failing", Failing)
@pytest.mark.parametrize("system", LOCKED)
async def test_a_result_that_ends_in_the_middle(
    bank: Bank,
    connect: Connect,
    graph: GraphClient,
    driver: AsyncDriver,
    monkeypatch: pytest.MonkeyPatch,
    system: str,
    failing: Failing,
) -> None:
    """The line is cut, or nothing passes any more: what came before is kept, what did not is read the next time."""
    dsn, others = bank.sources[system], [name for name in ROWS if name != system]
    entity, table = BROKEN[system]
    limit = await bytes_until(system, entity, dsn)
    for engine in ("postgresql", "mysql"):
        monkeypatch.setattr(f"ingest.connectors.{engine}.ANSWER_SECONDS", 2)
    async with relay_to(dsn) as line:
        line.fail_after(limit, failing)
        done = await run_round(connect({**bank.sources, system: line.through(dsn)}, batch_size=PAGE))
    waited = (system, failing) == ("fraud", Failing.HANG)  # asyncmy does not tell a silent line from a broken one
    sentence = f"{load_sources()[system].title}, table '{table}': {TOO_LATE if waited else CUT_OFF}"
    assert errors(done) == {**dict.fromkeys(others), system: sentence}
    assert await held(driver, *others) == counted(bank, *others)
    place = f"{system}|{entity}"
    assert 0 < (await held(driver, system))[place] < counted(bank, system)[place]
    await everything_is_there_once(connect(bank.sources), bank, driver)


@asynccontextmanager
async def locked(bank: Bank, system: str) -> AsyncIterator[None]:
    """The source's own people change a table, and take their time."""
    dsn, table = bank.writers[system], LOCKED[system]
    if not dsn.startswith("mysql"):
        async with await psycopg.AsyncConnection.connect(dsn) as source:
            await source.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE".encode())
            yield
        return
    said = urlsplit(dsn)
    login = {"user": said.username, "password": unquote(said.password or ""), "db": said.path.strip("/")}
    async with asyncmy.connect(host=said.hostname, port=said.port, **login) as mysql, mysql.cursor() as cursor:
        await cursor.execute(f"LOCK TABLES {table} WRITE")
        yield
        await cursor.execute("UNLOCK TABLES")


@pytest.mark.parametrize("system", LOCKED)
async def test_a_table_that_is_locked_stops_nothing_but_itself(
    bank: Bank, connect: Connect, graph: GraphClient, driver: AsyncDriver, system: str
) -> None:
    parts = connect(bank.sources)
    async with locked(bank, system):
        done = await run_round(parts)
    title = load_sources()[system].title
    assert errors(done) == {**dict.fromkeys(ROWS), system: f"{title}, table '{LOCKED[system]}': {TOO_LATE}"}
    found = await held(driver, *ROWS)
    empty = {place for place, number in found.items() if not number}
    assert len(empty) == 1
    assert {place: number for place, number in counted(bank, *ROWS).items() if place not in empty} == {
        place: number for place, number in found.items() if place not in empty
    }
    await everything_is_there_once(parts, bank, driver)


async def test_a_statement_that_does_not_end_is_ended_by_its_server(
    bank: Bank, connect: Connect, graph: GraphClient, driver: AsyncDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL's: on MySQL a whole read is one statement, and there the limit is on the silence (above)."""
    monkeypatch.setattr("ingest.connectors.postgresql.SESSION", "-c statement_timeout=1s -c TimeZone=UTC")
    parts = connect(bank.sources)
    with psycopg.connect(bank.writers["fraud"], autocommit=True) as source:
        source.execute("ALTER TABLE fraud_alerts RENAME TO alerts_of_fraud")
        source.execute(
            "CREATE VIEW fraud_alerts AS SELECT alerts_of_fraud.* FROM alerts_of_fraud, pg_sleep(3600) AS hangs"
        )
        source.execute("GRANT SELECT ON fraud_alerts TO PUBLIC")
        done = await run_round(parts)
        source.execute("DROP VIEW fraud_alerts")
        source.execute("ALTER TABLE alerts_of_fraud RENAME TO fraud_alerts")
    assert errors(done) == {**dict.fromkeys(ROWS), "fraud": f"Fraud Detection, table 'fraud_alerts': {TOO_LATE}"}
    assert (await held(driver, "fraud"))["fraud|alerts"] == 0
    await everything_is_there_once(parts, bank, driver)
