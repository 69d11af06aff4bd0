"""Completing what the graph answered without asking Python field by field.

A map of the graph is nearly the answer: its keys have to be spelled as the caller did, and its values checked. What a
document selects below a field is turned once into a function that does both, and kept for when the document comes
again. Whatever needs more (a resolver, a directive, a null where none may be, a value of another type) takes the
ordinary way over the same map: errors have one author.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLEnumType,
    GraphQLLeafType,
    GraphQLObjectType,
    GraphQLOutputType,
    InlineFragmentNode,
    IntValueNode,
    SelectionNode,
    VariableNode,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from api.pages import DEFAULT_FIRST, encode_cursor
from api.parsed import Documents
from api.projected import Fields
from api.selection import answer_key
from api.types.connection import PageOfRows
from graph.projection import Page

SUBTREES = 64  # of one document that are remembered

Variables = Mapping[str, Any]
Complete = Callable[[Any, Variables], Any]  # a value of the graph becomes the caller's; raises Unfit


class Unfit(Exception):
    """This takes the ordinary way."""


class Completing(StrawberryGraphQLCoreExecutionContext):
    """Takes the short way wherever there is one."""

    declared: Fields
    documents: Documents

    def complete_value(
        self, return_type: Any, field_details_list: Any, info: Any, path: Any, result: Any, position_context: Any
    ) -> Any:
        if type(result) in {dict, list, PageOfRows}:
            nodes = tuple(details.node for details in field_details_list)
            if complete := self._completion(return_type, nodes, info):
                try:
                    return complete(result, info.variable_values)
                except Unfit:
                    pass  # found again, and told, on the ordinary way
        return super().complete_value(return_type, field_details_list, info, path, result, position_context)

    def _completion(self, return_type: Any, nodes: tuple[FieldNode, ...], info: Any) -> Complete | None:
        """Of the occurrences of one field in a document: the same objects are completed the same way."""
        known = self.documents.completions(info.operation)
        identity = (id(return_type), *map(id, nodes))
        if identity in known:
            return known[identity]
        try:
            complete: Complete | None = _Writer(self.declared, info.fragments).complete(return_type, nodes)
        except Unfit:
            complete = None
        if len(known) < SUBTREES:
            known[identity] = complete
        return complete


def completing(fields: Fields, documents: Documents) -> type[Completing]:
    """The executor of a schema with these fields."""
    return type("CompletingFields", (Completing,), {"declared": fields, "documents": documents})


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes the functions of one document. Each method raises Unfit for what needs the ordinary way."""

    fields: Fields
    fragments: Mapping[str, FragmentDefinitionNode]

    def complete(self, type_: GraphQLOutputType, nodes: Sequence[FieldNode]) -> Complete:
        if is_non_null_type(type_):
            return _present(self._nullable(type_.of_type, nodes))
        complete = self._nullable(type_, nodes)
        return lambda value, variables: None if value is None else complete(value, variables)

    def _nullable(self, type_: GraphQLOutputType, nodes: Sequence[FieldNode]) -> Complete:
        if is_list_type(type_):
            return _list(self.complete(type_.of_type, nodes))
        if is_leaf_type(type_):
            return _leaf(type_)
        if not isinstance(type_, GraphQLObjectType):
            raise Unfit
        if "pageInfo" in type_.fields:
            return _instance(PageOfRows, self._object(type_, nodes, self._page_part))
        return _instance(dict, self._object(type_, nodes, self._part))

    def _object(
        self,
        type_: GraphQLObjectType,
        nodes: Sequence[FieldNode],
        part: Callable[[GraphQLObjectType, str, Sequence[FieldNode]], Complete],
    ) -> Complete:
        parts = [
            (name, _constant(type_.name) if same[0].name.value == "__typename" else part(type_, name, same))
            for name, same in self._below(nodes).items()
        ]
        return lambda value, variables: {name: complete(value, variables) for name, complete in parts}

    def _part(self, type_: GraphQLObjectType, name: str, nodes: Sequence[FieldNode]) -> Complete:
        """A field of a map."""
        projected = self.fields.get(type_.name, {}).get(nodes[0].name.value)
        if projected is None or not projected.plain:
            raise Unfit
        definition = type_.fields[nodes[0].name.value]
        complete = self.complete(definition.type, nodes)
        if not definition.args:
            return _at(projected.python_name, complete)
        if not isinstance(projected.projection, Page):
            raise Unfit
        first, key = _first(nodes[0]), answer_key(projected.python_name, name)
        return lambda value, variables: complete(PageOfRows(value[key], first(variables)), variables)

    def _page_part(self, type_: GraphQLObjectType, _name: str, nodes: Sequence[FieldNode]) -> Complete:
        """A field of a Relay connection."""
        below = _named(type_.fields[nodes[0].name.value].type)
        if nodes[0].name.value == "pageInfo":
            return self._object(below, nodes, _page_info_part)
        edge = self._object(below, nodes, self._edge_part)
        return lambda page, variables: [edge(row, variables) for row in page.edges]

    def _edge_part(self, type_: GraphQLObjectType, _name: str, nodes: Sequence[FieldNode]) -> Complete:
        if nodes[0].name.value == "cursor":
            return lambda row, _variables: encode_cursor(row["cursor"])
        return _at("node", self.complete(type_.fields["node"].type, nodes))

    def _below(self, nodes: Sequence[FieldNode]) -> dict[str, list[FieldNode]]:
        """The occurrences of each selected field, by what the caller calls it."""
        found: dict[str, list[FieldNode]] = {}
        for node in nodes:
            for child in self._flat(node.selection_set.selections if node.selection_set else ()):
                found.setdefault(child.alias.value if child.alias else child.name.value, []).append(child)
        return found

    def _flat(self, selections: Sequence[SelectionNode]) -> Iterator[FieldNode]:
        """Every type that is projected is concrete, so that a fragment applies."""
        for node in selections:
            if node.directives:  # @skip and @include may say something else next time
                raise Unfit
            if isinstance(node, FieldNode):
                yield node
            elif isinstance(node, InlineFragmentNode):
                yield from self._flat(node.selection_set.selections)
            elif isinstance(node, FragmentSpreadNode):
                yield from self._flat(self.fragments[node.name.value].selection_set.selections)


def _page_info_part(_type: GraphQLObjectType, _name: str, nodes: Sequence[FieldNode]) -> Complete:
    if nodes[0].name.value == "hasNextPage":
        return lambda page, _variables: len(page.read) > page.first
    return lambda page, _variables: encode_cursor(page.edges[-1]["cursor"]) if page.edges else None


def _constant(value: str) -> Complete:
    return lambda _value, _variables: value


def _at(key: str, complete: Complete) -> Complete:
    return lambda value, variables: complete(value[key], variables)


def _present(complete: Complete) -> Complete:
    def present(value: Any, variables: Variables) -> Any:
        if value is None:
            raise Unfit
        return complete(value, variables)

    return present


def _instance(class_: type, complete: Complete) -> Complete:
    """Python's own objects answer by attributes; these are not for here."""

    def instance(value: Any, variables: Variables) -> Any:
        if type(value) is not class_:
            raise Unfit
        return complete(value, variables)

    return instance


def _list(complete: Complete) -> Complete:
    def listed(values: Any, variables: Variables) -> Any:
        if type(values) is not list:
            raise Unfit
        return [complete(value, variables) for value in values]

    return listed


def _leaf(type_: GraphQLLeafType) -> Complete:
    """Text, the most of all, needs nothing but to be text; others are coerced as the ordinary way does it."""
    textual = not isinstance(type_, GraphQLEnumType) and type_.name not in {"Int", "Float", "Boolean"}

    def leaf(value: Any, _variables: Variables) -> Any:
        if textual and type(value) is str:
            return value
        try:
            coerced = type_.coerce_output_value(value)
        except Exception as fault:  # whatever a scalar says: the ordinary way says it again
            raise Unfit from fault
        if coerced is None:
            raise Unfit
        return coerced

    return leaf


def _first(node: FieldNode) -> Callable[[Variables], int]:
    """The size of a page, which was checked when it was selected."""
    given = next((argument.value for argument in node.arguments or () if argument.name.value == "first"), None)
    if isinstance(given, VariableNode):
        name = given.name.value
        return lambda variables: variables.get(name, DEFAULT_FIRST)
    number = int(given.value) if isinstance(given, IntValueNode) else DEFAULT_FIRST
    return lambda _variables: number


def _named(type_: GraphQLOutputType) -> GraphQLObjectType:
    while is_non_null_type(type_) or is_list_type(type_):
        type_ = type_.of_type
    if not isinstance(type_, GraphQLObjectType):
        raise Unfit
    return type_
