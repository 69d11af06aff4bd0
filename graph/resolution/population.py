"""The rule over a whole population in one go."""

from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter
from typing import NamedTuple

from graph.records import CustomerRecord, IdentifierValue
from graph.resolution.components import Components
from graph.resolution.eligibility import Standing, count_people, is_crowded, judge_value
from graph.resolution.model import Decision, Evidence, Link, Member, RefusedLink, Resolution, Verdict
from graph.resolution.policy import Policy
from graph.resolution.rule import resolve_component


class RawComponent(NamedTuple):
    """Records connected by any value that is not suppressed, by claims or by *same*, and all that concerns them."""

    members: tuple[Member, ...]
    evidence: tuple[Evidence, ...]
    decisions: tuple[Decision, ...]


def resolve_population(
    members: Sequence[Member], evidence: Sequence[Evidence], decisions: Sequence[Decision], policy: Policy
) -> Resolution:
    """`resolve_component` on each raw component, put together in the same order as it would give for all at once."""
    groups: list[tuple[str, ...]] = []
    links: list[Link] = []
    refused: list[RefusedLink] = []
    for part in raw_components(members, evidence, decisions):
        if len(part.members) == 1:
            groups.append((part.members[0].key,))
            continue
        resolution = resolve_component(*part, policy)
        groups += resolution.groups
        links += resolution.links
        refused += resolution.refused
    return Resolution(
        groups=tuple(sorted(groups)),
        links=tuple(sorted(links, key=lambda link: (link.stage, link.identifier, link.a, link.b))),
        refused=tuple(sorted(refused, key=lambda link: (link.identifier, link.a, link.b, link.reason))),
    )


def raw_components(
    members: Sequence[Member], evidence: Sequence[Evidence], decisions: Sequence[Decision]
) -> list[RawComponent]:
    """The raw components, by their smallest key; suppressed values belong to none."""
    components = Components(member.key for member in members)
    eligible = [value for value in evidence if value.suppressed is None and (value.holders or value.claimants)]
    for value in eligible:
        components.unite_all((*value.holders, *value.claimants))
    for decision in decisions:
        ends = decision.left | decision.right
        if decision.verdict is Verdict.SAME and all(end in components for end in ends):
            components.unite_all(ends)

    parts: dict[str, tuple[list[Member], list[Evidence], list[Decision]]] = {}
    for member in members:
        parts.setdefault(components.find(member.key), ([], [], []))[0].append(member)
    for value in eligible:
        parts[components.find((value.holders or value.claimants)[0])][1].append(value)
    for decision in decisions:
        left = {components.find(key) for key in decision.left if key in components}
        right = {components.find(key) for key in decision.right if key in components}
        for root in left & right:
            parts[root][2].append(decision)
    return [
        RawComponent(tuple(inside), tuple(values), tuple(about))
        for _, (inside, values, about) in sorted(parts.items(), key=itemgetter(0))
    ]


def gather_evidence(
    records: Iterable[CustomerRecord], policy: Policy, standings: Mapping[str, Standing] | None = None
) -> tuple[Evidence, ...]:
    """Who holds and who claims each identifier of the records, judged; ``standings`` by the identifier's key."""
    names: dict[str, str | None] = {}
    found: dict[str, tuple[IdentifierValue, dict[str, None], dict[str, None]]] = {}  # dict keys: each record once
    for record in records:
        names[record.key] = record.full_name
        for value in record.identifiers:
            _, holding, claiming = found.setdefault(value.key, (value, {}, {}))
            (holding if value.verified else claiming)[record.key] = None
    evidence = []
    for key, (value, holders, claiming) in found.items():
        claimants = tuple(it for it in claiming if it not in holders)  # a verified edge replaces the claim
        suppressed = judge_value(
            value.kind,
            holders=len(holders),
            people=count_people(names[holder] for holder in holders),
            placeholder=value.placeholder,
            policy=policy,
            standing=(standings or {}).get(key),
        )
        evidence.append(
            Evidence(
                key=key,
                kind=value.kind,
                country=value.country,
                holders=tuple(holders),
                claimants=() if is_crowded(len(claimants), policy) else claimants,
                suppressed=suppressed,
            )
        )
    return tuple(evidence)
