"""Bridges against taking everything away, one by one, from the literal rule."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from graph.resolution.bridges import Bridges, Candidate, Case, Thing, find_bridges
from graph.resolution.model import Verdict
from graph.resolution.policy import Policy
from graph.resolution.reasons import ReasonCode
from tests.unit.graph.resolution.literal import resolve_literally
from tests.unit.graph.resolution.worlds import (
    GUARDED,
    POLICIES,
    World,
    identifier,
    national_id,
    record,
    same,
    worlds,
)

PHONE, EMAIL = identifier("Phone", "1"), identifier("Email", "1")


def bridges(world: World, policy: Policy = GUARDED, *, of: str, **given: int) -> Bridges:
    found = world.resolve(policy)
    case = Case(world.members, world.evidence(policy), world.decisions, policy)
    group = next(group for group in found.groups if of in group)
    return find_bridges(case, group, [link for link in found.links if link.a in group], **given)


def told(found: Bridges) -> dict[Candidate, set[tuple[str, ...]]]:
    return {bridge.candidate: set(bridge.parts) for bridge in found.found}


def brute_force(world: World, policy: Policy, group: frozenset[str]) -> dict[Candidate, set[tuple[str, ...]]]:
    """Every record, eligible value and *same* of the group, taken away from the literal rule."""
    evidence = [value for value in world.evidence(policy) if value.suppressed is None]
    worlds_without = {}
    for key in group:
        members = [member for member in world.members if member.key != key]
        left = [
            replace(
                value,
                holders=tuple(it for it in value.holders if it != key),
                claimants=tuple(it for it in value.claimants if it != key),
            )
            for value in evidence
        ]
        worlds_without[Candidate(Thing.RECORD, key)] = members, left, world.decisions
    for value in evidence:
        if group & {*value.holders, *value.claimants}:
            gone = replace(value, suppressed=ReasonCode.STEWARD_SUPPRESSED)
            others = [gone if it is value else it for it in evidence]
            worlds_without[Candidate(Thing.VALUE, value.key)] = world.members, others, world.decisions
    for decision in world.decisions:
        if decision.verdict is Verdict.SAME and decision.left | decision.right <= group:
            rest = tuple(it for it in world.decisions if it is not decision)
            worlds_without[Candidate(Thing.SAME, f"Same|{decision.id}")] = world.members, evidence, rest
    found = {}
    for candidate, without in worlds_without.items():
        parts = {part & group for part in resolve_literally(*without, policy).groups} - {frozenset()}
        if len(parts) > 1:
            found[candidate] = {tuple(sorted(part)) for part in parts}
    return found


@settings(max_examples=120, deadline=None)
@given(worlds(), st.sampled_from(POLICIES))
def test_bridges_are_what_brute_force_finds(world: World, policy: Policy) -> None:
    for group in world.resolve(policy).groups:
        found = bridges(world, policy, of=group[0])
        assert found.untried == 0
        assert told(found) == brute_force(world, policy, frozenset(group))


def test_one_phone_and_the_record_that_has_it_hold_two_parts_together() -> None:
    world = World(
        (
            record("a", "John Doe", national_id("1")),
            record("b", "John Doe", national_id("1"), PHONE),
            record("c", "John Doe", PHONE, EMAIL),
            record("d", "John Doe", PHONE, EMAIL),
        )
    )
    assert told(bridges(world, of="a")) == {
        Candidate(Thing.VALUE, PHONE.key): {("a", "b"), ("c", "d")},
        Candidate(Thing.VALUE, national_id("1").key): {("a",), ("b", "c", "d")},
        Candidate(Thing.RECORD, "b"): {("a",), ("c", "d")},
    }


def test_a_customer_held_together_twice_has_no_bridge() -> None:
    world = World((record("a", "John Doe", PHONE, EMAIL), record("b", "John Doe", PHONE, EMAIL)))
    assert bridges(world, of="a").found == ()


def test_a_same_may_be_the_bridge() -> None:
    world = World((record("a"), record("b")), (same(4, "a", "b"),))
    assert told(bridges(world, of="a")) == {Candidate(Thing.SAME, "Same|4"): {("a",), ("b",)}}


def test_what_is_beyond_the_bound_is_counted() -> None:
    world = World(tuple(record(key, "John Doe", PHONE) for key in "abcd"))
    found = bridges(world, of="a", work=8)  # two trials of four records; a phone and four records could be tried
    assert (found.tried, found.untried) == (2, 3)
    assert told(found) == {Candidate(Thing.VALUE, PHONE.key): {("a",), ("b",), ("c",), ("d",)}}
