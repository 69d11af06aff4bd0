from datetime import UTC, datetime
from decimal import Decimal

import psycopg
import pytest

from samples.bank import Bank, create_bank, open_bank
from samples.live import LiveActivity, raw_rows
from samples.newcomer import NewPerson
from samples.records import record_key


@pytest.fixture(scope="module")
def bank(postgres_admin_dsn: str) -> Bank:
    return create_bank(postgres_admin_dsn, people=60, seed=5)


@pytest.fixture(scope="module")
def live(bank: Bank) -> LiveActivity:
    return LiveActivity(bank)


def read(bank: Bank, system: str, query: str, *parameters: object) -> list[tuple[object, ...]]:
    with psycopg.connect(bank.sources[system]) as source:
        return source.execute(query.encode(), parameters).fetchall()


def test_the_scenario_leaves_one_person_in_three_sources(bank: Bank, live: LiveActivity) -> None:
    begun = datetime.now(UTC)
    person = NewPerson(name="Amina Njeri Otieno")
    customer = live.create_customer(person)
    log_in = live.log_in(customer)
    transacted = live.transact(customer, log_in)
    raised = live.raise_alert(customer, transacted)

    moments = [customer.committed_at, log_in.committed_at, transacted.committed_at, transacted.seen_at]
    moments.append(raised.committed_at)
    assert begun < moments[0]
    assert moments == sorted(moments)
    core, mobile, fraud = (
        row.columns for row in raw_rows(bank, (customer.record.key, log_in.record.key, raised.record.key))
    )
    number = person.phone.removeprefix("+254")
    assert (core["FirstName"], core["LastName"], core["PrimaryPhone"]) == ("Amina", "Otieno", f"+254{number}")
    assert (mobile["FullName"], mobile["PhoneNumber"]) == (
        "Amina Otieno",
        f"0{number[:3]} {number[3:6]} {number[6:]}",
    )
    assert (fraud["full_name"], fraud["phone"]) == ("OTIENO AMINA N", f"254{number}")
    assert core["IdentificationNumber"] == fraud["national_id"] == person.national_id


def test_a_booking_moves_the_balance_and_is_seen_by_channel_and_engine(bank: Bank, live: LiveActivity) -> None:
    customer = live.create_customer(NewPerson())
    log_in = live.log_in(customer)
    transacted = live.transact(customer, log_in, Decimal("1000.50"))
    raised = live.raise_alert(customer, transacted, score=640)
    account, reference = customer.account, transacted.booking.reference
    assert read(bank, "comprehensive", 'SELECT "Balance" FROM "Accounts" WHERE "Id" = %s', account.id) == [
        (Decimal("148999.50"),)
    ]
    booked = 'SELECT "Reference", "PreviousBalance", "NewBalance" FROM "Transactions" WHERE "Id" = %s'
    assert read(bank, "comprehensive", booked, transacted.booking.id) == [
        (reference, Decimal("150000.00"), Decimal("148999.50"))
    ]
    seen = 'SELECT "AccountNumber", "SessionId" FROM "ChannelTransactions" WHERE "TransactionId" = %s'
    assert read(bank, "mobile", seen, reference) == [(account.number, log_in.session_id)]
    alert = "SELECT account_number, risk_level, decision FROM fraud_alerts WHERE transaction_reference = %s"
    assert read(bank, "fraud", alert, reference) == [(account.number, "High", "Challenge")]
    score = "SELECT score, risk_level FROM risk_scores WHERE customer_ref = %s"
    assert read(bank, "fraud", score, raised.record.id) == [(640, "High")]
    logged_in = 'SELECT "IsSuccessful", "DeviceId" FROM "LoginActivity" WHERE "Id" = %s'
    assert read(bank, "mobile", logged_in, log_in.login_id) == [(True, log_in.device.id)]


def test_a_customer_whom_core_knows_already_is_refused(bank: Bank, live: LiveActivity) -> None:
    first = NewPerson()
    live.create_customer(first)
    with pytest.raises(ValueError, match="already has a customer with this national id"):
        live.create_customer(NewPerson(national_id=first.national_id))
    with pytest.raises(ValueError, match="already has a customer with this e-mail address"):
        live.create_customer(NewPerson(email=first.email))


@pytest.mark.parametrize(
    ("amount", "sentence"),
    [("0", "more than 0"), ("-5", "more than 0"), ("0.001", "two decimals"), ("150000.01", "less than the amount")],
)
def test_an_amount_that_cannot_be_paid_is_refused(live: LiveActivity, amount: str, sentence: str) -> None:
    customer = live.create_customer(NewPerson())
    with pytest.raises(ValueError, match=sentence):
        live.transact(customer, live.log_in(customer), Decimal(amount))


def test_a_score_off_the_scale_is_refused(bank: Bank, live: LiveActivity) -> None:
    customer = live.create_customer(NewPerson())
    transacted = live.transact(customer, live.log_in(customer))
    with pytest.raises(ValueError, match="between 0 and 1000"):
        live.raise_alert(customer, transacted, score=1001)


def test_live_rows_outlast_reopening_and_are_not_in_the_truth(
    bank: Bank, live: LiveActivity, postgres_admin_dsn: str
) -> None:
    customer = live.create_customer(NewPerson())
    again = open_bank(postgres_admin_dsn)
    assert again is not None
    assert customer.record.key not in again.truth
    assert raw_rows(again, (customer.record.key,))[0].columns["IdentificationNumber"] == customer.record.national_id


def test_the_showcase_is_three_raw_rows_in_three_forms(bank: Bank) -> None:
    core, mobile, fraud = (row.columns for row in raw_rows(bank, bank.showcase))
    assert {core["PrimaryPhone"], mobile["PhoneNumber"], fraud["phone"]} == {
        "+254722904518",
        "0722 904 518",
        "254722904518",
    }


def test_a_row_that_is_not_there_is_said_so(bank: Bank) -> None:
    with pytest.raises(LookupError, match="The fraud source has no row with that key"):
        raw_rows(bank, (record_key("fraud", "customers", "CUST_99999"),))
