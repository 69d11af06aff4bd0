"""What happens, told to all who listen in this process: one reader of the ledger, which reads while somebody listens.

Each listener has a queue of bounded length. Who does not keep up is sent away, and can catch up by asking for
``changes``: nobody's slowness costs memory, or another's time.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import structlog

from api.errors import ApiError, ErrorCode
from graph.client import GraphClient
from graph.errors import IdentityError
from graph.history import History
from graph.past import PastEvent
from ledger.errors import LedgerError
from ledger.feed import LAST_NUMBER, Place, newest_place
from ledger.ledger import Ledger

PAGE = 200  # events, or alerts, that are read at once
QUEUE = 100  # happenings that a listener may be behind
READY_SECONDS = 10.0  # that the first look may take
LISTENERS = 500  # in one process

log = structlog.get_logger("api")


@dataclass(frozen=True, slots=True)
class AlertsCame:
    """Alerts, by their keys, that are new or changed."""

    keys: tuple[str, ...]


Happening = PastEvent | AlertsCame


@dataclass(eq=False)
class _Listener:
    """Its queue ends with None when it is sent away."""

    wants: Callable[[Happening], bool]
    queue: asyncio.Queue[Happening | None] = field(default_factory=asyncio.Queue)
    sent_away: bool = False

    def tell(self, happening: Happening) -> None:
        if self.sent_away or not self.wants(happening):
            return
        if self.queue.qsize() < QUEUE:
            self.queue.put_nowait(happening)
        else:
            self.send_away()

    def send_away(self) -> None:
        self.sent_away = True
        self.queue.put_nowait(None)

    async def happenings(self) -> AsyncIterator[Happening]:
        """Raises ApiError once all is told that fitted, if more came."""
        while (happening := await self.queue.get()) is not None:
            yield happening
        raise ApiError(ErrorCode.TOO_SLOW, "You did not keep up: ask for `changes` from your last cursor.")


class Feed:
    """``every``: seconds from one look at the ledger to the next."""

    def __init__(self, graph: GraphClient, ledger: Ledger, history: History, *, every: float) -> None:
        self._graph = graph
        self._ledger = ledger
        self._history = history
        self._every = every
        self._listeners: set[_Listener] = set()
        self._reader: asyncio.Task[None] | None = None
        self._ready = asyncio.Event()

    @asynccontextmanager
    async def listen(self, wants: Callable[[Happening], bool]) -> AsyncIterator[AsyncIterator[Happening]]:
        """What happens from now on. Raises ApiError where too many listen."""
        if len(self._listeners) >= LISTENERS:
            raise ApiError(ErrorCode.UNAVAILABLE, "Too many listen already: ask for `changes` instead.")
        listener = _Listener(wants)
        self._listeners.add(listener)
        if self._reader is None:
            self._ready.clear()
            self._reader = asyncio.create_task(self._read())
            self._reader.add_done_callback(self._ended)
        try:
            try:
                async with asyncio.timeout(READY_SECONDS):
                    await self._ready.wait()
            except TimeoutError as fault:
                raise ApiError(ErrorCode.UNAVAILABLE, "The ledger does not answer at the moment: try again.") from fault
            yield listener.happenings()
        finally:
            self._listeners.discard(listener)
            if not self._listeners and self._reader is not None:
                self._reader.cancel()
                self._reader = None

    def _ended(self, reader: asyncio.Task[None]) -> None:
        """One that failed in a way that nobody foresaw has missed something: nobody may believe that it goes on."""
        if not reader.cancelled() and (fault := reader.exception()):
            log.error("feed_failed", fault=type(fault).__name__)
            for listener in self._listeners:
                listener.send_away()
            self._reader = None

    async def _read(self) -> None:
        """Goes on from where it was when a store did not answer for a while."""
        place: Place | None = None
        silent = False
        while True:
            try:
                place = await self._look(place)
                self._ready.set()
                silent = False
            except (IdentityError, LedgerError) as fault:
                if not silent:
                    log.warning("feed_waits", fault=type(fault).__name__)
                silent = True
            await asyncio.sleep(self._every)

    async def _look(self, place: Place | None) -> Place:
        """Tell what is settled behind a place; answers the place behind that. At first, only finds the place."""
        async with self._ledger.transaction() as connection:
            newest = await newest_place(connection, place)
        if place is None or newest <= place:
            return newest if place is None else place
        after = place
        while events := [it for it in await self._history.changes(after, PAGE) if (it.step, it.number) <= newest]:
            for event in events:
                self._tell(event)
            after = events[-1].step, events[-1].number
        rows = await self._graph.read("read_new_alerts", after=place[0], upto=newest[0])
        for first in range(0, len(rows), PAGE):
            self._tell(AlertsCame(tuple(row["key"] for row in rows[first : first + PAGE])))
        return newest[0], LAST_NUMBER

    def _tell(self, happening: Happening) -> None:
        for listener in self._listeners:
            listener.tell(happening)
