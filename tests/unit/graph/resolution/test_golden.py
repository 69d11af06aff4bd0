from datetime import UTC, date, datetime
from itertools import permutations

import pytest

from graph.records import CustomerRecord, IdentifierValue, PartyType
from graph.resolution.golden import Correction, Survivor, golden_record, parse_field

OLD, NEW = datetime(2024, 1, 1, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC)
BORN = date(1990, 1, 1)


def phone(value: str, *, verified: bool = True, placeholder: bool = False) -> IdentifierValue:
    return IdentifierValue(
        kind="Phone", value=value, raw=value, verified=verified, placeholder=placeholder, masked=f"***{value[-1]}"
    )


def values(records: list[CustomerRecord], trust: dict[str, int] | None = None) -> dict[str, object]:
    return {field: (s.value, s.source) for field, s in golden_record(records, trust or {}).items()}


def test_trust_comes_before_recency_and_recency_before_key() -> None:
    core = CustomerRecord(key="core|c|1", full_name="John Doe", updated_at=OLD)
    mobile = CustomerRecord(key="mobile|c|1", full_name="Johnny Doe", updated_at=NEW)
    assert values([core, mobile], {"core": 1}) == {"name": ("John Doe", "core|c|1")}
    assert values([core, mobile]) == {"name": ("Johnny Doe", "mobile|c|1")}
    undated = CustomerRecord(key="a|c|1", full_name="J Doe")
    assert values([undated, core]) == {"name": ("John Doe", "core|c|1")}


def test_at_one_time_the_more_complete_record_wins_and_then_the_key() -> None:
    full = CustomerRecord(key="z|c|1", full_name="John Doe", birth_date=BORN, updated_at=NEW)
    poor = CustomerRecord(key="a|c|1", full_name="Doe", updated_at=NEW)
    assert values([poor, full])["name"] == ("John Doe", "z|c|1")
    assert values([CustomerRecord(key="b|c|1", full_name="Doe B", updated_at=NEW), poor])["name"] == ("Doe", "a|c|1")


def test_a_gap_is_filled_by_the_next_record() -> None:
    core = CustomerRecord(key="core|c|1", full_name="Customer 17", updated_at=NEW, identifiers=(phone("+2547"),))
    mobile = CustomerRecord(
        key="m|c|1", full_name="John Doe", birth_date=BORN, party_type=PartyType.PERSON, updated_at=OLD
    )
    assert golden_record([core, mobile], {"core": 9}) == {
        "name": Survivor(value="John Doe", source="m|c|1", updated_at=OLD),
        "birth_date": Survivor(value=BORN, source="m|c|1", updated_at=OLD),
        "party_type": Survivor(value="person", source="m|c|1", updated_at=OLD),
        "phone": Survivor(value="+2547", source="core|c|1", updated_at=NEW, masked="***7"),
    }


def test_placeholders_and_claims_do_not_survive() -> None:
    record = CustomerRecord(
        key="a|c|1", identifiers=(phone("1", placeholder=True), phone("2", verified=False), phone("3"))
    )
    assert values([record]) == {"phone": ("3", "a|c|1")}
    assert values([CustomerRecord(key="a|c|1", identifiers=(phone("2", verified=False),))]) == {}


def test_the_order_of_the_records_does_not_matter() -> None:
    records = [
        CustomerRecord(key=f"s{n}|c|1", full_name=f"John {n} Doe", updated_at=when, identifiers=(phone(f"{n}"),))
        for n, when in enumerate((OLD, NEW, NEW, None))
    ]
    assert len({str(golden_record(list(order), {"s2": 1})) for order in permutations(records)}) == 1


def test_the_newest_correction_of_a_field_stands_above_all_records() -> None:
    record = CustomerRecord(key="core|c|1", full_name="John Doe", updated_at=NEW, identifiers=(phone("+254700000001"),))
    said = [
        Correction(id=number, field=field, content=content, at=OLD)
        for number, field, content in ((9, "name", "Jane Doe"), (4, "name", "J Doe"), (5, "phone", "+254712345678"))
    ]
    assert golden_record([record], {"core": 9}, said) == {
        "name": Survivor(value="Jane Doe", source="decision|9", updated_at=OLD),
        "phone": Survivor(value="+254712345678", source="decision|5", updated_at=OLD, masked="***5678"),
    }


def test_a_correction_is_read_as_its_field_asks() -> None:
    assert parse_field("birth_date", "1990-01-01") == BORN
    assert parse_field("party_type", "company") == "company"
    for field, content in (("birth_date", "yesterday"), ("party_type", "robot"), ("hash", "x")):
        with pytest.raises(ValueError):  # noqa: PT011 - three different sentences
            parse_field(field, content)
