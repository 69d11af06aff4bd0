from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.business import (
    ROLES,
    AccountRecord,
    ActivityRecord,
    AggregateRecord,
    AlertRecord,
    CardRecord,
    CaseRecord,
    ConsentRecord,
    DeviceRecord,
    LoanRecord,
    LoginRecord,
    Reference,
    ReportRecord,
    RoleRecord,
    ScoreRecord,
    SessionRecord,
    SightingRecord,
    TransactionRecord,
)
from graph.nodes import EDGES, EXPECTED
from graph.records import CustomerRecord, IdentifierValue, InvalidValue, PartyType, SourceRecord
from graph.rows import (
    KINDS,
    Edge,
    edges_of,
    named_by,
    numbers_of,
    properties_of,
    references_of,
    references_to,
    stored_numbers,
)
from graph.statements import statement

AT = datetime(2026, 3, 1, tzinfo=UTC)
REFERENCE = Reference(to="account.number", value="0102")
TRANSACTION = TransactionRecord(
    key="core|transaction|1",
    account="core|account|1",
    reference="TX1",
    type=None,
    direction=None,
    amount_minor=1,
    currency="KES",
    status=None,
    description=None,
    at=AT,
    counterparty=REFERENCE,
)
ALERT = AlertRecord(key="fraud|alert|1", at=AT, customer="fraud|party|a", about=(REFERENCE, REFERENCE))
LOGIN = LoginRecord(key="m|login|1", customer="m|user|1", at=AT, successful=True, channel="app", device="m|device|1")


def test_a_customer_s_properties_carry_what_it_says_and_what_is_made_of_it() -> None:
    record = CustomerRecord(
        key="core|customer|a|b",
        party_type=PartyType.PERSON,
        full_name="Dr. Jane WANJIRU",
        birth_date=date(1990, 5, 17),
        invalid=(InvalidValue(kind="Phone", raw="07"),),
        attributes={"kyc_status": "verified"},
    )
    found = properties_of(record, "hash", 7)
    assert found == {
        "key": "core|customer|a|b",
        "system": "core",
        "entity": "customer",
        "party_type": "person",
        "full_name": "Dr. Jane WANJIRU",
        "canonical_name": "jane wanjiru",
        "birth_date": date(1990, 5, 17),
        "created_at": None,
        "updated_at": None,
        "source_version": None,
        "said_kyc_status": "verified",
        "invalid_kinds": ["Phone"],
        "invalid_raws": ["07"],
        "hash": "hash",
        "step": 7,
        "due": 7,
    }


def test_what_an_edge_says_is_no_property() -> None:
    assert {"account", "counterparty"}.isdisjoint(properties_of(TRANSACTION, "h", 1))
    assert {"customer", "about"}.isdisjoint(properties_of(ALERT, "h", 1))


@pytest.mark.parametrize(
    ("record", "edges"),
    [
        (AccountRecord(key="a", number=None, owner="c", role="joint"), {Edge("OWNS", "c", "a", "joint")}),
        (AccountRecord(key="a", number=None, owner=None), set()),
        (TRANSACTION, {Edge("POSTED", "core|account|1", "core|transaction|1")}),
        (DeviceRecord(key="d", owner="c"), {Edge("REGISTERED", "c", "d")}),
        (LOGIN, {Edge("LOGGED_IN", "m|user|1", "m|login|1"), Edge("FROM", "m|login|1", "m|device|1")}),
        (ALERT, {Edge("ABOUT", "fraud|alert|1", "fraud|party|a")}),
        (
            ScoreRecord(key="s", customer="c", at=AT, raw_score=1, raw_scale="0-1", score=100),
            {Edge("SCORED", "c", "s")},
        ),
        (CustomerRecord(key="c"), set()),
        (LoanRecord(key="l", number="1", borrower="c"), {Edge("BORROWED", "c", "l")}),
        (LoanRecord(key="l", number="1", account="a"), {Edge("REPAID_FROM", "l", "a")}),
        (CardRecord(key="k", holder="c", account="a"), {Edge("CARRIES", "c", "k"), Edge("DRAWS_ON", "k", "a")}),
        (CardRecord(key="k"), set()),
        (
            SessionRecord(key="s", customer="c", channel="ussd", at=AT, device="d"),
            {Edge("HAD_SESSION", "c", "s"), Edge("FROM", "s", "d")},
        ),
        (CaseRecord(key="x", at=AT, customer="c"), {Edge("ABOUT", "x", "c")}),
        (
            ActivityRecord(key="v", at=AT, operation="Update", customer="c", account="a"),
            {Edge("ON", "v", "c"), Edge("ON", "v", "a")},
        ),
        (
            AggregateRecord(key="v", at=AT, customer="c", account="a"),
            {Edge("SUMS_UP", "v", "c"), Edge("SUMS_UP", "v", "a")},
        ),
        (
            ReportRecord(key="v", at=AT, customers=("c", "d", "c"), accounts=("a",)),
            {Edge("COVERS", "v", "c"), Edge("COVERS", "v", "d"), Edge("COVERS", "v", "a")},
        ),
        (RoleRecord(key="r", type="related_to", holder="h"), {Edge("PLAYS", "h", "r")}),
        (
            RoleRecord(key="r", type="signatory_of", holder="h", customer="c", account="a", role="Any two"),
            {
                Edge("PLAYS", "h", "r"),
                Edge("TOWARDS", "r", "c"),
                Edge("TOWARDS", "r", "a"),
                Edge("SIGNATORY_OF", "h", "c", "Any two", "r"),
                Edge("SIGNATORY_OF", "h", "a", "Any two", "r"),
            },
        ),
        (
            RoleRecord(key="r", type="joint_holder_of", holder="h", account="a", role="JOINT-B"),
            {Edge("PLAYS", "h", "r"), Edge("TOWARDS", "r", "a"), Edge("OWNS", "h", "a", "joint", "r")},
        ),
    ],
)
def test_edges_by_key(record: SourceRecord, edges: set[Edge]) -> None:
    assert set(edges_of(record)) == edges


@given(st.sampled_from(sorted(ROLES)), st.none() | st.datetimes(timezones=st.just(UTC)))
def test_a_role_ties_its_holder_directly_until_its_time_is_over(type_: str, until: datetime | None) -> None:
    role = RoleRecord(key="r", type=type_, holder="h", customer="c", account="a", until=until)
    lasts = until is None or until > AT
    direct = {(edge.start, edge.end) for edge in edges_of(role, AT) if edge.by == "r"}
    assert direct == ({("h", "c"), ("h", "a")} if lasts else set())
    assert {(edge.type, edge.by) for edge in edges_of(role, AT) if edge.by is None} == {
        ("PLAYS", None),
        ("TOWARDS", None),
    }
    assert properties_of(role, "hash", 1, AT).get("ends") == (until if lasts else None)


def test_a_role_s_word_is_a_property_and_an_account_s_is_its_owner_s() -> None:
    role = RoleRecord(key="r", type="director_of", holder="h", role="Chair")
    assert (properties_of(role, "hash", 1)["role"], properties_of(role, "hash", 1)["type"]) == ("Chair", "director_of")
    assert "role" not in properties_of(AccountRecord(key="a", number=None, owner="c"), "hash", 1)


def test_what_a_record_names_by_key_is_expected_until_it_arrives() -> None:
    card = CardRecord(key="k", holder="c", account="a")
    assert named_by(card) == {"c": CustomerRecord, "a": AccountRecord}
    assert named_by(LOGIN) == {"m|user|1": CustomerRecord, "m|device|1": DeviceRecord}
    assert named_by(AccountRecord(key="a", number="1", owner=None)) == {}
    report = ReportRecord(key="v", at=AT, customers=("c", "d"), accounts=("a",))
    assert named_by(report) == {"c": CustomerRecord, "d": CustomerRecord, "a": AccountRecord}


def test_references_are_kept_once_with_what_they_are_for() -> None:
    assert references_of(TRANSACTION) == (
        (Edge("REFERS_TO", "core|transaction|1", "account.number|*|0102", "COUNTERPARTY"), REFERENCE),
    )
    assert [edge.role for edge, _ in references_of(ALERT)] == ["ABOUT"]
    seen = SightingRecord(key="m|t|1", of=REFERENCE, channel="app", status=None, at=AT)
    assert [edge.role for edge, _ in references_of(seen)] == ["OF"]
    assert references_of(LOGIN) == ()
    case = CaseRecord(key="x", at=AT, about=(REFERENCE,))
    assert references_of(case) == ((Edge("REFERS_TO", "x", "account.number|*|0102", "ABOUT"), REFERENCE),)


def test_a_record_answers_references_to_its_number_in_any_or_in_its_system() -> None:
    account = AccountRecord(key="core|account|1", number="0102", owner=None)
    assert references_to(account.key, numbers_of(account)) == {"account.number|*|0102", "account.number|core|0102"}
    assert references_to(TRANSACTION.key, numbers_of(TRANSACTION)) == {
        "transaction.reference|*|TX1",
        "transaction.reference|core|TX1",
    }
    assert references_to(LOGIN.key, numbers_of(LOGIN)) == frozenset()
    assert stored_numbers(AccountRecord, {"number": "0102"}) == numbers_of(account)
    assert stored_numbers(LoginRecord, {}) == frozenset()


def test_a_customer_answers_to_her_number_and_her_verified_documents() -> None:
    document = IdentifierValue(kind="NationalId", value="28417093", raw="28417093", country="KE")
    mary = CustomerRecord(
        key="core|customer|1",
        identifiers=(
            document,
            replace(document, value="11111111", verified=False),
            replace(document, value="00000000", placeholder=True),
            IdentifierValue(kind="Phone", value="+254712345678", raw="0712345678"),
        ),
        attributes={"customer_number": "IND000001"},
    )
    said = {("customer.number", "IND000001"), ("customer.national_id", "NationalId|KE|28417093")}
    assert numbers_of(mary) == said
    holdings = [{"type": "HAS_NATIONAL_ID", "identifier": document.key}, {"type": "HAS_PHONE", "identifier": "Phone|x"}]
    assert stored_numbers(CustomerRecord, {"number": "IND000001", "holdings": holdings}) == said


@given(st.text(min_size=1), st.sampled_from([None, "core"]))
def test_a_reference_is_found_by_whom_it_means(number: str, system: str | None) -> None:
    account = AccountRecord(key="core|account|1", number=number, owner=None)
    assert Reference(to="account.number", value=number, system=system).key in references_to(
        account.key, numbers_of(account)
    )


def test_every_kind_of_record_has_its_statements() -> None:
    assert set(KINDS) == set(SourceRecord.__args__)
    assert len({kind.label for kind in KINDS.values()}) == len(KINDS)
    for kind in KINDS.values():
        assert "$rows" in statement(kind.stored)
        assert "$rows" in statement(kind.write)


def test_every_edge_and_every_stub_has_its_statement() -> None:
    for name in (*EDGES.values(), *EXPECTED.values()):
        assert statement(name)
    assert set(EXPECTED) == {kind for record in NAMING for kind in named_by(record).values()}
    assert {edge.type for record in NAMING for edge in edges_of(record) if not edge.by} <= EDGES.keys()


NAMING = (
    AccountRecord(key="a", number=None, owner="c"),
    LOGIN,
    RoleRecord(key="r", type="guarantees", holder="h", customer="c", account="a"),
    LoanRecord(key="l", number=None, borrower="c", account="a"),
    CardRecord(key="k", holder="c", account="a"),
    SessionRecord(key="s", customer="c", channel="ussd", at=AT, device="d"),
    CaseRecord(key="x", at=AT, customer="c"),
    ActivityRecord(key="v", at=AT, operation="Update", customer="c", account="a"),
    AggregateRecord(key="v", at=AT, customer="c", account="a"),
    ReportRecord(key="v", at=AT, customers=("c", "d"), accounts=("a",)),
    ConsentRecord(key="n", at=AT, customer="c", partner="p"),
)
