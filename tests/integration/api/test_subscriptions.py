"""Subscriptions over a real websocket: who may listen, what is heard, and who is sent away."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
import uvicorn
import websockets
from fastapi import FastAPI
from neo4j import AsyncDriver
from websockets.asyncio.client import ClientConnection

from api.app import create_app
from api.feed import QUEUE, Feed, Happening
from api.graphql import MAX_SUBSCRIPTIONS
from api.settings import ApiSettings
from api.tokens import verification_key
from graph.business import AlertRecord
from graph.client import GraphClient
from graph.history import History
from graph.proposals import Same
from ledger.entries import Entries, EventKind, IdentityEvent
from ledger.ledger import Ledger
from ledger.steps import Outcome, append_outcome, append_step
from tests.integration.api.conftest import SIGNING_KEY, questions, token
from tests.integration.graph.bank import DAY, SECRET, customer
from tests.integration.graph.place import ID, PHONE, WHY, A, B, Place

PATIENCE = 30.0
CHANGED = "subscription($g: ID!) { customerChanged(gcid: $g) { kind gcid from to cause { decision { verdict } } } }"


class Line:
    """A websocket that speaks graphql-transport-ws."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    async def send(self, **message: Any) -> None:
        await self.socket.send(json.dumps(message))

    async def next(self) -> dict[str, Any]:
        async with asyncio.timeout(PATIENCE):
            message: dict[str, Any] = json.loads(await self.socket.recv())
            return message

    async def subscribe(self, query: str, id_: str = "1", **variables: Any) -> None:
        await self.send(id=id_, type="subscribe", payload={"query": query, "variables": variables})


class HeardFeed(Feed):
    """The real feed, which says how many listen."""

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.number = 0
        self.changed = asyncio.Condition()

    @asynccontextmanager
    async def listen(self, wants: Callable[[Happening], bool]) -> AsyncIterator[AsyncIterator[Happening]]:
        heard = 0
        try:
            async with super().listen(wants) as happenings:
                heard = 1
                await self._count(heard)
                yield happenings
        finally:
            await self._count(-heard)

    async def _count(self, more: int) -> None:
        async with self.changed:
            self.number += more
            self.changed.notify_all()


class Server(uvicorn.Server):
    def __init__(self, app: FastAPI) -> None:
        super().__init__(uvicorn.Config(app, port=0, log_config=None, access_log=False, lifespan="off"))
        self.up = asyncio.Event()

    async def startup(self, sockets: list[Any] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()


class Site:
    def __init__(self, url: str, feed: HeardFeed) -> None:
        self.url = url
        self.feed = feed

    @asynccontextmanager
    async def socket(self) -> AsyncIterator[Line]:
        async with websockets.connect(
            self.url, subprotocols=[websockets.Subprotocol("graphql-transport-ws")]
        ) as opened:
            yield Line(opened)

    @asynccontextmanager
    async def line(self, said: Mapping[str, Any] | None = None) -> AsyncIterator[Line]:
        async with self.socket() as line:
            await line.send(type="connection_init", payload=said or {"Authorization": f"Bearer {token()}"})
            assert (await line.next())["type"] == "connection_ack"
            yield line

    async def listeners(self, number: int) -> None:
        """Until so many are heard."""
        async with asyncio.timeout(PATIENCE):
            async with self.feed.changed:
                await self.feed.changed.wait_for(lambda: self.feed.number == number)


@pytest.fixture
async def site(graph: GraphClient, ledger: Ledger) -> AsyncIterator[Site]:
    settings = ApiSettings(verification_key=verification_key(SIGNING_KEY))
    app = create_app(settings, graph, ledger, questions=questions(graph, ledger))
    app.state.feed = feed = HeardFeed(graph, ledger, History(ledger, SECRET), every=0.05)
    server = Server(app)
    serving = asyncio.create_task(server.serve())
    await server.up.wait()
    port = server.servers[0].sockets[0].getsockname()[1]
    yield Site(f"ws://127.0.0.1:{port}/graphql", feed)
    server.should_exit = True
    await serving


@pytest.fixture
def place(graph: GraphClient, ledger: Ledger, driver: AsyncDriver) -> Place:
    return Place(graph, ledger, driver)


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"Authorization": "Bearer nonsense"},
        {"Authorization": 7},
        {"Authorization": f"Bearer {token(lifetime=timedelta(minutes=-1))}"},
    ],
    ids=["nothing", "no token", "no text", "expired"],
)
async def test_nobody_listens_without_a_token(site: Site, said: dict[str, Any]) -> None:
    async with site.socket() as line:
        await line.send(type="connection_init", payload=said)
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await line.next()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4403


async def test_nothing_is_answered_before_the_introduction(site: Site) -> None:
    async with site.socket() as line:
        await line.subscribe("subscription { identityChanged { gcid } }")
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await line.next()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4401


async def test_a_listener_hears_what_happens_to_her_and_another_hears_all(site: Site, place: Place) -> None:
    await place.tell(customer(A, "John Doe", ID), customer(B, "Johnny D", PHONE))
    first, second = await place.gcid_of(A), await place.gcid_of(B)
    async with site.line() as hers, site.line() as all_:
        await hers.subscribe(CHANGED, g=second)
        await all_.subscribe("subscription { identityChanged { kind gcid } }")
        await site.listeners(2)
        await place.tell(customer("core|customer|x", "Mary Wanjiku"))
        third = await place.gcid_of("core|customer|x")
        await place.steward.decide(Same(A, B), **WHY)
        merged = {"kind": "MERGED", "gcid": first, "from": [first, second], "to": [first]}
        cause = {"cause": {"decision": {"verdict": "same"}}}
        assert (await hers.next())["payload"] == {"data": {"customerChanged": merged | cause}}
        heard = [(await all_.next())["payload"]["data"]["identityChanged"] for _ in range(2)]
        assert heard == [{"kind": "CREATED", "gcid": third}, {"kind": "MERGED", "gcid": first}]
    await site.listeners(0)
    assert site.feed._reader is None, "nobody reads when nobody listens"


async def test_alerts_are_heard_as_they_come(site: Site, place: Place) -> None:
    async with site.line() as line:
        await line.subscribe("subscription { alertRaised { key score about } }")
        await site.listeners(1)
        await place.tell(customer(A, "John Doe", ID), AlertRecord(key="core|alert|1", at=DAY, customer=A, score=82.0))
        heard = (await line.next())["payload"]
        assert heard == {"data": {"alertRaised": {"key": "core|alert|1", "score": 82.0, "about": [A]}}}


async def test_who_does_not_keep_up_is_sent_away_and_nobody_waits_for_her(site: Site, ledger: Ledger) -> None:
    """Everything happens in one step: more than fits into a queue before anybody can read it."""
    entries = Entries(
        events=tuple(
            IdentityEvent(what=EventKind.CREATED, gcid=f"{n:08}-0000-8000-8000-000000000000", records=1)
            for n in range(QUEUE + 50)
        )
    )
    async with site.line() as line:
        await line.subscribe("subscription { identityChanged { gcid } }", "slow")
        await line.subscribe(CHANGED, "one", g=f"{QUEUE + 49:08}-0000-8000-8000-000000000000")
        await site.listeners(2)
        async with ledger.session() as writer:
            step = await append_step(writer, "resolve", entries=entries)
            await append_outcome(writer, step.id, Outcome.COMMITTED)
        heard, ended = {"slow": 0, "one": 0}, None
        while ended is None or not heard["one"]:
            message = await line.next()
            if errors := (message.get("payload") or {}).get("errors"):
                ended = errors[0]["extensions"]["code"]
            elif message["type"] == "next":
                heard[message["id"]] += 1
        assert (ended, heard) == ("TOO_SLOW", {"slow": QUEUE, "one": 1})


async def test_a_line_has_bounds_and_is_for_subscriptions_only(site: Site) -> None:
    async with site.line() as line:
        await line.subscribe("{ __typename }", "query")
        refused = await line.next()
        errors = refused["payload"] if refused["type"] == "error" else refused["payload"]["errors"]
        assert errors[0]["extensions"]["code"] == "BAD_USER_INPUT"
        if refused["type"] == "next":
            assert (await line.next())["type"] == "complete"
        for n in range(MAX_SUBSCRIPTIONS + 1):
            await line.subscribe("subscription { identityChanged { gcid } }", str(n))
        refused = await line.next()
        assert (refused["type"], refused["id"]) == ("error", str(MAX_SUBSCRIPTIONS))
