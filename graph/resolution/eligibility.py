"""Whether a value links anybody at all: counted over all its holders, wherever they are."""

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from graph.identifiers import KINDS
from graph.resolution.names import canonical_name
from graph.resolution.policy import Policy
from graph.resolution.reasons import ReasonCode


class Standing(StrEnum):
    """The last standing word of a steward on a value."""

    SUPPRESS = "suppress"
    RELEASE = "release"


class Eligibility(NamedTuple):
    """What a value may do: it links nobody for a ``reason``, or its holders, and if it is not ``crowded`` claimants."""

    reason: ReasonCode | None = None
    crowded: bool = False


def is_crowded(claimants: int, policy: Policy) -> bool:
    """Whether more records claim the value than anybody could look at: then its claims are nothing, its holders stay.

    ``claimants`` are records with an unverified edge. Else a value that anonymous visitors claim by the thousand would
    have to be looked at whole with each of them.
    """
    return claimants > policy.hub


def judge_value(
    kind: str, *, holders: int, people: int, placeholder: bool, policy: Policy, standing: Standing | None = None
) -> ReasonCode | None:
    """Why the value links nobody, or None if it is eligible.

    ``holders`` are records with a verified edge, ``people`` their `count_people`; claims count for neither. A release
    overrides placeholder and cap, not the hub: no steward has looked at a thousand holders.
    """
    if standing is Standing.SUPPRESS:
        return ReasonCode.STEWARD_SUPPRESSED
    released = standing is Standing.RELEASE
    if placeholder and not released:
        return ReasonCode.PLACEHOLDER
    if not policy.judge:
        return None
    cap = policy.cap if KINDS[kind].weak else policy.document_cap
    if holders > policy.hub or (people > cap and not released):
        return ReasonCode.SHARED_BY_TOO_MANY
    return None


def count_people(names: Iterable[str | None]) -> int:
    """Distinct canonical names; each holder without a name is one more. Takes names as the sources write them."""
    canonical = [canonical_name(name) for name in names]
    known = {name for name in canonical if name is not None}
    return len(known) + canonical.count(None)
