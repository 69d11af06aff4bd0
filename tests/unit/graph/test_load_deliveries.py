from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from graph.business import AccountRecord
from graph.deliveries import Stamp, Version, in_order, in_waves, stamp
from graph.records import CustomerRecord, Departure, SourceRecord

DAY = datetime(2026, 3, 1, tzinfo=UTC)
KEY = "core|customer|1"
ONE, TWO = CustomerRecord(key=KEY, full_name="One"), CustomerRecord(key=KEY, full_name="Two")
GONE = Departure(KEY)


def at(record: CustomerRecord, version: int) -> CustomerRecord:
    return replace(record, source_version=version)


def names(waves: list[list[SourceRecord | Departure]]) -> list[list[str]]:
    return [sorted(getattr(record, "full_name", None) or type(record).__name__ for record in wave) for wave in waves]


def waves_of(*records: SourceRecord | Departure) -> list[list[SourceRecord | Departure]]:
    waves, unfit = in_waves(records)
    assert unfit == 0
    return [
        [*(item.record for found in wave.records.values() for item in found.values()), *wave.departures.values()]
        for wave in waves
    ]


def test_versions_of_a_customer_come_one_by_one_and_those_of_an_account_at_once() -> None:
    account = AccountRecord(key="core|account|1", number="1", owner=KEY)
    other = CustomerRecord(key="core|customer|2", full_name="Other")
    found = waves_of(at(TWO, 2), account, other, at(ONE, 1), replace(account, number="2"))
    assert names(found) == [["AccountRecord", "One", "Other"], ["Two"]]


def test_nothing_is_one_wave_of_nothing() -> None:
    assert waves_of() == [[]]


def test_a_departure_has_its_place_among_the_versions() -> None:
    found = waves_of(at(TWO, 3), Departure(KEY, source_version=2), at(ONE, 1))
    assert names(found) == [["One"], ["Departure"], ["Two"]]
    dated = waves_of(replace(TWO, updated_at=DAY), Departure(KEY, at=DAY - timedelta(days=1)))
    assert names(dated) == [["Departure"], ["Two"]]


def test_without_an_order_of_the_source_that_of_the_delivery_counts() -> None:
    assert in_order([ONE, replace(TWO, updated_at=DAY)]) == [ONE, replace(TWO, updated_at=DAY)]


def test_of_versions_that_nothing_tells_apart_the_last_is_left() -> None:
    assert in_order([ONE, TWO]) == [TWO]
    assert in_order([ONE, GONE]) == [GONE]
    assert in_order([ONE, GONE, TWO]) == [GONE, TWO]  # Two may be somebody else


def test_versions_are_compared_by_number_first_then_by_date() -> None:
    early, late = Stamp(source_version=1, at=DAY), Stamp(source_version=2, at=DAY - timedelta(days=1))
    assert (early.precedes(late), late.precedes(early)) == (True, False)
    unnumbered = Stamp(source_version=None, at=DAY - timedelta(days=1))
    assert (unnumbered.precedes(early), early.precedes(unnumbered)) == (True, False)
    assert not any(Stamp(source_version=None, at=None).precedes(other) for other in (early, late))


@given(st.permutations([at(ONE, 1), Departure(KEY, source_version=2), at(TWO, 3), at(ONE, 4)]))
def test_in_whatever_order_numbered_versions_come(versions: list[Version]) -> None:
    assert [version.source_version for version in in_order(versions)] == [1, 2, 3, 4]


ACCOUNT = AccountRecord(key="core|account|1", number="1", owner=None)
LEFT = Departure(ACCOUNT.key, kind=AccountRecord)


def test_of_an_account_and_its_departure_the_last_word_counts() -> None:
    assert waves_of(ACCOUNT, LEFT) == [[LEFT]]
    assert waves_of(LEFT, ACCOUNT) == [[ACCOUNT]]
    dated = replace(ACCOUNT, updated_at=DAY)
    before, after = (Departure(ACCOUNT.key, DAY + timedelta(days=days), kind=AccountRecord) for days in (-1, 1))
    assert waves_of(dated, before) == waves_of(before, dated) == [[dated]]
    assert waves_of(dated, after) == waves_of(after, dated) == [[after]]


@given(st.lists(st.sampled_from([None, 0, 1, 2]), min_size=1, max_size=5), st.data())
def test_a_batch_is_as_its_records_one_by_one(days: list[int | None], data: st.DataObject) -> None:
    """What is known to be older than what is there is left out, whether both come at once or not."""
    moments = [None if day is None else DAY + timedelta(days=day) for day in days]
    versions: list[SourceRecord | Departure] = [
        Departure(ACCOUNT.key, at, kind=AccountRecord)
        if data.draw(st.booleans())
        else replace(ACCOUNT, number=str(n), updated_at=at)
        for n, at in enumerate(moments)
    ]
    last = versions[0]
    for version in versions[1:]:
        if not stamp(version).precedes(stamp(last)):
            last = version
    assert waves_of(*versions) == [[last]]
