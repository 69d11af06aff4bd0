"""Which fields can tell what they said at a time: each says so beside itself.

A document that asks, as of a time, for one that is not kept over time is refused as a whole before anything is read:
today's value would be a lie.
"""

from collections.abc import Iterator, Mapping
from typing import Any, cast

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLObjectType,
    GraphQLSchema,
    NullValueNode,
    OperationType,
    VariableNode,
    get_named_type,
    get_operation_ast,
)
from graphql.execution.values import VariableValues, get_variable_values
from strawberry.extensions import SchemaExtension

from api.errors import ApiError, ErrorCode
from api.projected import Fields
from api.selection import Fragments, flat

AS_OF = "asOf"


class KeptOverTime(SchemaExtension):
    """Refuses whole documents."""

    def on_execute(self) -> Iterator[None]:
        asked = self.execution_context
        if asked.context is not None and asked.graphql_document is not None:
            refuse_unkept(
                asked.schema._schema,
                asked.context.fields,
                asked.graphql_document,
                asked.operation_name,
                asked.variables or {},
            )
        yield


def refuse_unkept(
    schema: GraphQLSchema, fields: Fields, document: DocumentNode, operation: str | None, variables: Mapping[str, Any]
) -> None:
    """Raises ApiError NOT_HISTORISED for the first field that is asked for as of a time and is not kept over time."""
    chosen = get_operation_ast(document, operation)
    if chosen is None or chosen.operation is not OperationType.QUERY or schema.query_type is None:
        return
    coerced = get_variable_values(schema, chosen.variable_definitions or (), dict(variables))
    if not isinstance(coerced, VariableValues):
        return  # the execution says what is wrong with them
    fragments = {it.name.value: it for it in document.definitions if isinstance(it, FragmentDefinitionNode)}
    for node in flat(chosen, fragments, coerced):
        if _dated(node, coerced.coerced):
            answer = get_named_type(schema.query_type.fields[node.name.value].type)
            for name in _unkept(cast("GraphQLObjectType", answer), node, fields, fragments, coerced):
                raise ApiError(ErrorCode.NOT_HISTORISED, f"{name} is not kept over time: ask for it without asOf.")


def _dated(node: FieldNode, variables: Mapping[str, Any]) -> bool:
    for argument in node.arguments or ():
        if argument.name.value == AS_OF:
            value = argument.value
            if isinstance(value, VariableNode):
                return variables.get(value.name.value) is not None
            return not isinstance(value, NullValueNode)
    return False


def _unkept(
    type_: GraphQLObjectType, node: FieldNode, fields: Fields, fragments: Fragments, variables: VariableValues
) -> Iterator[str]:
    declared = fields.get(type_.name, {})
    for child in flat(node, fragments, variables):
        name = child.name.value
        if name.startswith("__"):
            continue
        if name not in declared or not declared[name].historised:
            yield f"{type_.name}.{name}"
            continue
        below = get_named_type(type_.fields[name].type)
        if isinstance(below, GraphQLObjectType):
            yield from _unkept(below, child, fields, fragments, variables)
