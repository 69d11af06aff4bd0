"""What the rule reads and what it answers. Records are named by their keys throughout."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from graph.records import PartyType
from graph.resolution.reasons import ReasonCode

SAME_KIND = "Same"  # the ``kind`` of a link that a steward made; its ``identifier`` is ``Same|<decision id>``


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """What the rule needs of one source record; ``rank`` names its component, and decides nothing."""

    key: str
    rank: int
    name: str | None = None
    birth_date: date | None = None
    party_type: PartyType = PartyType.UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One identifier value and who holds it inside this raw component.

    Values of exclusive kinds belong here also when a single record holds them: they tell it from others. What makes
    a value ``suppressed`` is counted over all its holders, also those elsewhere (`eligibility.judge_value`).
    ``claimants`` have it unverified.
    """

    key: str
    kind: str
    country: str | None = None
    holders: tuple[str, ...] = ()
    claimants: tuple[str, ...] = ()
    suppressed: ReasonCode | None = None


class Verdict(StrEnum):
    SAME = "same"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A steward's standing verdict; ids ascend in the order of the ledger.

    *same* is about two records, *different* about every cross pair of two sets of records.
    """

    id: int
    verdict: Verdict
    left: frozenset[str]
    right: frozenset[str]

    def __post_init__(self) -> None:
        if not self.left or not self.right or self.left & self.right:
            raise ValueError(f"Decision {self.id} needs two sides that have no record in common.")
        if self.verdict is Verdict.SAME and len(self.left) + len(self.right) != 2:
            raise ValueError(f"Decision {self.id} says that records are the same: it must name exactly two.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An accepted pair, ``a`` < ``b``, as an edge of the spanning forest. Stage 0 is *same*."""

    a: str
    b: str
    kind: str
    identifier: str
    stage: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedLink:
    """A quarantined pair, ``a`` < ``b``; ``inside`` if the two are one customer by another path."""

    a: str
    b: str
    kind: str
    identifier: str
    reason: ReasonCode
    inside: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """A partition of the members, what joins each part, and what was kept from joining."""

    groups: tuple[tuple[str, ...], ...]  # each sorted; sorted by their first
    links: tuple[Link, ...]  # a spanning forest: n - 1 per group; sorted by (stage, identifier, a, b)
    refused: tuple[RefusedLink, ...]  # sorted by (identifier, a, b, reason); see `refusals` for which are kept
