"""The catalogue's traps (section 18.2) that lie in the five core systems."""

import json
import re
from itertools import permutations
from typing import Any

import pytest

from graph.business import AccountRecord, Reference, RoleRecord, TransactionRecord
from graph.records import PartyType
from ingest.rejections import Flaw, Issue
from samples.collisions import DAILY_HOLDERS
from tests.architecture.tree import ROOT
from tests.unit.ingest.trapped import customers, mapped, sources, together, values

FULL: dict[str, Any] = {"Id": "1", "FirstName": "Grace", "LastName": "Wambui", "IdentificationNumber": "23456701"}
BUSINESS: dict[str, Any] = {"Id": "b1", "CompanyName": "Baraka Ltd", "RegistrationNumber": "PVT-1", "KraPin": ""}
PARTY: dict[str, Any] = {"Id": "p1", "PartyType": 0, "Status": 0, "FirstName": "Grace", "LastName": "Wambui"}
ACCOUNT: dict[str, Any] = {"Id": "a1", "CustomerId": "1", "AccountNumber": "WKZ-1A2B3C4D", "Currency": "KES"}
BOOKED = "2026-03-01T09:00:00+00:00"
ADDRESS = re.compile(r"[\w.+-]+@([\w.-]+)")  # its domain


@pytest.mark.parametrize(
    "form", ["+254712345678", "0712345678", "254712345678", "+254-712-345678", "+254 712 345 678", "00254712345678"]
)
def test_t01_every_form_of_a_phone_is_one_number(form: str) -> None:
    (record,) = customers("database_api.customers", FULL | {"PrimaryPhone": form})
    assert ("Phone", "+254712345678") in values(record)


def test_t02_an_empty_string_is_no_key() -> None:
    """Two quick customers without phone and address, two companies without name and PIN: four who share nothing."""
    people = customers(
        "database_api.customers",
        FULL | {"Id": "1", "PrimaryPhone": "", "Email": "", "SecondaryPhone": " "},
        FULL | {"Id": "2", "PrimaryPhone": "", "Email": "", "IdentificationNumber": "23456702"},
    )
    companies = customers(
        "database_api.businesses",
        BUSINESS | {"Id": "3", "CompanyName": "", "BusinessName": "", "Phone": "", "TaxIdentificationNumber": ""},
        BUSINESS | {"Id": "4", "CompanyName": "", "BusinessName": "", "Phone": "", "RegistrationNumber": "PVT-2"},
    )
    assert together(*people, *companies) == {frozenset(id) for id in "1234"}


def test_t03_an_address_that_was_made_up_joins_nobody() -> None:
    address = {"Email": "0123456789abcdef0123456789abcdef@vif.local"}
    found = customers(
        "core.customers", FULL | address, FULL | address | {"Id": "2", "IdentificationNumber": "23456702"}
    )
    assert all(value.placeholder for record in found for value in record.identifiers if value.kind == "Email")
    assert together(*found) == {frozenset("1"), frozenset("2")}


@pytest.mark.parametrize("number", ["ID12345678", "KE-ID-12345678", "RTID12345678"])
def test_t04_a_national_id_keeps_its_letters(number: str) -> None:
    """Alice Johnson of Core and John Doe of web banking differ in two letters of their documents."""
    alice = customers("core.customers", FULL | {"IdentificationNumber": number})
    john = customers("minimal.customers", FULL | {"Id": "2", "IdentificationNumber": "12345678"})
    assert ("NationalId", number.replace("-", "")) in values(alice[0])
    assert together(*alice, *john) == {frozenset("1"), frozenset("2")}


@pytest.mark.parametrize(
    "place", ["database_api.customers", "enhanced.customers", "minimal.customers", "core.customers"]
)
def test_t05_a_number_of_an_unknown_document_joins_agreeing_names_only(place: str) -> None:
    grace, namesake, other = customers(
        place,
        FULL | {"IdentificationNumber": "AK1234567"},
        FULL | {"Id": "2", "IdentificationNumber": "ak 1234567"},
        FULL | {"Id": "3", "IdentificationNumber": "AK1234567", "FirstName": "Peter", "LastName": "Kamau"},
    )
    assert values(grace) == {("Document", "AK1234567")}
    assert together(grace, namesake, other) == {frozenset("12"), frozenset("3")}


def test_t05_a_tax_pin_is_found_in_either_column() -> None:
    first, second = customers(
        "database_api.businesses",
        BUSINESS | {"KraPin": "P051000001Z"},
        BUSINESS | {"Id": "b2", "RegistrationNumber": "PVT-2", "TaxIdentificationNumber": "P051000001Z"},
    )
    assert ("TaxPin", "P051000001Z") in values(first) & values(second)


def test_t06_each_document_has_its_own_kind_and_what_nobody_verified_is_a_claim() -> None:
    documents = [
        {"DocumentType": "National ID", "DocumentNumber": "23456701", "IsVerified": True},
        {"DocumentType": "Passport", "DocumentNumber": "AK1234567", "IsVerified": True, "ExpiryDate": "2019-01-01"},
        {"DocumentType": "Passport", "DocumentNumber": "B7654321", "IssuingCountry": "Uganda", "IsVerified": True},
        {"DocumentType": "Driving License", "DocumentNumber": "DL-1234567"},
    ]
    (record,) = customers("core.parties", PARTY | {"Identifications": json.dumps(documents)})
    assert values(record) == {("NationalId", "23456701"), ("Passport", "AK1234567"), ("Document", "B7654321")}
    assert {(it.kind, it.value) for it in record.identifiers if not it.verified} == {("DrivingLicence", "DL1234567")}


def test_t07_the_daily_batch_gives_one_phone_to_two_people() -> None:
    """A hundred new customers a day: numbers for names, the phones of the day before, documents of their own."""
    rows = [
        {
            "Id": record.id,
            "FirstName": record.name[0],
            "LastName": record.name[1],
            "PhoneNumber": record.phone,
            "Email": record.email,
            "IdentificationNumber": record.national_id,
        }
        for record in DAILY_HOLDERS
    ]
    assert len({row["PhoneNumber"] for row in rows}) < len(rows)
    assert together(*customers("core.customers", *rows)) == {frozenset({record.id}) for record in DAILY_HOLDERS}


def test_t08_staff_with_a_customers_phone_are_no_customers() -> None:
    staff = {"Id": "u1", "Email": "a@staff.example.com", "FullName": "A Teller", "PhoneNumber": "+254700000001"}
    assert mapped("core.users", staff | {"Role": "Teller"}).records == ()
    assert [record.key for record in customers("core.users", staff | {"Role": "Customer"})] == ["core|users|u1"]


@pytest.mark.parametrize("system", ["database_api", "enhanced", "minimal", "comprehensive", "core"])
def test_t09_an_account_is_named_by_its_system_and_row(system: str) -> None:
    (account,) = mapped(f"{system}.accounts", ACCOUNT).records
    assert isinstance(account, AccountRecord)
    assert (account.key, account.number) == (f"{system}|accounts|a1", "WKZ-1A2B3C4D")


@pytest.mark.parametrize("system", ["comprehensive", "database_api"])
def test_t09_the_other_side_of_a_booking_is_sought_in_its_own_system(system: str) -> None:
    row = {"Id": "t1", "AccountId": "a1", "ProcessedAt": BOOKED, "RelatedAccountNumber": "WKZ-1A2B3C4D"}
    (booking,) = mapped(f"{system}.transactions", row).records
    assert isinstance(booking, TransactionRecord)
    assert booking.counterparty == Reference(to="account.number", value="WKZ-1A2B3C4D", system=system)


def test_t10_customers_parties_and_users_of_core_meet_by_what_they_share() -> None:
    documents = [{"DocumentType": "National ID", "DocumentNumber": "23456701", "IsVerified": True}]
    user = {"Id": "u1", "Role": "Customer", "FullName": "Grace Wambui", "Email": "GRACE@mail.example.com"}
    found = [
        *customers("core.customers", FULL | {"Email": "grace@mail.example.com"}),
        *customers("core.parties", PARTY | {"Identifications": json.dumps(documents)}),
        *customers("core.users", user | {"IsEmailConfirmed": True}),
    ]
    assert together(*found) == {frozenset({"1", "p1", "u1"})}


def test_t13_a_number_in_place_of_a_name_is_no_name() -> None:
    named, numbered, seeded = customers(
        "core.customers",
        FULL,
        FULL | {"FirstName": "Customer", "LastName": "17"},
        FULL | {"FirstName": "Realtime", "LastName": "Customer 17"},
    )
    assert (named.full_name, numbered.full_name, seeded.full_name) == ("Grace Wambui", None, None)


def test_t15_who_is_who_does_not_depend_on_who_comes_first() -> None:
    """A record with one's phone and another's address joins them or not, whatever the order."""
    phone = customers("core.customers", FULL | {"Id": "1", "PhoneNumber": "0722000101", "IdentificationNumber": "X-1"})
    mail = customers(
        "enhanced.customers", FULL | {"Id": "2", "Email": "g@mail.example.com", "IdentificationNumber": ""}
    )
    both = customers(
        "database_api.customers",
        FULL | {"Id": "3", "PrimaryPhone": "0722000101", "Email": "g@mail.example.com", "IdentificationNumber": ""},
    )
    found = [together(*order) for order in permutations([*phone, *mail, *both])]
    assert found == [{frozenset("123")}] * 6


def test_t16_of_a_card_number_in_clear_four_digits_and_a_keyed_hash_are_left() -> None:
    (card,) = mapped("database_api.cards", {"Id": "c1", "CardNumber": "4532000000001234"}).records
    assert "4532000000001234" not in repr(card)
    assert "last_four='1234'" in repr(card)


def test_t19_an_account_of_a_business_is_the_companys_and_the_individual_has_a_role() -> None:
    row = ACCOUNT | {"BusinessId": "b1"}
    (account,) = mapped("comprehensive.accounts", row).records
    (role,) = mapped("comprehensive.business_contacts", row).records
    assert isinstance(account, AccountRecord)
    assert isinstance(role, RoleRecord)
    assert account.owner == "comprehensive|businesses|b1"
    assert (role.type, role.holder) == ("related_to", "comprehensive|customers|1")
    assert mapped("comprehensive.business_contacts", ACCOUNT).records == ()


def test_t19_a_signatory_is_a_person_without_a_customer_row() -> None:
    row = {"Id": "s1", "SignatoryName": "Grace Wambui", "IdNumber": "23456701", "AccountId": "a1", "IsActive": True}
    signatory = customers("comprehensive.signatories", row)
    (role,) = mapped("comprehensive.signatory_roles", row | {"Role": "Approver"}).records
    assert isinstance(role, RoleRecord)
    assert (role.type, role.holder, role.account) == (
        "signatory_of",
        "comprehensive|signatories|s1",
        "comprehensive|accounts|a1",
    )
    assert together(*signatory, *customers("enhanced.customers", FULL)) == {frozenset({"s1", "1"})}
    ended = row | {"IsActive": False}
    assert mapped("comprehensive.signatories", ended).records == mapped("comprehensive.signatory_roles", ended).records


def test_t19_a_company_and_a_person_who_share_everything_are_two() -> None:
    shared = {"Email": "grace@mail.example.com"}
    company = customers("comprehensive.businesses", BUSINESS | shared | {"Phone": "0722000101"})
    person = customers("comprehensive.customers", FULL | shared | {"PrimaryPhone": "0722000101"})
    assert company[0].party_type is PartyType.COMPANY
    assert together(*company, *person) == {frozenset({"b1"}), frozenset({"1"})}


@pytest.mark.parametrize(("status", "meaning"), [(4, "deceased"), (5, "merged")])
def test_t20_a_merged_or_deceased_party_stays_a_record_of_its_own_and_says_so(status: int, meaning: str) -> None:
    (record,) = customers("core.parties", PARTY | {"Status": status})
    assert (record.key, record.attributes["status"]) == ("core|parties|p1", meaning)


def test_t20_nothing_tells_whom_a_merged_party_became_but_what_both_know() -> None:
    phone = {"PrimaryPhone": "0722000101"}
    merged, survivor, stranger = customers(
        "core.parties",
        PARTY | phone | {"Id": "old", "Status": 5},
        PARTY | phone | {"Id": "new"},
        PARTY | {"Id": "else", "PrimaryPhone": "0722000102"},
    )
    assert together(merged, survivor, stranger) == {frozenset({"old", "new"}), frozenset({"else"})}


@pytest.mark.parametrize(
    ("place", "said", "type", "direction"),
    [
        ("comprehensive", {"Type": "Deposit"}, "deposit", "credit"),
        ("database_api", {"Type": "Debit"}, "debit", "debit"),
        ("minimal", {"Type": "Credit/Deposit"}, "deposit", "credit"),
        ("core", {"TransactionType": "CashDeposit"}, "deposit", "credit"),
        ("core", {"TransactionType": "Transfer"}, "transfer", None),
    ],
)
def test_t21_a_type_is_read_by_its_own_systems_list(
    place: str, said: dict[str, str], type: str, direction: str | None
) -> None:
    row = {"Id": "t1", "AccountId": "a1", "ProcessedAt": BOOKED, "CreatedAt": BOOKED, **said}
    (booking,) = mapped(f"{place}.transactions", row).records
    assert isinstance(booking, TransactionRecord)
    assert (booking.type, booking.direction) == (type, direction)


def test_t21_success_and_completed_are_one_status() -> None:
    rows = [
        {"Id": status, "AccountId": "a1", "CreatedAt": BOOKED, "TransactionType": "Deposit", "Status": status}
        for status in ("Success", "Completed")
    ]
    assert ["status='completed'" in repr(record) for record in mapped("core.transactions", *rows).records] == [True] * 2


def test_t21_risk_has_two_scales_and_nought_is_the_name_of_one_step_only() -> None:
    (customer,) = customers("core.customers", FULL | {"RiskRating": 0})
    (party,) = customers("core.parties", PARTY | {"RiskRating": 0})
    assert "risk_rating" not in customer.attributes
    assert party.attributes["risk_rating"] == "low"
    strange = mapped("core.customers", FULL | {"RiskRating": 7})
    assert strange.issues == {Issue(Flaw.UNKNOWN_VALUE, "attributes.risk_rating"): 1}


@pytest.mark.parametrize(
    ("place", "scans"),
    [
        ("comprehensive.accounts", "rescan"),
        ("database_api.customers", "rescan"),
        ("database_api.accounts", "rescan"),
        ("minimal.customers", "rescan"),
        ("minimal.accounts", "rescan"),
        ("core.transactions", "rescan"),
        ("enhanced.customers", "deletes"),
        ("enhanced.accounts", "deletes"),
    ],
)
def test_what_a_watermark_does_not_tell_a_scan_finds(place: str, scans: str) -> None:
    system, entity = place.split(".")
    table = next(table for table in sources()[system].tables if table.name == entity)
    assert getattr(table, scans) is not None


def test_the_overlap_of_core_is_longer_than_its_batch_reaches_back() -> None:
    assert sources()["core"].overlap.total_seconds() > 24 * 3600


def test_t23_rows_of_the_tests_hold_addresses_that_nobody_has() -> None:
    """The systems' welcome pages show somebody's data: every address here is of a domain that is kept for examples, or
    is one that the systems themselves ship for their made-up customers.
    """
    made_up = ("example.com", "vif.local", "email.com", "test.com", "wekeza.dev")
    said = ADDRESS.findall("".join(file.read_text(encoding="utf-8") for file in (ROOT / "tests/data").rglob("*.json")))
    assert len(said) > len(made_up)
    assert [it for it in said if not f".{it.lower()}".endswith(tuple(f".{domain}" for domain in made_up))] == []
