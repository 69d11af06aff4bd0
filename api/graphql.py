"""POST /graphql."""

from typing import Any

import orjson
from cross_web import HTTPException
from fastapi import Depends
from starlette.responses import Response
from strawberry.fastapi import GraphQLRouter
from strawberry.http import GraphQLHTTPResponse
from strawberry.types.unset import UNSET

from api.auth import authenticate
from api.context import request_context
from api.errors import STATUS, ApiError, ErrorCode
from api.schema import ApiSchema
from api.types.context import Context


class GraphQL(GraphQLRouter[Context, None]):
    """An operation that was refused as a whole has an HTTP status that says so; a partial answer is a 200."""

    async def run(self, request: Any, context: Any = UNSET, root_value: Any = UNSET) -> Any:
        try:
            return await super().run(request, context, root_value)
        except HTTPException as fault:  # a body that is no GraphQL request: a problem like any other
            raise ApiError(ErrorCode.BAD_USER_INPUT, f"{fault.reason.removesuffix('.')}.") from fault

    def decode_json(self, data: str | bytes) -> object:
        """orjson refuses what is nested without end, where the standard library would run out of stack."""
        return orjson.loads(data)

    def create_response(
        self, response_data: GraphQLHTTPResponse | list[GraphQLHTTPResponse], sub_response: Response
    ) -> Response:
        status = 200
        if isinstance(response_data, dict) and response_data.get("data") is None:
            errors: list[Any] = response_data.get("errors") or []
            status = STATUS[ErrorCode(errors[0]["extensions"]["code"])] if errors else 200
        return Response(orjson.dumps(response_data), status, media_type="application/json")


def graphql_router(schema: ApiSchema) -> GraphQL:
    return GraphQL(
        schema,
        path="/graphql",
        graphql_ide=None,
        allow_queries_via_get=False,
        subscription_protocols=(),
        dependencies=[Depends(authenticate)],
        context_getter=request_context,
        include_in_schema=False,
    )
