"""What alone holds a customer together: the values, records and *sames* without which the rule would split it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

from graph.resolution.model import SAME_KIND, Decision, Evidence, Link, Member, Verdict
from graph.resolution.policy import Policy
from graph.resolution.reasons import ReasonCode
from graph.resolution.rule import resolve_component

WORK = 30_000  # records looked at, over all trials: a second or two


class Thing(StrEnum):
    VALUE = "value"
    RECORD = "record"
    SAME = "same"


class Candidate(NamedTuple):
    """Something that can be taken away; ``name`` is an identifier's key, a record's key, or a link's identifier."""

    thing: Thing
    name: str


@dataclass(frozen=True, slots=True)
class Bridge:
    """``parts`` are what the customer's other records would fall into, each sorted, the largest first."""

    candidate: Candidate
    parts: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Bridges:
    found: tuple[Bridge, ...]
    tried: int
    untried: int  # beyond `WORK`


class Case(NamedTuple):
    """What the rule is given: whole raw components, as they are."""

    members: Sequence[Member]
    evidence: Sequence[Evidence]
    decisions: Sequence[Decision]
    policy: Policy


def find_bridges(case: Case, group: Sequence[str], links: Sequence[Link], work: int = WORK) -> Bridges:
    """The bridges of one customer, by taking away each thing of its own and asking the rule again.

    ``links`` are its accepted ones. Those on which most of them hang are tried first. How the other values are counted
    elsewhere (`eligibility`) is left as it is.
    """
    candidates = _candidates(case, group, links)
    trials = candidates[: work // len(case.members)]
    found = [
        Bridge(candidate, parts) for candidate in trials if len(parts := parts_without(case, group, candidate)) > 1
    ]
    return Bridges(tuple(found), len(trials), len(candidates) - len(trials))


def parts_without(case: Case, group: Sequence[str], gone: Candidate) -> tuple[tuple[str, ...], ...]:
    """What the rule makes of the group's records once something is taken away, the largest part first."""
    rest = frozenset(group) - {gone.name}
    groups = resolve_component(*_without(case, gone)).groups
    parts = [tuple(key for key in found if key in rest) for found in groups]
    return tuple(sorted(filter(None, parts), key=lambda part: (-len(part), part)))


def _candidates(case: Case, group: Sequence[str], links: Sequence[Link]) -> list[Candidate]:
    """The links' own values, *sames* and inner records; then what else is the customer's, which rarely is a bridge."""
    carried: Counter[Candidate] = Counter()
    for link in links:
        carried[Candidate(Thing.SAME if link.kind == SAME_KIND else Thing.VALUE, link.identifier)] += 1
        carried.update((Candidate(Thing.RECORD, link.a), Candidate(Thing.RECORD, link.b)))
    here = frozenset(group)
    values = [it for it in case.evidence if it.suppressed is None and not here.isdisjoint((*it.holders, *it.claimants))]
    sames = [it for it in case.decisions if it.verdict is Verdict.SAME and it.left | it.right <= here]
    others = {
        *(Candidate(Thing.RECORD, key) for key in group),
        *(Candidate(Thing.VALUE, value.key) for value in values),
        *(Candidate(Thing.SAME, f"{SAME_KIND}|{decision.id}") for decision in sames),
    }
    ends = {each for each, times in carried.items() if each.thing is Thing.RECORD and times == 1}
    first = sorted(carried.keys() - ends, key=lambda each: (-carried[each], each))
    return [*first, *sorted(others.difference(first))]


def _without(case: Case, gone: Candidate) -> Case:
    match gone.thing:
        case Thing.SAME:
            decisions = [it for it in case.decisions if f"{SAME_KIND}|{it.id}" != gone.name]
            return case._replace(decisions=decisions)
        case Thing.VALUE:
            return case._replace(evidence=[_suppressed(value, gone.name) for value in case.evidence])
        case _:
            return case._replace(
                members=[member for member in case.members if member.key != gone.name],
                evidence=[_left_by(value, gone.name) for value in case.evidence],
            )


def _suppressed(value: Evidence, key: str) -> Evidence:
    return replace(value, suppressed=ReasonCode.STEWARD_SUPPRESSED) if value.key == key else value


def _left_by(value: Evidence, key: str) -> Evidence:
    if key not in value.holders and key not in value.claimants:
        return value
    holders = tuple(holder for holder in value.holders if holder != key)
    return replace(value, holders=holders, claimants=tuple(it for it in value.claimants if it != key))
