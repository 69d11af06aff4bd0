"""Callers who ask all the time: the overview over GraphQL and REST, and previews of a decision now and then."""

import asyncio
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from time import monotonic
from typing import Any

import httpx

from api.rest import document

HANG_SECONDS = 40.0  # above every limit of the service: whoever waits longer was forgotten
PAUSE_SECONDS = 0.02  # of a caller between two questions
PREVIEW = """mutation($a: String!, $b: String!) {
  judgeSame(a: $a, b: $b, reason: "load", dryRun: true) { state }
}"""


@dataclass(frozen=True, slots=True)
class Asked:
    """``code``: of the error; None for an answer. ``ended`` is of the monotonic clock."""

    what: str
    ended: float
    seconds: float
    status: int
    code: str | None
    retry_after: str | None


@dataclass
class Load:
    """So many callers, in a thread of their own until they are stopped."""

    url: str
    tokens: dict[str, str]  # by role
    gcid: str
    records: tuple[str, str]
    clients: int = 16
    asked: list[Asked] = field(default_factory=list)
    _stopped: threading.Event = field(default_factory=threading.Event)
    _more: threading.Condition = field(default_factory=threading.Condition)

    @contextmanager
    def running(self) -> Iterator["Load"]:
        self._stopped.clear()
        thread = threading.Thread(target=lambda: asyncio.run(self._all()))
        thread.start()
        try:
            yield self
        finally:
            self._stopped.set()
            thread.join()

    def since(self, moment: float) -> list[Asked]:
        return [it for it in self.asked if it.ended >= moment]

    def next(self) -> None:
        """Wait until somebody else was answered; fails where nobody is."""
        with self._more:
            assert self._more.wait(2 * HANG_SECONDS), "nobody is answered any more"

    async def _all(self) -> None:
        async with httpx.AsyncClient(base_url=self.url, timeout=HANG_SECONDS, trust_env=False) as http:
            await asyncio.gather(*(self._caller(http, number) for number in range(self.clients)))

    async def _caller(self, http: httpx.AsyncClient, number: int) -> None:
        for turn in count(number):
            if self._stopped.is_set():
                return
            asked = await self._ask(http, turn)
            with self._more:
                self.asked.append(asked)
                self._more.notify_all()
            await asyncio.sleep(PAUSE_SECONDS)

    async def _ask(self, http: httpx.AsyncClient, turn: int) -> Asked:
        begun = monotonic()
        if turn % 8 == 0:
            what = "preview"
            reply = await self._post(http, "steward", PREVIEW, a=self.records[0], b=self.records[1])
        elif turn % 2:
            what = "GraphQL"
            reply = await self._post(http, "investigator", document("customer_overview"), gcid=self.gcid)
        else:
            what = "REST"
            reply = await http.get(f"/customer/{self.gcid}", headers=self._bearer("investigator"))
        now = monotonic()
        return Asked(what, now, now - begun, reply.status_code, _code(reply), reply.headers.get("retry-after"))

    async def _post(self, http: httpx.AsyncClient, role: str, query: str, **variables: Any) -> httpx.Response:
        body = {"query": query, "variables": variables}
        return await http.post("/graphql", json=body, headers=self._bearer(role))

    def _bearer(self, role: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens[role]}"}


def _code(reply: httpx.Response) -> str | None:
    body: dict[str, Any] = reply.json()
    if errors := body.get("errors"):
        code: str = errors[0]["extensions"]["code"]
        return code
    return body.get("code")


def slowest(asked: Iterable[Asked]) -> float:
    return max((it.seconds for it in asked), default=0.0)


def first_answer(asked: Iterable[Asked], fits: Callable[[Asked], bool] = lambda it: it.code is None) -> float | None:
    """When the first of them ended that fits."""
    return min((it.ended for it in asked if fits(it)), default=None)
