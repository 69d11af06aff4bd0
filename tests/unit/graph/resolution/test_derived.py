from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.identifiers import normalise
from graph.resolution.derived import derive, with_derived
from graph.resolution.policy import load_policy
from graph.resolution.reasons import ReasonCode
from tests.unit.graph.resolution.worlds import groups, parts, reasons, record, resolve

BORN, OTHER = date(1980, 5, 1), date(1980, 5, 2)
EXTENDED = load_policy("extended")


def values(name: str | None, born: date | None = BORN) -> set[str]:
    return {found.value for found in derive(name, born)}


def test_a_pair_of_words_is_a_value() -> None:
    assert values("John Wanjiku") == {"1980-05-01 JN WNJK"}
    assert values("John Wanjiku Otieno") == {"1980-05-01 JN OTN", "1980-05-01 JN WNJK", "1980-05-01 OTN WNJK"}


@pytest.mark.parametrize("written", ["wanjiku, JON", "Dr. John Wanjeku", "Jon K. Wanjikuu", "John Wanjiku Otieno"])
def test_order_title_initials_and_most_spellings_do_not_matter(written: str) -> None:
    assert values(written) >= values("John Wanjiku")


@pytest.mark.parametrize("name", [None, "", "John", "J. Wanjiku", "Customer 17"])
def test_of_less_than_two_full_words_nothing_is_derived(name: str | None) -> None:
    assert values(name) == set()


def test_without_a_birth_date_nothing_is_derived() -> None:
    assert values("John Wanjiku", None) == set()


def test_words_that_metaphone_cannot_read_stand_for_themselves() -> None:
    assert values("小龙 Bruce") == {"1980-05-01 BRS 小龙"}


def test_a_birth_date_that_systems_fill_in_links_nobody() -> None:
    assert all(found.placeholder for found in derive("John Wanjiku", date(1970, 1, 1)))


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60), st.dates())
def test_whatever_the_name_there_are_at_most_six_values_in_normal_form(name: str, born: date) -> None:
    found = derive(name, born)
    assert len(found) <= 6
    assert [normalise("NameBirth", value.value, None) for value in found] == list(found)


def test_only_a_policy_that_counts_on_them_has_them() -> None:
    jane = record("a", "Jane Wanjiku", born=BORN)
    assert with_derived(jane, load_policy("guarded")) is jane
    assert with_derived(jane, EXTENDED).identifiers == derive("Jane Wanjiku", BORN)


def test_a_name_and_a_birth_date_join_agreeing_names_only() -> None:
    """Katana and Kitonne sound alike to Metaphone, and are not spelt alike."""
    records = [
        record("a", "Jane Katana", born=BORN),
        record("b", "Katana Jayne", born=BORN),
        record("c", "Jane Kitonne", born=BORN),
        record("d", "Jane Katana", born=OTHER),
    ]
    found = resolve([with_derived(it, EXTENDED) for it in records], policy=EXTENDED)
    assert groups(found) == parts("ab", "c", "d")
    assert {(pair, reason) for pair, reason, _ in reasons(found)} == {
        ("ac", ReasonCode.NEEDS_CORROBORATION),
        ("bc", ReasonCode.NAMES_CONTRADICT),
    }
