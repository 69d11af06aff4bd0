"""The rule once more, word for word and pair by pair, with networkx: what the fast one is held against."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import networkx as nx

from graph.identifiers import KINDS
from graph.records import PartyType
from graph.resolution.model import Decision, Evidence, Member, Verdict
from graph.resolution.names import agree, birth_dates_contradict, canonical_name, contradict
from graph.resolution.policy import Policy
from graph.resolution.reasons import ReasonCode

Pair = frozenset[str]
Part = frozenset[str]


@dataclass
class Literal:
    """Partition; accepted pairs with (stage, identifier); refused pairs with (identifier, reason)."""

    groups: set[Part]
    accepted: set[tuple[int, str, Pair]] = field(default_factory=set)
    refused: set[tuple[str, Pair, ReasonCode]] = field(default_factory=set)


class Facts:
    """What the rule asks of records: conflicts (2) and candidate links (3)."""

    def __init__(
        self, members: Sequence[Member], evidence: Sequence[Evidence], decisions: Sequence[Decision], policy: Policy
    ) -> None:
        self.policy = policy
        self.of = {member.key: member for member in members}
        self.names = {member.key: canonical_name(member.name) for member in members}
        self.values = [value for value in evidence if value.suppressed is None]
        self.decisions = decisions
        self.equivalent: nx.Graph[str] = nx.Graph()

    def different(self, a: str, b: str) -> bool:
        return any(
            d.verdict is Verdict.DIFFERENT and ((a in d.left and b in d.right) or (b in d.left and a in d.right))
            for d in self.decisions
        )

    def party_types(self, a: str, b: str) -> bool:
        return self.policy.judge and {self.of[a].party_type, self.of[b].party_type} == {
            PartyType.PERSON,
            PartyType.COMPANY,
        }

    def exclusives(self, a: str, b: str) -> bool:
        if not self.policy.judge:
            return False
        for kind in self.policy.exclusive:
            for country in {value.country for value in self.values if value.kind == kind}:
                mine, theirs = (
                    [v for v in self.values if (v.kind, v.country) == (kind, country) and key in v.holders]
                    for key in (a, b)
                )
                if mine and theirs and not any(self.equal(x, y) for x in mine for y in theirs):
                    return True
        return False

    def equal(self, x: Evidence, y: Evidence) -> bool:
        return x.key == y.key or (
            x.key in self.equivalent and y.key in self.equivalent and nx.has_path(self.equivalent, x.key, y.key)
        )

    def conflict(self, one: Part, other: Part) -> ReasonCode | None:
        pairs = [(a, b) for a in one for b in other]
        if any(self.different(a, b) for a, b in pairs):
            return ReasonCode.STEWARD_DIFFERENT
        if any(self.party_types(a, b) for a, b in pairs):
            return ReasonCode.DIFFERENT_PARTY_TYPES
        if any(self.exclusives(a, b) for a, b in pairs):
            return ReasonCode.WOULD_JOIN_TWO_NATIONAL_IDS
        return None

    def candidate(self, value: Evidence, a: str, b: str) -> ReasonCode | None:
        """None for a candidate link."""
        if not self.policy.judge:
            return None
        names = contradict(self.names[a], self.names[b])
        births = birth_dates_contradict(self.names[a], self.of[a].birth_date, self.names[b], self.of[b].birth_date)
        claim = a not in value.holders or b not in value.holders
        held = [self.names[key] for key in value.holders]
        crowded = len(set(held) - {None}) + held.count(None) > self.policy.private_limit
        agreeing_only = crowded or value.kind in self.policy.corroborated
        if not claim and not KINDS[value.kind].weak and not agreeing_only:
            return ReasonCode.DOCUMENTS_DISPUTED if names and births else None
        if names:
            return ReasonCode.NAMES_CONTRADICT
        if births:
            return ReasonCode.BIRTH_DATES_CONTRADICT
        if agree(self.names[a], self.names[b]):
            return None
        if claim:
            return ReasonCode.UNVERIFIED
        if agreeing_only:
            return ReasonCode.NEEDS_CORROBORATION
        contested = any(self.exclusives(x, y) for x, y in combinations(value.holders, 2))
        disagree = any(contradict(x, y) for x, y in combinations(held, 2))
        nameless = self.names[a] is None or self.names[b] is None
        if contested or (disagree and nameless):
            return ReasonCode.NEEDS_CORROBORATION
        return None


def resolve_literally(
    members: Sequence[Member], evidence: Sequence[Evidence], decisions: Sequence[Decision], policy: Policy
) -> Literal:
    facts = Facts(members, evidence, decisions, policy)
    answer = Literal(unite_sames(facts))
    for number, kinds in enumerate(policy.stages, start=1):
        _stage(facts, answer, number, kinds)
    return answer


def unite_sames(facts: Facts) -> set[Part]:
    graph: nx.Graph[str] = nx.Graph()
    graph.add_nodes_from(facts.of)
    for decision in sorted(facts.decisions, key=lambda d: d.id):
        (a, *_), (b, *_) = decision.left, decision.right
        if decision.verdict is Verdict.SAME and a in graph and b in graph:
            one, other = nx.node_connected_component(graph, a), nx.node_connected_component(graph, b)
            if not any(facts.different(x, y) or facts.party_types(x, y) for x in one for y in other):
                graph.add_edge(a, b)
    parts = {frozenset(part) for part in nx.connected_components(graph)}
    for part in (part for part in parts if len(part) > 1):
        held = [v for v in facts.values if v.kind in facts.policy.exclusive and part & set(v.holders)]
        facts.equivalent.add_edges_from(
            (x.key, y.key) for x, y in combinations(held, 2) if (x.kind, x.country) == (y.kind, y.country)
        )
    return parts


def _stage(facts: Facts, answer: Literal, number: int, kinds: Sequence[str]) -> None:
    part_of = {key: part for part in answer.groups for key in part}
    candidates = []
    for value in (value for value in facts.values if value.kind in kinds):
        claims = set(value.claimants) - set(value.holders) if facts.policy.judge else set()
        for a, b in combinations(sorted({*value.holders, *claims}), 2):
            if a in claims and b in claims:
                continue
            if reason := facts.candidate(value, a, b):
                answer.refused.add((value.key, frozenset((a, b)), reason))
            else:
                candidates.append((value.key, a, b))
    links = {
        frozenset((part_of[a], part_of[b]))
        for _, a, b in candidates
        if part_of[a] != part_of[b] and not facts.conflict(part_of[a], part_of[b])
    }
    united: nx.Graph[Part] = nx.Graph()
    united.add_nodes_from(answer.groups)
    pieces: nx.Graph[Part] = nx.Graph()
    pieces.add_edges_from((part, other) for part, other in links)
    for piece in nx.connected_components(pieces):
        _piece(facts, piece, {tuple(link) for link in links if link <= piece}, united)
    answer.groups = {frozenset[str]().union(*parts) for parts in nx.connected_components(united)}
    after = {key: part for part in answer.groups for key in part}
    for key, a, b in candidates:
        if after[a] == after[b]:
            answer.accepted.add((number, key, frozenset((a, b))))
        else:
            reason = facts.conflict(part_of[a], part_of[b]) or ReasonCode.AMBIGUOUS
            answer.refused.add((key, frozenset((a, b)), reason))


def _piece(facts: Facts, piece: set[Part], links: Iterable[tuple[Part, ...]], united: "nx.Graph[Part]") -> None:
    foes = {one: {other for other in piece if other != one and facts.conflict(one, other)} for one in piece}
    united.add_edges_from((a, b) for a, b in links if foes[a] == foes[b])  # (b)
    clusters = [part for part in nx.connected_components(united.subgraph(piece)) if not foes[next(iter(part))]]
    firm: nx.Graph[Part] = nx.Graph((a, b) for a, b in links if foes[a] and foes[b])
    for group in nx.connected_components(firm):  # (c)
        if not any(foes[one] & group for one in group):
            united.add_edges_from((a, b) for a, b in links if a in group and b in group)
    joins = []
    for cluster in clusters:  # (d)
        targets = [b for link in links for a, b in (link, link[::-1]) if a in cluster and foes[b]]
        results = {
            frozenset(nx.node_connected_component(united.subgraph(p for p in piece if foes[p]), t)) for t in targets
        }
        if len(results) == 1:
            joins.append((next(iter(cluster)), targets[0]))
    united.add_edges_from(joins)
