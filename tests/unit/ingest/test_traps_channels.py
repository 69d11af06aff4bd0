"""The catalogue's traps (section 18.2) that lie in web banking, USSD, fraud, risk modules and audit logs."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

import pytest

from graph.business import ActivityRecord, CaseRecord, ScoreRecord
from graph.records import CustomerRecord, PartyType
from ingest.mapping import Mapped, map_rows
from ingest.rejections import Flaw, Issue
from ingest.source import Source, load_sources
from ingest.table import Table, is_secret
from tests.unit.graph.resolution.worlds import groups, resolve
from tests.unit.ingest.rows import SECRET, rows_of

USER = {"user_id": 1, "full_name": "Grace Wambui", "email": "grace@mail.example.com", "is_active": 1}
BRANCH = {"customer_id": 1, "cif_number": "CIF1", "full_name": "Grace Wambui", "customer_type": "individual"}
CRM = {"Id": "c1", "FirstName": "Grace", "LastName": "Wambui", "Segment": 0, "IsActive": 1}
WALLET_USER = {"user_id": "w1", "full_name": "Grace Wambui", "role": "user", "account_type": "individual"}
SESSION = {"Id": "s1", "MenuHistory": "main", "Status": 1, "StartedAt": "2024-03-01 09:00:00"}
CASE = {"CaseNumber": "C-1", "Category": "Complaint", "CreatedAt": "2024-03-01 09:00:00"}
ACCOUNT = {"account_number": "ACC1", "balance": "1.00"}


@cache
def sources() -> dict[str, Source]:
    return load_sources()


def table(place: str) -> tuple[Source, Table]:
    system, entity = place.split(".")
    source = sources()[system]
    return source, next(table for table in source.tables if table.name == entity)


def mapped(place: str, *rows: dict[str, Any]) -> Mapped:
    source, entity = table(place)
    return map_rows(source, entity, rows_of(entity, rows), SECRET)


def one(place: str, row: dict[str, Any]) -> Any:
    (record,) = mapped(place, row).records
    return record


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
        assert "salama" not in " ".join((source.database, *(it.database for it in source.databases.values()))).lower()
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


def test_t21_the_same_number_means_what_its_own_source_says() -> None:
    """Status 1: completed of a session, in progress of a case, completed of a booking, a priority of medium."""
    said = {"Priority": 1, "Status": 1}
    session = one("ussd.sessions", SESSION | {"PhoneNumber": "254722000101", "Status": 1})
    case = one("ussd.cases", CASE | said | {"Id": "k1", "CustomerId": "c1"})
    assert isinstance(case, CaseRecord)
    assert (session.status, case.status, case.priority) == ("completed", "in_progress", "medium")


def test_t21_every_transaction_type_of_web_banking_has_a_direction() -> None:
    _, entity = table("web.transactions")
    credits, debits = (
        {kind for kind, meant in entity.decode["direction"].items() if meant == direction}
        for direction in ("credit", "debit")
    )
    assert credits | debits == set(entity.decode["type"])
    assert (len(credits), len(debits)) == (7, 14)
    assert {"CASH_IN", "AGENCY_DEPOSIT", "LOAN_DISBURSEMENT"} < credits
    assert {"CASH_OUT", "FIXED_DEPOSIT", "LOAN_REPAYMENT", "TRANSFER_FEE"} < debits


def test_t21_an_unknown_type_is_kept_and_its_direction_not_guessed() -> None:
    row = {"transaction_id": 1, "account_id": 1, "amount": "1.00", "created_at": "2024-03-01 09:00:00"}
    found = mapped("web.transactions", row | {"txn_type": "Deposit"})  # other systems spell it so
    (record,) = found.records
    assert (getattr(record, "type", None), getattr(record, "direction", None)) == ("Deposit", None)
    assert found.issues[Issue(Flaw.UNKNOWN_VALUE, "map.direction")] == 1


@pytest.mark.parametrize(
    ("place", "field", "raw", "score"),
    [
        ("risk.credit_scores", "score", 850, 0.0),
        ("risk.credit_scores", "score", 300, 100.0),
        ("risk.risk_scores", "credit_score", 650, 0.0),
        ("risk.risk_scores", "credit_score", 300, 100.0),
        ("fraud.scores", "score", 1000, 100.0),
        ("fraud.case_scores", "risk_score", 1, 100.0),
    ],
)
def test_t21_four_scales_of_risk_become_one(place: str, field: str, raw: int, score: float) -> None:
    source, entity = table(place)
    (customer,) = entity.keys["customer"]
    (when,) = (name for name in ("last_updated", "created_at", "evaluated_at") if entity.map["at"] == f'"{name}"')
    row = {entity.key: 1, field: raw, customer.id.strip('"'): "7", when: "2024-03-01 09:00:00"}
    record = one(place, row)
    assert isinstance(record, ScoreRecord)
    assert (record.score, str(record.score)) == (score, str(score))
    assert record.customer == f"{customer.system or source.name}|{customer.entity}|7"


def test_t21_a_request_rejected_outright_is_no_score() -> None:
    row = {"score_id": 1, "user_id": 7, "credit_score": 0, "created_at": "2024-03-01 09:00:00"}
    found = mapped("risk.risk_scores", row)
    assert (found.records, found.rejections, found.issues) == ((), (), {})


@pytest.mark.parametrize(
    ("place", "row", "at"),
    [
        ("web.logins", {"login_id": 1, "user_id": 1, "success": 1, "created_at": "2024-03-01 00:15:00"}, (2, 29, 21)),
        ("ussd.sessions", SESSION | {"StartedAt": "2024-03-01 00:15:00", "PhoneNumber": "0722000101"}, (3, 1, 0)),
        (
            "risk.risk_scores",  # in the other engine, by that database's clock
            {"score_id": 1, "user_id": 1, "credit_score": 500, "created_at": "2024-03-01 00:15:00"},
            (2, 29, 21),
        ),
        (
            "risk.credit_scores",
            {"credit_score_id": "1", "user_id": "1", "score": 500, "last_updated": "2024-03-01 00:15:00"},
            (3, 1, 0),
        ),
    ],
)
def test_t22_a_time_without_a_zone_is_in_its_databases_own(
    place: str, row: dict[str, Any], at: tuple[int, int, int]
) -> None:
    month, day, hour = at
    assert one(place, row).at == datetime(2024, month, day, hour, 15, tzinfo=UTC)


def test_t22_a_birth_date_is_the_day_that_is_written() -> None:
    """As a date in Nairobi, and as midnight UTC in the CRM."""
    branch = one("web.customers", BRANCH | {"date_of_birth": date(1990, 8, 14)})
    crm = one("ussd.customers", CRM | {"DateOfBirth": datetime(1990, 8, 14)})
    assert branch.birth_date == crm.birth_date == date(1990, 8, 14)


def test_t22_of_rows_in_the_same_second_none_is_lost() -> None:
    """Whole seconds tie: the cursor goes on by the key, and the overlap reads again what was late."""
    for system in ("web", "ussd"):
        for entity in sources()[system].tables:
            assert entity.key in entity.columns
            assert entity.watermark
    assert all(source.overlap.total_seconds() > 0 for source in sources().values())


def test_rows_that_tell_no_change_are_read_anew() -> None:
    """Catalogue 19: a table of web banking whose only time is that of its making is scanned; deletes are looked for."""
    tables = {entity.name: entity for entity in sources()["web"].tables}
    for name in ("users", "accounts", "loans", "businesses"):
        assert tables[name].watermark == (tables[name].key,)
        assert tables[name].rescan
    for entity in sources()["ussd"].tables:
        if entity.table in ("Customers", "Accounts", "Transactions", "Cases"):
            assert (entity.watermark, bool(entity.deletes)) == (("UpdatedAt", "CreatedAt"), True)


def test_a_case_is_both_a_case_and_a_score() -> None:
    row = {
        "case_id": 1,
        "transaction_id": "DEP1",
        "customer_id": "CUST_1",
        "risk_score": 0.9,
        "created_at": "2024-03-01 09:00:00",
    }
    assert isinstance(one("fraud.cases", row), CaseRecord)
    assert isinstance(one("fraud.case_scores", row), ScoreRecord)
    assert mapped("fraud.case_scores", row | {"customer_id": None}).records == ()
