"""Why two records are one customer, or why not: the rule's course, told from its answer.

The links of the spanning forest carry their stage, so those of the stages before rebuild the components that a stage
found; nothing that the rule did on its way has to be kept.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import product
from typing import NamedTuple

from graph.records import PartyType
from graph.resolution.candidates import Profile, judge_pairs
from graph.resolution.components import Components
from graph.resolution.conflicts import Exclusives, Rivals, Scope, find_conflicts
from graph.resolution.model import SAME_KIND, Decision, Evidence, Link, Member, RefusedLink, Resolution, Verdict
from graph.resolution.names import canonical_name
from graph.resolution.policy import Policy
from graph.resolution.reasons import ReasonCode
from graph.resolution.sames import standing_differents

SAMES = 0  # the stage of what stewards made


class Level(StrEnum):
    """What decided about a value that two records share."""

    ACCEPTED = "accepted"  # it links them, whether or not the spanning forest needs it
    UNUSED = "unused"  # the policy compares no values of this kind
    VALUE = "value"  # it links nobody
    PAIR = "pair"  # the two records and what else is on the value
    COMPONENT = "component"  # all that was joined before the value's stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """Two records that cannot be one customer, as an example of why their components cannot."""

    reason: ReasonCode
    a: str
    b: str
    values: tuple[str, str] | None = None  # keys of two exclusive values, one of each
    decision: int | None = None  # the *different*


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What became of one value, or one *same*, between exactly two records; ``reason`` is None where it links them."""

    kind: str
    identifier: str
    level: Level
    stage: int | None = None
    reason: ReasonCode | None = None
    clash: Clash | None = None  # of the level COMPONENT; of ``ambiguous``: two contenders between whom it lies


class Hop(NamedTuple):
    """One link on the way from a record to another, in the direction of the way."""

    start: str
    end: str
    link: Link


class Joining(NamedTuple):
    """A link and how many records were together on each side of it when it was accepted."""

    link: Link
    left: int  # with ``link.a``
    right: int


def chain(links: Iterable[Link], a: str, b: str) -> tuple[Hop, ...] | None:
    """The way from ``a`` to ``b`` over the spanning forest; None if there is none, empty if they are one record."""
    ends: dict[str, list[tuple[str, Link]]] = {}
    for link in links:
        ends.setdefault(link.a, []).append((link.b, link))
        ends.setdefault(link.b, []).append((link.a, link))
    came: dict[str, Hop | None] = {a: None}
    frontier = [a]
    while frontier and b not in came:
        found = [Hop(start, end, link) for start in frontier for end, link in ends.get(start, ()) if end not in came]
        came.update((hop.end, hop) for hop in found)
        frontier = [hop.end for hop in found]
    if b not in came:
        return None
    way: list[Hop] = []
    while hop := came[way[-1].start if way else b]:
        way.append(hop)
    return tuple(reversed(way))


def construction(links: Iterable[Link]) -> tuple[Joining, ...]:
    """How a customer was put together, in the order of the rule: what joined what by which link."""
    together = Components()
    size: dict[str, int] = {}
    joinings = []
    for link in sorted(links, key=lambda link: (link.stage, link.identifier, link.a, link.b)):
        left, right = (size.get(together.find(end), 1) for end in (link.a, link.b))
        together.unite(link.a, link.b)
        size[together.find(link.a)] = left + right
        joinings.append(Joining(link, left, right))
    return tuple(joinings)


class Course:
    """The rule's course over whole raw components, of which ``resolution`` is the answer.

    ``evidence`` also holds the suppressed values with their reasons, so that they can be told.
    """

    def __init__(
        self,
        members: Sequence[Member],
        evidence: Sequence[Evidence],
        decisions: Sequence[Decision],
        policy: Policy,
        resolution: Resolution,
    ) -> None:
        self._parties = {m.key: m.party_type if policy.judge else PartyType.UNKNOWN for m in members}
        self._profiles = {m.key: Profile(canonical_name(m.name), m.birth_date) for m in members}
        self._evidence = sorted(evidence, key=lambda value: value.key)
        self._decisions = sorted(decisions, key=lambda decision: decision.id)
        self._policy = policy
        self._resolution = resolution
        eligible = [value for value in self._evidence if value.suppressed is None]
        sames = [link for link in resolution.links if link.stage == SAMES]
        differents = standing_differents(self._parties, decisions)
        self._conflicts = find_conflicts(self._parties, eligible, sames, differents, policy)
        self._exclusive = [value for value in eligible if value.kind in policy.exclusive]
        self._end = self._before(len(policy.stages) + 1)

    def judge(self, a: str, b: str) -> tuple[Judgement, ...]:
        """Every *same* and every value that the two records share, judged for exactly them."""
        a, b = sorted((a, b))
        shared = [value for value in self._evidence if {a, b} <= {*value.holders, *value.claimants}]
        return (*self._judge_sames(a, b), *(self._judge(value, a, b) for value in shared))

    def clash(self, a: str, b: str) -> Clash | None:
        """Why the customers of two records conflict as they stand in the end; None if they do not."""
        one, other = self._end.find(a), self._end.find(b)
        reason = Rivals(self._conflicts, self._end).reason(one, other) if one != other else None
        return self._witness(reason, self._members(self._end, one), self._members(self._end, other)) if reason else None

    def _judge_sames(self, a: str, b: str) -> Iterable[Judgement]:
        links: tuple[Link | RefusedLink, ...] = (*self._resolution.links, *self._resolution.refused)
        for link in links:
            if link.kind == SAME_KIND and (link.a, link.b) == (a, b):
                said = Judgement(kind=SAME_KIND, identifier=link.identifier, level=Level.ACCEPTED, stage=SAMES)
                if isinstance(link, RefusedLink):
                    clash = self._clash_of_same(link)
                    said = replace(said, level=Level.COMPONENT, reason=link.reason, clash=clash)
                yield said

    def _clash_of_same(self, refused: RefusedLink) -> Clash | None:
        number = decision_of(refused.identifier)
        earlier = Components(self._parties)
        for link in self._resolution.links:
            if link.stage == SAMES and decision_of(link.identifier) < number:
                earlier.unite(link.a, link.b)
        return self._witness(
            refused.reason,
            self._members(earlier, earlier.find(refused.a)),
            self._members(earlier, earlier.find(refused.b)),
        )

    def _judge(self, value: Evidence, a: str, b: str) -> Judgement:
        said = Judgement(kind=value.kind, identifier=value.key, level=Level.VALUE, reason=value.suppressed)
        if value.suppressed is not None:
            return said
        stage = next((n for n, kinds in enumerate(self._policy.stages, start=1) if value.kind in kinds), None)
        if stage is None:
            return replace(said, level=Level.UNUSED)
        said = replace(said, stage=stage)
        if (reason := self._judge_pair(value, a, b)) is not None:
            return replace(said, level=Level.PAIR, reason=reason)
        before, after = self._before(stage), self._before(stage + 1)
        if after.find(a) == after.find(b):
            return replace(said, level=Level.ACCEPTED)
        one, other = before.find(a), before.find(b)
        reason = Rivals(self._conflicts, before).reason(one, other)
        clash = (
            self._witness(reason, self._members(before, one), self._members(before, other))
            if reason
            else self._contenders(stage, a)
        )
        return replace(said, level=Level.COMPONENT, reason=reason or ReasonCode.AMBIGUOUS, clash=clash)

    def _judge_pair(self, value: Evidence, a: str, b: str) -> ReasonCode | None:
        """Rule 3 for two records on a value. Two claims link nobody, nor does one where the policy takes none."""
        judged = judge_pairs(value, self._profiles, self._conflicts.contested, self._policy)
        places = {key: place for place, cell in enumerate(judged.cells) for key in cell.keys}
        if a not in places or b not in places:
            return ReasonCode.UNVERIFIED
        pair = min(places[a], places[b]), max(places[a], places[b])
        refused = {(i, j): reason for i, j, reason in judged.refused}
        return refused.get(pair, None if pair in judged.candidates else ReasonCode.UNVERIFIED)

    def _before(self, stage: int) -> Components:
        """The components that a stage finds."""
        components = Components(self._parties)
        for link in self._resolution.links:
            if link.stage < stage:
                components.unite(link.a, link.b)
        return components

    def _members(self, components: Components, root: str) -> list[str]:
        return [key for key in self._parties if components.find(key) == root]

    def _contenders(self, stage: int, record: str) -> Clash | None:
        """Two customers in conflict between whom the links about ``record`` that are ambiguous lie; the nearest two."""
        ends: dict[str, set[str]] = {}
        for link in self._resolution.refused:
            if link.reason is ReasonCode.AMBIGUOUS and link.kind in self._policy.stages[stage - 1]:
                one, other = self._end.find(link.a), self._end.find(link.b)
                ends.setdefault(one, set()).add(other)
                ends.setdefault(other, set()).add(one)
        near = [self._end.find(record)]
        for root in near:  # grows as it is walked
            near += sorted(ends.get(root, set()).difference(near))
        rivals = Rivals(self._conflicts, self._end)
        for later, root in enumerate(near):
            for earlier in near[:later]:
                if reason := rivals.reason(earlier, root):
                    return self._witness(reason, self._members(self._end, earlier), self._members(self._end, root))
        return None

    def _witness(self, reason: ReasonCode, one: Sequence[str], other: Sequence[str]) -> Clash | None:
        """The first two records of two components that conflict for this reason."""
        match reason:
            case ReasonCode.STEWARD_DIFFERENT:
                return self._find_different(one, other)
            case ReasonCode.DIFFERENT_PARTY_TYPES:
                return self._find_parties(one, other)
            case _:
                return self._find_exclusives(one, other)

    def _find_different(self, one: Sequence[str], other: Sequence[str]) -> Clash | None:
        for decision in self._decisions:
            if decision.verdict is Verdict.DIFFERENT:
                for left, right in ((decision.left, decision.right), (decision.right, decision.left)):
                    if (here := left.intersection(one)) and (there := right.intersection(other)):
                        reason = ReasonCode.STEWARD_DIFFERENT
                        return Clash(reason=reason, a=min(here), b=min(there), decision=decision.id)
        return None

    def _find_parties(self, one: Sequence[str], other: Sequence[str]) -> Clash | None:
        first = {self._parties[key]: key for key in sorted(one, reverse=True)}
        second = {self._parties[key]: key for key in sorted(other, reverse=True)}
        for mine, theirs in product(first, second):
            if {mine, theirs} == {PartyType.PERSON, PartyType.COMPANY}:
                return Clash(reason=ReasonCode.DIFFERENT_PARTY_TYPES, a=first[mine], b=second[theirs])
        return None

    def _find_exclusives(self, one: Sequence[str], other: Sequence[str]) -> Clash | None:
        stances = self._conflicts.stances
        first = {stances[key].exclusives: key for key in sorted(one, reverse=True)}
        second = {stances[key].exclusives: key for key in sorted(other, reverse=True)}
        for (mine, a), (theirs, b) in product(first.items(), second.items()):
            if scopes := rival_scopes(mine, theirs):
                values = self._first_value(a, scopes[0]), self._first_value(b, scopes[0])
                return Clash(reason=ReasonCode.WOULD_JOIN_TWO_NATIONAL_IDS, a=a, b=b, values=values)
        return None

    def _first_value(self, key: str, scope: Scope) -> str:
        return next(it.key for it in self._exclusive if key in it.holders and (it.kind, it.country) == scope)


def rival_scopes(one: Exclusives, other: Exclusives) -> list[Scope]:
    """Where both hold values and share none."""
    found = [scope for (scope, held), (theirs, values) in product(one, other) if scope == theirs and not held & values]
    return sorted(found, key=str)


def decision_of(identifier: str) -> int:
    """The decision behind a link of the kind *same*."""
    return int(identifier.partition("|")[2])
