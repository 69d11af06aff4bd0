from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from neo4j import AsyncDriver

from api.app import create_app
from api.inventory import System
from api.questions import Questions
from api.settings import ApiSettings
from api.tokens import Role, issue_token, new_signing_key, verification_key
from graph.client import READ_TIMEOUT_SECONDS, GraphClient, Row
from graph.explanation import Explanations
from graph.history import History
from graph.resolve import Resolver
from graph.what_if import WhatIf
from ledger.ledger import Ledger
from ledger.sources import Poll, SourceState, record_poll
from tests.integration.graph.bank import SECRET
from tests.unit.graph.resolution.worlds import GUARDED

SMALL_BANK = Path(__file__).parents[2] / "fixtures" / "small_bank.cypher"
AMINA = "aaaaaaaa-0000-8000-8000-000000000001"
AMINA_BEFORE = "bbbbbbbb-0000-8000-8000-000000000002"
BRIAN = "dddddddd-0000-8000-8000-000000000004"
SIGNING_KEY = new_signing_key()
CORE = System(
    name="core", title="Core", number=5, category="core banking", purpose="accounts", databases=("core",),
    engines=("postgresql",), pattern="database", writes="continuously", every=timedelta(seconds=30),
    data_classes=("pii", "compliance", "operational"), schema_state="nearest", schema_place=None,
    attributes={
        ("customer", "branch"): ("operational",),
        ("customer", "kyc_status"): ("compliance",),
        ("customer", "gender"): ("operational", "pii"),
    },
)  # fmt: skip


def system(name: str, *entities: str) -> System:
    """A source as its file would describe it."""
    return System(
        name=name,
        title=name,
        number=1,
        category="",
        purpose="",
        databases=(),
        engines=(),
        pattern="",
        writes="",
        every=timedelta(seconds=30),
        data_classes=(),
        schema_state="proposed",
        schema_place=None,
        entities=entities,
    )


SETTINGS = ApiSettings(
    verification_key=verification_key(SIGNING_KEY),
    systems=("core", "mobile", "fraud", "web"),
    inventory=(CORE, system("mobile", "user"), system("twice", "a", "b")),
    query_page=True,
    requests_per_second=10_000,
)


class CountingGraph(GraphClient):
    """The real client, which remembers what it was asked to run."""

    def __init__(self, driver: AsyncDriver) -> None:
        super().__init__(driver)
        self.statements: list[str] = []

    async def read_text(
        self,
        text: str,
        given: Mapping[str, Any],
        *,
        name: str,
        timeout: float = READ_TIMEOUT_SECONDS,  # noqa: ASYNC109 - as in GraphClient
    ) -> list[Row]:
        self.statements.append(name)
        return await super().read_text(text, given, name=name, timeout=timeout)


class Api:
    """The app over HTTP, with a token unless told otherwise."""

    def __init__(self, http: httpx.AsyncClient, graph: CountingGraph) -> None:
        self.http = http
        self.graph = graph

    def be(self, role: Role) -> None:
        """Ask as somebody of this role from now on."""
        self.http.headers["Authorization"] = f"Bearer {token(role)}"

    async def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        reply = await self.http.post("/graphql", json={"query": query, "variables": variables})
        body: dict[str, Any] = reply.json()
        return body

    async def data(self, query: str, **variables: Any) -> dict[str, Any]:
        body = await self.ask(query, **variables)
        assert "errors" not in body, body["errors"]
        data: dict[str, Any] = body["data"]
        return data

    async def code(self, query: str, **variables: Any) -> str:
        body = await self.ask(query, **variables)
        code: str = body["errors"][0]["extensions"]["code"]
        return code


def questions(graph: GraphClient, ledger: Ledger) -> Questions:
    resolver = Resolver(graph, ledger, secret=SECRET, policy=GUARDED, trust={})
    return Questions(
        history=History(ledger, SECRET),
        explanations=Explanations(graph, resolver),
        what_if=WhatIf(graph, ledger, secret=SECRET, resolver=resolver),
        policy=GUARDED,
    )


def token(role: Role = Role.INVESTIGATOR, lifetime: timedelta = timedelta(minutes=5)) -> str:
    return issue_token(SIGNING_KEY, "tests", role, lifetime)


@pytest.fixture
async def small_bank(graph: GraphClient, driver: AsyncDriver) -> None:
    async with driver.session(database="neo4j") as session:
        await (await session.run(SMALL_BANK.read_text(encoding="utf-8"))).consume()
        await (await session.run("CALL db.index.fulltext.awaitEventuallyConsistentIndexRefresh()")).consume()


@pytest.fixture
async def polled(ledger: Ledger) -> None:
    """Core was read, mobile went down after it had been read, fraud was never read."""
    now = datetime.now(UTC)
    await record_poll(ledger, Poll(system="core", state=SourceState.OK, last_read=now, lag_seconds=2.5, read=9))
    await record_poll(ledger, Poll(system="mobile", state=SourceState.OK, last_read=now, read=5, loaded=4, rejected=1))
    await record_poll(ledger, Poll(system="mobile", state=SourceState.DOWN, error="Nobody answers."))


@asynccontextmanager
async def opened(settings: ApiSettings, driver: AsyncDriver, ledger: Ledger) -> AsyncIterator[Api]:
    counting = CountingGraph(driver)
    transport = httpx.ASGITransport(create_app(settings, counting, ledger, questions=questions(counting, ledger)))
    headers = {"Authorization": f"Bearer {token()}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://api", headers=headers) as http:
        yield Api(http, counting)


@pytest.fixture
async def empty_api(graph: GraphClient, polled: None, driver: AsyncDriver, ledger: Ledger) -> AsyncIterator[Api]:
    async with opened(SETTINGS, driver, ledger) as api:
        yield api


@pytest.fixture
async def api(small_bank: None, empty_api: Api) -> Api:
    return empty_api
