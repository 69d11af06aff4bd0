"""Strategies that write GraphQL requests from the schema itself: valid ones, and others that went wrong."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_required_argument,
    is_required_input_field,
)
from hypothesis import strategies as st

WIDE, DEEP = 30, 15  # fields of one document; levels, which are more than the service takes
LONE = "\ud83d"  # half of a pair: JSON can escape it, and it is no character
ODD = ("", "\x00", "\u202e", "\U0001f600", "\ufeff", "a\x00b", "x" * 5_000, "' }) DETACH DELETE n //", "%", "*~ OR")
NUMBERS = (0, 1, 2, -1, 200, 201, 2**31 - 1)
MOMENTS = ("2026-03-03T08:00:00Z", "0001-01-01", "9999-12-31T23:59:59-14:00", "2026-04-01", "yesterday", "2026-02-30")
PLAIN = st.text(max_size=20)
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.sampled_from([*ODD, LONE, *NUMBERS, 2**31, -(2**63), 10**30, 0.5, 1e308]) | PLAIN,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(PLAIN, inner, max_size=3),
)
PIECES = (
    *("{", "}", "(", ")", "[", "]", ":", "!", "$", "@", "...", '"', '"""', "#", "\\u0000", "\x00", LONE, "\ufeff", ","),
    *(
        "query",
        "mutation",
        "subscription",
        "fragment f on Query",
        "on",
        "null",
        "$nobody",
        "@nonsense",
        "@skip",
        "{ a }",
    ),
    *("nonsense", "__schema { types { name } }", "__typename", "1e999", "99999999999999999999", "-0", "é", "gcid: 1"),
)

Draw = Callable[[st.SearchStrategy[Any]], Any]
Known = Mapping[str, Sequence[Any]]  # by the name of an argument: values that are somebody's


@dataclass
class Asked:
    """A document as it is written, and what travels beside it."""

    variables: dict[str, Any] = field(default_factory=dict)
    declared: dict[str, str] = field(default_factory=dict)
    fragments: list[str] = field(default_factory=list)
    names: int = 0

    def name(self) -> str:
        self.names += 1
        return f"n{self.names}"


@dataclass(frozen=True)
class Author:
    """``may``: whether a field, of a type, is to be asked for at all."""

    schema: GraphQLSchema
    known: Known
    may: Callable[[str, str], bool]
    draw: Draw

    def request(self, operation: str) -> dict[str, Any]:
        """What the schema allows, but for its limits."""
        root = self.schema.mutation_type if operation == "mutation" else self.schema.query_type
        asked, deep = Asked(), self.draw(st.integers(2, 6) | st.integers(1, DEEP))
        body = self._selection(asked, root, deep, most=3)
        declared = ", ".join(f"${name}: {type_}" for name, type_ in asked.declared.items())
        named = self.draw(st.sampled_from(["", "Asked"]))
        text = f"{operation} {named}{declared and f'({declared})'} {body} {' '.join(asked.fragments)}"
        return {"query": text, "variables": asked.variables} | ({"operationName": named} if named else {})

    def _selection(self, asked: Asked, type_: Any, deep: int, most: int = 5) -> str:
        fields = [
            name
            for name, it in type_.fields.items()
            if self.may(type_.name, name)
            and (is_leaf_type(get_named_type(it.type)) or (deep > 1 and asked.names < WIDE))
        ]
        names = self.draw(st.lists(st.sampled_from([*fields, "__typename"]), min_size=1, max_size=most))
        return "{ " + " ".join(self._field(asked, type_, name, deep) for name in names) + " }"

    def _field(self, asked: Asked, type_: Any, name: str, deep: int) -> str:
        said = f"{asked.name()}: {name}"
        if name != "__typename":
            said += self._arguments(asked, type_.fields[name].args)
            below = get_named_type(type_.fields[name].type)
            if isinstance(below, GraphQLInterfaceType):
                one = self.schema.get_possible_types(below)[0]
                said += f" {{ __typename ... on {one.name} {self._selection(asked, one, deep - 1)} }}"
            elif isinstance(below, GraphQLObjectType):
                said += " " + self._selection(asked, below, deep - 1)
        match self.draw(st.integers(0, 9)):
            case 0:
                return f"... on {type_.name} {{ {said} }}"
            case 1:
                fragment = f"F{asked.name()}"
                asked.fragments.append(f"fragment {fragment} on {type_.name} {{ {said} }}")
                return f"...{fragment}"
            case 2:
                switch = self._variable(asked, "Boolean!", self.draw(st.booleans()))
                return f"... @{self.draw(st.sampled_from(['skip', 'include']))}(if: {switch}) {{ {said} }}"
        return said

    def _arguments(self, asked: Asked, arguments: Any) -> str:
        given = []
        for name, it in arguments.items():
            if is_required_argument(it) or self.draw(st.booleans()):
                value = self._value(name, it.type)
                literal = not isinstance(value, dict | list) and not isinstance(
                    get_named_type(it.type), GraphQLEnumType
                )
                spelled = (
                    json.dumps(value) if literal and self.draw(st.booleans()) else self._variable(asked, it.type, value)
                )
                given.append(f"{name}: {spelled}")
        return f"({', '.join(given)})" if given else ""

    def _variable(self, asked: Asked, type_: Any, value: Any) -> str:
        name = asked.name()
        asked.variables[name], asked.declared[name] = value, str(type_)
        return f"${name}"

    def _value(self, name: str, type_: Any) -> Any:
        if is_non_null_type(type_):
            type_ = type_.of_type
        elif not self.draw(st.integers(0, 5)):
            return None
        if is_list_type(type_):
            return [self._value(name, type_.of_type) for _ in range(self.draw(st.integers(0, 3)))]
        if isinstance(type_, GraphQLInputObjectType):
            return self._input(type_)
        if isinstance(type_, GraphQLEnumType):
            return self.draw(st.sampled_from(list(type_.values)))
        if name in self.known and self.draw(st.integers(0, 4)):
            return self.draw(st.sampled_from(self.known[name]))
        kinds = {"Boolean": st.booleans(), "Int": st.sampled_from(NUMBERS), "DateTime": st.sampled_from(MOMENTS)}
        return self.draw(kinds.get(type_.name, PLAIN | st.sampled_from(ODD)))

    def _input(self, type_: GraphQLInputObjectType) -> dict[str, Any]:
        fields = type_.fields
        if type_.is_one_of:
            one = self.draw(st.sampled_from(list(fields)))
            return {one: self._value(one, fields[one].type)}
        return {
            name: self._value(name, it.type)
            for name, it in fields.items()
            if is_required_input_field(it) or self.draw(st.booleans())
        }


def broken(draw: Draw, request: dict[str, Any]) -> Any:
    """The request as somebody sends it who did not mean to, or who means harm."""
    match draw(st.integers(0, 7)):
        case 0 | 1 | 2:
            return request | {"query": _misspelled(draw, request["query"])}
        case 3:
            return request | {"variables": draw(JSON)}
        case 4:
            given = request["variables"]
            wrong = {name: draw(JSON) for name in given if draw(st.booleans())}
            return request | {"variables": given | wrong | draw(st.dictionaries(PLAIN, JSON, max_size=1))}
        case 5:
            return request | {"operationName": draw(JSON)}
        case 6:
            return [request] * draw(st.integers(0, 3))
    return draw(JSON | st.fixed_dictionaries({}, optional={"query": JSON, "variables": JSON, "extensions": JSON}))


def _misspelled(draw: Draw, text: str) -> str:
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(text)))
        end = start + draw(st.sampled_from([0, 0, 1, 2, 10]))
        text = text[:start] + draw(st.sampled_from(["", *(f" {piece} " for piece in PIECES), *PIECES])) + text[end:]
    return text
