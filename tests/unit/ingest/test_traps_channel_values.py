"""The catalogue's traps (18.2, 19) about what values mean, in web banking, USSD, fraud and the risk modules."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from graph.business import CaseRecord, ScoreRecord
from ingest.rejections import Flaw, Issue
from tests.unit.ingest.places import mapped, one, sources, table

BRANCH = {"customer_id": 1, "cif_number": "CIF1", "full_name": "Grace Wambui", "customer_type": "individual"}
CRM = {"Id": "c1", "FirstName": "Grace", "LastName": "Wambui", "Segment": 0, "IsActive": 1}
SESSION = {"Id": "s1", "MenuHistory": "main", "Status": 1, "StartedAt": "2024-03-01 09:00:00"}
CASE = {"CaseNumber": "C-1", "Category": "Complaint", "CreatedAt": "2024-03-01 09:00:00"}


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
    polled = [source for source in sources().values() if any(table.watermark for table in source.tables)]
    assert all(source.overlap.total_seconds() > 0 for source in polled)


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
