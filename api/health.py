"""Whether the service lives, whether its stores answer, and its metrics. Only liveness is open to everybody."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, cast

import orjson
from fastapi import APIRouter, Depends, Request
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel, Field
from starlette.datastructures import State
from starlette.responses import PlainTextResponse, Response

from api.auth import BEARER, authorise
from api.metrics import Snapshot, exposition
from api.problems import problem_responses
from graph.errors import IdentityError
from ledger.errors import LedgerError
from ledger.quality import TableQuality, letters_and_qualities
from ledger.sources import SourceStatus, source_statuses
from ledger.streams import Stream, streams


class Readiness(BaseModel):
    status: Literal["ready", "not ready"]
    stores: dict[str, bool] = Field(examples=[{"neo4j": True, "ledger": True}])
    planned: bool = Field(description="Whether Neo4j has planned our own documents since it started.")


router = APIRouter(tags=["operations"])


@router.get("/health/live", summary="Whether the process answers")
async def live() -> dict[str, str]:
    return {"status": "live"}


@router.get(
    "/health/ready",
    summary="Whether Neo4j and the ledger answer and our documents are planned",
    dependencies=[Depends(BEARER), Depends(authorise)],
    responses={
        **problem_responses(401, 403, 429),
        200: {"model": Readiness},
        503: {**problem_responses(503)[503], "model": Readiness},
    },
)
async def ready(request: Request) -> Response:
    state = request.app.state
    stores = {
        "neo4j": await _read(state, "read_ready") is not None,
        "ledger": await _statuses(state) is not None,
    }
    fit = all(stores.values()) and not state.planning.waiting
    body = Readiness(status="ready" if fit else "not ready", stores=stores, planned=not state.planning.waiting)
    return Response(orjson.dumps(body.model_dump()), 200 if fit else 503, media_type="application/json")


@router.get(
    "/metrics",
    summary="Prometheus metrics",
    dependencies=[Depends(BEARER), Depends(authorise)],
    response_class=PlainTextResponse,
    responses=problem_responses(401, 403, 429, 503),
)
async def metrics(request: Request) -> Response:
    state = request.app.state
    statuses = await _statuses(state)
    letters, qualities = await _quality(state)
    rates = state.rates.update(statuses or ())
    snapshot = Snapshot(
        statuses, await _read(state, "read_statistics"), rates, letters, qualities, await _streams(state)
    )
    return Response(exposition(snapshot, registry=state.registry), media_type=CONTENT_TYPE_LATEST)


async def _read(state: State, name: str) -> Mapping[str, Any] | None:
    """The one row of a read; None where the graph does not answer, which is what is being asked."""
    try:
        (row,) = await state.graph.read(name)
    except IdentityError:
        return None
    return cast("Mapping[str, Any]", row)


async def _statuses(state: State) -> Sequence[SourceStatus] | None:
    try:
        return await source_statuses(state.ledger)
    except LedgerError:
        return None


async def _streams(state: State) -> Sequence[Stream]:
    """Nothing where the ledger does not answer."""
    try:
        return await streams(state.ledger)
    except LedgerError:
        return ()


async def _quality(state: State) -> tuple[Mapping[str, int], Sequence[TableQuality]]:
    """Nothing where the ledger does not answer, which is told by its own metric."""
    try:
        return await letters_and_qualities(state.ledger)
    except LedgerError:
        return {}, ()
