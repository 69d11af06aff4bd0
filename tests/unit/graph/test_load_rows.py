from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.business import (
    AccountRecord,
    AlertRecord,
    DeviceRecord,
    LoginRecord,
    Reference,
    ScoreRecord,
    SightingRecord,
    TransactionRecord,
)
from graph.records import CustomerRecord, InvalidValue, PartyType, SourceRecord
from graph.rows import KINDS, Edge, edges_of, number_of, properties_of, references_of, references_to
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
    ],
)
def test_edges_by_key(record: SourceRecord, edges: set[Edge]) -> None:
    assert set(edges_of(record)) == edges


def test_references_are_kept_once_with_what_they_are_for() -> None:
    assert references_of(TRANSACTION) == (
        (Edge("REFERS_TO", "core|transaction|1", "account.number|*|0102", "COUNTERPARTY"), REFERENCE),
    )
    assert [edge.role for edge, _ in references_of(ALERT)] == ["ABOUT"]
    seen = SightingRecord(key="m|t|1", of=REFERENCE, channel="app", status=None, at=AT)
    assert [edge.role for edge, _ in references_of(seen)] == ["OF"]
    assert references_of(LOGIN) == ()


def test_a_record_answers_references_to_its_number_in_any_or_in_its_system() -> None:
    account = AccountRecord(key="core|account|1", number="0102", owner=None)
    assert references_to(account, number_of(account)) == ("account.number|*|0102", "account.number|core|0102")
    assert references_to(TRANSACTION, number_of(TRANSACTION)) == (
        "transaction.reference|*|TX1",
        "transaction.reference|core|TX1",
    )
    assert references_to(LOGIN, number_of(LOGIN)) == ()


@given(st.text(min_size=1), st.sampled_from([None, "core"]))
def test_a_reference_is_found_by_whom_it_means(number: str, system: str | None) -> None:
    account = AccountRecord(key="core|account|1", number=number, owner=None)
    assert Reference(to="account.number", value=number, system=system).key in references_to(account, number)


def test_every_kind_of_record_has_its_statements() -> None:
    assert set(KINDS) == set(SourceRecord.__args__)
    for kind in KINDS.values():
        assert "$rows" in statement(kind.stored)
        assert "$rows" in statement(kind.write)
