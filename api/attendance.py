"""Whether somebody still waits for an answer. Who has gone needs none: what his request asked of the stores is ended.

A request that writes is finished all the same: half of a decision helps nobody.
"""

import asyncio
from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send

KEY = "attendance"  # where a request's scope has it


@dataclass(slots=True)
class Attendance:
    """Of one request. ``task`` works for it."""

    task: asyncio.Task[object]
    received: asyncio.Queue[Message]
    needed: bool = True  # end the work if the caller goes
    answered: bool = False
    gone: bool = False

    async def watch(self, receive: Receive) -> None:
        """Pass on what arrives, the last of which is that the caller has gone or was answered."""
        while True:
            message = await receive()
            self.received.put_nowait(message)
            if message["type"] == "http.disconnect":
                break
        if self.needed and not self.answered:
            self.gone = True
            self.task.cancel()

    async def hear(self) -> Message:
        message = await self.received.get()
        if message["type"] == "http.disconnect":
            self.received.put_nowait(message)  # for whoever asks again
        return message


class Attended:
    """Cancels the work on a request whose caller goes away. It belongs behind what bounds bodies: it reads all."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        task = asyncio.current_task()
        if scope["type"] != "http" or task is None:
            await self._app(scope, receive, send)
            return
        scope[KEY] = attendance = Attendance(task, asyncio.Queue())

        async def note(message: Message) -> None:
            if message["type"] == "http.response.body" and not message.get("more_body", False):
                attendance.answered = True
            await send(message)

        watching = asyncio.create_task(attendance.watch(receive))
        try:
            await self._app(scope, attendance.hear, note)
        except asyncio.CancelledError:
            if not attendance.gone:
                raise
            task.uncancel()
        finally:
            watching.cancel()


def finish_regardless(scope: Scope) -> None:
    """From now on this request is worked on whether its caller waits or not."""
    attendance: Attendance | None = scope.get(KEY)
    if attendance is not None:
        attendance.needed = False
