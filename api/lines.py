"""Websockets: how many somebody may hold open, for how long, and what is said over one."""

import asyncio
from collections import Counter
from time import time
from typing import Any

import structlog
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import BaseGraphQLTransportWSHandler
from strawberry.subscriptions.protocols.graphql_transport_ws.types import SubscribeMessage

from api.auth import Door
from api.errors import ApiError, ErrorCode
from api.tokens import LEEWAY_SECONDS, Caller

MAX_LINES = 10  # websockets of one caller
MAX_STRANGERS = 100  # of one address, that have not said who they are yet: behind a proxy all come from one
MAX_SUBSCRIPTIONS = 20  # of one websocket
MAX_ID = 100  # characters of the name that a caller gives to a subscription
MAX_REASON = 120  # bytes; the protocol has room for 123
CLOSED = {ErrorCode.RATE_LIMITED: 4429, ErrorCode.UNAVAILABLE: 1013}  # try again later; else it is 4403, forbidden
EXPIRED = 4401

log = structlog.get_logger("api")


class Lines:
    """The open websockets of one process, by whom they are of."""

    def __init__(self) -> None:
        self._open = Counter[str]()

    def take(self, who: str, most: int) -> None:
        """Raises ApiError RATE_LIMITED."""
        if self._open[who] >= most:
            raise ApiError(ErrorCode.RATE_LIMITED, f"Too many websockets are open: at most {most}. Close one.")
        self._open[who] += 1

    def leave(self, who: str) -> None:
        self._open[who] -= 1
        if not self._open[who]:
            del self._open[who]


class Place:
    """Of one websocket among them: it is a stranger's of some address until it is a caller's."""

    def __init__(self, lines: Lines, address: str) -> None:
        """Raises ApiError RATE_LIMITED."""
        self._lines = lines
        self._who = f"address {address}"
        lines.take(self._who, MAX_STRANGERS)

    def give_to(self, caller: Caller) -> None:
        """Raises ApiError RATE_LIMITED, and stays as it is."""
        who = f"caller {caller.subject}"
        self._lines.take(who, MAX_LINES)
        self._lines.leave(self._who)
        self._who = who

    def leave(self) -> None:
        self._lines.leave(self._who)


class Line(BaseGraphQLTransportWSHandler[Any, Any]):
    """A websocket that speaks graphql-transport-ws, for no longer than its caller's token is valid."""

    async def handle(self) -> None:
        connection = self.context.connection
        try:
            place = Place(connection.app.state.lines, connection.client.host if connection.client else "")
        except ApiError as fault:
            await self._refuse(fault)
            return
        self.context.place = place
        try:
            async with asyncio.timeout(None) as self._lifetime:
                await super().handle()
        except TimeoutError:
            if not self._lifetime.expired():
                raise
            await self.websocket.close(code=EXPIRED, reason="The token has expired: come back with a new one.")
        finally:
            place.leave()

    async def handle_message(self, message: Any) -> None:
        if _well_formed(message):
            await super().handle_message(message)
        else:
            await self.handle_invalid_message("This is no message of graphql-transport-ws.")

    async def handle_connection_init(self, message: Any) -> None:
        try:
            await super().handle_connection_init(message)
        except ApiError as fault:
            await self._refuse(fault)
        if self.connection_acknowledged:
            left = self.context.caller.expires + LEEWAY_SECONDS - time()
            self._lifetime.reschedule(asyncio.get_running_loop().time() + left)

    async def handle_subscribe(self, message: SubscribeMessage) -> None:
        """Each counts as a request does."""
        if self.connection_acknowledged and message["id"] not in self.operations:
            try:
                door: Door = self.context.connection.app.state.door
                door.count(self.context.caller)
                if len(self.operations) >= MAX_SUBSCRIPTIONS:
                    raise ApiError(
                        ErrorCode.RATE_LIMITED, f"One websocket has at most {MAX_SUBSCRIPTIONS} subscriptions."
                    )
            except ApiError as fault:
                error: Any = {"message": str(fault), "extensions": {"code": fault.code.value}}
                await self.send_message({"id": message["id"], "type": "error", "payload": [error]})
                return
        await super().handle_subscribe(message)

    async def handle_task_exception(self, error: Exception) -> None:
        """By its type only: what an error says, and where, may quote a caller."""
        log.error("websocket_failed", fault=type(error).__name__)

    async def _refuse(self, fault: ApiError) -> None:
        await self.websocket.close(code=CLOSED.get(fault.code, 4403), reason=str(fault)[:MAX_REASON])


def _well_formed(message: object) -> bool:
    """Whether the parts of a message are what the protocol says; which messages there are is told elsewhere."""
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        return False
    if message["type"] not in {"subscribe", "complete"}:
        return True
    name, asked = message.get("id"), message.get("payload")
    if not isinstance(name, str) or len(name) > MAX_ID:
        return False
    return message["type"] == "complete" or (
        isinstance(asked, dict)
        and isinstance(asked.get("query"), str)
        and isinstance(asked.get("variables"), dict | None)
        and isinstance(asked.get("operationName"), str | None)
    )
