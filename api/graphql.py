"""POST /graphql, and subscriptions over graphql-transport-ws."""

from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import orjson
from cross_web import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import Response
from strawberry.fastapi import GraphQLRouter
from strawberry.http import GraphQLHTTPResponse
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.types.unset import UNSET

from api.auth import authenticate
from api.context import request_context
from api.errors import AFTER_OUTAGE, STATUS, ApiError, ErrorCode
from api.lines import Line
from api.schema import ApiSchema
from api.types.context import Context, Stranger

INTRODUCTION = timedelta(seconds=10)  # within which a websocket says who it is
SAID = ("authorization", "x-purpose")  # what its first message may say, by the names of headers


class GraphQL(GraphQLRouter[Context, None]):
    """An operation that was refused as a whole has an HTTP status that says so; a partial answer is a 200."""

    graphql_transport_ws_handler_class = Line

    async def run(self, request: Any, context: Any = UNSET, root_value: Any = UNSET) -> Any:
        try:
            return await super().run(request, context, root_value)
        except HTTPException as fault:  # a body that is no GraphQL request: a problem like any other
            raise ApiError(ErrorCode.BAD_USER_INPUT, f"{fault.reason.removesuffix('.')}.") from fault

    def decode_json(self, data: str | bytes) -> object:
        """orjson refuses what is nested without end, where the standard library would run out of stack."""
        return orjson.loads(data)

    def parse_json(self, data: str | bytes) -> Any:
        """Strawberry takes for granted what is checked here."""
        sent = super().parse_json(data)
        if not isinstance(sent, dict | list):  # a list is refused elsewhere
            raise HTTPException(400, "A body is a JSON object")
        if isinstance(sent, dict) and not isinstance(sent.get("operationName"), str | None):
            raise HTTPException(400, "`operationName` must be a string or null, if provided")
        return sent

    async def on_ws_connect(self, context: Any) -> Any:
        """Raises ApiError, which closes, without a valid token, and for a caller who has too many websockets."""
        known = _introduced(context.connection, context.connection_params or {})
        caller = await authenticate(known)
        told = await request_context(known, caller)
        context.place.give_to(caller)
        context.become(told)
        return UNSET

    def create_response(
        self, response_data: GraphQLHTTPResponse | list[GraphQLHTTPResponse], sub_response: Response
    ) -> Response:
        status = 200
        if isinstance(response_data, dict) and response_data.get("data") is None:
            errors: list[Any] = response_data.get("errors") or []
            status = STATUS[ErrorCode(errors[0]["extensions"]["code"])] if errors else 200
        headers = {"Retry-After": str(AFTER_OUTAGE)} if status == HTTPStatus.SERVICE_UNAVAILABLE else None
        return Response(orjson.dumps(response_data), status, headers, "application/json")


async def _context(connection: HTTPConnection) -> Context:
    """Over HTTP the headers say who asks, of a websocket its first message will."""
    if connection.scope["type"] == "websocket":
        return Stranger(connection)
    return await request_context(connection, await authenticate(connection))


def _introduced(connection: HTTPConnection, said: Mapping[str, Any]) -> HTTPConnection:
    """The connection as if its first message had been its headers: a browser cannot send any with a websocket."""
    given = {name.lower(): value for name, value in said.items() if isinstance(value, str) and value.isascii()}
    headers = [(name.encode(), given[name].encode()) for name in SAID if name in given]
    kept = [(name, value) for name, value in connection.scope["headers"] if name.decode("latin-1") not in SAID]
    return HTTPConnection({**connection.scope, "headers": [*kept, *headers]})


def graphql_router(schema: ApiSchema) -> GraphQL:
    return GraphQL(
        schema,
        path="/graphql",
        graphql_ide=None,
        allow_queries_via_get=False,
        subscription_protocols=[GRAPHQL_TRANSPORT_WS_PROTOCOL],
        connection_init_wait_timeout=INTRODUCTION,
        max_subscriptions_per_connection=None,  # a line counts them itself
        context_getter=_context,
        include_in_schema=False,
    )
