"""Document numbers: NationalId, Passport, TaxPin, DrivingLicence, CompanyRegistration and the untyped Document."""

import pytest

from graph.identifiers import normalise
from graph.records import IdentifierValue, InvalidValue


def value(kind: str, raw: str, country: str | None = "KE") -> str | None:
    found = normalise(kind, raw, country)
    return found.value if isinstance(found, IdentifierValue) else None


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("12345678", "12345678"),
        (" 1234 5678 ", "12345678"),
        ("id12345678", "ID12345678"),
        ("KE-ID-00001", "KEID00001"),
        ("RTID202603110001", "RTID202603110001"),
        ("012345678", "012345678"),
        ("123456/78/1", "123456/78/1"),
        ("\uff11\uff12345678", "12345678"),
        ("123\u20134567", "1234567"),
    ],
)
@pytest.mark.parametrize("kind", ["NationalId", "DrivingLicence", "CompanyRegistration", "Document"])
def test_upper_case_without_spaces_and_dashes(kind: str, written: str, number: str) -> None:
    assert value(kind, written) == number


def test_letters_are_part_of_a_number() -> None:
    """Core's ID12345678 and DFS's 12345678 are two people in the shipped data."""
    assert value("NationalId", "12345678") != value("NationalId", "ID12345678")


def test_the_same_digits_of_two_countries_are_two_identifiers() -> None:
    kenyan, ugandan = normalise("NationalId", "12345678", "KE"), normalise("NationalId", "12345678", "UG")
    assert isinstance(kenyan, IdentifierValue)
    assert isinstance(ugandan, IdentifierValue)
    assert kenyan.key != ugandan.key


@pytest.mark.parametrize(
    "kind", ["NationalId", "Passport", "TaxPin", "DrivingLicence", "CompanyRegistration", "Document"]
)
@pytest.mark.parametrize(
    "written", ["N/A", "NONE", "unknown", "123", "1" * 33, "12#45678", "\u0661\u0662\u0663\u0664\u0665"]
)
def test_what_is_no_number_is_invalid(kind: str, written: str) -> None:
    assert normalise(kind, written, "KE") == InvalidValue(kind=kind, raw=written)


@pytest.mark.parametrize(("written", "number"), [("ak 0123456", "AK0123456"), ("A1234567", "A1234567")])
def test_passports(written: str, number: str) -> None:
    assert value("Passport", written) == number


@pytest.mark.parametrize("written", ["A123", "AB12345678", "A12/4567"])
def test_a_passport_has_five_to_nine_letters_and_digits(written: str) -> None:
    assert value("Passport", written) is None


@pytest.mark.parametrize(
    ("written", "number"),
    [("PVT-AAAA1234", "PVTAAAA1234"), ("cpr/2010/23456", "CPR/2010/23456"), ("C.12345", "C.12345")],
)
def test_company_registrations(written: str, number: str) -> None:
    assert value("CompanyRegistration", written) == number


def test_a_kenyan_tax_pin_has_its_shape() -> None:
    assert value("TaxPin", "a001 234 567-z") == "A001234567Z"
    assert {value("TaxPin", raw) for raw in ("|051365947M", "B001234567Z", "A00123456Z", "12345678")} == {None}


def test_another_country_s_tax_number_keeps_its_own_shape() -> None:
    assert value("TaxPin", "123-456-789", "TZ") == "123456789"


@pytest.mark.parametrize(
    ("written", "masked"), [("12345678", "***78"), ("RTID202603110001", "***0001"), ("1234", "***4")]
)
def test_masks(written: str, masked: str) -> None:
    found = normalise("NationalId", written, "KE")
    assert isinstance(found, IdentifierValue)
    assert found.masked == masked
