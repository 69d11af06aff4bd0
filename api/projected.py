"""How GraphQL fields say beside themselves where their values come from, and what is read off those declarations."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import strawberry
from strawberry.schema.base import BaseSchema
from strawberry.types.base import StrawberryObjectDefinition

from graph.projection import Catalogue, Page, Projection

PROJECTION = "projection"
MASKED = "masked"
HISTORISED = "historised"
KEPT = " Kept over time: answers asOf."  # what the schema says of a historised field


@dataclass(frozen=True, slots=True)
class Through:
    """Of a field that only groups others (a connection's ``edges``): what is below it is selected, itself is not."""


@dataclass(frozen=True, slots=True)
class ProjectedField:
    """``masked``: where the value comes from for those who may see it masked only."""

    python_name: str
    projection: Projection | Through
    plain: bool  # what the graph answers is the value, or a page of them
    masked: Projection | None = None
    historised: bool = False  # the ledger knows what it said at any time


Fields = Mapping[str, Mapping[str, ProjectedField]]  # by type name, then by field name, as GraphQL spells them


def projected(
    how: Projection | Through, description: str, *, masked: Projection | None = None, historised: bool = False
) -> Any:
    """A field whose value is read from the graph; its type annotation says what it is to GraphQL.

    ``masked`` is how it is read for those who may see no more; without it they may not ask for it.
    """
    metadata = {PROJECTION: how, MASKED: masked, HISTORISED: historised}
    return strawberry.field(description=description + KEPT * historised, metadata=metadata)


def masked_name(python_name: str) -> str:
    """How the catalogue calls the masked form of a field; no field can be named like it."""
    return f"{python_name}, masked"


def answer(source: Any, name: str) -> Any:
    """What the graph answered is a map; what Python made is an object."""
    return source[name] if isinstance(source, dict) else getattr(source, name)


def projected_fields(schema: BaseSchema) -> Fields:
    """All declarations of a schema."""
    found: dict[str, dict[str, ProjectedField]] = {}
    for name, concrete in schema.schema_converter.type_map.items():
        definition = concrete.definition
        if not isinstance(definition, StrawberryObjectDefinition):
            continue
        for field in definition.fields:
            if (how := field.metadata.get(PROJECTION)) is not None:
                spelled = schema.config.name_converter.from_field(field)
                found.setdefault(name, {})[spelled] = ProjectedField(
                    python_name=field.python_name,
                    projection=how,
                    plain=field.base_resolver is None or isinstance(how, Page),
                    masked=field.metadata.get(MASKED),
                    historised=field.metadata.get(HISTORISED, False),
                )
    return found


def catalogue(fields: Fields) -> Catalogue:
    """The part of the declarations that the compiler needs, by the names that answers carry."""
    return {
        type_: {
            field.python_name: field.projection
            for field in of_type.values()
            if not isinstance(field.projection, Through)
        }
        | {masked_name(field.python_name): field.masked for field in of_type.values() if field.masked}
        for type_, of_type in fields.items()
    }
