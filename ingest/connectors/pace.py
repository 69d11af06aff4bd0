"""A source's own limit of rows a second: a token bucket that holds one second's rows."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

Wait = Callable[[float], Awaitable[None]]


class Pace:
    """Lets through ``rate`` rows a second on the average, or as many as come if there is no rate."""

    def __init__(self, rate: int | None, clock: Callable[[], float], wait: Wait) -> None:
        self._rate = rate
        self._clock = clock
        self._wait = wait
        self._paid_until = clock()  # when the rows so far are paid for

    async def spend(self, rows: int) -> None:
        """Wait until these rows were slow enough."""
        if self._rate is None:
            return
        now = self._clock()
        self._paid_until = max(self._paid_until, now - 1) + rows / self._rate
        if self._paid_until > now:
            await self._wait(self._paid_until - now)


def wait_or(stopping: asyncio.Event | None) -> Wait:
    """Wait so many seconds, but no longer than until somebody wants an end."""
    ends = stopping or asyncio.Event()

    async def wait(seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(ends.wait(), seconds)

    return wait
