from typing import Any

import pytest

from api.access import Right, load_access
from api.masking import HIDDEN, as_seen
from api.projected import projected_fields
from api.schema import build_schema
from api.tokens import Role
from api.views import views
from graph.projection import Expression
from ingest.source import load_sources
from wekeza.inventory import inventory

SCHEMA = build_schema()
FIELDS = projected_fields(SCHEMA)
VIEWS = views(load_access(), SCHEMA._schema, FIELDS, inventory(load_sources().values()))
RECORD = "comprehensive|customers|1|x"
MADE: dict[str, Any] = {
    "gcid": "g",
    "name": {"value": "Amina", "source": RECORD},
    "birth_date": {"value": "1990-04-12", "source": RECORD},
    "national_id": {"value": "29874561", "masked": "***61", "source": RECORD},
    "phone": {"value": "+254712345678", "masked": None},
    "email": None,
    "source_records": [
        {
            "key": RECORD,
            "full_name": "Amina",
            "birth_date": "1990-04-12",
            "attributes": [
                {"name": "gender", "value": "f"},
                {"name": "kyc_status", "value": "verified"},
                {"name": "language", "value": "sw"},
                {"name": "unheard of", "value": "29874561"},
            ],
        }
    ],
    "identifiers": [{"kind": "Phone", "value": "+254712345678", "masked": "***5678"}],
}


def seen(role: Role) -> dict[str, Any]:
    return as_seen(VIEWS[role], FIELDS, "GlobalCustomer", MADE)


@pytest.mark.parametrize("role", [Role.ANALYST, Role.PRIVACY_OFFICER, Role.OPERATOR])
def test_what_is_masked(role: Role) -> None:
    her = seen(role)
    assert her["name"] == MADE["name"]
    assert her["birth_date"] == {"value": "1990", "source": RECORD}
    assert her["national_id"]["value"] == "***61"
    assert her["phone"]["value"] == "***"
    assert her["email"] is None
    assert her["source_records"][0]["birth_date"] == "1990"
    assert her["identifiers"][0]["value"] == "***5678"
    assert "29874561" not in str(her)


def test_attributes_are_those_of_columns_that_are_clear() -> None:
    def names(role: Role) -> list[str]:
        return [it["name"] for it in seen(role)["source_records"][0]["attributes"]]

    assert names(Role.INVESTIGATOR) == ["gender", "kyc_status", "language"]
    assert names(Role.ANALYST) == ["kyc_status", "language"]
    assert names(Role.PRIVACY_OFFICER) == ["language"]


def test_nothing_else_changes() -> None:
    her = seen(Role.STEWARD)
    assert her | {"source_records": None} == MADE | {"source_records": None}
    assert MADE["identifiers"][0]["value"] == "+254712345678", "and what was made stays"


def test_each_masked_form_is_known_here_too() -> None:
    forms = [field.masked for of in FIELDS.values() for field in of.values() if field.masked]
    assert {form.statement for form in forms if isinstance(form, Expression)} == set(HIDDEN)
    assert all(isinstance(form, Expression) for form in forms)
    assert Right.MASKED < Right.CLEAR
