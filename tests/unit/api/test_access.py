"""The committed table: complete, consistent with itself and with the classes of the sources' columns."""

import pytest
from graphql import GraphQLInterfaceType, GraphQLObjectType

from api.access import AccessTableWrong, Right, load_access, parse_access
from api.projected import projected_fields
from api.schema import build_schema
from api.tokens import Role
from api.views import SHOWN, views
from ingest.source import load_sources
from wekeza.inventory import inventory

ACCESS = load_access()
SCHEMA = build_schema()
FIELDS = projected_fields(SCHEMA)
EVERY_FIELD = sorted(
    (name, field)
    for name, type_ in SCHEMA._schema.type_map.items()
    if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType) and not name.startswith("__")
    for field in type_.fields
)
VIEWS = views(ACCESS, SCHEMA._schema, FIELDS, inventory(load_sources().values()))


@pytest.mark.parametrize(("type_", "field"), EVERY_FIELD)
def test_every_field_of_the_schema_has_a_class(type_: str, field: str) -> None:
    assert ACCESS.class_of(type_, field), (
        f"Nobody may read {type_}.{field}: write it into api/access.toml, under [fields.{type_}], beside the class that"
        " says who may see it; or the type as a whole under [fields], if all that it will ever hold is of one class."
    )


def test_the_table_names_no_field_that_is_not_there() -> None:
    assert ACCESS.by_field.keys() - set(EVERY_FIELD) == set()
    plain = {type_ for type_ in ACCESS.by_type if "*" not in type_}
    assert plain - {type_ for type_, _ in EVERY_FIELD} == set()


def test_what_is_masked_has_a_masked_form() -> None:
    """Where it has none the field is denied, which is safe; but then the table promises more than there is."""
    lost = {
        f"{role}: {type_}.{field}"
        for role in Role
        for type_, field in EVERY_FIELD
        if ACCESS.of_field(role, type_, field) is Right.MASKED and VIEWS[role].right(type_, field) is Right.DENIED
    }
    assert lost == set()


def test_whoever_sees_values_masked_may_not_look_up_by_them() -> None:
    of = ACCESS.table.classes
    assert of["lookup"].clear <= of["identifier"].clear
    assert of["search"].clear <= of["name"].clear


def test_who_may_do_what() -> None:
    """The table in the words of the design, so that a slip in it is seen."""
    told = {role: {name for name in ACCESS.table.classes if ACCESS.of_class(role, name)} for role in Role}
    assert told[Role.SERVICE] == {"open", "profile", "name", "identifier", "financial", "lookup", "consent"}
    assert told[Role.OPERATOR] == {"open", "operations"}
    assert told[Role.STEWARD] == told[Role.INVESTIGATOR] | {"decision"}
    assert told[Role.INVESTIGATOR] == told[Role.ANALYST] | {"lookup", "evidence"}
    assert told[Role.PRIVACY_OFFICER] == {
        *("open", "profile", "name", "identifier", "record", "search", "operations", "audit", "erasure", "consent"),
    }
    masked = {role for role in Role if ACCESS.of_class(role, "identifier") is Right.MASKED}
    assert masked == {Role.ANALYST, Role.PRIVACY_OFFICER}


def test_a_field_that_the_table_does_not_know_is_denied() -> None:
    assert {ACCESS.of_field(role, "GlobalCustomer", "shoeSize") for role in Role} == {Right.DENIED}
    assert {view.right("GlobalCustomer", "shoeSize") for view in VIEWS.values()} == {Right.DENIED}
    assert {view.right("Shoe", "size") for view in VIEWS.values()} == {Right.DENIED}


def test_attributes_by_the_classes_of_their_columns() -> None:
    shown = {role: {name.rsplit("|", 1)[1] for name in VIEWS[role].parameters[SHOWN]} for role in Role}
    assert {"gender", "kyc_status", "language"} <= shown[Role.INVESTIGATOR]
    assert shown[Role.ANALYST] >= {"kyc_status", "language"}
    assert shown[Role.ANALYST].isdisjoint({"gender", "nationality", "contact", "username", "trading_name"})
    assert shown[Role.PRIVACY_OFFICER].isdisjoint({"gender", "kyc_status", "pep"})
    assert "language" in shown[Role.PRIVACY_OFFICER]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ('[classes]\na = {clear = ["*"]}\n[columns]\n[fields]\nT = "b"', "unknown class b"),
        ('[classes]\na = {clear = ["*"]}\n[columns]\n[fields.T]\nb = ["x"]', "unknown class b"),
        (
            '[classes]\na = {clear = ["*"]}\nb = {clear = []}\n[columns]\n[fields.T]\na = ["x"]\nb = ["x"]',
            "two classes",
        ),
        ('[classes]\n[columns]\npii = {clear = [], but = ["b"]}\n[fields]', "unknown class b"),
        ('[classes]\n[columns]\n[fields]\n[endpoints]\n"/x" = "b"', "unknown class b"),
        ('[classes]\na = {clear = ["king"]}\n[columns]\n[fields]', "king"),
        ("[classes]\na = {clear = [], shown = []}\n[columns]\n[fields]", "shown"),
    ],
)
def test_a_wrong_table(wrong: str, said: str) -> None:
    with pytest.raises((AccessTableWrong, ValueError), match=said):
        parse_access(wrong)
