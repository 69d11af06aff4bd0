"""What surrounds every request: a body of bounded size, headers that keep browsers careful, a line in the log."""

import asyncio
from time import perf_counter

import structlog
from prometheus_client import Histogram
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import INTERNAL_MESSAGE, ErrorCode
from api.problems import problem

log = structlog.get_logger("api")

GONE = 499  # as others log it, too: the caller went away before the answer

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}


class BoundedBody:
    """Refuses a body over the limit with 413, of announced length or not, and one that takes too long with 408."""

    def __init__(self, app: ASGIApp, limit: int, seconds: float) -> None:
        self._app = app
        self._limit = limit
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            async with asyncio.timeout(self._seconds):
                messages = await self._whole(receive)
        except TimeoutError:
            refusal = problem(408, ErrorCode.BAD_USER_INPUT, f"A body arrives within {self._seconds:g} seconds.")
            refusal.headers["Connection"] = "close"
            await refusal(scope, receive, send)
            return
        if messages is None:
            refusal = problem(413, ErrorCode.BAD_USER_INPUT, f"A body has at most {self._limit} bytes.")
            refusal.headers["Connection"] = "close"
            await refusal(scope, receive, send)
            return

        async def replay() -> Message:
            return messages.pop(0) if messages else await receive()

        await self._app(scope, replay, send)

    async def _whole(self, receive: Receive) -> list[Message] | None:
        """The messages of a body; None of one that is too big, of which no more is read."""
        messages: list[Message] = []
        size, more = 0, True
        while more:
            message = await receive()
            messages.append(message)
            size += len(message.get("body", b""))
            more = message.get("more_body", False)
            if size > self._limit:
                return None
        return messages


class Watched:
    """Sets the headers, times and logs each request by its route: paths and queries may identify a person.

    An error that nobody handled becomes a 500 here, logged by its type only.
    """

    def __init__(self, app: ASGIApp, durations: Histogram) -> None:
        self._app = app
        self._durations = durations

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status = perf_counter(), 0

        async def note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self._app(scope, receive, note)
        except Exception as fault:
            log.error("request_failed", route=_route(scope), fault=type(fault).__name__)
            if status:
                raise
            await problem(500, ErrorCode.INTERNAL, INTERNAL_MESSAGE)(scope, receive, note)
        finally:
            seconds, route, status = perf_counter() - started, _route(scope), status or GONE
            self._durations.labels(route=route, method=_method(scope), status=str(status)).observe(seconds)
            log.info("request", route=route, method=_method(scope), status=status, ms=round(seconds * 1000, 1))


def _route(scope: Scope) -> str:
    return getattr(scope.get("route"), "path", None) or "unknown"


def _method(scope: Scope) -> str:
    """A closed set: callers may send any word as a method."""
    method: str = scope["method"]
    return method if method in {"GET", "POST", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"} else "other"
