"""Every field that can be asked for, with a document that asks for it: built from the schema, not by hand."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLField, GraphQLObjectType, get_named_type, is_leaf_type, is_required_argument

from api.schema import build_schema

TYPES = build_schema()._schema.type_map
# How root fields are asked; ``{gcid}`` and ``{phone}`` are filled in.
ARGUMENTS = {
    "customer": '(gcid: "{gcid}")',
    "customerByIdentifier": '(kind: PHONE, value: "{phone}")',
    "searchCustomers": '(text: "{name}")',
}


@dataclass(frozen=True, slots=True)
class Way:
    """From the root to a type: ``Type.field`` by step."""

    type: GraphQLObjectType
    steps: tuple[tuple[str, str], ...] = ()

    def document(self, fields: Iterable[str], given: Mapping[str, str]) -> str:
        """Asks for fields of the type; those with fields of their own by their ``__typename``."""
        text = " ".join(name if _is_leaf(self.type.fields[name]) else f"{name} {{ __typename }}" for name in fields)
        if not self.steps:
            text = " ".join(_root(name, given) for name in fields)
        for depth, (_, name) in reversed(list(enumerate(self.steps))):
            arguments = ARGUMENTS.get(name, "").format(**given) if depth == 0 else ""
            text = f"{name}{arguments} {{ {text} }}"
        return f"{{ {text} }}"

    def values(self, data: Any, field: str) -> list[Any]:
        """What an answer holds of a field, in all places of the way."""
        found = [data]
        for name in (*(name for _, name in self.steps), field):
            below = [item[name] for item in found]
            found = [item for value in below for item in (value if isinstance(value, list) else [value])]
            found = [item for item in found if item is not None]
        return found


def _root(name: str, given: Mapping[str, str]) -> str:
    below = "" if _is_leaf(_query().fields[name]) else " { __typename }"
    return name + ARGUMENTS.get(name, "").format(**given) + below


def _is_leaf(field: GraphQLField) -> bool:
    return is_leaf_type(get_named_type(field.type))


def _query() -> GraphQLObjectType:
    query = TYPES["Query"]
    assert isinstance(query, GraphQLObjectType)
    return query


def ways() -> Iterator[Way]:
    """The shortest way to each type that can be reached from the root of queries, the root itself first."""
    waiting, seen = [Way(_query())], {"Query"}
    while waiting:
        way = waiting.pop(0)
        yield way
        for name, field in way.type.fields.items():
            below = get_named_type(field.type)
            if not way.steps and name not in ARGUMENTS:
                needed = [argument for argument, it in field.args.items() if is_required_argument(it)]
                assert not needed, f"write an example of {name}'s arguments into ARGUMENTS: {', '.join(needed)}"
            if isinstance(below, GraphQLObjectType) and below.name not in seen:
                seen.add(below.name)
                waiting.append(Way(below, (*way.steps, (way.type.name, name))))
