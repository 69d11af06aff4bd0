"""The rule: from the records of one raw component to its customers."""

from collections.abc import Callable, Iterator, Sequence

from graph.records import PartyType
from graph.resolution.candidates import Cell, Profile, SharedValue, judge_pairs
from graph.resolution.components import Components
from graph.resolution.conflicts import Conflicts, Rivals, find_conflicts
from graph.resolution.model import Decision, Evidence, Link, Member, RefusedLink, Resolution
from graph.resolution.names import canonical_name
from graph.resolution.policy import Policy
from graph.resolution.refusals import Refusal, keep, refused_by_stage
from graph.resolution.sames import accept_sames, standing_differents
from graph.resolution.stages import ComponentLink, settle

PartOf = Callable[[str], str]
ALIKE = Profile(None, None)  # of all records, where nobody is judged


def resolve_component(
    members: Sequence[Member], evidence: Sequence[Evidence], decisions: Sequence[Decision], policy: Policy
) -> Resolution:
    """The customers among the members of one raw component, or of several: the answer for each is the same.

    ``evidence`` names members only, and each value once. Decisions about records that are not here are dormant.
    The order of members, evidence and decisions does not matter.
    """
    eligible = sorted((value for value in evidence if value.suppressed is None), key=lambda value: value.key)
    parties = {m.key: m.party_type if policy.judge else PartyType.UNKNOWN for m in members}
    differents = standing_differents(parties, decisions)
    components, links, refused = accept_sames(parties, decisions, differents)
    conflicts = find_conflicts(parties, eligible, links, differents, policy)
    profiles = {m.key: Profile(canonical_name(m.name), m.birth_date) if policy.judge else ALIKE for m in members}

    by_stage: list[tuple[SharedValue, list[Refusal]]] = []
    disputed = conflicts.any()
    for number, kinds in enumerate(policy.stages, start=1):
        values = [
            judge_pairs(value, profiles, conflicts.contested, policy)
            for value in eligible
            if value.kind in kinds and len(value.holders) + len(value.claimants) > 1
        ]
        if disputed:
            part_of, refusals = _settle(values, components, conflicts)
        else:
            part_of, refusals = _together, [[] for _ in values]
        links += _grow(components, values, part_of, number)
        by_stage += zip(values, refusals, strict=True)
    for value, refusals_of_value in by_stage:
        refused += keep(value, refusals_of_value, components)
    return Resolution(
        groups=tuple(map(tuple, components.parts().values())),
        links=tuple(links),
        refused=tuple(sorted(refused, key=_refusal_order)),
    )


def _together(key: str) -> str:
    """Where nobody conflicts, every candidate link is accepted, so no value's holders need to be told apart."""
    return ""


def _settle(
    values: Sequence[SharedValue], components: Components, conflicts: Conflicts
) -> tuple[PartOf, list[list[Refusal]]]:
    """Where each record is after the stage, and what the stage refused of each value."""
    rivals = Rivals(conflicts, components)
    after = settle(_component_links(values, components), rivals)
    refusals = [list(refused_by_stage(value, components, after, rivals)) for value in values]
    return lambda key: after.find(components.find(key)), refusals


def _component_links(values: Sequence[SharedValue], components: Components) -> set[ComponentLink]:
    """The candidate links between components."""
    links: set[ComponentLink] = set()
    for value in values:
        roots = [{components.find(key) for key in cell.keys} for cell in value.cells]
        for i, j in value.candidates:
            links.update((min(a, b), max(a, b)) for a in roots[i] for b in roots[j] if a != b)
    return links


def _grow(components: Components, values: Sequence[SharedValue], part_of: PartOf, stage: int) -> list[Link]:
    """Unites what the stage accepted; the links that did it continue the spanning forest."""
    spokes = sorted({spoke for value in values for spoke in _spokes(value, part_of)})
    kinds = {value.key: value.kind for value in values}
    return [
        Link(a=a, b=b, kind=kinds[identifier], identifier=identifier, stage=stage)
        for identifier, a, b in spokes
        if components.unite(a, b)
    ]


def _spokes(value: SharedValue, part_of: PartOf) -> Iterator[tuple[str, str, str]]:
    """Enough of the accepted pairs (identifier, a, b) to connect all that they connect.

    Two cells that may be linked are linked record by record wherever they meet in one part: the first record of each
    with all of the other spans that.
    """
    here = [_by_part(cell, part_of) for cell in value.cells]
    for i, j in value.candidates:
        for part, ours in here[i].items():
            theirs = here[j].get(part, ())
            hubs = [(ours[0], b) for b in theirs] + [(a, theirs[0]) for a in ours if theirs]
            for a, b in hubs:
                if a != b:
                    yield value.key, min(a, b), max(a, b)


def _by_part(cell: Cell, part_of: PartOf) -> dict[str, list[str]]:
    parts: dict[str, list[str]] = {}
    for key in cell.keys:
        parts.setdefault(part_of(key), []).append(key)
    return parts


def _refusal_order(link: RefusedLink) -> tuple[str, str, str, str]:
    return link.identifier, link.a, link.b, link.reason
