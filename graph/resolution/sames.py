"""A steward's decisions inside a component: what is held apart, and which *sames* are accepted."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from graph.records import PartyType
from graph.resolution.components import Components
from graph.resolution.model import SAME_KIND, Decision, Link, RefusedLink, Verdict
from graph.resolution.reasons import ReasonCode

Sides = tuple[frozenset[str], frozenset[str]]


class Sames(NamedTuple):
    components: Components  # what the accepted *sames* connect; every member is in it
    links: list[Link]
    refused: list[RefusedLink]


def standing_differents(present: Mapping[str, object], decisions: Sequence[Decision]) -> list[Sides]:
    """The *differents* whose both sides have a record here, cut down to those records."""
    sides = [
        (decision.left & present.keys(), decision.right & present.keys())
        for decision in decisions
        if decision.verdict is Verdict.DIFFERENT
    ]
    return [(left, right) for left, right in sides if left and right]


def accept_sames(parties: Mapping[str, PartyType], decisions: Sequence[Decision], differents: Sequence[Sides]) -> Sames:
    """Takes *sames* in the order of the ledger and refuses the one that closes a contradiction.

    ``parties`` names every member. A *same* about a record that is not here is dormant.
    """
    accepted = Sames(Components(parties), [], [])
    components = accepted.components
    sames = sorted((d for d in decisions if d.verdict is Verdict.SAME), key=lambda decision: decision.id)
    for decision in sames:
        a, b = sorted(decision.left | decision.right)
        if a not in parties or b not in parties or components.find(a) == components.find(b):
            continue
        identifier = f"{SAME_KIND}|{decision.id}"
        reason = _contradiction(a, b, components, parties, differents)
        if reason is None:
            components.unite(a, b)
            accepted.links.append(Link(a=a, b=b, kind=SAME_KIND, identifier=identifier, stage=0))
        else:
            accepted.refused.append(
                RefusedLink(a=a, b=b, kind=SAME_KIND, identifier=identifier, reason=reason, inside=False)
            )
    return accepted


def _contradiction(
    a: str, b: str, components: Components, parties: Mapping[str, PartyType], differents: Sequence[Sides]
) -> ReasonCode | None:
    together = {components.find(a), components.find(b)}
    united = {key for key in parties if components.find(key) in together}
    if any(left & united and right & united for left, right in differents):
        return ReasonCode.STEWARD_DIFFERENT
    if len({parties[key] for key in united} - {PartyType.UNKNOWN}) > 1:
        return ReasonCode.DIFFERENT_PARTY_TYPES
    return None
