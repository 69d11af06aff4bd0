"""The laws of identity that concern the pure part, in random small worlds."""

import random
from collections.abc import Iterable
from dataclasses import replace

import networkx as nx
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from graph.records import CustomerRecord
from graph.resolution.model import Resolution, Verdict
from graph.resolution.policy import Policy
from graph.resolution.population import resolve_population
from graph.resolution.rule import resolve_component
from tests.unit.graph.resolution.literal import Facts, resolve_literally, unite_sames
from tests.unit.graph.resolution.worlds import (
    GUARDED,
    LOW,
    PLAIN,
    POLICIES,
    World,
    groups,
    identifier,
    record,
    records_of,
    worlds,
)

policies = st.sampled_from(POLICIES)
law = settings(max_examples=100, deadline=None)


def components(nodes: Iterable[str], edges: Iterable[tuple[str, str]]) -> set[frozenset[str]]:
    graph: nx.Graph[str] = nx.Graph()
    graph.add_nodes_from(nodes)
    graph.add_edges_from(edges)
    return {frozenset(part) for part in nx.connected_components(graph)}


def keys(world: World) -> list[str]:
    return [record.key for record in world.records]


@settings(law, max_examples=300)
@given(worlds(), policies)
def test_the_rule_is_what_its_words_say(world: World, policy: Policy) -> None:
    """Partition, links and refused links against the literal reading of the rule."""
    found = world.resolve(policy)
    literal = resolve_literally(world.members, world.evidence(policy), world.decisions, policy)
    assert groups(found) == literal.groups

    group_of = {key: group for group in literal.groups for key in group}
    expected: dict[tuple[str, frozenset[frozenset[str]], str], tuple[str, ...]] = {}
    for value, pair, reason in literal.refused:
        like = (value, frozenset(group_of[key] for key in pair), reason)
        expected[like] = min(expected.get(like, ("~",)), tuple(sorted(pair)))
    assert {(r.identifier, r.reason, r.inside, r.a, r.b) for r in found.refused if r.kind != "Same"} == {
        (value, reason, len(ends) == 1, *pair) for (value, ends, reason), pair in expected.items()
    }
    for link in found.links:
        assert link.stage == 0 or (link.stage, link.identifier, frozenset((link.a, link.b))) in literal.accepted


@law
@given(worlds(), policies, st.randoms(use_true_random=False))
def test_l1_no_order_decides(world: World, policy: Policy, chance: random.Random) -> None:
    members, evidence, decisions = world.members, list(world.evidence(policy)), list(world.decisions)
    before = resolve_component(members, evidence, decisions, policy)
    for order in (members, evidence, decisions):
        chance.shuffle(order)
    evidence = [replace(value, holders=tuple(chance.sample(value.holders, len(value.holders)))) for value in evidence]
    assert resolve_component(members, evidence, decisions, policy) == before


@law
@given(worlds(), policies)
def test_l4_no_customer_holds_two_conflicting_records(world: World, policy: Policy) -> None:
    facts = Facts(world.members, world.evidence(policy), world.decisions, policy)
    unite_sames(facts)
    for group in groups(world.resolve(policy)):
        assert {facts.conflict(frozenset((a,)), frozenset((b,))) for a in group for b in group if a != b} <= {None}


@law
@given(worlds(decided=False))
def test_l5_plain_is_connected_components(world: World) -> None:
    edges = [
        (value.holders[0], holder)
        for value in world.evidence(PLAIN)
        if value.suppressed is None
        for holder in value.holders[1:]
    ]
    found = world.resolve(PLAIN)
    assert groups(found) == components(keys(world), edges)
    assert found.refused == ()


@law
@given(worlds(), policies)
def test_l5_the_links_are_a_spanning_forest_of_the_groups(world: World, policy: Policy) -> None:
    found = world.resolve(policy)
    assert groups(found) == components(keys(world), ((link.a, link.b) for link in found.links))
    assert len(found.links) == len(world.records) - len(found.groups)
    assert all(link.a < link.b for link in found.links)


@law
@given(worlds(), policies)
def test_raw_components_do_not_touch_each_other(world: World, policy: Policy) -> None:
    evidence = world.evidence(policy)
    whole = resolve_component(world.members, evidence, world.decisions, policy)
    assert resolve_population(world.members, evidence, world.decisions, policy) == whole


@law
@given(worlds(), policies)
def test_a_refused_link_is_inside_exactly_if_its_ends_are_one_customer(world: World, policy: Policy) -> None:
    found = world.resolve(policy)
    group_of = {key: group for group in found.groups for key in group}
    for link in found.refused:
        assert link.a < link.b
        assert link.inside == (group_of[link.a] == group_of[link.b])


@law
@given(worlds(), policies)
def test_l9_a_different_separates_whoever_is_present(world: World, policy: Policy) -> None:
    together = {(a, b) for group in world.resolve(policy).groups for a in group for b in group}
    for decision in world.decisions:
        if decision.verdict is Verdict.DIFFERENT:
            assert not {(a, b) for a in decision.left for b in decision.right} & together


@law
@given(worlds(), policies)
def test_claims_do_not_count_towards_suppression(world: World, policy: Policy) -> None:
    """No claim makes a value more shared than its holders do."""
    verified = World(
        tuple(replace(r, identifiers=tuple(i for i in r.identifiers if i.verified)) for r in world.records)
    )
    suppressed = {value.key: value.suppressed for value in world.evidence(policy) if value.holders}
    assert {value.key: value.suppressed for value in verified.evidence(policy)} == suppressed


def national_ids(world: World, resolution: Resolution) -> dict[str, set[str]]:
    """The national ids of each record's customer."""
    held = {r.key: {i.value for i in r.identifiers if i.kind == "NationalId" and i.value != "0"} for r in world.records}
    return {key: set().union(*(held[k] for k in group)) for group in resolution.groups for key in group}


def judgements(world: World, policy: Policy, among: list[str]) -> set[tuple[str, str, str, str | None]]:
    """What each value says about each pair of those records: how it counts."""
    facts = Facts(world.members, world.evidence(policy), world.decisions, policy)
    return {
        (value.key, a, b, facts.candidate(value, a, b))
        for value in facts.values
        for a in among
        for b in among
        if a < b and {a, b} <= set(value.holders)
    }


@st.composite
def newcomers(draw: st.DrawFn) -> CustomerRecord:
    """Somebody who comes through contacts, with a national id of his own or none."""
    drawn = draw(records_of("s|customer|new"))
    contacts = [value for value in drawn.identifiers if value.kind in ("Phone", "Email")]
    own = [identifier("NationalId", "77")] if draw(st.booleans()) else []
    return replace(drawn, identifiers=(*contacts, *own))


@settings(law, max_examples=150)
@given(worlds(), newcomers(), st.sampled_from([GUARDED, GUARDED.model_copy(update=LOW)]))
def test_within_a_stage_no_newcomer_moves_a_record_from_one_national_id_to_another(
    world: World, newcomer: CustomerRecord, policy: Policy
) -> None:
    one_stage = policy.model_copy(update={"stages": (*policy.stages[:2], ("Phone", "Email"))})
    after = world.plus(newcomer)
    assume(judgements(world, one_stage, keys(world)) == judgements(after, one_stage, keys(world)))
    before_ids = national_ids(world, world.resolve(one_stage))
    after_ids = national_ids(after, after.resolve(one_stage))
    for key, ids in before_ids.items():
        assert not ids or not after_ids[key] or ids & after_ids[key]


@law
@given(worlds(), policies)
def test_a_record_without_any_value_changes_nothing_and_is_its_own_customer(world: World, policy: Policy) -> None:
    alone = record("s|customer|alone", "John Doe")
    assert groups(world.plus(alone).resolve(policy)) == groups(world.resolve(policy)) | {frozenset((alone.key,))}
