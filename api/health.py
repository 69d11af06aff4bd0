"""Whether the service lives, whether its stores answer, and its metrics. Only liveness is open to everybody."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

import orjson
from fastapi import APIRouter, Depends, Request
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.datastructures import State
from starlette.responses import Response

from api.auth import authorise
from api.metrics import Snapshot, exposition
from graph.errors import IdentityError
from ledger.errors import LedgerError
from ledger.quality import TableQuality, letters_and_qualities
from ledger.sources import SourceStatus, source_statuses
from ledger.streams import Stream, streams

router = APIRouter(tags=["operations"])


@router.get("/health/live", summary="Whether the process answers")
async def live() -> dict[str, str]:
    return {"status": "live"}


@router.get("/health/ready", summary="Whether Neo4j and the ledger answer", dependencies=[Depends(authorise)])
async def ready(request: Request) -> Response:
    state = request.app.state
    stores = {
        "neo4j": await _read(state, "read_ready") is not None,
        "ledger": await _statuses(state) is not None,
    }
    body = {"status": "ready" if all(stores.values()) else "not ready", "stores": stores}
    return Response(orjson.dumps(body), 200 if all(stores.values()) else 503, media_type="application/json")


@router.get("/metrics", summary="Prometheus metrics", dependencies=[Depends(authorise)])
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
