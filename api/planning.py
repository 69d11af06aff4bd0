"""Neo4j plans a statement when it first meets it, which takes seconds for one that asks for much. So our own documents
are asked once for a customer that is none, as each role, as the first of them before the service says that it is ready;
and again when Neo4j was away: a server that was started anew remembers no plan. Nothing is read and nothing audited.

It takes the time that it needs. Readiness waits for it no longer than a while.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace

import structlog
from fastapi import FastAPI

from api.pages import DEFAULT_FIRST
from api.rest import rest_documents
from api.tokens import Caller, Role
from api.trail import Trail
from api.types.context import Context
from graph.client import PLAN_SECONDS
from ledger.audit import AuditEntry

MOST_SECONDS = 20.0  # that readiness waits
LOOK_SECONDS = 1.0  # from one look for an outage to the next
ASKED = {"gcid": "00000000-0000-4000-8000-000000000000", "first": DEFAULT_FIRST, "after": None}  # who is nobody
ROLES = (Role.INVESTIGATOR, *(role for role in Role if role is not Role.INVESTIGATOR))  # who asks for most comes first

log = structlog.get_logger("api")


@dataclass(slots=True)
class Planning:
    """``waiting``: from the start of the service until its documents are planned, or that takes too long."""

    waiting: bool = False

    def done(self) -> None:
        self.waiting = False


class Rehearsal(Trail):
    """Nobody asks about nobody: there is nothing to append."""

    async def _write(self, entry: AuditEntry) -> None:
        pass


@asynccontextmanager
async def planned_from_the_start(app: FastAPI) -> AsyncIterator[None]:
    """The app's lifespan."""
    planning: Planning = app.state.planning
    planning.waiting = True
    asyncio.get_running_loop().call_later(MOST_SECONDS, planning.done)
    task = asyncio.create_task(_keep_planned(app))
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def _keep_planned(app: FastAPI) -> None:
    loop, graph = asyncio.get_running_loop(), app.state.graph
    while True:
        begun, outages = loop.time(), graph.outages
        for role in ROLES:
            await _rehearse(app, role)
            app.state.planning.done()  # with the first, who asks for most; the others differ in what is masked
        if graph.outages == outages:
            log.info("planned", seconds=round(loop.time() - begun, 1))
        await asyncio.sleep(LOOK_SECONDS)
        while graph.outages == outages:  # noqa: ASYNC110 - a pause is needed anyhow while it is away
            await asyncio.sleep(LOOK_SECONDS)


async def _rehearse(app: FastAPI, role: Role) -> None:
    state, caller = app.state, Caller(subject="planning", role=role)
    patient = replace(state.settings, query_seconds=PLAN_SECONDS, request_seconds=PLAN_SECONDS)
    for text in rest_documents(state.schema, state.views[role]):
        context = Context(
            caller=caller,
            settings=patient,
            graph=state.graph,
            ledger=state.ledger,
            compiler=state.compiler,
            fields=state.fields,
            view=state.views[role],
            auditor=state.auditor,
        )
        context.trail = Rehearsal(state.auditor, caller, None)
        await state.schema.execute(text, ASKED, context_value=context)
