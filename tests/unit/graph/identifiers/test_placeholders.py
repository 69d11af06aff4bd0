import pytest

from graph.identifiers import KINDS, normalise
from graph.identifiers.placeholders import load_placeholders
from graph.records import IdentifierValue


def test_every_kind_has_its_table_and_every_value_is_in_normal_form() -> None:
    assert load_placeholders().keys() == KINDS.keys()
    for kind, placeholders in load_placeholders().items():
        for value in placeholders.values:
            found = normalise(kind, value, "KE")
            assert isinstance(found, IdentifierValue), value
            assert (found.value, found.placeholder) == (value, True)


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        ("NationalId", "00000000"),
        ("NationalId", "ID00000000"),
        ("NationalId", "1111-1111"),
        ("NationalId", "99999999"),
        ("Document", "TEST1"),
        ("Passport", "A0000000"),
        ("TaxPin", "A000000000Z"),
        ("DrivingLicence", "DL0000000"),
        ("CompanyRegistration", "PVT-0000000"),
        ("NameBirth", "1970-01-01 JN T"),
        ("Phone", "0700000000"),
        ("Phone", "+254-700-000000"),
        ("Phone", "0722 000 000"),
        ("Phone", "0777777777"),
        ("Email", "test@example.com"),
        ("Email", "0af3b2c1d4e5f60718293a4b5c6d7e8f@vif.local"),
        ("Email", "NoEmail@bank.co.ke"),
        ("Email", "test1@test.com"),
    ],
)
def test_placeholders_are_values_that_say_so(kind: str, raw: str) -> None:
    found = normalise(kind, raw, "KE")
    assert isinstance(found, IdentifierValue)
    assert found.placeholder


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        ("NationalId", "12345678"),
        ("NationalId", "KE-ID-00001"),
        ("NationalId", "20000000"),
        ("CompanyRegistration", "CPR/2010/23456"),
        ("NameBirth", "1970-01-02 JN T"),
        ("Phone", "+254712345678"),
        ("Phone", "0744000001"),
        ("Email", "john.doe@example.com"),
        ("Email", "noah@mail.com"),
        ("Email", "tester.mary@mail.com"),
    ],
)
def test_real_values_are_not(kind: str, raw: str) -> None:
    found = normalise(kind, raw, "KE")
    assert isinstance(found, IdentifierValue)
    assert not found.placeholder
