"""What a bad row costs: a value, or itself, never the batch."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.business import ScoreRecord, TransactionRecord
from graph.records import CustomerRecord
from ingest.mapping import Mapped, map_rows
from ingest.rejections import Flaw, Issue, Reason, Rejection
from ingest.source import Source, load_sources
from ingest.table import Table
from tests.unit.ingest.rows import SECRET, rows_of

SOURCES = load_sources()
CUSTOMER = {"Id": "c1", "FirstName": "Amina", "LastName": "Otieno", "IdentificationNumber": "23456701"}
TRANSACTION = {"Id": "t1", "AccountId": "a1", "Amount": "1.00", "Currency": "KES", "ProcessedAt": "2024-01-01 00:00Z"}


def mapped(entity: str, *rows: dict[str, Any], system: str = "comprehensive") -> Mapped:
    source = SOURCES[system]
    table = next(table for table in source.tables if table.name == entity)
    return map_rows(source, table, rows_of(table, rows), SECRET)


def customer(**values: Any) -> tuple[CustomerRecord, Counter[Issue]]:
    found = mapped("customers", CUSTOMER | values)
    (record,) = found.records
    assert isinstance(record, CustomerRecord)
    return record, found.issues


@pytest.mark.parametrize("key", [None, "", "  "])
def test_a_row_without_key_is_rejected_and_the_others_stay(key: str | None) -> None:
    found = mapped("customers", CUSTOMER, CUSTOMER | {"Id": key})
    assert [record.key for record in found.records] == ["comprehensive|customers|c1"]
    assert found.rejections == (Rejection(reason=Reason.MISSING_KEY, field="Id", row=1),)


def test_an_unparsable_date_is_missing_and_counted() -> None:
    record, issues = customer(DateOfBirth="31/31/1990")
    assert record.birth_date is None
    assert issues == {Issue(Flaw.UNPARSABLE_DATE, "map.birth_date"): 1}


@pytest.mark.parametrize("text", ["0000-01-01", "20240-01-01", "infinity", "-infinity"])
def test_a_date_that_no_calendar_of_ours_has_is_unparsable(text: str) -> None:
    record, issues = customer(DateOfBirth=text)
    assert record.birth_date is None
    assert issues == {Issue(Flaw.UNPARSABLE_DATE, "map.birth_date"): 1}


@pytest.mark.parametrize("blank", ["", "   ", None])
def test_a_blank_phone_is_missing_and_no_issue(blank: str | None) -> None:
    record, issues = customer(PrimaryPhone=blank)
    assert {value.kind for value in record.identifiers} == {"NationalId"}
    assert (record.invalid, issues) == ((), {})


def test_a_megabyte_of_name_is_dropped_and_counted() -> None:
    record, issues = customer(FirstName="x" * 1_000_000)
    assert record.full_name is None
    assert issues == {Issue(Flaw.TOO_LONG, "map.full_name"): 1}


def test_a_megabyte_of_phone_is_dropped_and_not_kept_as_invalid() -> None:
    record, issues = customer(PrimaryPhone="7" * 1_000_000)
    assert record.invalid == ()
    assert issues == {Issue(Flaw.TOO_LONG, "identifiers.Phone.0"): 1}


def test_an_unknown_enum_value_is_kept_as_it_came_and_counted() -> None:
    record, issues = customer(Status="Hibernating")
    assert record.attributes["status"] == "Hibernating"
    assert issues == {Issue(Flaw.UNKNOWN_VALUE, "attributes.status"): 1}


def test_control_characters_are_no_part_of_a_text() -> None:
    record, _ = customer(FirstName="Ami\x00na\r\n", LastName="\tOtieno")
    assert record.full_name == "Ami na Otieno"


def test_an_invalid_identifier_stays_on_the_record_and_is_counted() -> None:
    record, issues = customer(PrimaryPhone="12")
    assert [(value.kind, value.raw) for value in record.invalid] == [("Phone", "12")]
    assert issues == {Issue(Flaw.INVALID_IDENTIFIER, "identifiers.Phone"): 1}


def test_two_spellings_of_one_phone_are_one_identifier() -> None:
    record, _ = customer(PrimaryPhone="0722000101", SecondaryPhone="+254 722 000 101")
    assert [value.value for value in record.identifiers if value.kind == "Phone"] == ["+254722000101"]


def transaction(**values: Any) -> tuple[TransactionRecord, Counter[Issue]]:
    found = mapped("transactions", TRANSACTION | values)
    (record,) = found.records
    assert isinstance(record, TransactionRecord)
    return record, found.issues


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [("12.34", "KES", 1234), ("1500", "UGX", 1500), ("1.234", "KWD", 1234), ("-0.01", "usd", -1)],
)
def test_money_is_in_the_minor_units_of_its_currency(amount: str, currency: str, minor: int) -> None:
    record, issues = transaction(Amount=amount, Currency=currency)
    assert (record.amount_minor, record.currency, issues) == (minor, currency.upper(), {})


@pytest.mark.parametrize(
    ("amount", "currency", "minor", "issue"),
    [
        ("1.00", "XYZ", None, Issue(Flaw.UNKNOWN_CURRENCY, "map.currency")),
        ("a lot", "KES", None, Issue(Flaw.UNPARSABLE_VALUE, "map.amount")),
        ("NaN", "KES", None, Issue(Flaw.UNPARSABLE_VALUE, "map.amount")),
        ("1" + "0" * 20, "KES", None, Issue(Flaw.OUT_OF_RANGE, "map.amount")),
        ("0.125", "KES", 12, Issue(Flaw.ROUNDED, "map.amount")),
    ],
)
def test_an_amount_is_never_guessed(amount: str, currency: str, minor: int | None, issue: Issue) -> None:
    record, issues = transaction(Amount=amount, Currency=currency)
    assert record.amount_minor == minor
    assert issues == {issue: 1}


def test_a_direction_outside_its_closed_list_is_missing() -> None:
    record, issues = transaction(Type="Adjustment")
    assert (record.type, record.direction) == ("Adjustment", None)
    assert issues[Issue(Flaw.UNKNOWN_VALUE, "map.direction")] == 1


def test_a_row_without_what_its_record_needs_is_rejected_by_key() -> None:
    found = mapped("transactions", TRANSACTION | {"AccountId": None})
    assert found.rejections == (
        Rejection(reason=Reason.MISSING_FIELD, field="account", row=0, key="comprehensive|transactions|t1"),
    )


@pytest.mark.parametrize(("raw", "score"), [(0, 0.0), (875, 87.5), (1000, 100.0)])
def test_a_score_is_on_0_to_100_and_its_own_scale_is_kept(raw: int, score: float) -> None:
    row = {"id": 1, "customer_ref": "C1", "score": raw, "evaluated_at": "2024-01-01T00:00:00Z"}
    (record,) = mapped("scores", row, system="fraud").records
    assert isinstance(record, ScoreRecord)
    assert (record.raw_score, record.raw_scale, record.score) == (float(raw), "0-1000", score)


def test_naive_times_and_days_are_the_sources_own() -> None:
    nairobi = SOURCES["comprehensive"].model_copy(update={"timezone": "Africa/Nairobi"})
    table = nairobi.tables[0]
    row = CUSTOMER | {"DateOfBirth": "1990-05-16T21:00:00Z", "UpdatedAt": "2024-01-01 03:00:00"}
    (record,) = map_rows(nairobi, table, rows_of(table, [row]), SECRET).records
    assert isinstance(record, CustomerRecord)
    assert record.birth_date
    assert record.birth_date.isoformat() == "1990-05-17"
    assert record.updated_at
    assert record.updated_at.isoformat() == "2024-01-01T00:00:00+00:00"


def test_no_rows_are_no_records() -> None:
    source = SOURCES["comprehensive"]
    for table in source.tables:
        empty = pa.schema([(name, pa.string()) for name in table.columns]).empty_table()
        assert map_rows(source, table, empty, SECRET) == Mapped((), (), Counter())


TEXT = st.text(st.characters(exclude_categories=["Cs"]))
ROW = st.dictionaries(st.sampled_from(sorted(SOURCES["fraud"].tables[0].columns)), TEXT)


@settings(deadline=None, max_examples=30)
@given(st.lists(ROW, max_size=5))
def test_whatever_text_a_row_holds_it_is_a_record_or_a_rejection(rows: list[dict[str, str]]) -> None:
    found = mapped("customers", *rows, system="fraud")
    assert len(found.records) + len(found.rejections) == len(rows)


def test_a_claim_is_an_identifier_that_nobody_verified() -> None:
    source = _with_claim(SOURCES["mobile"])
    table = source.tables[0]
    row = {"Id": "u1", "PhoneNumber": "0722000101", "Email": "a@mail.example.com"}
    (record,) = map_rows(source, table, rows_of(table, [row]), SECRET).records
    assert isinstance(record, CustomerRecord)
    assert {(value.kind, value.verified) for value in record.identifiers} == {("Phone", True), ("Email", False)}


def test_an_identifier_carries_the_source_s_own_dates_of_it() -> None:
    dated = {"value": '"PhoneNumber"', "from": '"EnrolledAt"', "to": '"UpdatedAt"'}
    source = _with(SOURCES["mobile"], identifiers={"Phone": dated, "Email": '"Email"'})
    row = {"PhoneNumber": "0722000101", "Email": "a@mail.example.com"}
    days = {"EnrolledAt": "2024-01-01 00:00Z", "UpdatedAt": "never"}
    table = source.tables[0]
    rows = rows_of(table, [row | {"Id": "u1"} | days, row | {"Id": "u2", "PhoneNumber": "07"} | days])
    found = map_rows(source, table, rows, SECRET)
    told = [
        (record.key[-1], value.kind, value.source_from, value.source_to)
        for record in found.records
        if isinstance(record, CustomerRecord)
        for value in record.identifiers
    ]
    since = datetime(2024, 1, 1, tzinfo=UTC)
    assert told == [("1", "Phone", since, None), ("1", "Email", None, None), ("2", "Email", None, None)]
    assert found.issues[Issue(Flaw.UNPARSABLE_DATE, "identifiers.Phone.0.to")] == 2


def test_a_source_version_is_an_integer() -> None:
    fields = SOURCES["mobile"].tables[0].map
    source = _with(SOURCES["mobile"], map={**fields, "source_version": '"PreferredUsername"'})
    table = source.tables[0]
    rows = rows_of(table, [{"Id": "u1", "PreferredUsername": "71"}, {"Id": "u2", "PreferredUsername": "x"}])
    found = map_rows(source, table, rows, SECRET)
    assert [getattr(record, "source_version", None) for record in found.records] == [71, None]
    assert found.issues[Issue(Flaw.UNPARSABLE_VALUE, "map.source_version")] == 1


def _with_claim(source: Source) -> Source:
    return _with(source, identifiers={"Phone": '"PhoneNumber"'}, claims={"Email": '"Email"'})


def _with(source: Source, **said: Any) -> Source:
    """The source, with its first table changed; columns are as before."""
    table = source.tables[0].model_dump(mode="json", by_alias=True) | said
    return source.model_copy(update={"tables": (Table.model_validate(table), *source.tables[1:])})
