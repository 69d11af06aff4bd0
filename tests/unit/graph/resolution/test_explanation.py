"""Explanations: chains over the forest, judgements for exactly one pair, and what stands between two customers."""

from collections.abc import Sequence
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from graph.records import CustomerRecord, PartyType
from graph.resolution.explanation import Course, Judgement, Level, chain, construction
from graph.resolution.model import SAME_KIND, Decision
from graph.resolution.policy import Policy
from graph.resolution.reasons import ReasonCode
from tests.unit.graph.resolution.literal import Facts, unite_sames
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

policies = st.sampled_from(POLICIES)
law = settings(max_examples=150, deadline=None)
PHONE, EMAIL = identifier("Phone", "1"), identifier("Email", "1")


def course(world: World, policy: Policy = GUARDED) -> Course:
    return Course(world.members, world.evidence(policy), world.decisions, policy, world.resolve(policy))


def judged(*records: CustomerRecord, decisions: Sequence[Decision] = ()) -> Course:
    return course(World(records, tuple(decisions)))


def told(judgements: Sequence[Judgement]) -> set[tuple[str, Level, ReasonCode | None]]:
    return {(said.identifier, said.level, said.reason) for said in judgements}


@law
@given(worlds(), policies)
def test_two_records_have_a_chain_exactly_if_they_are_one_customer(world: World, policy: Policy) -> None:
    found = world.resolve(policy)
    group_of = {key: group for group in found.groups for key in group}
    for a, b in combinations(group_of, 2):
        way = chain(found.links, a, b)
        assert (way is not None) == (group_of[a] == group_of[b])
        if way is not None:
            assert (way[0].start, way[-1].end) == (a, b)
            assert [hop.end for hop in way[:-1]] == [hop.start for hop in way[1:]]
            assert {hop.link for hop in way} <= set(found.links)
            assert all({hop.start, hop.end} == {hop.link.a, hop.link.b} for hop in way)


def test_a_record_is_one_with_itself_without_any_link() -> None:
    assert chain((), "a", "a") == ()


@law
@given(worlds(), policies)
def test_the_construction_grows_to_the_whole_customer(world: World, policy: Policy) -> None:
    found = world.resolve(policy)
    for group in found.groups:
        links = [link for link in found.links if link.a in group]
        steps = construction(links)
        assert [step.link for step in steps] == links
        assert not steps or steps[-1].left + steps[-1].right == len(group)


@settings(law, max_examples=250)
@given(worlds(), policies)
def test_each_shared_value_is_judged_as_the_rule_says_word_for_word(world: World, policy: Policy) -> None:
    found, told_by = world.resolve(policy), course(world, policy)
    facts = Facts(world.members, world.evidence(policy), world.decisions, policy)
    unite_sames(facts)
    group_of = {key: group for group in found.groups for key in group}
    values = {value.key: value for value in world.evidence(policy)}
    for a, b in combinations(sorted(group_of), 2):
        said = {each.identifier: each for each in told_by.judge(a, b) if each.kind != SAME_KIND}
        assert said.keys() == {key for key, it in values.items() if {a, b} <= {*it.holders, *it.claimants}}
        for key, each in said.items():
            value = values[key]
            assert (each.level is Level.ACCEPTED) == (each.reason is None)
            if value.suppressed is not None:
                assert (each.level, each.reason) == (Level.VALUE, value.suppressed)
            elif not ({a, b} & set(value.holders)) or (not policy.judge and not {a, b} <= set(value.holders)):
                assert (each.level, each.reason) == (Level.PAIR, ReasonCode.UNVERIFIED)
            elif (reason := facts.candidate(value, a, b)) is not None:
                assert (each.level, each.reason) == (Level.PAIR, reason)
            else:
                assert each.level in (Level.ACCEPTED, Level.COMPONENT)
            if each.level is Level.ACCEPTED:
                assert group_of[a] == group_of[b]


@law
@given(worlds(), policies)
def test_kept_refusals_are_told_again_with_a_true_clash(world: World, policy: Policy) -> None:
    told_by, found = course(world, policy), world.resolve(policy)
    facts = Facts(world.members, world.evidence(policy), world.decisions, policy)
    unite_sames(facts)
    for link in found.refused:
        said = [each for each in told_by.judge(link.a, link.b) if each.identifier == link.identifier]
        assert [each.reason for each in said] == [link.reason]
        clash = said[0].clash
        if said[0].level is Level.COMPONENT and link.reason is not ReasonCode.AMBIGUOUS:
            assert clash is not None
            assert clash.reason is link.reason
        if clash is not None:
            assert facts.conflict(frozenset((clash.a,)), frozenset((clash.b,))) is not None
            assert (clash.decision is not None) == (clash.reason is ReasonCode.STEWARD_DIFFERENT)
            assert (clash.values is not None) == (clash.reason is ReasonCode.WOULD_JOIN_TWO_NATIONAL_IDS)


@law
@given(worlds(), policies)
def test_customers_that_conflict_are_told_why(world: World, policy: Policy) -> None:
    told_by, found = course(world, policy), world.resolve(policy)
    facts = Facts(world.members, world.evidence(policy), world.decisions, policy)
    unite_sames(facts)
    for one, other in combinations(found.groups, 2):
        clash, reason = told_by.clash(one[0], other[0]), facts.conflict(frozenset(one), frozenset(other))
        assert (clash and clash.reason) == reason
        assert clash is None or (clash.a in one and clash.b in other)
    assert all(told_by.clash(group[0], group[-1]) is None for group in found.groups)


def test_a_value_that_links_nobody_says_so_itself() -> None:
    filler = identifier("Phone", "0")
    said = judged(record("a", "John Doe", filler), record("b", "John Doe", filler)).judge("b", "a")
    assert told(said) == {(filler.key, Level.VALUE, ReasonCode.PLACEHOLDER)}


def test_a_kind_that_the_policy_does_not_compare() -> None:
    policy = GUARDED.model_copy(update={"stages": (("NationalId",),)})
    world = World((record("a", "John Doe", PHONE), record("b", "John Doe", PHONE)))
    assert told(course(world, policy).judge("a", "b")) == {(PHONE.key, Level.UNUSED, None)}


def test_nothing_shared_is_nothing_told() -> None:
    apart = judged(record("a", "John Doe", PHONE), record("b", "John Doe", EMAIL))
    assert (apart.judge("a", "b"), apart.clash("a", "b")) == ((), None)


def test_a_refusal_names_the_two_national_ids() -> None:
    apart = judged(
        record("a", "John Doe", national_id("1")),
        record("b", "John Doe", national_id("1"), PHONE),
        record("c", "John Doe", national_id("2"), PHONE),
    )
    (said,) = apart.judge("b", "c")
    assert (said.level, said.reason) == (Level.COMPONENT, ReasonCode.WOULD_JOIN_TWO_NATIONAL_IDS)
    assert said.clash is not None
    assert (said.clash.a, said.clash.b, said.clash.values) == (
        "a",
        "c",
        (national_id("1").key, national_id("2").key),
    )
    assert apart.clash("a", "c") == said.clash


def test_a_refusal_names_the_decision() -> None:
    apart = judged(
        record("a", "John Doe", PHONE), record("b", "John Doe", PHONE), decisions=[different(7, ["a"], ["b"])]
    )
    (said,) = apart.judge("a", "b")
    assert said.clash is not None
    assert (said.reason, said.clash.decision) == (ReasonCode.STEWARD_DIFFERENT, 7)


def test_an_ambiguous_link_names_the_contenders() -> None:
    apart = judged(
        record("a", "John Doe", national_id("1"), PHONE),
        record("b", "John Doe", PHONE, identifier("Phone", "2")),
        record("c", "John Doe", national_id("2"), identifier("Phone", "2")),
    )
    (said,) = apart.judge("a", "b")
    assert (said.reason, said.clash and (said.clash.a, said.clash.b)) == (ReasonCode.AMBIGUOUS, ("a", "c"))


def test_a_same_is_told_accepted_and_refused() -> None:
    people = record("a", party=PartyType.PERSON), record("b", party=PartyType.COMPANY), record("c")
    said = judged(*people, decisions=[same(1, "a", "c"), same(2, "b", "c")])
    assert told(said.judge("c", "a")) == {("Same|1", Level.ACCEPTED, None)}
    (refused,) = said.judge("c", "b")
    assert (refused.reason, refused.clash and (refused.clash.a, refused.clash.b)) == (
        ReasonCode.DIFFERENT_PARTY_TYPES,
        ("b", "a"),
    )
