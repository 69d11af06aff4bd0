"""How GraphQL fields say beside themselves where their values come from, and what is read off those declarations."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import strawberry
from strawberry.schema.base import BaseSchema
from strawberry.types.base import StrawberryObjectDefinition

from graph.projection import Catalogue, Projection

PROJECTION = "projection"
HISTORISED = "historised"
KEPT = " Kept over time: answers asOf."  # what the schema says of a historised field


@dataclass(frozen=True, slots=True)
class Through:
    """Of a field that only groups others (a connection's ``edges``): what is below it is selected, itself is not."""


@dataclass(frozen=True, slots=True)
class ProjectedField:
    python_name: str
    projection: Projection | Through
    historised: bool = False  # the ledger knows what it said at any time


Fields = Mapping[str, Mapping[str, ProjectedField]]  # by type name, then by field name, as GraphQL spells them


def projected(how: Projection | Through, description: str, *, historised: bool = False) -> Any:
    """A field whose value is read from the graph; its type annotation says what it is to GraphQL."""
    metadata = {PROJECTION: how, HISTORISED: historised}
    return strawberry.field(description=description + KEPT * historised, metadata=metadata)


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
                    field.python_name, how, field.metadata.get(HISTORISED, False)
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
        for type_, of_type in fields.items()
    }
