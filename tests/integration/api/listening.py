"""The app on a port of its own, and websockets that speak to it."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any

import uvicorn
import websockets
from fastapi import FastAPI
from websockets.asyncio.client import ClientConnection

from api.app import create_app
from api.feed import Feed, Happening
from api.settings import ApiSettings
from api.tokens import verification_key
from graph.client import GraphClient
from graph.history import History
from ledger.ledger import Ledger
from tests.integration.api.conftest import SIGNING_KEY, questions, token
from tests.integration.graph.bank import SECRET

PATIENCE = 30.0


class Line:
    """A websocket that speaks graphql-transport-ws."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    async def send(self, **message: Any) -> None:
        await self.socket.send(json.dumps(message))

    async def closed(self) -> int:
        """The code with which it is closed; what is said before does not matter."""
        with suppress(websockets.ConnectionClosed):
            while True:
                await self.next()
        code = self.socket.close_code
        assert code is not None
        return code

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
    """The app, heard of at ``address``."""

    def __init__(self, app: FastAPI, address: str, feed: HeardFeed) -> None:
        self.app = app
        self.address = address
        self.feed = feed

    @asynccontextmanager
    async def socket(self) -> AsyncIterator[Line]:
        protocol = websockets.Subprotocol("graphql-transport-ws")
        async with websockets.connect(f"ws://{self.address}/graphql", subprotocols=[protocol]) as opened:
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


@asynccontextmanager
async def serve(app: FastAPI) -> AsyncIterator[str]:
    """Answers the address."""
    server = Server(app)
    serving = asyncio.create_task(server.serve())
    await server.up.wait()
    host, port = server.servers[0].sockets[0].getsockname()
    yield f"{host}:{port}"
    server.should_exit = True
    await serving


@asynccontextmanager
async def open_site(graph: GraphClient, ledger: Ledger, settings: ApiSettings | None = None) -> AsyncIterator[Site]:
    settings = settings or ApiSettings(verification_key=verification_key(SIGNING_KEY))
    app = create_app(settings, graph, ledger, questions=questions(graph, ledger))
    app.state.feed = feed = HeardFeed(graph, ledger, History(ledger, SECRET), every=0.05)
    async with serve(app) as address:
        yield Site(app, address, feed)
