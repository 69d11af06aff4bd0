"""What each role sees of the schema: the table applied to every field, and to what the sources' records say besides."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import GraphQLInterfaceType, GraphQLObjectType, GraphQLSchema, get_named_type, is_leaf_type

from api.access import Access, Right
from api.inventory import System
from api.projected import Fields
from api.tokens import Role

IDENTIFIER = "identifier"  # the class of the values that the table masks
SHOWN = "shown"  # the parameter by which a statement gets the names of the attributes that a role may see


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """Of one role. ``rights``: by type, then by field. ``parameters``: what statements need to know of the role."""

    role: Role
    rights: Mapping[str, Mapping[str, Right]]
    parameters: Mapping[str, Any] = field(default_factory=dict)
    identifiers: bool = False  # in clear

    def right(self, type_: str, name: str) -> Right:
        return self.rights.get(type_, {}).get(name, Right.DENIED)


def views(access: Access, schema: GraphQLSchema, fields: Fields, inventory: Iterable[System]) -> dict[Role, View]:
    systems = tuple(inventory)
    return {
        role: View(
            role,
            _rights(access, role, schema, fields),
            {SHOWN: _shown(access, role, systems)},
            identifiers=access.of_class(role, IDENTIFIER) is Right.CLEAR,
        )
        for role in Role
    }


def _rights(access: Access, role: Role, schema: GraphQLSchema, fields: Fields) -> dict[str, dict[str, Right]]:
    """A value that has no masked form is denied to whom it is masked."""
    found: dict[str, dict[str, Right]] = {}
    for name, type_ in schema.type_map.items():
        if name.startswith("__") or not isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
            continue
        for spelled, definition in type_.fields.items():
            right = access.of_field(role, name, spelled)
            declared = fields.get(name, {}).get(spelled)
            if right is Right.MASKED and is_leaf_type(get_named_type(definition.type)):
                right = Right.MASKED if declared and declared.masked else Right.DENIED
            found.setdefault(name, {})[spelled] = right
    return found


def _shown(access: Access, role: Role, systems: Iterable[System]) -> list[str]:
    """``system|table|attribute`` of each attribute that comes from columns which are clear to the role."""
    return sorted(
        f"{system.name}|{table}|{name}"
        for system in systems
        for (table, name), classes in system.attributes.items()
        if access.of_columns(role, classes) is Right.CLEAR
    )
