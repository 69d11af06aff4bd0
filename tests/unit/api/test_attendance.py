"""A caller who goes away takes the work with him, unless it writes."""

import asyncio

import pytest
from starlette.types import Message, Receive, Scope, Send

from api.attendance import Attended, finish_regardless

BODY: Message = {"type": "http.request", "body": b"{}", "more_body": False}
GONE: Message = {"type": "http.disconnect"}
SCOPE = {"type": "http"}


class Work:
    """An app that answers once it is told to, and remembers how it ended."""

    def __init__(self, *, writes: bool) -> None:
        self.writes = writes
        self.may_end, self.begun = asyncio.Event(), asyncio.Event()
        self.ended = ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert await receive() == BODY
        if self.writes:
            finish_regardless(scope)
        self.begun.set()
        try:
            await self.may_end.wait()
        except asyncio.CancelledError:
            self.ended = "cancelled"
            raise
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"done"})
        assert await receive() == await receive() == GONE, "which is what the server says once all is sent"
        self.ended = "done"


class Caller:
    """What a server tells of one caller."""

    def __init__(self) -> None:
        self.says: asyncio.Queue[Message] = asyncio.Queue()
        self.says.put_nowait(BODY)
        self.heard: list[Message] = []

    async def receive(self) -> Message:
        return await self.says.get()

    async def send(self, message: Message) -> None:
        self.heard.append(message)
        if message["type"] == "http.response.body":
            self.says.put_nowait(GONE)


@pytest.mark.parametrize(("writes", "ended"), [(False, "cancelled"), (True, "done")])
async def test_who_goes_away_in_the_middle(writes: bool, ended: str) -> None:
    work, caller = Work(writes=writes), Caller()
    request = asyncio.create_task(Attended(work)({**SCOPE}, caller.receive, caller.send))
    await work.begun.wait()
    caller.says.put_nowait(GONE)
    while caller.says.qsize():  # noqa: ASYNC110 - nobody tells when it was heard
        await asyncio.sleep(0)
    work.may_end.set()
    await request
    assert work.ended == ended
    assert not request.cancelled()


async def test_who_waits_is_answered_and_whatever_comes_after_that_is_done() -> None:
    work, caller = Work(writes=False), Caller()
    work.may_end.set()
    await Attended(work)({**SCOPE}, caller.receive, caller.send)
    assert [message["type"] for message in caller.heard] == ["http.response.start", "http.response.body"]
    assert work.ended == "done"


async def test_a_server_that_ends_is_not_taken_for_a_caller_who_went_away() -> None:
    work, caller = Work(writes=True), Caller()
    request = asyncio.create_task(Attended(work)({**SCOPE}, caller.receive, caller.send))
    await work.begun.wait()
    request.cancel()
    with pytest.raises(asyncio.CancelledError):
        await request
    assert work.ended == "cancelled"
