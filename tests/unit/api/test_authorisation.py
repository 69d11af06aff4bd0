"""Decisions on whole documents, without any store."""

import pytest
from graphql import parse, validate

from api.access import load_access
from api.authorisation import denied_fields, narrowed
from api.projected import projected_fields
from api.rest import document
from api.schema import build_schema
from api.tokens import Role
from api.views import views

SCHEMA = build_schema()
CORE = SCHEMA._schema
VIEWS = views(load_access(), CORE, projected_fields(SCHEMA), ())


def denied(role: Role, query: str) -> tuple[str, ...]:
    assert validate(CORE, parse(query)) == []
    return denied_fields(CORE, query, VIEWS[role])


def test_what_is_denied_is_named_wherever_it_stands() -> None:
    query = """
        query A { customer(gcid: "x") { ...more ... on GlobalCustomer { gcid links { a } } } }
        query B { again: customer(gcid: "x") { risk @include(if: false) { level } } }
        fragment more on GlobalCustomer { name { value } accounts { edges { node { holders { name } number } } } }
    """
    assert set(denied(Role.SERVICE, query)) == {
        *("GlobalCustomer.links", "Link.a", "GlobalCustomer.risk", "Risk.level", "Account.holders"),
    }
    assert denied(Role.INVESTIGATOR, query) == ()
    assert denied(Role.OPERATOR, query)[0] == "Query.customer"


def test_masked_is_not_denied() -> None:
    query = '{ customer(gcid: "x") { phone { value masked } birthDate { value } identifiers { value } } }'
    assert denied(Role.ANALYST, query) == denied(Role.PRIVACY_OFFICER, query) == ()


@pytest.mark.parametrize("role", Role)
def test_who_may_look_up_by_a_value(role: Role) -> None:
    query = '{ customerByIdentifier(kind: PHONE, value: "x") { gcid } }'
    may = role in {Role.SERVICE, Role.INVESTIGATOR, Role.STEWARD}
    assert (denied(role, query) == ()) is may


@pytest.mark.parametrize("role", Role)
def test_the_names_of_types_and_fields_are_no_secret(role: Role) -> None:
    assert denied(role, "{ __typename __schema { types { name fields { name type { name } } } } }") == ()


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.OPERATOR])
def test_a_narrowed_document_is_what_the_role_may_read_of_it(role: Role) -> None:
    narrow = narrowed(CORE, document("customer_overview"), VIEWS[role])
    assert denied(role, narrow) == ()
    assert "phone" in narrow
    assert ("links" in narrow) is (role in {Role.INVESTIGATOR, Role.STEWARD})
    assert ("risk" in narrow) is (role not in {Role.SERVICE, Role.PRIVACY_OFFICER})


def test_what_may_be_read_in_no_part_is_not_narrowed() -> None:
    overview = document("customer_overview")
    assert narrowed(CORE, overview, VIEWS[Role.OPERATOR]) == overview
    assert denied(Role.OPERATOR, overview)[0] == "Query.customer"


def test_a_part_of_which_nothing_is_left_goes_too() -> None:
    query = '{ customer(gcid: "x") { gcid accounts { edges { node { holders { name } } } } } }'
    assert "accounts" not in narrowed(CORE, query, VIEWS[Role.SERVICE])
