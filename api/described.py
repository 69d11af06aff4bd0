"""The OpenAPI document: what FastAPI reads off the endpoints, made true.

FastAPI knows neither that what is not valid is answered with 400, nor what a GraphQL document answers, nor that the
body of any request may be too long, or too slow.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, cast

from fastapi import FastAPI
from graphql import (
    FieldNode,
    GraphQLEnumType,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    OperationDefinitionNode,
    get_named_type,
    is_list_type,
    is_non_null_type,
    parse,
)

from api.examples import ACCOUNTS, HOLDINGS, OVERVIEW, RISK, TRANSACTIONS
from api.problems import problem_responses
from api.rest import document

SCALARS: Mapping[str, Mapping[str, str]] = {
    "Int": {"type": "integer"},
    "Float": {"type": "number"},
    "Boolean": {"type": "boolean"},
    "DateTime": {"type": "string", "format": "date-time"},
}
INVALID = "422"  # FastAPI's own; ours is 400
INVALID_SCHEMAS = ("HTTPValidationError", "ValidationError")
ANY_REQUEST = (408, 413)

Json = dict[str, Any]


class Answered(NamedTuple):
    """The document that an endpoint answers, and an invented person's answer. ``narrowed``: a role's part of it."""

    document: str
    example: Mapping[str, Any]
    narrowed: bool = False


ANSWERS = {
    "/customer/{gcid}": Answered("customer_overview", OVERVIEW, narrowed=True),
    "/customer/{gcid}/accounts": Answered("customer_accounts", ACCOUNTS),
    "/customer/{gcid}/transactions": Answered("customer_transactions", TRANSACTIONS),
    "/customer/{gcid}/risk": Answered("customer_risk", RISK),
    "/customer/{gcid}/holdings": Answered("customer_holdings", HOLDINGS),
}


def describe(app: FastAPI, schema: GraphQLSchema) -> Json:
    described = app.openapi()
    for path, operations in described["paths"].items():
        for operation in operations.values():
            operation["responses"].pop(INVALID, None)
            operation["responses"] |= _written(problem_responses(*ANY_REQUEST))
        if path in ANSWERS:
            answered = ANSWERS[path]
            operations["get"]["responses"]["200"] = {
                "description": "Found.",
                "content": {
                    "application/json": {
                        "schema": answer_schema(schema, document(answered.document), narrowed=answered.narrowed),
                        "example": answered.example,
                    }
                },
            }
    for name in INVALID_SCHEMAS:
        described["components"]["schemas"].pop(name, None)
    return described


def _written(responses: Mapping[int | str, Json]) -> Json:
    return {str(status): response for status, response in responses.items()}


def answer_schema(schema: GraphQLSchema, text: str, *, narrowed: bool) -> Json:
    """The JSON schema of what REST answers of a document of ours, which has no fragments; see ``rest.paged``.

    Of one that is narrowed to what a role may see, any field may be left out.
    """
    operation = cast("OperationDefinitionNode", parse(text).definitions[0])
    customer = cast("FieldNode", operation.selection_set.selections[0])
    type_ = cast("GraphQLObjectType", schema.query_type).fields[customer.name.value].type
    return _Shape(narrowed).present(get_named_type(type_), customer)


@dataclass(frozen=True, slots=True)
class _Shape:
    narrowed: bool

    def of(self, type_: GraphQLOutputType, node: FieldNode) -> Json:
        if is_non_null_type(type_):
            return self.present(type_.of_type, node)
        return {"anyOf": [self.present(type_, node), {"type": "null"}]}

    def present(self, type_: GraphQLOutputType, node: FieldNode) -> Json:
        if is_list_type(type_):
            return {"type": "array", "items": self.of(type_.of_type, node)}
        if isinstance(type_, GraphQLEnumType):
            return {"type": "string", "enum": list(type_.values)}
        if isinstance(type_, GraphQLObjectType):
            return self._page(type_, node) if "pageInfo" in type_.fields else self._object(type_, node)
        return dict(SCALARS.get(get_named_type(type_).name, {"type": "string"}))

    def _object(self, type_: GraphQLObjectType, node: FieldNode) -> Json:
        properties = {}
        for child in _below(node):
            field = type_.fields[child.name.value]
            properties[child.name.value] = self.of(field.type, child) | {"description": field.description}
        return {
            "type": "object",
            "properties": properties,
            "required": [] if self.narrowed else list(properties),
            "additionalProperties": False,
        }

    def _page(self, type_: GraphQLObjectType, node: FieldNode) -> Json:
        """``{"items": [...], "next": cursor or null}``."""
        edges = next(child for child in _below(node) if child.name.value == "edges")
        item = next(child for child in _below(edges) if child.name.value == "node")
        edge = cast("GraphQLObjectType", get_named_type(type_.fields["edges"].type))
        return {
            "type": "object",
            "properties": {
                "items": {"type": "array", "items": self.of(edge.fields["node"].type, item)},
                "next": {
                    "anyOf": [{"type": "string"}, {"type": "null"}],
                    "description": "For `after`; null at the end.",
                },
            },
            "required": ["items", "next"],
            "additionalProperties": False,
        }


def _below(node: FieldNode) -> Iterator[FieldNode]:
    return (it for it in (node.selection_set.selections if node.selection_set else ()) if isinstance(it, FieldNode))
