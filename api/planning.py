"""Neo4j plans a statement when it first meets it, which takes seconds for one that asks for much. So our own documents
are asked once for a customer that is none, as each role, before the service says that it is ready.

Nothing is read and nothing audited. A store that does not answer, or is slow, delays readiness no longer than a while.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import structlog
from fastapi import FastAPI

from api.rest import rest_documents
from api.tokens import Caller, Role
from api.trail import Trail
from api.types.context import Context
from ledger.audit import AuditEntry

MOST_SECONDS = 20.0  # that readiness waits
NOBODY = "00000000-0000-4000-8000-000000000000"
ROLES = (Role.INVESTIGATOR, *(role for role in Role if role is not Role.INVESTIGATOR))  # who asks for most comes first

log = structlog.get_logger("api")


@dataclass(slots=True)
class Planning:
    """``waiting``: from the start of the service until its documents are planned."""

    waiting: bool = False


class Rehearsal(Trail):
    """Nobody asks about nobody: there is nothing to append."""

    async def _write(self, entry: AuditEntry) -> None:
        pass


@asynccontextmanager
async def planned_from_the_start(app: FastAPI) -> AsyncIterator[None]:
    """The app's lifespan."""
    app.state.planning.waiting = True
    task = asyncio.create_task(_plan(app))
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def _plan(app: FastAPI) -> None:
    loop, planning = asyncio.get_running_loop(), app.state.planning
    begun = loop.time()
    try:
        async with asyncio.timeout(MOST_SECONDS):
            for role in ROLES:
                await _rehearse(app, role)
    except TimeoutError:
        log.warning("planning_took_too_long", seconds=MOST_SECONDS)
    finally:
        planning.waiting = False
    log.info("planned", seconds=round(loop.time() - begun, 1))


async def _rehearse(app: FastAPI, role: Role) -> None:
    state, caller = app.state, Caller(subject="planning", role=role)
    for text in rest_documents(state.schema, state.views[role]):
        context = Context(
            caller=caller,
            settings=state.settings,
            graph=state.graph,
            ledger=state.ledger,
            compiler=state.compiler,
            fields=state.fields,
            view=state.views[role],
            auditor=state.auditor,
        )
        context.trail = Rehearsal(state.auditor, caller, None)
        await state.schema.execute(text, {"gcid": NOBODY}, context_value=context)
