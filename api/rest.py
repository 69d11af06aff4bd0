"""The REST endpoints: fixed GraphQL documents, so that both faces share one projection, one masking, one set of errors.

A page of GraphQL (``edges``, ``pageInfo``) becomes ``{"items": [...], "next": cursor or null}``.
"""

from functools import cache
from importlib import resources
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.security import HTTPBearer
from starlette.responses import Response

from api.context import RequestContext
from api.errors import ApiError, ErrorCode
from api.examples import ACCOUNTS, HOLDINGS, OVERVIEW, RISK, TRANSACTIONS
from api.pages import DEFAULT_FIRST, MAX_FIRST
from api.problems import problem_responses
from api.types.context import Context

router = APIRouter(
    prefix="/customer/{gcid}",
    tags=["customer"],
    responses=problem_responses(400, 401, 404, 409, 503, 504),
    dependencies=[Depends(HTTPBearer(auto_error=False))],  # for OpenAPI; the context is what refuses
)

Gcid = Annotated[str, Path(description="Any GlobalCustomerId ever given out.", max_length=64)]
First = Annotated[int, Query(ge=1, le=MAX_FIRST, description="How many at most.")]
After = Annotated[str | None, Query(description="The `next` of the page before.")]


def _example(example: dict[str, Any]) -> dict[int | str, dict[str, Any]]:
    return {200: {"description": "Found.", "content": {"application/json": {"example": example}}}}


@router.get("", summary="One customer in one answer", responses=_example(OVERVIEW))
async def overview(request: Request, context: RequestContext, gcid: Gcid) -> Response:
    """Profile, source records, evidence, accounts, latest transactions, last login, risk, alerts and freshness."""
    return await _customer(request, context, "customer_overview", gcid=gcid)


@router.get("/accounts", summary="Her accounts in all systems", responses=_example(ACCOUNTS))
async def accounts(
    request: Request, context: RequestContext, gcid: Gcid, first: First = DEFAULT_FIRST, after: After = None
) -> Response:
    return await _customer(request, context, "customer_accounts", gcid=gcid, first=first, after=after)


@router.get("/transactions", summary="Her transactions, newest first", responses=_example(TRANSACTIONS))
async def transactions(
    request: Request, context: RequestContext, gcid: Gcid, first: First = DEFAULT_FIRST, after: After = None
) -> Response:
    return await _customer(request, context, "customer_transactions", gcid=gcid, first=first, after=after)


@router.get("/risk", summary="Her risk scores and alerts", responses=_example(RISK))
async def risk(request: Request, context: RequestContext, gcid: Gcid) -> Response:
    return await _customer(request, context, "customer_risk", gcid=gcid)


@router.get("/holdings", summary="Her loans, cards, roles and cases", responses=_example(HOLDINGS))
async def holdings(request: Request, context: RequestContext, gcid: Gcid) -> Response:
    return await _customer(request, context, "customer_holdings", gcid=gcid)


@cache
def document(name: str) -> str:
    return resources.files("api").joinpath("documents", f"{name}.graphql").read_text(encoding="utf-8")


async def _customer(request: Request, context: Context, name: str, **variables: Any) -> Response:
    result = await request.app.state.schema.execute(document(name), variables, context_value=context)
    customer = (result.data or {}).get("customer")
    if customer is None:
        raise _first_error(result.errors)
    return Response(orjson.dumps(paged(customer)), media_type="application/json")


def _first_error(errors: Any) -> ApiError:
    error = errors[0]
    return ApiError(ErrorCode(error.extensions["code"]), error.message)


def paged(value: Any) -> Any:
    """A GraphQL answer with each connection as items and next."""
    if isinstance(value, list):
        return [paged(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "edges" in value:
        info = value["pageInfo"]
        return {
            "items": [paged(edge["node"]) for edge in value["edges"]],
            "next": info["endCursor"] if info["hasNextPage"] else None,
        }
    return {name: paged(item) for name, item in value.items()}
