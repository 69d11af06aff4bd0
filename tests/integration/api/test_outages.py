"""A store that goes away: every caller is told at once, and answered again as soon as it is back.

The stores' lines are cut here; tests/e2e/test_outages.py kills the servers.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from psycopg.conninfo import make_conninfo

from api.app import create_app
from api.rest import document
from graph.client import GraphClient
from ledger.ledger import Ledger
from tests.fixtures.relay import Failing, Relay, relay_to
from tests.fixtures.servers import TestServers
from tests.integration.api.conftest import AMINA, SETTINGS, questions, token

CALLERS = 16
HANG_SECONDS = 20.0  # far above what any of it takes: who waits longer was forgotten
OVERVIEW = document("customer_overview")


@dataclass(frozen=True, slots=True)
class Service:
    http: httpx.AsyncClient
    lines: dict[str, Relay]

    async def ask(self) -> tuple[int, str | None]:
        reply = await self.http.post("/graphql", json={"query": OVERVIEW, "variables": {"gcid": AMINA}})
        errors: list[dict[str, Any]] = reply.json().get("errors") or [{}]
        return reply.status_code, errors[0].get("extensions", {}).get("code")

    async def all_ask(self) -> set[str | None]:
        async with asyncio.timeout(HANG_SECONDS):
            return {code for _, code in await asyncio.gather(*(self.ask() for _ in range(CALLERS)))}


@pytest.fixture
async def service(
    small_bank: None, polled: None, servers: TestServers, ledger_dsn: str, postgres_admin_dsn: str
) -> AsyncIterator[Service]:
    async with (
        relay_to(servers.neo4j_uri) as to_neo4j,
        relay_to(postgres_admin_dsn) as to_ledger,
        GraphClient.connect(
            f"bolt://127.0.0.1:{to_neo4j.own_port}", servers.neo4j_user, servers.neo4j_password
        ) as graph,
        Ledger.connect(make_conninfo(ledger_dsn, host="127.0.0.1", port=to_ledger.own_port)) as ledger,
    ):
        transport = httpx.ASGITransport(create_app(SETTINGS, graph, ledger, questions=questions(graph, ledger)))
        headers = {"Authorization": f"Bearer {token()}"}
        async with httpx.AsyncClient(transport=transport, base_url="http://api", headers=headers) as http:
            yield Service(http, {"Neo4j": to_neo4j, "PostgreSQL": to_ledger})


@pytest.mark.parametrize("name", ["Neo4j", "PostgreSQL"])
async def test_a_store_that_is_away_is_told_at_once_and_found_again(service: Service, name: str) -> None:
    assert await service.all_ask() == {None}
    line = service.lines[name]
    line.fail_after(0, Failing.CUT)
    for _ in range(2):  # those who had a connection, and those who want one
        assert await service.all_ask() == {"UNAVAILABLE"}
    async with asyncio.timeout(HANG_SECONDS):
        refused = await service.http.get(f"/customer/{AMINA}")
    assert (refused.status_code, refused.headers["content-type"]) == (503, "application/problem+json")
    assert int(refused.headers["retry-after"]) > 0
    line.limit = None
    assert await service.all_ask() == {None}


async def test_what_refuses_everybody_says_when_to_come_back(service: Service) -> None:
    """Without its audit nothing is answered: that is no answer in part, but a refusal with a status."""
    service.lines["PostgreSQL"].fail_after(0, Failing.CUT)
    async with asyncio.timeout(HANG_SECONDS):
        refused = await service.http.post("/graphql", json={"query": OVERVIEW, "variables": {"gcid": AMINA}})
    assert refused.status_code == 503
    assert int(refused.headers["retry-after"]) > 0
