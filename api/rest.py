"""The REST endpoints: fixed GraphQL documents, so that both faces share one projection, one masking, one set of errors.

A page of GraphQL (``edges``, ``pageInfo``) becomes ``{"items": [...], "next": cursor or null}``.
"""

from functools import cache, lru_cache
from importlib import resources
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Header, Path, Query, Request
from graphql import GraphQLSchema
from starlette.responses import Response

from api.auth import BEARER
from api.authorisation import narrowed
from api.context import PURPOSE_FORM, RequestContext
from api.errors import ApiError, ErrorCode
from api.examples import OVERVIEW
from api.pages import DEFAULT_FIRST, MAX_FIRST
from api.problems import problem_responses
from api.schema import ApiSchema
from api.types.context import Context
from api.views import View

Purpose = Annotated[
    str | None,
    Header(
        description="Why you ask: a word or a case's number.",
        examples=["case 17"],
        json_schema_extra={"type": "string", "pattern": f"^{PURPOSE_FORM.pattern}$"},
    ),
]


def _describe_purpose(x_purpose: Purpose = None) -> None: ...


router = APIRouter(
    prefix="/customer/{gcid}",
    tags=["customer"],
    responses=problem_responses(400, 401, 403, 404, 409, 429, 503, 504),
    # for OpenAPI; the context is what refuses
    dependencies=[Depends(BEARER), Depends(_describe_purpose)],
)

Gcid = Annotated[
    str, Path(description="Any GlobalCustomerId ever given out.", max_length=64, examples=[OVERVIEW["gcid"]])
]
First = Annotated[int, Query(ge=1, le=MAX_FIRST, description="How many at most.")]
After = Annotated[str | None, Query(description="The `next` of the page before.")]


@router.get("", summary="One customer in one answer")
async def overview(request: Request, context: RequestContext, gcid: Gcid) -> Response:
    """Profile, source records, evidence, accounts, latest transactions, last login, risk, alerts and freshness.

    What the token's role may not see is left out; identifiers and the date of birth are masked for some roles.
    """
    schema = request.app.state.schema
    return await _answer(schema, context, _narrowed(schema._schema, "customer_overview", context.view), gcid=gcid)


@router.get("/accounts", summary="Her accounts in all systems")
async def accounts(
    request: Request, context: RequestContext, gcid: Gcid, first: First = DEFAULT_FIRST, after: After = None
) -> Response:
    """403 for a role that may not see accounts."""
    return await _customer(request, context, "customer_accounts", gcid=gcid, first=first, after=after)


@router.get("/transactions", summary="Her transactions, newest first")
async def transactions(
    request: Request, context: RequestContext, gcid: Gcid, first: First = DEFAULT_FIRST, after: After = None
) -> Response:
    """403 for a role that may not see transactions."""
    return await _customer(request, context, "customer_transactions", gcid=gcid, first=first, after=after)


@router.get("/risk", summary="Her risk scores and alerts")
async def risk(request: Request, context: RequestContext, gcid: Gcid) -> Response:
    """403 for a role that may not see risk."""
    return await _customer(request, context, "customer_risk", gcid=gcid)


@router.get("/holdings", summary="Her loans, cards, roles and cases")
async def holdings(request: Request, context: RequestContext, gcid: Gcid) -> Response:
    return await _customer(request, context, "customer_holdings", gcid=gcid)


@cache
def document(name: str) -> str:
    return resources.files("api").joinpath("documents", f"{name}.graphql").read_text(encoding="utf-8")


def rest_documents(schema: ApiSchema, view: View) -> list[str]:
    """Every document that the endpoints ask in a role; some of them it will be refused."""
    names = ("customer_accounts", "customer_transactions", "customer_risk", "customer_holdings")
    return [_narrowed(schema._schema, "customer_overview", view), *map(document, names)]


@lru_cache(maxsize=32)
def _narrowed(schema: GraphQLSchema, name: str, view: View) -> str:
    return narrowed(schema, document(name), view)


async def _customer(request: Request, context: Context, name: str, **variables: Any) -> Response:
    return await _answer(request.app.state.schema, context, document(name), **variables)


async def _answer(schema: ApiSchema, context: Context, text: str, **variables: Any) -> Response:
    result = await schema.execute(text, variables, context_value=context)
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
