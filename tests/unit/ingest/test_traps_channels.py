"""The catalogue's traps (section 18.2) about who is who, in web banking, USSD, fraud, risk modules and audit logs."""

from collections.abc import Iterator
from typing import Any

import pytest

from graph.business import ActivityRecord
from graph.records import CustomerRecord, PartyType
from ingest.table import is_secret
from tests.unit.graph.resolution.worlds import groups, resolve
from tests.unit.ingest.places import mapped, one, sources

USER = {"user_id": 1, "full_name": "Grace Wambui", "email": "grace@mail.example.com", "is_active": 1}
BRANCH = {"customer_id": 1, "cif_number": "CIF1", "full_name": "Grace Wambui", "customer_type": "individual"}
CRM = {"Id": "c1", "FirstName": "Grace", "LastName": "Wambui", "Segment": 0, "IsActive": 1}
WALLET_USER = {"user_id": "w1", "full_name": "Grace Wambui", "role": "user", "account_type": "individual"}
SESSION = {"Id": "s1", "MenuHistory": "main", "Status": 1, "StartedAt": "2024-03-01 09:00:00"}
ACCOUNT = {"account_number": "ACC1", "balance": "1.00"}


def customers(place: str, *rows: dict[str, Any]) -> Iterator[CustomerRecord]:
    for record in mapped(place, *rows).records:
        assert isinstance(record, CustomerRecord)
        yield record


def values(record: CustomerRecord) -> set[tuple[str, str]]:
    return {(value.kind, value.value) for value in record.identifiers}


def test_t10_two_masters_of_one_system_meet_only_by_what_they_both_know() -> None:
    """The id 1 of a web user and of a branch customer are two ids; only the document makes them one person."""
    users = customers(
        "web.users", USER, USER | {"user_id": 2, "email": "g2@mail.example.com", "national_id": "23456701"}
    )
    branch = customers("web.customers", BRANCH | {"national_id": "23456701", "phone_number": "+254722000101"})
    assert groups(resolve([*users, *branch])) == {
        frozenset({"web|users|1"}),
        frozenset({"web|users|2", "web|customers|1"}),
    }


def test_t10_a_session_belongs_to_a_subscriber_and_not_to_a_customer_of_the_same_database() -> None:
    session = one("ussd.sessions", SESSION | {"PhoneNumber": "254722000101"})
    (subscriber,) = customers("ussd.subscribers", SESSION | {"PhoneNumber": "254722000101"})
    assert session.customer == subscriber.key
    crm = customers("ussd.customers", CRM | {"PhoneNumber": "+254722000101"})
    assert groups(resolve([subscriber, *crm])) == {frozenset({subscriber.key, "ussd|customers|c1"})}


def test_t11_one_person_may_have_several_rows_of_one_table() -> None:
    again = USER | {"user_id": 2, "email": "other@mail.example.com", "national_id": "23456701"}
    rows = customers("web.users", USER | {"national_id": "23456701"}, again)
    assert groups(resolve(rows)) == {frozenset({"web|users|1", "web|users|2"})}


@pytest.mark.parametrize("spelled", ["GRACE@MAIL.EXAMPLE.COM", " grace@mail.example.com ", "Grace@mail.example.com"])
def test_t12_an_address_is_one_however_its_database_compares_texts(spelled: str) -> None:
    """One row where an index has no case (MySQL), two where it has (PostgreSQL): one value in either."""
    web = one("web.users", USER | {"email": spelled})
    wallet = one("risk.users", WALLET_USER | {"email": "grace@mail.example.com"})
    assert values(web) == values(wallet) == {("Email", "grace@mail.example.com")}


def test_t12_white_space_is_no_value() -> None:
    record = one("web.users", USER | {"phone_number": "  ", "national_id": "", "full_name": "  Grace\u00a0 Wambui "})
    assert (record.full_name, record.invalid, values(record)) == (
        "Grace Wambui",
        (),
        {("Email", "grace@mail.example.com")},
    )


def test_t13_one_field_or_two_are_the_same_name() -> None:
    web = one("web.users", USER | {"phone_number": "0722000101"})
    crm = one("ussd.customers", CRM | {"PhoneNumber": "+254722000101"})
    assert web.full_name == crm.full_name == "Grace Wambui"
    # one subscriber has no name at all: that contradicts nothing
    (nameless,) = customers("ussd.subscribers", SESSION | {"PhoneNumber": "254722000101"})
    assert nameless.full_name is None
    assert len(groups(resolve([web, crm, nameless]))) == 1


def test_t14_a_customer_without_phone_or_document_links_by_email_only_or_not_at_all() -> None:
    """WGI developers have an address, the CRM has no document, a USSD subscriber has a number."""
    developer = one("risk.users", WALLET_USER | {"email": "grace.wambui7@wekeza.dev", "phone_number": None})
    crm = one("ussd.customers", CRM | {"Email": "grace@mail.example.com", "PhoneNumber": "+254722000101"})
    (subscriber,) = customers("ussd.subscribers", SESSION | {"PhoneNumber": "254722000102"})
    assert (values(developer), values(subscriber)) == (
        {("Email", "grace.wambui7@wekeza.dev")},
        {("Phone", "+254722000102")},
    )
    assert {kind for kind, _ in values(crm)} == {"Phone", "Email"}
    assert len(groups(resolve([developer, crm, subscriber]))) == 3  # a name alone links nobody


@pytest.mark.parametrize("number", ["254722000101", "+254722000101", "+254 722 000 101"])
def test_t14_a_subscriber_is_one_record_that_every_session_tells_alike(number: str) -> None:
    plain, other = mapped(
        "ussd.subscribers", SESSION | {"PhoneNumber": "254722000101"}, SESSION | {"PhoneNumber": number}
    ).records
    assert other == plain
    assert "722000101" not in plain.key
    assert one("ussd.sessions", SESSION | {"PhoneNumber": number}).customer == plain.key


def test_t14_audit_rows_make_no_customer() -> None:
    """A user id enriches what is known of a customer; nobody comes to be because a log mentions him."""
    assert {entity.kind for entity in sources()["audit"].tables} == {"activity"}
    record = one(
        "audit.actions", {"audit_id": "1", "user_id": "w1", "action": "user.login", "created_at": "2024-03-01 09:00:00"}
    )
    assert isinstance(record, ActivityRecord)
    assert record.customer == "risk|users|w1"


def test_t14_what_staff_did_to_a_customer_is_not_what_they_are() -> None:
    did = {"audit_id": "1", "user_id": "staff", "action": "kyc.approve", "created_at": "2024-03-01 09:00:00"}
    assert one("audit.actions", did | {"entity_type": "user", "entity_id": "w1"}).customer == "risk|users|w1"
    assert one("audit.actions", did | {"entity_type": "kyc_document", "entity_id": "d1"}).customer is None
    assert mapped("risk.users", WALLET_USER | {"role": "compliance", "email": "c@mail.example.com"}).records == ()


@pytest.mark.parametrize("system", ["web", "ussd", "fraud", "risk", "audit"])
def test_t16_no_secret_and_no_masked_number_is_read(system: str) -> None:
    """Clear API keys, hashes of passwords and PINs typed into menus are in these databases, and stay there."""
    unread = {"UserInput", "TransactionData", "Input", "id_number_masked", "api_key"}
    for entity in sources()[system].tables:
        assert not [column for column in entity.columns if is_secret(column) or column in unread]
    assert not {entity.table for entity in sources()[system].tables} & {"api_keys", "mfa_tokens", "USSDMenuEvents"}


def test_t16_the_id_of_a_web_session_opens_it_and_is_not_kept() -> None:
    session = {"session_id": "5f2b", "user_id": 1, "started_at": "2024-03-01 09:00:00", "status": "ACTIVE"}
    assert "5f2b" not in repr(one("web.sessions", session))


def test_t17_an_identifier_is_of_one_kind_by_its_column_alone() -> None:
    """No column with values of several kinds is an identifier: which kind it is would be guessed from its look.

    A branch customer's number is a national id only where the row says that it is a person's.
    """
    person = one("web.customers", BRANCH | {"national_id": "23456701"})
    company = one("web.customers", BRANCH | {"customer_type": "business", "national_id": "23456701"})
    assert values(person) == {("NationalId", "23456701")}
    assert values(company) == {("Document", "23456701")}


def test_t18_rows_that_are_there_to_deceive_are_read_nowhere() -> None:
    """Salama keeps shadow sessions and quarantined duress transfers: no source reads its database or such tables."""
    for source in sources().values():
        assert "salama" not in " ".join((source.database, *(it.database for it in source.places.values()))).lower()
        read = {entity.table.lower() for entity in source.tables}
        assert not [name for name in read if "shadow" in name or "duress" in name]


def test_t19_a_business_is_a_company_and_owns_its_accounts() -> None:
    business = one("web.businesses", {"business_id": 3, "business_name": "Baraka Hardware", "kra_pin": "P051000017Z"})
    assert (business.party_type, values(business)) == (PartyType.COMPANY, {("TaxPin", "P051000017Z")})
    rows = (
        ACCOUNT | {"account_id": 1, "user_id": 1},
        ACCOUNT | {"account_id": 2, "business_id": 3},
        ACCOUNT | {"account_id": 3, "user_id": 1, "business_id": 3},
        ACCOUNT | {"account_id": 4},
    )
    owners = [record.owner for record in mapped("web.accounts", *rows).records if hasattr(record, "owner")]
    assert owners == ["web|users|1", "web|businesses|3", "web|businesses|3", None]


def test_t19_who_acts_for_a_business_stays_a_person() -> None:
    (user,) = customers("web.users", USER)
    (role,) = mapped(
        "web.representatives", {"user_id": 1, "business_id": 3}, {"user_id": 2, "business_id": None}
    ).records
    assert (user.party_type, role.key) == (PartyType.PERSON, "web|representatives|1")
    assert (getattr(role, "holder", None), getattr(role, "customer", None)) == (user.key, "web|businesses|3")


def test_t19_companies_and_people_never_link() -> None:
    contact = {"phone_number": "+254722000101", "national_id": "23456701"}
    rows = (BRANCH | contact, BRANCH | contact | {"customer_id": 2, "customer_type": "business"})
    assert len(groups(resolve(customers("web.customers", *rows)))) == 2
