"""Rule 3 by examples: who may be linked by a document, a contact or a claim."""

from datetime import date

import pytest

from graph.records import CustomerRecord
from graph.resolution.reasons import ReasonCode
from tests.unit.graph.resolution.worlds import (
    GUARDED,
    LOW,
    PLAIN,
    groups,
    identifier,
    national_id,
    parts,
    reasons,
    record,
    resolve,
)

PHONE, OTHER_PHONE, EMAIL = identifier("Phone", "7"), identifier("Phone", "8"), identifier("Email", "7")
CLAIM = identifier("Phone", "7", verified=False)
BORN, LATER = date(1980, 5, 1), date(1991, 2, 3)


def test_documents_are_disputed_only_by_name_and_birth_date_together() -> None:
    one, other = (
        record("a", "John Doe", national_id("1"), born=BORN),
        record("b", "Mary Wanjiku", national_id("1"), born=LATER),
    )
    assert reasons(resolve([one, other])) == {("ab", ReasonCode.DOCUMENTS_DISPUTED, False)}
    assert groups(resolve([one, record("b", "Mary Wanjiku", national_id("1"))])) == parts("ab")
    assert groups(resolve([one, record("b", "Jon Doe", national_id("1"), born=LATER)])) == parts("ab")


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        (record("a", "John Doe", PHONE), record("b", "Mary Wanjiku", PHONE), ReasonCode.NAMES_CONTRADICT),
        (
            record("a", "John Doe", PHONE, born=BORN),
            record("b", "Jon Doe", PHONE, born=LATER),
            ReasonCode.BIRTH_DATES_CONTRADICT,
        ),
        (record("a", None, PHONE, born=BORN), record("b", None, PHONE, born=LATER), ReasonCode.BIRTH_DATES_CONTRADICT),
        (record("a", "John Doe", PHONE, born=BORN), record("b", "DOE John", PHONE, born=LATER), None),
        (record("a", "John Doe", PHONE), record("b", "Johnny Doe", PHONE), None),
        (record("a", "John Doe", PHONE), record("b", None, PHONE), None),
        (record("a", "John Doe", PHONE), record("b", "Customer 17", PHONE), None),
        (record("a", None, PHONE), record("b", None, PHONE), None),
    ],
)
def test_a_contact_links_who_do_not_contradict(
    one: CustomerRecord, other: CustomerRecord, reason: ReasonCode | None
) -> None:
    found = resolve([one, other])
    assert groups(found) == (parts("a", "b") if reason else parts("ab"))
    assert reasons(found) == ({("ab", reason, False)} if reason else set())


def test_a_household_on_one_phone() -> None:
    """Where two holders contradict each other, a record without a name could be anybody's."""
    husband, wife, nameless = (
        record("a", "John Doe", PHONE),
        record("b", "Mary Wanjiku", PHONE),
        record("c", None, PHONE),
    )
    found = resolve([husband, wife, nameless])
    assert groups(found) == parts("a", "b", "c")
    assert reasons(found) == {
        ("ab", ReasonCode.NAMES_CONTRADICT, False),
        ("ac", ReasonCode.NEEDS_CORROBORATION, False),
        ("bc", ReasonCode.NEEDS_CORROBORATION, False),
    }
    assert groups(resolve([husband, wife, record("d", "J Doe", PHONE)])) == parts("ad", "b"), (
        "compatible names still link"
    )


def test_many_people_on_a_contact_must_agree() -> None:
    low = GUARDED.model_copy(update=LOW)
    two = [record("a", "John Doe", PHONE), record("b", "Jon Doe", PHONE)]
    assert groups(resolve([*two, record("c", "DOE John", PHONE)], policy=low)) == parts("abc"), "two people are few"
    for third in (record("c", "John", PHONE), record("c", None, PHONE)):
        assert groups(resolve([*two, third])) == parts("abc")
        found = resolve([*two, third], policy=low)
        assert groups(found) == parts("ab", "c")
        assert {reason for _, reason, _ in reasons(found)} == {ReasonCode.NEEDS_CORROBORATION}


def test_many_people_on_a_document_must_agree() -> None:
    """A number that clerks type when they have none is in no list before somebody has seen it."""
    holders = [
        record("a", "John Doe", national_id("1")),
        record("b", "DOE, Jon", national_id("1")),
        record("c", "Mary Wanjiku", national_id("1")),
        record("d", None, national_id("1")),
    ]
    assert groups(resolve(holders)) == parts("abcd"), "three people are few"
    found = resolve(holders, policy=GUARDED.model_copy(update={"private_limit": 3}))
    assert groups(found) == parts("ab", "c", "d")
    assert {reason for _, reason, _ in reasons(found)} == {
        ReasonCode.NAMES_CONTRADICT,
        ReasonCode.NEEDS_CORROBORATION,
    }


def test_on_a_contested_contact_names_must_agree() -> None:
    holders = [record("a", "John Doe", national_id("1"), PHONE), record("b", "John Doe Kamau", national_id("2"), PHONE)]
    found = resolve([*holders, record("c", "John", PHONE)])
    assert reasons(found) == {
        ("ab", ReasonCode.WOULD_JOIN_TWO_NATIONAL_IDS, False),
        ("ac", ReasonCode.NEEDS_CORROBORATION, False),
        ("bc", ReasonCode.NEEDS_CORROBORATION, False),
    }
    assert groups(resolve([holders[0], record("c", "John", PHONE)])) == parts("ac")


def test_a_claim_links_its_record_to_an_agreeing_holder_only() -> None:
    holder = record("a", "John Doe", PHONE)
    assert groups(resolve([holder, record("b", "Doe, Jon", CLAIM)])) == parts("ab")
    for name, reason in (
        (None, ReasonCode.UNVERIFIED),
        ("John", ReasonCode.UNVERIFIED),
        ("Mary Wanjiku", ReasonCode.NAMES_CONTRADICT),
    ):
        assert reasons(resolve([holder, record("b", name, CLAIM)])) == {("ab", reason, False)}
    claimants = resolve([record("b", "John Doe", CLAIM), record("c", "John Doe", CLAIM)])
    assert (groups(claimants), claimants.refused) == (parts("b", "c"), ())


def test_a_claim_neither_contests_nor_crowds_a_contact() -> None:
    holders = [record("a", "John", national_id("1"), PHONE), record("b", None, PHONE)]
    claimant = record("c", "Mary Wanjiku", national_id("2"), CLAIM)
    assert groups(resolve([*holders, claimant])) == parts("ab", "c")


def test_a_verified_edge_replaces_the_claim() -> None:
    found = resolve([record("a", "John Doe", PHONE), record("b", None, CLAIM, PHONE)])
    assert (groups(found), found.refused) == (parts("ab"), ())


def test_under_plain_claims_link_nobody() -> None:
    found = resolve([record("a", "John Doe", PHONE), record("b", "John Doe", CLAIM)], policy=PLAIN)
    assert (groups(found), found.refused) == (parts("a", "b"), ())


def test_a_document_of_unknown_type_links_agreeing_names_only() -> None:
    document = identifier("Document", "9")
    holder = record("a", "John Doe", document)
    assert groups(resolve([holder, record("b", "Jon Doe", document)])) == parts("ab")
    assert reasons(resolve([holder, record("b", None, document)])) == {("ab", ReasonCode.NEEDS_CORROBORATION, False)}
    assert reasons(resolve([holder, record("b", "Mary Wanjiku", document)])) == {
        ("ab", ReasonCode.NAMES_CONTRADICT, False)
    }
    assert groups(resolve([holder, record("b", "John Doe", national_id("9"))])) == parts("a", "b"), (
        "no number of another kind"
    )
