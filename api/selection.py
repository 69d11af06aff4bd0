"""From a GraphQL document to a neutral selection: fragments opened, directives obeyed, arguments checked, same merged.

A field without arguments is selected once, whatever aliases it has: its value is the same. A field with arguments is
selected once per alias.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLIncludeDirective,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSkipDirective,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionNode,
    get_argument_values,
    get_directive_values,
    get_named_type,
)
from graphql.execution.values import VariableValues
from strawberry.types.nodes import get_variable_values

from api.access import Right
from api.errors import ApiError, ErrorCode
from api.pages import check_first, decode_cursor
from api.projected import Fields, ProjectedField, Through, masked_name
from api.views import View
from graph.projection import Page, Rows, Selection

IDENTITY = "gcid"  # read of everybody who is read of, asked for or not: the audit chain names whom an answer shows

Fragments = Mapping[str, FragmentDefinitionNode]
MAX_OBJECTS = 20_000  # that one root field may ask for: the product of all `first` along a path


def answer_key(python_name: str, alias: str) -> str:
    """Where an answer holds the value of a field that takes arguments; no alias can be spelled like it."""
    return f"{python_name}.{alias}"


def selection_of(
    info: GraphQLResolveInfo[Any], fields: Fields, root: Rows, arguments: dict[str, Any], objects: int = 1
) -> Selection:
    """What a root field asks of the graph; ``objects``: how many it answers with, where it has no ``first``.

    Raises ApiError for a page that is too big and a cursor not of ours.
    """
    variables = VariableValues(sources={}, coerced=get_variable_values(info))
    reader = _Reader(info.fragments, fields, info.context.view, variables)
    type_ = get_named_type(info.return_type)
    if isinstance(type_, GraphQLInterfaceType):  # what was asked for by its opaque id: the root tells its type
        type_ = cast("GraphQLObjectType", info.schema.get_type(root.type or ""))
    checked = _checked(root, arguments)
    return Selection(
        name=info.field_name,
        key=info.field_name,
        children=reader.children(cast("GraphQLObjectType", type_), info.field_nodes, checked.get("first", objects)),
        arguments=checked,
    )


@dataclass(frozen=True, slots=True)
class _Reader:
    fragments: Fragments
    fields: Fields
    view: View  # of the role that asks
    variables: VariableValues  # as graphql-core wants them; Strawberry leaves only the coerced ones in ``info``

    def children(self, type_: GraphQLObjectType, nodes: Iterable[FieldNode], objects: int) -> tuple[Selection, ...]:
        """The projected fields below some occurrences of one field; ``objects``: how many of it there may be."""
        if objects > MAX_OBJECTS:
            raise ApiError(
                ErrorCode.BAD_USER_INPUT,
                f"This asks for up to {objects} objects; at most {MAX_OBJECTS}: lower 'first'.",
            )
        declared = self.fields.get(type_.name, {})
        occurrences: dict[str, list[FieldNode]] = {}
        for node in nodes:
            for child in flat(node, self.fragments, self.variables):
                if (field := declared.get(child.name.value)) is not None:
                    occurrences.setdefault(self._key(type_, field, child), []).append(child)
        selected = tuple(self._selection(type_, key, same, objects) for key, same in occurrences.items())
        if IDENTITY in declared and IDENTITY not in occurrences:
            selected = (*selected, Selection(name=IDENTITY, key=IDENTITY))
        return selected

    def _selection(self, type_: GraphQLObjectType, key: str, same: list[FieldNode], objects: int) -> Selection:
        name = same[0].name.value
        definition, field = type_.fields[name], self.fields[type_.name][name]
        arguments: dict[str, Any] = {}
        if definition.args:
            arguments = _checked(field.projection, get_argument_values(definition, same[0], self.variables))
        below = get_named_type(definition.type)
        children: tuple[Selection, ...] = ()
        if isinstance(below, GraphQLObjectType) and not _opaque(field):
            children = self.children(below, same, objects * arguments.get("first", 1))
        masked = field.masked and self.view.right(type_.name, name) is not Right.CLEAR
        return Selection(
            name=masked_name(field.python_name) if masked else field.python_name,
            key=key,
            children=children,
            arguments={**self.view.parameters, **arguments} if arguments else self.view.parameters,
        )

    def _key(self, type_: GraphQLObjectType, field: ProjectedField, node: FieldNode) -> str:
        alias = node.alias.value if node.alias else node.name.value
        return answer_key(field.python_name, alias) if type_.fields[node.name.value].args else field.python_name


def flat(
    node: FieldNode | OperationDefinitionNode, fragments: Fragments, variables: VariableValues
) -> Iterator[FieldNode]:
    """The fields selected below one. Every type that is selected from is one, so that a fragment always applies."""
    yield from _flat(node.selection_set.selections if node.selection_set else (), fragments, variables)


def _flat(selections: Iterable[SelectionNode], fragments: Fragments, variables: VariableValues) -> Iterator[FieldNode]:
    for node in selections:
        if not _included(node, variables):
            continue
        if isinstance(node, FieldNode):
            yield node
        elif isinstance(node, InlineFragmentNode):
            yield from _flat(node.selection_set.selections, fragments, variables)
        elif isinstance(node, FragmentSpreadNode):
            yield from _flat(fragments[node.name.value].selection_set.selections, fragments, variables)


def _included(node: SelectionNode, variables: VariableValues) -> bool:
    if not node.directives:
        return True
    skip = get_directive_values(GraphQLSkipDirective, node, variables)
    include = get_directive_values(GraphQLIncludeDirective, node, variables)
    return not (skip and skip["if"]) and (include is None or include["if"])


def _opaque(field: ProjectedField) -> bool:
    """Rows of plain values: what is below the field is made in Python."""
    how = field.projection
    return not isinstance(how, Through) and isinstance(how, Rows) and how.type is None


def _checked(how: object, arguments: dict[str, Any]) -> dict[str, Any]:
    checked = dict(arguments)
    if "first" in checked:
        check_first(checked["first"])
    if isinstance(how, Page):
        checked["after"] = decode_cursor(checked.get("after"), how.position)
    return checked
