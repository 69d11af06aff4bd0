"""Review items: what a person can decide, and only that; one item however many links say it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.records import CustomerRecord, PartyType
from graph.resolution.model import Decision
from graph.resolution.names import canonical_name
from graph.resolution.policy import Policy
from graph.resolution.reasons import ReasonCode
from graph.resolution.review import Bearer, Dispute, Document, ReviewItem, Topic, one_edit_apart, review_items
from tests.unit.graph.resolution.worlds import (
    GUARDED,
    POLICIES,
    World,
    different,
    identifier,
    national_id,
    record,
    same,
    worlds,
)

BORN = date(1990, 1, 1)
PHONE = identifier("Phone", "1")


def review(world: World, policy: Policy = GUARDED) -> list[ReviewItem]:
    """Each customer goes by its first record."""
    found = world.resolve(policy)
    home = {key: group[0] for group in found.groups for key in group}
    bearers: dict[str, list[Bearer]] = {}
    for it in world.records:
        held = [value for value in it.identifiers if value.kind in policy.exclusive and not value.placeholder]
        documents = tuple(Document(value.key, value.kind, value.country, value.value) for value in held)
        name = canonical_name(it.full_name)
        bearers.setdefault(home[it.key], []).append(Bearer(it.key, name, it.birth_date, documents))
    return review_items([Dispute(link, *sorted((home[link.a], home[link.b]))) for link in found.refused], bearers)


def items(*records: CustomerRecord, decisions: Iterable[Decision] = ()) -> list[tuple[Topic, str]]:
    return [(item.topic, "".join(item.records)) for item in review(World(records, tuple(decisions)))]


@settings(max_examples=150, deadline=None)
@given(worlds(), st.sampled_from(POLICIES))
def test_every_item_is_about_what_is_there_and_no_two_are_the_same(world: World, policy: Policy) -> None:
    found, said = world.resolve(policy), review(world, policy)
    homes = {key: group[0] for group in found.groups for key in group}
    subjects = [(item.topic, item.subject) for item in said]
    assert subjects == sorted(set(subjects))
    for item in said:
        assert set(item.customers) == {homes[key] for key in item.records}
        assert (len(item.customers) == 1) == (item.topic is Topic.INSIDE)
    ambiguous = {link.a for link in found.refused if link.reason is ReasonCode.AMBIGUOUS and not link.inside}
    assert ambiguous <= {key for item in said if item.topic is Topic.AMBIGUOUS for key in item.records}


@pytest.mark.parametrize(
    ("a", "b", "apart"),
    [
        ("12345678", "12345679", True),
        ("12345678", "12354678", True),
        ("12345678", "1234567", True),
        ("12345678", "12345678", False),
        ("12345678", "12345687", True),
        ("12345678", "12349999", False),
    ],
)
def test_one_edit_apart(a: str, b: str, apart: bool) -> None:
    assert one_edit_apart(a, b) is apart


def slip(**second: object) -> tuple[CustomerRecord, CustomerRecord]:
    first = record("a", "John Doe", national_id("12345678"), PHONE, born=BORN)
    return first, replace(
        record("b", "Doe, John", national_id("12345679"), PHONE, born=BORN),
        **second,  # type: ignore[arg-type]  # fields of a record
    )


def test_a_slip_in_a_national_id() -> None:
    assert items(*slip()) == [(Topic.SLIP, "ab")]


@pytest.mark.parametrize(
    "second",
    [
        {"full_name": "Jane Doe"},
        {"birth_date": None},
        {"identifiers": (national_id("87654321"), PHONE)},
    ],
    ids=["another name", "no birth date", "another number"],
)
def test_what_is_no_slip_is_only_explained(second: dict[str, object]) -> None:
    assert items(*slip(**second)) == []


def test_twins_with_neighbouring_national_ids_are_no_slip() -> None:
    assert items(*slip(full_name="Peter Doe", identifiers=(national_id("12345679"), PHONE))) == []


def test_a_slip_is_found_though_the_refused_link_names_other_records() -> None:
    nameless = record("0", None, national_id("12345678"), PHONE)
    assert items(nameless, *slip()) == [(Topic.SLIP, "ab")]


def test_who_belongs_to_whom_is_one_question_on_two_phones() -> None:
    other = identifier("Phone", "2")
    found = items(
        record("a", "John Doe", national_id("1"), PHONE),
        record("b", "John Doe", PHONE, other),
        record("c", "John Doe", national_id("2"), other),
    )
    assert found == [(Topic.AMBIGUOUS, "abc")]


def test_a_document_of_two_people() -> None:
    one = record("a", "John Doe", identifier("Passport", "1"), born=BORN)
    other = record("b", "Mary Wanjiku", identifier("Passport", "1"), born=date(1970, 1, 1))
    assert items(one, other) == [(Topic.DOCUMENTS_DISPUTED, "ab")]


def test_a_customer_that_contradicts_itself_is_one_item() -> None:
    shared = national_id("1"), PHONE, identifier("Email", "1")
    found = review(World((record("a", "John Doe", *shared), record("b", "Mary Wanjiku", *shared))))
    assert [(item.topic, item.customers, len(item.identifiers)) for item in found] == [(Topic.INSIDE, ("a",), 2)]


def test_a_nameless_relative_inside_is_nothing_to_decide() -> None:
    nid = national_id("1")
    records = [record("a", "John Doe", PHONE), record("b", "Mary Wanjiku", PHONE, nid), record("c", None, PHONE, nid)]
    assert items(*records) == []


def test_a_document_that_speaks_against_a_different() -> None:
    records = record("a", "John Doe", national_id("1"), PHONE), record("b", "John Doe", national_id("1"), PHONE)
    assert items(*records, decisions=[different(1, "a", "b")]) == [(Topic.DECISION, "ab")]


def test_a_phone_that_speaks_against_a_different_was_known_to_who_decided() -> None:
    records = record("a", "John Doe", PHONE), record("b", "John Doe", PHONE)
    assert items(*records, decisions=[different(1, "a", "b")]) == []


def test_a_refused_same_is_an_item_of_its_own() -> None:
    records = record("a", party=PartyType.PERSON), record("b", party=PartyType.COMPANY)
    (found,) = review(World(records, (same(3, "a", "b"),)))
    assert (found.topic, found.subject, found.identifiers) == (Topic.DECISION, ("Same|3",), ("Same|3",))
