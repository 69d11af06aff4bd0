"""Cases with a name: each once was, or could be, a wrong answer. Those that need a history are in
tests/integration/graph/test_named_histories.py."""

from dataclasses import replace
from datetime import date

from graph.records import CustomerRecord, IdentifierValue, PartyType
from graph.resolution.model import Resolution
from graph.resolution.reasons import ReasonCode
from tests.unit.graph.resolution.worlds import (
    different,
    groups,
    identifier,
    national_id,
    parts,
    reasons,
    record,
    resolve,
    same,
)

PHONE, OTHER, THIRD = (identifier("Phone", text) for text in ("1", "2", "3"))
CLAIM = identifier("Phone", "1", verified=False)


def foreign(value: str) -> IdentifierValue:
    """A national id of another country."""
    return replace(national_id(value), country="UG")


def apart(resolution: Resolution, *groups_: str) -> bool:
    return groups(resolution) == parts(*groups_)


def test_one_same_between_two_customers_with_different_national_ids_joins_both_whole() -> None:
    records = [
        record("a", "John Doe", national_id("1")),
        record("b", "Jon Doe", national_id("1"), PHONE),
        record("c", "Peter Otieno", national_id("2")),
        record("d", "P Otieno", national_id("2"), OTHER),
    ]
    assert apart(resolve(records), "ab", "cd")
    assert apart(resolve(records, same(1, "b", "c")), "abcd")


def test_an_anonymous_visitor_who_claims_her_phone_changes_nothing_for_her() -> None:
    hers = [record("a", "Mary Wanjiku", PHONE, national_id("1")), record("b", "Mary Wanjiku", PHONE)]
    assert apart(resolve([*hers, record("v", None, CLAIM)]), "ab", "v")


def test_fifty_one_visitors_who_claim_her_phone_change_nothing_for_her() -> None:
    hers = [record("a", "Mary Wanjiku", PHONE), record("b", "Wanjiku Mary", PHONE)]
    visitors = [record(f"v{n:02}", f"Visitor Number{n}", CLAIM) for n in range(51)]
    found = groups(resolve([*hers, *visitors]))
    assert frozenset("ab") in found
    assert len(found) == 52


def test_a_newcomer_on_one_phone_moves_nobody() -> None:
    known = [
        record("a", "John Doe", national_id("1"), PHONE),
        record("b", "John Doe", PHONE),
        record("c", "Mary Wanjiku", national_id("2"), OTHER),
    ]
    before = groups(resolve(known))
    for newcomer in (None, "John Doe", "Mary Wanjiku", "Peter Otieno"):
        after = groups(resolve([*known, record("n", newcomer, PHONE)]))
        assert {group - {"n"} for group in after} - {frozenset()} == before


def test_twins_with_neighbouring_national_ids_stay_apart() -> None:
    born = date(1990, 1, 1)
    twins = [
        record("a", "John Doe Otieno", national_id("12345678"), PHONE, born=born),
        record("b", "Jane Doe Otieno", national_id("12345679"), PHONE, born=born),
    ]
    found = resolve(twins)
    assert apart(found, "a", "b")
    assert {reason for _, reason, _ in reasons(found)} <= {
        ReasonCode.WOULD_JOIN_TWO_NATIONAL_IDS,
        ReasonCode.NEEDS_CORROBORATION,
        ReasonCode.NAMES_CONTRADICT,
    }


def test_a_record_with_two_national_ids_joins_neither_holder_to_the_other() -> None:
    found = resolve(
        [
            record("a", "John Doe", national_id("1")),
            record("b", "John Doe", national_id("1"), national_id("2")),
            record("c", "John Doe", national_id("2")),
        ]
    )
    assert not any({"a", "c"} <= group for group in groups(found))
    assert ReasonCode.AMBIGUOUS in {reason for _, reason, _ in reasons(found)}


def test_a_person_and_a_company_do_not_meet_through_an_untyped_record_on_one_phone() -> None:
    found = resolve(
        [
            record("a", "Doe Traders", PHONE, party=PartyType.PERSON),
            record("b", "Doe Traders", PHONE),
            record("c", "Doe Traders", PHONE, party=PartyType.COMPANY),
        ]
    )
    assert not any({"a", "c"} <= group for group in groups(found))
    assert ("ac", ReasonCode.DIFFERENT_PARTY_TYPES, False) in reasons(found)


def test_birth_dates_may_meet_through_a_third_record_that_has_none() -> None:
    """Dates contradict in pairs: the record between them links to both, and the refused pair is kept as inside."""
    found = resolve(
        [
            record("a", "J Doe", PHONE, born=date(1990, 1, 1)),
            record("b", "John Doe", PHONE),
            record("c", "Jon Doe", PHONE, born=date(1990, 1, 2)),
        ]
    )
    assert apart(found, "abc")
    assert reasons(found) == {("ac", ReasonCode.BIRTH_DATES_CONTRADICT, True)}


def test_five_hundred_records_of_one_person_on_one_national_id_stay_one_customer() -> None:
    spellings = ("John Doe Otieno", "Otieno John Doe", "J Doe Otieno", "Dr. John Doe-Otieno")
    records = [record(f"r{n:03}", spellings[n % 4], national_id("1")) for n in range(500)]
    assert len(groups(resolve(records))) == 1


def test_seven_records_chained_by_phones_over_two_ids_in_each_of_two_countries_never_become_one() -> None:
    def link(key: str, *values: IdentifierValue) -> CustomerRecord:
        return record(key, "John Doe", *values)

    phones = [identifier("Phone", f"chain{n}") for n in range(6)]
    chain = [
        link("a", national_id("1"), phones[0]),
        link("b", phones[0], phones[1]),
        link("c", foreign("1"), phones[1], phones[2]),
        link("d", phones[2], phones[3]),
        link("e", national_id("2"), phones[3], phones[4]),
        link("f", phones[4], phones[5]),
        link("g", foreign("2"), phones[5]),
    ]
    for group in groups(resolve(chain)):
        assert not {"a", "e"} <= group
        assert not {"c", "g"} <= group


def test_a_same_along_a_chain_through_a_record_without_national_id_joins_both_ends() -> None:
    records = [record("a", "John Doe", national_id("1")), record("b"), record("c", "John Doe", national_id("2"))]
    assert apart(resolve(records, same(1, "a", "b"), same(2, "b", "c")), "abc")


def test_a_person_with_ids_of_two_countries_does_not_contest_his_own_phone() -> None:
    found = resolve(
        [
            record("a", "John Doe", national_id("1"), foreign("9"), PHONE),
            record("b", "John Doe", national_id("1"), PHONE),
            record("c", "J Doe", foreign("9"), PHONE),
            record("d", None, PHONE),
        ]
    )
    assert apart(found, "abcd")


def test_two_claimants_of_a_phone_that_nobody_holds_do_not_meet() -> None:
    held = [record("a", "John Doe", PHONE), record("b", "John Doe", CLAIM), record("c", "John Doe", CLAIM)]
    assert apart(resolve(held), "abc")
    assert apart(resolve(held[1:]), "b", "c")


def test_contradictory_decisions_are_taken_in_the_order_of_the_ledger() -> None:
    records = [record(key, "John Doe") for key in "abc"]
    found = resolve(records, same(1, "a", "b"), different(2, "a", "c"), same(3, "b", "c"))
    assert apart(found, "ab", "c")
    assert ("bc", ReasonCode.STEWARD_DIFFERENT, False) in reasons(found)
