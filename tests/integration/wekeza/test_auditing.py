"""`wekeza verify audit` on a chain that a real service wrote, which was killed in the middle."""

import asyncio
import signal
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import httpx
import psycopg
import pytest
from neo4j import AsyncDriver

from api.tokens import Role, issue_token, new_signing_key
from graph.client import GraphClient
from ledger.audit import find_rows
from ledger.ledger import Ledger
from local.ports import reserved_port
from tests.e2e.commands import run, running
from tests.fixtures.servers import TestServers
from tests.integration.api.conftest import AMINA, SMALL_BANK
from wekeza.keys import signing_key

CUSTOMER = {"query": "query($gcid: ID!) { customer(gcid: $gcid) { since } }", "variables": {"gcid": AMINA}}
READERS, ANSWERS = 16, 60


@pytest.fixture
async def given(
    servers: TestServers, graph: GraphClient, driver: AsyncDriver, ledger: Ledger, ledger_dsn: str, tmp_path: Path
) -> dict[str, str]:
    async with driver.session(database="neo4j") as session:
        await (await session.run(SMALL_BANK.read_text(encoding="utf-8"))).consume()
    return {
        "NEO4J_URI": servers.neo4j_uri,
        "NEO4J_USER": servers.neo4j_user,
        "NEO4J_PASSWORD": servers.neo4j_password,
        "DATABASE_URL": ledger_dsn,
        "WEKEZA_DATA": str(tmp_path / "data"),
    }


class Readers:
    """Ask without end, each question as a caller of its own, and remember who got an answer."""

    def __init__(self, url: str, key: str) -> None:
        self.url, self.key = url, key
        self.asked = 0
        self.answered: set[str] = set()
        self.enough = asyncio.Event()

    async def read(self) -> None:
        async with httpx.AsyncClient(base_url=self.url, trust_env=False) as http:
            while True:
                self.asked += 1
                name = f"reader {self.asked}"
                bearer = issue_token(self.key, name, Role.ANALYST, timedelta(minutes=5))
                try:
                    reply = await http.post("/graphql", json=CUSTOMER, headers={"Authorization": f"Bearer {bearer}"})
                except httpx.TransportError:
                    return
                assert "errors" not in reply.json()
                self.answered.add(name)
                if len(self.answered) >= ANSWERS:
                    self.enough.set()


async def ready(url: str) -> None:
    transport = httpx.AsyncHTTPTransport(retries=100)  # with a growing pause between
    async with httpx.AsyncClient(base_url=url, transport=transport) as http:
        assert (await http.get("/health/live")).status_code == httpx.codes.OK


def tamper(dsn: str, change: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")  # as a superuser may: no trigger fires
        connection.execute(change.encode())


def verified(given: Mapping[str, str]) -> tuple[int, str]:
    answer = run("verify", "audit", given=given)
    return answer.code, answer.out + answer.err


async def test_kill_minus_nine_loses_no_answered_row(
    given: dict[str, str], ledger: Ledger, ledger_dsn: str, tmp_path: Path
) -> None:
    with reserved_port(18_000) as port:
        served = given | {"WEKEZA_PORT": str(port), "WEKEZA_AUDIT_SECONDS": "0.2"}
    readers = Readers(f"http://127.0.0.1:{port}", signing_key(tmp_path / "data", new_signing_key))
    with running("serve", given=served, log=tmp_path / "serve.log") as service:
        await asyncio.to_thread(service.wait_until, lambda: (tmp_path / "data" / "audit" / "heads.jsonl").exists())
        await ready(readers.url)
        async with asyncio.TaskGroup() as group:
            for _ in range(READERS):
                group.create_task(readers.read())
            await readers.enough.wait()
            service.process.send_signal(signal.SIGKILL)
    async with ledger.transaction() as connection:
        found = await find_rows(connection, limit=100_000)
    assert readers.answered <= {row.subject for row in found}
    assert len(readers.answered) >= ANSWERS
    code, said = await asyncio.to_thread(verified, given)
    assert (code, "is whole" in said) == (0, True), said
    for change, told in (
        ("UPDATE wekeza.audit SET gcids = '{}' WHERE id = 7", "row 7 was changed"),
        ("DELETE FROM wekeza.audit WHERE id = 5", "row 5 is missing"),
        ("DELETE FROM wekeza.audit", "row 1 is missing"),
    ):
        tamper(ledger_dsn, change)
        code, said = await asyncio.to_thread(verified, given)
        assert (code, told in said) == (1, True), said
