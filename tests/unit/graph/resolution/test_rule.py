"""Every clause of the rule by an example that a banker would tell."""

from datetime import date
from operator import attrgetter

import pytest

from graph.identifiers import normalise
from graph.records import IdentifierValue, PartyType
from graph.resolution.model import RefusedLink, Resolution
from graph.resolution.policy import Policy
from graph.resolution.reasons import ReasonCode
from tests.unit.graph.resolution.worlds import (
    GUARDED,
    LOW,
    PLAIN,
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

PHONE, OTHER_PHONE, EMAIL = identifier("Phone", "7"), identifier("Phone", "8"), identifier("Email", "7")
CLAIM = identifier("Phone", "7", verified=False)
BORN, LATER = date(1980, 5, 1), date(1991, 2, 3)


def test_records_of_one_national_id_are_one_customer_whatever_the_names() -> None:
    found = resolve(
        [
            record("a", "John Doe", national_id("1")),
            record("b", "Alice Johnson", national_id("1")),
            record("c", "John Doe"),
        ]
    )
    assert groups(found) == parts("ab", "c")
    assert [(link.a, link.b, link.kind, link.identifier, link.stage) for link in found.links] == [
        ("a", "b", "NationalId", "NationalId|KE|1", 1)
    ]


def test_the_same_number_of_two_countries_joins_nobody() -> None:
    kenyan, ugandan = (normalise("NationalId", "12345678", country) for country in ("KE", "UG"))
    assert isinstance(kenyan, IdentifierValue)
    assert isinstance(ugandan, IdentifierValue)
    both = record("c", "Jane Smith", kenyan, ugandan)
    assert groups(resolve([record("a", "Jane Smith", kenyan), record("b", "Jane Smith", ugandan)])) == parts("a", "b")
    assert groups(resolve([record("a", "Jane Smith", kenyan), both])) == parts("ac"), (
        "ids of two countries do not conflict"
    )


# Values


@pytest.mark.parametrize("policy", [PLAIN, GUARDED], ids=attrgetter("name"))
def test_a_placeholder_links_nobody_and_tells_nobody_apart(policy: Policy) -> None:
    nobody = [record("a", "John Doe", identifier("Phone", "0")), record("b", "John Doe", identifier("Phone", "0"))]
    assert groups(resolve(nobody, policy=policy)) == parts("a", "b")
    zero_id = [
        record("a", "John Doe", identifier("NationalId", "0"), PHONE),
        record("b", "John Doe", national_id("1"), PHONE),
    ]
    assert groups(resolve(zero_id, policy=policy)) == parts("ab")


def test_a_value_of_too_many_people_links_nobody() -> None:
    low = GUARDED.model_copy(update=LOW)
    six = [record(key, f"John Doe{key}", PHONE) for key in "abcdef"]
    found = resolve([*six, record("g", "John Doea", PHONE)], policy=low)
    assert groups(found) == parts(*"abcdefg")
    assert found.refused == (), "the reason is the value's, not the pairs'"


def test_a_suppressed_national_id_does_not_conflict_either() -> None:
    low = GUARDED.model_copy(update=LOW)
    crowd = [record(key, f"Mary {key * 5}", national_id("1")) for key in "cdefghi"]
    shared = [record("a", "John Doe", national_id("1"), PHONE), record("b", "John Doe", national_id("2"), PHONE)]
    assert frozenset("ab") in groups(resolve([*shared, *crowd], policy=low))
    assert frozenset("ab") not in groups(resolve(shared, policy=low))


# Conflicts


def test_the_two_who_share_a_phone_in_the_shipped_data_stay_apart() -> None:
    """T4 and §18.3: Alice's id is John's with letters, her phone is his, and she is not he."""

    def values(national: str, phone: str) -> list[IdentifierValue]:
        found = [normalise("NationalId", national, "KE"), normalise("Phone", phone, "KE")]
        return [value for value in found if isinstance(value, IdentifierValue)]

    records = [
        record("core|1", "Alice Johnson", *values("ID12345678", "+254712345678")),
        record("dfs|customer", "John Doe", *values("12345678", "+254712345678")),
        record("dfs|user", "John Doe", *values("12345678", "0712345678")),
        record("ob|CUST001", "John Doe", *values("", "254 712 345 678")),
    ]
    found = resolve(records)
    assert groups(found) == {frozenset(("core|1",)), frozenset(("dfs|customer", "dfs|user", "ob|CUST001"))}
    assert found.refused == (
        RefusedLink(
            a="core|1",
            b="dfs|customer",
            kind="Phone",
            identifier="Phone|+254712345678",
            reason=ReasonCode.NAMES_CONTRADICT,
            inside=False,
        ),
    )
    assert len(groups(resolve(records, policy=PLAIN))) == 1


def test_namesakes_with_two_national_ids_on_one_phone_stay_apart() -> None:
    found = resolve(
        [record("a", "John Doe", national_id("1"), PHONE), record("b", "John Doe", national_id("2"), PHONE)]
    )
    assert reasons(found) == {("ab", ReasonCode.WOULD_JOIN_TWO_NATIONAL_IDS, False)}


def test_a_person_and_a_company_stay_apart() -> None:
    person = record("a", "John Doe", national_id("1"), party=PartyType.PERSON)
    company = record("b", "John Doe", national_id("1"), party=PartyType.COMPANY)
    found = resolve([person, company])
    assert reasons(found) == {("ab", ReasonCode.DIFFERENT_PARTY_TYPES, False)}
    assert groups(resolve([person, company], policy=PLAIN)) == parts("ab")
    assert groups(resolve([person, record("c", None, national_id("1"))])) == parts("ac"), (
        "unknown conflicts with nobody"
    )


@pytest.mark.parametrize("policy", [PLAIN, GUARDED], ids=attrgetter("name"))
def test_a_different_outdoes_a_shared_national_id(policy: Policy) -> None:
    twins = [record(key, "John Doe", national_id("1")) for key in "ab"]
    found = resolve(twins, different(1, "a", "b"), policy=policy)
    assert reasons(found) == {("ab", ReasonCode.STEWARD_DIFFERENT, False)}


def test_a_different_binds_those_of_its_records_that_are_present() -> None:
    records = [record(key, "John Doe", national_id("1")) for key in "abc"]
    assert groups(resolve(records, different(1, "ax", "bc"))) == parts("a", "bc")
    assert groups(resolve(records, different(1, "x", "bc"))) == parts("abc"), "one side is gone"


def test_reasons_have_an_order() -> None:
    person = record("a", "John Doe", national_id("1"), PHONE, party=PartyType.PERSON)
    company = record("b", "John Doe", national_id("2"), PHONE, party=PartyType.COMPANY)
    assert reasons(resolve([person, company])) == {("ab", ReasonCode.DIFFERENT_PARTY_TYPES, False)}
    decided = resolve([person, company], different(1, "a", "b"))
    assert reasons(decided) == {("ab", ReasonCode.STEWARD_DIFFERENT, False)}


# Same


def test_a_same_makes_the_national_ids_of_its_records_one() -> None:
    """Also for those who hold them elsewhere: c would have conflicted with a."""
    records = [
        record("a", "John Doe", national_id("1"), PHONE),
        record("b", "Jon Doe", national_id("2")),
        record("c", "John Doe", national_id("2"), PHONE),
    ]
    found = resolve(records, same(1, "a", "b"))
    assert groups(found) == parts("abc")
    assert [(link.a, link.b, link.kind, link.identifier, link.stage) for link in found.links] == [
        ("a", "b", "Same", "Same|1", 0),
        ("b", "c", "NationalId", "NationalId|KE|2", 1),
    ]


def test_two_national_ids_of_one_record_stay_two_without_a_same() -> None:
    records = [
        record("a", "J Doe", national_id("1")),
        record("b", "J Doe", national_id("1"), national_id("2")),
        record("c", "J Doe", national_id("2")),
    ]
    found = resolve(records)
    assert groups(found) == parts("a", "b", "c")
    assert reasons(found) == {("ab", ReasonCode.AMBIGUOUS, False), ("bc", ReasonCode.AMBIGUOUS, False)}


def test_the_same_that_closes_a_contradiction_is_refused() -> None:
    records = [record(key) for key in "abc"]
    found = resolve(records, same(1, "a", "b"), same(2, "b", "c"), different(3, "a", "c"))
    assert groups(found) == parts("ab", "c")
    assert reasons(found) == {("bc", ReasonCode.STEWARD_DIFFERENT, False)}
    assert groups(resolve(records, same(2, "a", "b"), same(1, "b", "c"), different(3, "a", "c"))) == parts("a", "bc")


def test_a_same_of_a_person_and_a_company_is_refused_and_makes_nothing_equivalent() -> None:
    person = record("a", "John Doe", national_id("1"), party=PartyType.PERSON)
    company = record("b", "John Doe Ltd", national_id("2"), party=PartyType.COMPANY)
    holders = [record("c", "Mary Doe", national_id("1"), PHONE), record("d", "Mary Doe", national_id("2"), PHONE)]
    found = resolve([person, company, *holders], same(1, "a", "b"))
    assert ("ab", ReasonCode.DIFFERENT_PARTY_TYPES, False) in reasons(found)
    assert groups(found) == parts("ac", "bd")


def test_under_plain_a_same_of_a_person_and_a_company_is_honoured() -> None:
    records = [record("a", None, party=PartyType.PERSON), record("b", None, party=PartyType.COMPANY)]
    assert groups(resolve(records, same(1, "a", "b"), policy=PLAIN)) == parts("ab")


def test_a_same_about_a_record_that_is_gone_sleeps() -> None:
    assert groups(resolve([record("a")], same(1, "a", "gone"))) == parts("a")


# Stages


def test_a_record_between_two_people_stays_apart_until_he_can_be_decided() -> None:
    people = [record("a", "John Doe", national_id("1"), PHONE), record("b", "John Doe", national_id("2"), OTHER_PHONE)]
    between = record("c", "John Doe", PHONE, OTHER_PHONE)
    found = resolve([*people, between])
    assert groups(found) == parts("a", "b", "c")
    assert reasons(found) == {("ac", ReasonCode.AMBIGUOUS, False), ("bc", ReasonCode.AMBIGUOUS, False)}
    decided = resolve([*people, between], same(1, "a", "c"))
    assert groups(decided) == parts("ac", "b")


def test_a_newcomer_may_detach_a_record_and_never_moves_it() -> None:
    people = [record("a", "John Doe", national_id("1"), PHONE), record("b", "John Doe", national_id("2"), OTHER_PHONE)]
    settled = record("c", "John Doe", PHONE)
    assert groups(resolve([*people, settled])) == parts("ac", "b")
    newcomer = record("d", "John Doe", PHONE, OTHER_PHONE)
    assert groups(resolve([*people, settled, newcomer])) == parts("a", "b", "cd")


def test_a_stronger_stage_decides_before_a_weaker_one() -> None:
    """By phone to one, by e-mail to another: phone comes first, unless the policy puts both in one stage."""
    people = [record("a", "John Doe", national_id("1"), PHONE), record("b", "John Doe", national_id("2"), EMAIL)]
    records = [*people, record("c", "John Doe", PHONE, EMAIL)]
    found = resolve(records)
    assert groups(found) == parts("ac", "b")
    assert reasons(found) == {("bc", ReasonCode.WOULD_JOIN_TWO_NATIONAL_IDS, False)}
    together = GUARDED.model_copy(update={"stages": (("NationalId",), ("Phone", "Email"))})
    assert groups(resolve(records, policy=together)) == parts("a", "b", "c")


def test_a_refused_link_inside_a_customer_says_so() -> None:
    found = resolve(
        [record("a", "John Doe", national_id("1"), PHONE), record("b", "Mary Wanjiku", national_id("1"), PHONE)]
    )
    assert groups(found) == parts("ab")
    assert reasons(found) == {("ab", ReasonCode.NAMES_CONTRADICT, True)}


def test_nameless_records_of_one_customer_on_a_household_s_phone_are_inside() -> None:
    nameless = [record(key, None, national_id("1"), PHONE) for key in "ab"]
    found = resolve([*nameless, record("c", "John Doe", PHONE), record("d", "Mary Wanjiku", PHONE)])
    assert groups(found) == parts("ab", "c", "d")
    assert ("ab", ReasonCode.NEEDS_CORROBORATION, True) in reasons(found)


def test_a_kind_outside_the_policy_s_stages_links_nobody() -> None:
    records = [record("a", "John Doe", PHONE), record("b", "John Doe", PHONE)]
    found = resolve(records, policy=GUARDED.model_copy(update={"stages": (("NationalId",),)}))
    assert (groups(found), found.refused) == (parts("a", "b"), ())


# What is kept of many refused pairs


def test_one_refused_link_stands_for_all_between_two_customers_on_a_value() -> None:
    johns = [record(f"a{n}", "John Doe", PHONE) for n in range(5)]
    marys = [record(f"b{n}", "Mary Wanjiku", PHONE) for n in range(5)]
    found = resolve([*johns, *marys])
    assert [(link.a, link.b) for link in found.refused] == [("a0", "b0")]


def test_a_thousand_namesakes_keep_a_bounded_number_of_refused_links() -> None:
    records = [record(f"k{n:03}", "John Doe", national_id(f"{n}x"), PHONE) for n in range(200)]
    found = resolve(records)
    assert len(found.groups) == 200
    assert len(found.refused) == 50 * 200 - sum(range(51))
    assert {key for link in found.refused for key in (link.a, link.b)} == {r.key for r in records}


def test_nobody_is_no_customer() -> None:
    assert resolve([]) == Resolution(groups=(), links=(), refused=())
