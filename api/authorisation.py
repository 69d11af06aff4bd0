"""Whether a role may ask a document: decided on the whole document before any store is asked, and remembered.

One field that is denied refuses all of it, skipped by a directive or not: what a caller may ask does not depend on the
values of variables. A field that is masked is no refusal: the selection takes its masked projection.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from graphql import (
    REMOVE,
    DocumentNode,
    FieldNode,
    GraphQLSchema,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    get_named_type,
    parse,
    print_ast,
    visit,
)
from strawberry.extensions import SchemaExtension

from api.access import Right
from api.errors import Forbidden
from api.views import View

DECISIONS = 512  # remembered
LONGEST = 20_000  # characters of a document that is worth it


class _Fields(Visitor):
    """Visits the fields of a document that are of our schema, with the type that each is asked of."""

    def __init__(self, types: TypeInfo, view: View) -> None:
        super().__init__()
        self._types = types
        self._view = view

    def denied(self, node: FieldNode) -> str | None:
        """``Type.field`` if the role may not read it."""
        parent = self._types.get_parent_type()
        if node.name.value.startswith("__") or parent is None or parent.name.startswith("__"):
            return None  # the schema itself, which is no secret where introspection is on
        right = self._view.right(get_named_type(parent).name, node.name.value)
        return f"{parent.name}.{node.name.value}" if right is Right.DENIED else None


class _Collecting(_Fields):
    def __init__(self, types: TypeInfo, view: View) -> None:
        super().__init__(types, view)
        self.found: dict[str, None] = {}

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        if place := self.denied(node):
            self.found[place] = None


class _Narrowing(_Fields):
    def enter_field(self, node: FieldNode, *_: Any) -> Any:
        return REMOVE if self.denied(node) else None

    def leave_field(self, node: FieldNode, *_: Any) -> Any:
        return REMOVE if node.selection_set and not node.selection_set.selections else None


def denied_fields(schema: GraphQLSchema, document: str, view: View) -> tuple[str, ...]:
    """``Type.field`` of each field in a valid document that the role may not read, in the document's order.

    By its text, which is compared in a microsecond; a parsed document is not.
    """
    types = TypeInfo(schema)
    collecting = _Collecting(types, view)
    visit(parse(document), TypeInfoVisitor(types, collecting))
    return tuple(collecting.found)


_remembered = lru_cache(maxsize=DECISIONS)(denied_fields)


def narrowed(schema: GraphQLSchema, document: str, view: View) -> str:
    """A document of ours without what the role may not read. It must name no fragments: one could become empty.

    Where nothing would be left, the document comes back as it is, to be refused.
    """
    types = TypeInfo(schema)
    whole = parse(document)
    narrow: DocumentNode = visit(whole, TypeInfoVisitor(types, _Narrowing(types, view)))
    operation = narrow.definitions[0]
    return print_ast(narrow) if operation.selection_set.selections else document  # type: ignore[attr-defined]


class Authorised(SchemaExtension):
    """Refuses a document with FORBIDDEN, naming a field, before anything of it is executed."""

    def on_execute(self) -> Iterator[None]:
        execution = self.execution_context
        view: View = execution.context.view
        document = execution.query
        assert document is not None  # noqa: S101 - it has been validated
        schema: Any = execution.schema
        decide = _remembered if len(document) <= LONGEST else denied_fields
        if denied := decide(schema._schema, document, view):
            raise Forbidden(view.role, denied[0])
        yield
