"""The service is ready when its own documents are planned, of which nobody's data and no audit know anything."""

import asyncio
from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from neo4j import AsyncDriver

from api.app import create_app
from api.planning import planned_from_the_start
from api.rest import document
from api.tokens import Role
from graph.client import READ_TIMEOUT_SECONDS, GraphClient, Row
from ledger.audit import find_rows
from ledger.ledger import Ledger
from tests.integration.api.conftest import AMINA, SETTINGS, token

PATIENCE = 120.0


class Remembering(GraphClient):
    """The real client, which remembers what it was asked, and lets nothing pass until it may."""

    def __init__(self, driver: AsyncDriver) -> None:
        super().__init__(driver)
        self.texts: list[str] = []
        self.may = asyncio.Event()
        self.more = asyncio.Condition()

    async def read_text(
        self,
        text: str,
        given: Mapping[str, Any],
        *,
        name: str,
        timeout: float = READ_TIMEOUT_SECONDS,  # noqa: ASYNC109 - as in GraphClient
    ) -> list[Row]:
        if "read_ready" not in name:
            await self.may.wait()
            self.texts.append(text)
        async with self.more:
            self.more.notify_all()
        return await super().read_text(text, given, name=name, timeout=timeout)

    async def count(self, number: int) -> None:
        async with asyncio.timeout(PATIENCE), self.more:
            await self.more.wait_for(lambda: len(self.texts) >= number)


async def test_ready_means_planned(
    small_bank: None, polled: None, driver: AsyncDriver, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.planning.ROLES", (Role.INVESTIGATOR,))
    monkeypatch.setattr("api.planning.LOOK_SECONDS", 0.01)
    client = Remembering(driver)
    app = create_app(SETTINGS, client, ledger)
    headers = {"Authorization": f"Bearer {token()}"}
    operator = {"Authorization": f"Bearer {token(Role.OPERATOR)}"}
    transport = httpx.ASGITransport(app)
    async with (
        planned_from_the_start(app),
        httpx.AsyncClient(transport=transport, base_url="http://api", headers=headers) as http,
    ):
        early = await http.get("/health/ready", headers=operator)
        assert (early.status_code, early.json()["planned"]) == (503, False)
        client.may.set()
        await client.count(5)
        async with asyncio.timeout(PATIENCE):
            while (ready := await http.get("/health/ready", headers=operator)).status_code != 200:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        assert ready.json()["planned"] is True
        planned = set(client.texts)
        assert len(planned) == 5
        async with ledger.transaction() as connection:
            assert await find_rows(connection, limit=1) == []

        await http.get(f"/customer/{AMINA}")
        await http.post("/graphql", json={"query": document("customer_overview"), "variables": {"gcid": AMINA}})
        for name in ("accounts", "transactions", "risk", "holdings"):
            assert (await http.get(f"/customer/{AMINA}/{name}")).status_code == 200
        assert set(client.texts) == planned, "what callers ask is what was planned"

        so_far = len(client.texts)
        client.outages += 1
        await client.count(so_far + 5)
        assert set(client.texts) == planned
