"""What must be true of every declaration."""

import pytest
from graphql import parse, validate
from strawberry.types.base import StrawberryObjectDefinition

from api.projected import PROJECTION, catalogue, projected_fields
from api.rest import document
from api.schema import MAX_ALIASES, MAX_DEPTH, build_schema
from api.types.identity import IdentifierKind
from api.views import SHOWN
from graph.identifiers import KINDS
from graph.projection import Inline, Rows
from graph.statements import parameters

SCHEMA = build_schema()
FIELDS = projected_fields(SCHEMA)
CATALOGUE = catalogue(FIELDS)
DEFINITIONS = {
    name: concrete.definition
    for name, concrete in SCHEMA.schema_converter.type_map.items()
    if isinstance(concrete.definition, StrawberryObjectDefinition)
}


def test_every_type_and_field_says_what_it_is() -> None:
    silent = {name for name, type_ in DEFINITIONS.items() if not type_.description} | {
        f"{name}.{field.python_name}"
        for name, type_ in DEFINITIONS.items()
        for field in type_.fields
        if not field.description
    }
    assert silent == set()


def test_every_field_of_a_projected_type_is_projected_or_made() -> None:
    lost = {
        f"{name}.{field.python_name}"
        for name in FIELDS
        for field in DEFINITIONS[name].fields
        if field.metadata.get(PROJECTION) is None and field.base_resolver is None
    }
    assert lost == set()


def test_every_projection_leads_to_a_type_that_is_declared() -> None:
    named = {how.type for fields in CATALOGUE.values() for how in fields.values() if isinstance(how, Rows | Inline)}
    assert named - {None} <= set(CATALOGUE)


def test_every_statement_gets_the_arguments_that_its_field_takes() -> None:
    for name in FIELDS:
        for field in DEFINITIONS[name].fields:
            how = field.metadata.get(PROJECTION)
            if isinstance(how, Rows):
                given = parameters(how.statement) - {SHOWN}
                assert {argument.python_name for argument in field.arguments} == given, field.name


def test_the_kinds_are_those_of_ingest() -> None:
    assert {kind.value for kind in IdentifierKind} == set(KINDS)


@pytest.mark.parametrize(
    "name", ["customer_overview", "customer_accounts", "customer_transactions", "customer_holdings", "customer_risk"]
)
def test_the_documents_of_rest_are_valid(name: str) -> None:
    assert validate(SCHEMA._schema, parse(document(name))) == []


async def test_documents_have_bounds() -> None:
    for query in (
        "{ " + " ".join(f"a{n}: __typename" for n in range(MAX_ALIASES + 1)) + " }",
        "{ __typename } " * 1_000,
        "{ __schema { types " + "{ fields { type " * 5 + "{ name }" + " } }" * 5 + " } }",
    ):
        result = await SCHEMA.execute(query)
        assert result.errors is not None
        assert {(error.extensions or {})["code"] for error in result.errors} == {"BAD_USER_INPUT"}

    too_deep = await SCHEMA.execute("{ a" * (MAX_DEPTH + 2) + " }" * (MAX_DEPTH + 2))
    assert any(f"depth of {MAX_DEPTH}" in error.message for error in too_deep.errors or ())
