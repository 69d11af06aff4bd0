import re
from collections import defaultdict
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from samples.collisions import FIXED_RECORDS, NEGATIVE_CONTROL, SHOWCASE
from samples.population import Population, draw_truth, populate
from samples.systems import SYSTEMS
from samples.tables import Row
from samples.truth import Truth, pairwise_scores

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
KEYS = {
    "comprehensive": ("Customers", "Id"),
    "mobile": ("MobileUsers", "Id"),
    "fraud": ("monitored_customers", "customer_ref"),
}
ENTITIES = ("comprehensive|customers", "mobile|users", "fraud|customers")


@pytest.fixture(scope="module")
def population() -> Population:
    return populate(2000, 7, NOW)


@pytest.fixture(scope="module")
def first_three(population: Population) -> Truth:
    return Truth({key: person for key, person in population.truth.items() if "|".join(key.split("|")[:2]) in ENTITIES})


def rows(population: Population, system: str, table: str) -> list[Row]:
    return [row for one in population.tables[system] if one.name == table for row in one.rows]


def column(population: Population, system: str, table: str, name: str) -> list[Any]:
    return [row[name] for row in rows(population, system, table)]


def test_the_same_seed_gives_the_same_rows_and_another_seed_others() -> None:
    assert populate(50, 3, NOW) == populate(50, 3, NOW)
    assert populate(50, 3, NOW).truth != populate(50, 4, NOW).truth


def test_the_truth_needs_no_activity_and_does_not_depend_on_the_time(population: Population) -> None:
    assert draw_truth(2000, 7) == population.truth


@pytest.mark.parametrize("people", [1, 2, 13, 60])
def test_a_small_bank_is_a_bank_too(people: int) -> None:
    small = populate(people, 1, NOW)
    assert len(
        {whose for whose in small.truth.values() if not re.fullmatch("(C|developer-)[0-9]+", whose)}
    ) == people + len({record.person for record in FIXED_RECORDS})


def test_a_bank_without_people_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one person"):
        populate(0, 1, NOW)


def test_a_systems_rows_do_not_depend_on_which_others_there_are(population: Population) -> None:
    for system in SYSTEMS:
        alone = populate(2000, 7, NOW, [system])
        assert alone.tables[system] == population.tables[system]
        assert alone.truth.items() <= population.truth.items()


def test_companies_and_people_are_never_one(population: Population) -> None:
    company = {key for key, whose in population.truth.items() if re.fullmatch("C[0-9]+", whose)}
    entities = {"|".join(key.split("|")[:2]) for key in company}
    assert {"comprehensive|businesses", "database_api|businesses", "core|parties"} <= entities
    assert {key for key in population.truth if key.split("|")[1] == "businesses"} <= company


def test_the_truth_names_exactly_the_customer_rows(first_three: Truth, population: Population) -> None:
    written = {
        f"{system}|{'users' if system == 'mobile' else 'customers'}|{id}"
        for system, (table, key) in KEYS.items()
        for id in column(population, system, table, key)
    }
    assert written == set(first_three)


def test_the_systems_overlap(first_three: Truth) -> None:
    systems_of = defaultdict(set)
    for key, person in first_three.items():
        systems_of[person].add(key.split("|")[0])
    share = {system: sum(system in known for known in systems_of.values()) / len(systems_of) for system in KEYS}
    assert share == pytest.approx({"comprehensive": 0.7, "mobile": 0.6, "fraud": 0.35}, abs=0.05)
    assert sum(len(known) == 3 for known in systems_of.values()) > 150


def test_every_row_of_a_table_has_the_columns_of_the_first(population: Population) -> None:
    for tables in population.tables.values():
        for table in tables:
            assert len({tuple(row) for row in table.rows}) <= 1


@pytest.mark.parametrize(
    ("system", "table", "name"),
    [
        ("comprehensive", "Customers", "CustomerNumber"),
        ("comprehensive", "Customers", "IdentificationNumber"),
        ("comprehensive", "Customers", "Email"),
        ("comprehensive", "Accounts", "AccountNumber"),
        ("comprehensive", "Businesses", "RegistrationNumber"),
        ("database_api", "Customers", "IdentificationNumber"),
        ("database_api", "Businesses", "Email"),
        ("enhanced", "Customers", "Email"),
        ("minimal", "Transactions", "Reference"),
        ("core", "Customers", "Email"),
        ("core", "Customers", "IdentificationNumber"),
        ("core", "Users", "Email"),
        ("comprehensive", "Transactions", "Reference"),
        ("mobile", "ChannelTransactions", "TransactionId"),
        ("fraud", "suspicious_transactions", "transaction_id"),
    ],
)
def test_what_the_schema_calls_unique_is_unique(population: Population, system: str, table: str, name: str) -> None:
    values = column(population, system, table, name)
    assert values
    assert len(values) == len(set(values))


def test_slips_and_holes_are_there(population: Population) -> None:
    core_phones = column(population, "comprehensive", "Customers", "PrimaryPhone")
    mobile_phones = column(population, "mobile", "MobileUsers", "PhoneNumber")
    names = column(population, "mobile", "MobileUsers", "FullName")
    assert "" in core_phones
    assert "0700000000" in mobile_phones
    assert "test@example.com" in column(population, "mobile", "MobileUsers", "Email")
    assert "00000000" in column(population, "fraud", "monitored_customers", "national_id")
    assert 0.07 < sum(name.startswith("Customer ") for name in names) / len(names) < 0.13
    assert None in column(population, "fraud", "monitored_customers", "full_name")


def test_identifiers_alone_join_strangers_and_still_most_that_belong_together(
    population: Population, first_three: Truth
) -> None:
    """The measure of the bank: plain components over shared values are far too big, recall is worth having."""
    holders = defaultdict(list)
    for system, (table, key) in KEYS.items():
        entity = "users" if system == "mobile" else "customers"
        for row in rows(population, system, table):
            for value in _values(row):
                holders[value].append(f"{system}|{entity}|{row[key]}")
    parent = {key: key for key in first_three}

    def root(key: str) -> str:
        while parent[key] != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    for first, *others in holders.values():
        for other in others:
            parent[root(other)] = root(first)
    scores = pairwise_scores({key: root(key) for key in parent}, first_three)
    assert scores.precision < 0.2
    assert scores.recall > 0.85
    assert max(map(len, holders.values())) >= 60


def _values(row: Row) -> set[str]:
    """Phone, e-mail and document values of a customer row, in one form, without the placeholders."""
    phones = (row.get("PrimaryPhone"), row.get("SecondaryPhone"), row.get("PhoneNumber"), row.get("phone"))
    digits = {"".join(filter(str.isdecimal, str(phone)))[-9:] for phone in phones if phone}
    emails = {str(email).lower() for email in (row.get("Email"), row.get("email")) if email}
    documents = {str(one) for one in (row.get("IdentificationNumber"), row.get("national_id")) if one}
    return (digits | emails | documents) - {"700000000", "test@example.com", "00000000"}


def test_balances_add_up_and_nothing_is_in_the_future(population: Population) -> None:
    balance: dict[Any, Any] = {}
    for row in rows(population, "comprehensive", "Transactions"):
        assert row["ProcessedAt"] <= NOW  # type: ignore[operator]  # a datetime
        if row["Type"] == "Deposit":
            assert (row["PreviousBalance"], row["NewBalance"]) == (0, 0)
            balance[row["AccountId"]] = row["Amount"]
            continue
        assert row["PreviousBalance"] == balance[row["AccountId"]]
        balance[row["AccountId"]] = row["NewBalance"]
        assert isinstance(row["NewBalance"], Decimal)
        assert row["NewBalance"] >= 0
    accounts = rows(population, "comprehensive", "Accounts")
    assert {row["Id"]: row["Balance"] for row in accounts} == balance
    assert {row["Currency"] for row in accounts} == {"KES", "USD"}


def test_channel_and_fraud_speak_of_core_bookings(population: Population) -> None:
    account_number = {row["Id"]: row["AccountNumber"] for row in rows(population, "comprehensive", "Accounts")}
    bookings = {
        (row["Reference"], account_number[row["AccountId"]])
        for row in rows(population, "comprehensive", "Transactions")
    }
    sessions = set(column(population, "mobile", "ChannelSessions", "SessionId"))
    seen = rows(population, "mobile", "ChannelTransactions")
    alerts = rows(population, "fraud", "fraud_alerts")
    assert {(row["TransactionId"], row["AccountNumber"]) for row in seen} < bookings
    assert {row["SessionId"] for row in seen} <= sessions
    assert {(row["transaction_reference"], row["account_number"]) for row in alerts} < bookings
    assert {row["customer_ref"] for row in alerts} - {None} <= set(
        column(population, "fraud", "monitored_customers", "customer_ref")
    )


def test_the_people_of_the_negative_control_share_a_phone_and_are_two(population: Population) -> None:
    (alice,) = NEGATIVE_CONTROL["Alice Johnson"]
    john_in_mobile, john_in_fraud = NEGATIVE_CONTROL["John Doe"]
    assert population.truth[john_in_mobile] == population.truth[john_in_fraud] != population.truth[alice]
    core = {row["Id"]: row for row in rows(population, "comprehensive", "Customers")}
    fraud = {row["customer_ref"]: row for row in rows(population, "fraud", "monitored_customers")}
    alice_row, john_row = core[alice.split("|")[2]], fraud[john_in_fraud.split("|")[2]]
    assert (alice_row["PrimaryPhone"], alice_row["IdentificationNumber"]) == ("+254712345678", "ID12345678")
    assert (john_row["phone"], john_row["national_id"]) == ("0712345678", "12345678")
    others = [row for key, row in core.items() if row is not alice_row]
    assert not any(str(row["PrimaryPhone"]).endswith("712345678") for row in others)


def test_the_showcase_is_one_person_written_in_three_ways(population: Population) -> None:
    assert {record.system for record in SHOWCASE} == set(KEYS)
    assert {population.truth[record.key] for record in SHOWCASE} == {"catherine-mwangi"}
    assert len({record.full_name for record in SHOWCASE}) == 3
    assert len({record.phone for record in SHOWCASE}) == 3
